"""Which pages of a file belong together: a split into documents, proposed to a person.

A page begins a new document where it calls itself something else than the pages before, counts its pages from one again, has another number of its own, or is a
receipt of its own. What says nothing belongs to what came before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from core.document_types import USUAL
from core.evidence import PageText
from core.page.layout import Layout
from core.recognition.likeness import names_of
from core.recognition.recognition import Labelled, Recognition, recognise
from core.recognition.titles import find_number, phrases_for
from core.recognition.type_choice import RECEIPT, choose_type, is_till_slip
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice

#: Pages in lines with their labels: what :class:`core.rules.reading.Reading` makes of them.
Read = Callable[[Sequence[PageText]], Labelled]
#: A document says what it is on its first pages.
FIRST_PAGES = 2
#: Characters of a part's first words.
_SHOWN = 60
#: Sheets differ in size by more than this share.
_OTHER_SIZE = 0.05
_PAGE = r"page|pagina|página|pág|seite|blatt|sida|side|strona|str|sivu|oldal|strana|stránka|σελίδα|sayfa|p"
_OF = r"of|von|de|di|van|av|af|sur|z|ze|din|από|/"
_MARKED = re.compile(rf"(?<!\w)(?:{_PAGE})\.?\s*:?\s*(\d{{1,3}})\s*(?:{_OF})\s*(\d{{1,3}})(?!\w)", re.IGNORECASE)


class OwnNumbers(NamedTuple):
    """The numbers that pages give themselves: those that are ``sure``, and the ``likeliest``, sure or not."""

    sure: frozenset[str] = frozenset()
    likeliest: str = ""

    @property
    def told(self) -> frozenset[str]:
        """All of them: one that two pages share joins them, sure or not."""
        return self.sure | ({self.likeliest} if self.likeliest else set())


#: The numbers that an invoice gives itself: :func:`core.rules.several.own_numbers`.
Numbers = Callable[[Labelled], OwnNumbers]


class Part(NamedTuple):
    """Pages (numbers from 1, in order) that make one document: the type that it is likely of, the number that it gives itself (empty where
    none was found), and its first words."""

    pages: tuple[int, ...]
    choice: TypeChoice
    number: str = ""
    words: str = ""


class _Marker(NamedTuple):
    """Page ``at`` of ``of``, as printed."""

    at: int
    of: int


@dataclass
class _Signs:
    """What one page says of itself."""

    page: PageText
    reading: Labelled
    kinds: Sequence[DocumentType]
    own_numbers: Numbers

    @property
    def layout(self) -> Layout:
        return self.reading.layouts[0]

    @cached_property
    def told(self) -> Recognition:
        return recognise(self.reading, {words: kind.name for kind in self.kinds for words in names_of(kind)})

    @cached_property
    def paper(self) -> str:
        """What it calls itself: the kind in one word; empty where it does not say."""
        if self.told.document_type == "other":
            return self.told.other if self.told.title else ""
        if self.is_receipt:
            return RECEIPT
        return self.told.document_type if self.told.title else ""

    @cached_property
    def is_receipt(self) -> bool:
        """Whether it is plainly the slip of a till."""
        return is_till_slip(self.reading, self.told)

    @cached_property
    def own(self) -> OwnNumbers:
        """The numbers that it gives itself."""
        if self.told.document_type != "other":
            return self.own_numbers(self.reading)
        kind = next((kind for kind in self.kinds if kind.name == self.told.other), None)
        number = find_number(self.layout, names_of(kind) if kind else phrases_for(self.told.other))
        return OwnNumbers(frozenset({number}), number) if number else OwnNumbers()

    @property
    def numbers(self) -> frozenset[str]:
        """Those that are sure."""
        return self.own.sure

    @cached_property
    def marker(self) -> _Marker | None:
        """The count of pages printed on it."""
        for line in self.layout.lines:
            found = _MARKED.search(line.text)
            if found and 1 <= int(found[1]) <= int(found[2]):
                return _Marker(int(found[1]), int(found[2]))
        return None

    @cached_property
    def sums(self) -> bool:
        """Whether it comes to a sum."""
        return bool(self.reading.sum_labels)


@dataclass
class _Growing:
    """A document as its pages come."""

    pages: list[_Signs] = field(default_factory=list)

    @property
    def paper(self) -> str:
        return next((page.paper for page in self.pages if page.paper), "")

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset().union(*(page.numbers for page in self.pages))

    @property
    def told(self) -> frozenset[str]:
        return frozenset().union(*(page.own.told for page in self.pages))

    @property
    def sums(self) -> bool:
        return any(page.sums for page in self.pages)

    def goes_on_with(self, page: _Signs) -> bool:
        """Whether ``page`` belongs to it."""
        if not page.layout.lines or not any(before.layout.lines for before in self.pages):
            return True  # an empty page says nothing, and one before it does not either
        before = self.pages[-1].marker
        if page.marker and page.marker.at > 1:
            return before is None or before.of == page.marker.of or not page.paper
        if page.paper and self.paper != page.paper and (self.paper or self.numbers or self.sums):
            return False
        if self.told & page.own.told:
            return True
        if page.marker and (before is not None or page.paper):
            return False
        if self.numbers and page.numbers:
            return False
        # the same name again without a number, or a sheet of another size, tells only where both come to a sum of their own
        return not ((page.paper or self._differs(page)) and self.sums and page.sums)

    def _differs(self, page: _Signs) -> bool:
        """Whether ``page`` has another size than its last one: sheets of one document were scanned alike."""
        last = self.pages[-1].page
        return any(
            abs(a - b) > _OTHER_SIZE * b for a, b in ((page.page.width, last.width), (page.page.height, last.height))
        )


def propose_parts(
    pages: Sequence[PageText], kinds: Sequence[DocumentType], read: Read, numbers: Numbers
) -> tuple[Part, ...]:
    """The documents that ``pages`` hold, in page order; one where they seem to belong together."""
    others = [kind for kind in kinds if kind.base is not USUAL]
    parts: list[_Growing] = []
    for page in pages:
        signs = _Signs(page, read((page,)), others, numbers)
        if parts and parts[-1].goes_on_with(signs):
            parts[-1].pages.append(signs)
        else:
            parts.append(_Growing([signs]))
    return tuple(_part(part, kinds, read) for part in parts)


def _part(part: _Growing, kinds: Sequence[DocumentType], read: Read) -> Part:
    texts = [signs.page for signs in part.pages]
    choice = choose_type(read(texts[:FIRST_PAGES]), kinds)
    number = next((signs.own.likeliest for signs in part.pages if signs.own.likeliest), "")
    lines = [line.text for signs in part.pages[:FIRST_PAGES] for line in signs.layout.lines]
    return Part(tuple(text.page for text in texts), choice, number, _shortened(" · ".join(lines[:3])))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"
