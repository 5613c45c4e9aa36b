"""What lies on the desk: the open documents, their chosen pages in groups, their turns, and the run of each group.

Plain data without a screen; the whole desk is kept as JSON, so that a reload finds it as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from core.extraction import PageRef
from core.stores.receipt import SaveReceipt


@dataclass(slots=True)
class Group:
    """Pages (from 1, in order) that make one document. ``run`` is its run's id; ``read_as`` what that run read. ``type_name`` is the type
    that a person chose for it (empty: none, its recipe or its pages say)."""

    pages: list[int]
    run: str | None = None
    read_as: str = ""
    type_name: str = ""


@dataclass(slots=True)
class OpenDocument:
    """One open document. ``rotations`` are clockwise degrees by page; ``active`` is the group being chosen or shown;
    ``picking`` is whether its pages are being chosen; ``recipe`` names how it is read. ``to_split`` is whether a split of it may still
    be proposed: not once a person decided how its pages belong together."""

    sha256: str
    name: str
    page_count: int
    groups: list[Group]
    rotations: dict[int, int] = field(default_factory=dict)
    active: int = 0
    picking: bool = True
    recipe: str = "default"
    to_split: bool = True

    def is_named(self, named: str, run: str) -> bool:
        """Whether an address means this document: by the beginning of its SHA-256, else by a run of it."""
        return self.sha256.startswith(named) if named else any(run and group.run == run for group in self.groups)

    @property
    def group(self) -> Group:
        """The active group."""
        return self.groups[min(self.active, len(self.groups) - 1)]

    def refs(self, group: Group) -> tuple[PageRef, ...]:
        """The group's pages with their turns."""
        return tuple(PageRef(page, self.rotations.get(page, 0)) for page in group.pages)

    def rotate(self, page: int, degrees: int) -> None:
        """Turn a page clockwise by ``degrees`` (a multiple of 90; negative turns left)."""
        self.rotations[page] = (self.rotations.get(page, 0) + degrees) % 360

    def toggle(self, page: int) -> None:
        """Put a page into the active group, out of any other, or take it out."""
        for group in self.groups:
            if group is self.group:
                group.pages = sorted(set(group.pages) ^ {page})
            elif page in group.pages:
                group.pages = [each for each in group.pages if each != page]

    def groups_of(self, page: int) -> list[int]:
        """The numbers (from 1) of the groups that hold ``page``."""
        return [number for number, group in enumerate(self.groups, start=1) if page in group.pages]

    def split(self, parts: Iterable[Iterable[int]]) -> None:
        """Make a group of each of ``parts`` (pages)."""
        self.groups = [Group(list(pages)) for pages in parts]
        self.active = 0
        self.to_split = False

    def read_as_one(self) -> None:
        """Leave the pages together: a split is not proposed again."""
        self.to_split = False

    def split_by_page(self) -> None:
        """Make every chosen page a group of its own."""
        self.to_split = False
        chosen = sorted({page for group in self.groups for page in group.pages}) or list(range(1, self.page_count + 1))
        self.groups = [Group([page]) for page in chosen]
        self.active = 0

    def add_group(self) -> None:
        """Begin another group with the pages that no group holds yet, or with none."""
        self.to_split = False
        held = {page for group in self.groups for page in group.pages}
        self.groups.append(Group([page for page in range(1, self.page_count + 1) if page not in held]))
        self.active = len(self.groups) - 1

    def drop_group(self) -> None:
        """Take the active group away; its pages are no longer chosen. The last group stays."""
        if len(self.groups) > 1:
            self.groups.remove(self.group)
            self.active = min(self.active, len(self.groups) - 1)

    def join_to_previous(self) -> None:
        """Put the pages of the active group into the one before it."""
        if self.active > 0:
            before, joined = self.groups[self.active - 1], self.groups.pop(self.active)
            before.pages = sorted({*before.pages, *joined.pages})
            self.active -= 1

    def join_groups(self) -> None:
        """Make one group of all chosen pages."""
        self.to_split = False
        self.groups = [Group(sorted({page for group in self.groups for page in group.pages}))]
        self.active = 0

    def signature(self, group: Group, recipe_digest: str) -> str:
        """What a run of the group reads: when it is unchanged, the run is still good."""
        pages = ",".join(f"{ref.number}r{ref.rotation}" for ref in self.refs(group))
        return f"{pages}:{recipe_digest}"


