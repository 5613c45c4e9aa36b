"""What a check looks at: the values of one document with their evidence, and facts of the page that are worked out only
when asked. A document type whose checks need more facts has a case of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel

from core.document_types import type_of
from core.evidence import Evidence, PageText, Word
from core.extraction import Candidate, Charge, Provenance
from core.schema.document_type import DocumentType

#: Who gave a value that the person typed, drew or confirmed.
PERSON = "person"


class PageLine(NamedTuple):
    """One line of a page: its number, the height of its middle in page units, and the words there, case-folded."""

    page: int
    y: float
    text: str


@dataclass(frozen=True)
class Examination:
    """One document under examination."""

    values: BaseModel
    pages: Sequence[PageText]
    evidence: Mapping[str, Evidence]
    provenance: Mapping[str, Provenance]
    language: str | None
    today: date
    candidates: Mapping[str, Sequence[Candidate]] = field(default_factory=dict)
    charges: Sequence[Charge] = ()
    document_type: str | None = None

    @cached_property
    def kind(self) -> DocumentType:
        """The type that the document was read as."""
        return type_of(self.values)

    def is_exact(self, path: str) -> bool:
        """Whether the document's XML states the value at ``path``."""
        known = self.provenance.get(path)
        return known is not None and known.exact and known.extractor != PERSON

    @cached_property
    def text(self) -> str:
        """All words of the pages, joined by blanks."""
        return " ".join(word.text for page in self.pages for word in page.words)

    @cached_property
    def lines(self) -> tuple[PageLine, ...]:
        """The text lines as they stand side by side on the page (columns joined), from the top down."""
        return tuple(line for page in self.pages for line in _lines(page))


def _lines(page: PageText) -> list[PageLine]:
    """The words of a page side by side at the same height as one line each, from the top down."""
    rows: list[tuple[float, list[Word]]] = []
    for word in sorted(page.words, key=lambda word: word.box.y0 + word.box.y1):
        middle = (word.box.y0 + word.box.y1) / 2
        if rows and middle - rows[-1][0] < 0.5 * max(word.box.height, 1e-6):
            rows[-1][1].append(word)
        else:
            rows.append((middle, [word]))
    return [
        PageLine(page.page, middle, " ".join(word.text for word in sorted(row, key=_left)).casefold())
        for middle, row in rows
    ]


def _left(word: Word) -> float:
    return word.box.x0
