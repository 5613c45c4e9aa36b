"""The walk: the questions that stand between a reading and a record, one stop for one problem, in form order.

``stops`` is the one list that everybody asks: the form walks it, a save tells of it, the verdict is “ready” only where it
is empty. What sums or XML confirm, and what the person typed or confirmed, is no stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Literal

from core.extraction import Candidate, Extraction, Finding, Member
from core.review.edits import as_text
from core.review.trust import UNREAD, asked_at, by_severity, is_by_person, is_unsure, percent, sureness
from core.schema.document_type import DocumentType
from core.schema.path import is_cell

StopKind = Literal["document", "unread", "missing", "empty", "sum", "finding", "doubt"]

#: How an answer to a question about the whole document begins; the check's name follows.
OF_DOCUMENT = "check:"

_KINDS: dict[str, StopKind] = {UNREAD: "unread", "required": "missing", "not_found": "empty"}
#: Stops that a yes cannot answer: a value is needed.
_NEEDS_A_VALUE = frozenset({"unread", "missing"})
#: The label of a value that a check worked out.
_WORKED_OUT = "worked out"


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that may stand at ``path`` instead."""

    path: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Stop:
    """One question to the person.

    ``kind`` is ``document`` (of the whole document: ``paths`` is empty), ``unread`` (a typed text that cannot be read),
    ``missing`` (a required field has no value), ``empty`` (fields that are usually printed have none; a yes says that they
    are not printed here), ``sum`` (amounts that
    do not add up: ``members`` and ``difference``, see :class:`core.extraction.Finding`), ``finding`` (what another check
    says), ``doubt`` (a value that is not sure). ``paths`` are the fields it asks about, the most suspect first: the walk
    goes there. ``candidates`` is what else on the page may be the value of that first one, ``proposed`` the value that a
    check worked out for it. ``also`` is the same for those amounts of a failed sum that the person gave or confirmed: the
    walk does not go there, and one of them may still be the wrong one.
    """

    kind: StopKind
    paths: tuple[str, ...]
    sentence: str
    members: tuple[Member, ...] = ()
    difference: Decimal | None = None
    candidates: tuple[Candidate, ...] = ()
    proposed: str | None = None
    check: str = ""
    also: tuple[Offer, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What may be taken instead: of the first field, the value worked out before what else is on the page, then of the others."""
        if self.path is None:
            return ()
        return (*_offers(self.path, self.proposed, self.candidates), *self.also)

    @property
    def path(self) -> str | None:
        """The field where the walk goes; ``None`` for a question about the whole document."""
        return self.paths[0] if self.paths else None

    @property
    def answers(self) -> tuple[str, ...]:
        """What a yes (“looks right”, “is not on the page”) confirms: to be added to :attr:`core.review.edits.Edits.confirmed`.
        Empty where a value is needed."""
        if self.kind in _NEEDS_A_VALUE:
            return ()
        return self.paths or (f"{OF_DOCUMENT}{self.check}",)


def stops(extraction: Extraction) -> tuple[Stop, ...]:
    """The questions that ``extraction`` (as it now stands with the person) leaves open: the document's first, then in form
    order."""
    paths = [path for path, _, _ in extraction.walk()]
    unsure = [path for path in paths if is_unsure(extraction, path)]
    found = [_with_doubts(extraction.type, stop, unsure) for stop in _of_findings(extraction)]
    named = {path for stop in found for path in stop.paths}
    alone = [path for path in unsure if path not in named]
    found += [_of_values(extraction, tuple(some)) for _, some in groupby(alone, partial(_subject, extraction.type))]
    order = {path: place for place, path in enumerate(paths)}
    return tuple(sorted(found, key=lambda stop: order.get(stop.path or "", -1)))


def _with_doubts(kind: DocumentType, stop: Stop, unsure: Sequence[str]) -> Stop:
    """``stop`` with what it also decides: the doubtful members of its sum, and the doubtful cells of the line it leads to."""
    line = stop.path if stop.path and is_cell(stop.path) else None
    members = {member.path for member in stop.members}
    also = (path for path in unsure if path in members or (line and _subject(kind, path) == _subject(kind, line)))
    return replace(stop, paths=(*stop.paths, *(path for path in also if path not in stop.paths)))


def _of_findings(extraction: Extraction) -> Iterator[Stop]:
    """A stop for what each check objects to; of several that suspect the same field the gravest one asks."""
    asked: set[str] = set()
    for finding in by_severity([one for one in extraction.findings if one.severity != "info"]):
        path = asked_at(extraction, finding)
        if path is None:
            yield Stop("document", (), finding.message, check=finding.check)
        elif path not in asked:
            asked.add(path)
            yield _of_finding(extraction, finding, path)


def _of_finding(extraction: Extraction, finding: Finding, path: str) -> Stop:
    kind = _KINDS.get(finding.check, "sum" if finding.members else "finding")
    paths = (path, *(other for other in finding.fields if other != path))
    proposed = finding.proposed if path == finding.fields[0] else None
    return Stop(
        kind,
        paths,
        finding.message,
        finding.members,
        finding.difference,
        others(extraction, path),
        proposed,
        finding.check,
        tuple(_of_the_persons(extraction, finding, path)),
    )


def _of_the_persons(extraction: Extraction, finding: Finding, asked: str) -> Iterator[Offer]:
    """What the amounts of a failed sum that are the person's own may be instead, but for the one that is ``asked`` about."""
    if not finding.members:
        return
    members = (member.path for member in finding.members if member.path)
    for path in dict.fromkeys((*finding.fields, *members)):
        if path != asked and is_by_person(extraction, path):
            proposed = finding.proposed if path == finding.fields[0] else None
            yield from _offers(path, proposed, others(extraction, path))


def _offers(path: str, proposed: str | None, candidates: Sequence[Candidate]) -> Iterator[Offer]:
    """The values, each once: one that was worked out and also stands on the page has its place there."""
    placed = {one.value: one for one in candidates}
    for value in dict.fromkeys([*([proposed] if proposed is not None else []), *placed]):
        yield Offer(path, placed.get(value, Candidate(value, value, _WORKED_OUT)))


def _subject(kind: DocumentType, path: str) -> str:
    """What is looked at together: the cells of a row, the fields of one block; else the field by itself."""
    return path.rsplit(".", 1)[0] if is_cell(path) else kind.blocks.get(path, path)


def _of_values(extraction: Extraction, paths: tuple[str, ...]) -> Stop:
    """A doubt; of a line's cells the least sure first."""
    paths = tuple(sorted(paths, key=lambda path: sureness(extraction, path)))
    first = paths[0]
    value = extraction.value_at(first)
    if value is None:
        return Stop(
            "missing", paths, f"{extraction.type.title_of(first)} is missing.", candidates=others(extraction, first)
        )
    sure = percent(sureness(extraction, first))
    more = ", ".join(
        f"{extraction.type.field_of(path).title.lower()} “{as_text(extraction.value_at(path))}”" for path in paths[1:]
    )
    also = f" (look at {more} too)" if more else ""
    sentence = f"{extraction.type.title_of(first)} “{as_text(value)}” is only {sure} sure: is it right{also}?"
    return Stop("doubt", paths, sentence, candidates=others(extraction, first))


def others(extraction: Extraction, path: str) -> tuple[Candidate, ...]:
    """What else on the page may be the value at ``path``: its candidates without the value that now stands."""
    now = as_text(extraction.value_at(path)).casefold()
    return tuple(one for one in extraction.candidates.get(path, ()) if one.value.casefold() != now)