@dataclass(slots=True)
class Locked:
    """A file that waits for its password; ``number`` (from 0) names its widgets, ``message`` asks for it."""

    number: int
    sha256: str
    name: str
    message: str


#: Closed documents that can be taken back.
MOST_CLOSED = 20


@dataclass(slots=True)
class Desk:
    """All open documents; ``chosen`` is the SHA-256 of the one being worked on; ``saved_together`` are the receipts, by run,
    of the last save of several at once, until the person dismisses it. ``closed`` were on the desk, the last one last;
    ``locked`` wait for a password."""

    desk_id: str
    documents: list[OpenDocument] = field(default_factory=list)
    chosen: str | None = None
    saved_together: dict[str, SaveReceipt] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    """Every document that was ever laid on it or compared from it: the name by SHA-256."""
    comparisons: list[str] = field(default_factory=list)
    """The comparisons that were begun or opened from it, by id."""
    closed: list[OpenDocument] = field(default_factory=list)
    locked: list[Locked] = field(default_factory=list)

    @property
    def document(self) -> OpenDocument | None:
        """The document being worked on."""
        return next((document for document in self.documents if document.sha256 == self.chosen), None)

    @property
    def place(self) -> int:
        """The place of the document being worked on, from 0; 0 where there is none."""
        return next((place for place, each in enumerate(self.documents) if each.sha256 == self.chosen), 0)

    def put(self, sha256: str, name: str, page_count: int) -> OpenDocument:
        """Lay a document on the desk with all its pages chosen; one that lies there already stays as it is."""
        known = next((document for document in self.documents if document.sha256 == sha256), None)
        if known is None:
            known = OpenDocument(sha256, name, page_count, [Group(list(range(1, page_count + 1)))])
            self.documents.append(known)
            self.closed = [document for document in self.closed if document.sha256 != sha256]
        self.read[sha256] = name
        self.chosen = self.chosen or sha256
        return known

    def close(self, sha256: str) -> None:
        """Take a document off the desk; the next one is chosen. :meth:`reopen` takes it back."""
        places = [document.sha256 for document in self.documents]
        place = places.index(sha256)
        self.closed = [*self.closed, self.documents.pop(place)][-MOST_CLOSED:]
        if self.chosen == sha256:
            rest = self.documents[place : place + 1] or self.documents[-1:]
            self.chosen = rest[0].sha256 if rest else None

    def note_comparison(self, comparison_id: str, documents: Mapping[str, str]) -> None:
        """Remember a comparison and its documents (the name by SHA-256) as this desk's own."""
        if comparison_id not in self.comparisons:
            self.comparisons.append(comparison_id)
            self.read = {**documents, **self.read}

    def reopen(self, sha256: str) -> None:
        """Lay a closed document on the desk again, as it was, and choose it."""
        found = [document for document in self.closed if document.sha256 == sha256]
        self.closed = [document for document in self.closed if document.sha256 != sha256]
        self.documents += found[-1:]
        self.chosen = found[-1].sha256 if found else self.chosen

    def follow(self, named: str, run: str) -> bool:
        """Choose what an address names: the document whose SHA-256 begins with ``named`` (empty: the one with the run), and
        of its groups the one with ``run``. One that was closed is opened again. Gives whether another is chosen now."""
        before = self.chosen, self.document and self.document.active
        found = [each for each in (*self.documents, *reversed(self.closed)) if each.is_named(named, run)]
        if not found:
            return False
        if found[0] in self.closed:
            self.reopen(found[0].sha256)
        self.chosen = found[0].sha256
        runs = [group.run for group in found[0].groups]
        found[0].active = runs.index(run) if run in runs else found[0].active
        return before != (self.chosen, found[0].active)

    def lock(self, sha256: str, name: str, message: str) -> None:
        """Keep a file that waits for its password."""
        number = self.locked[-1].number + 1 if self.locked else 0
        self.locked.append(Locked(number, sha256, name, message))

    def runs(self) -> list[str]:
        """The ids of all runs."""
        return [group.run for document in self.documents for group in document.groups if group.run]

    def to_json(self) -> dict[str, object]:
        """As JSON values."""
        return dict(_DESK.dump_python(self, mode="json"))


_DESK = TypeAdapter(Desk)


def desk_from(kept: object) -> Desk:
    """A desk from its JSON values. Raises ValueError where they are not a desk's."""
    return _DESK.validate_python(kept)


def range_text(pages: Iterable[int]) -> str:
    """Pages as a range such as ``1-3,5``."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
