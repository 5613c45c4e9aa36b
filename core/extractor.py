"""The contract of whoever reads a document: pages of words in, values out.

To add one: write a class with these members, register it in ``core/entrypoints/bootstrap.py``, and name it in a
recipe. Evidence, normalisation, checks and confidence are the house's own work: an extractor only says what it read
and, where it knows, why (:class:`~core.extraction.Provenance`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.call import NO_REPLIES, Call, Note, Replies
from core.cancelling import IsCancelled
from core.document_types import USUAL
from core.documents import Document
from core.evidence import PageText
from core.extraction import Candidate, Charge, Finding, PageRef, Provenance
from core.notation import Notation
from core.page.layout import Layout
from core.recipe import ModelChoice, Recipe
from core.schema.document_type import DocumentType


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether something can be used here; ``reason`` is one line for the person (why not, or what it is)."""

    usable: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person corrected in an earlier document of the same vendor and layout: the field's title, what a reader ``gave`` (empty:
    nothing), what was ``right``, and why, in words."""

    title: str
    gave: str
    right: str
    why: str


@dataclass(frozen=True, slots=True)
class Request:
    """What an extractor gets. ``read`` gives the words of the chosen pages; it may run OCR, so an extractor that
    does not need them (an e-invoice) does not call it. ``on_reply`` takes pieces of a raw reply as they arrive.
    ``choice`` is the model to ask, ``note`` takes every call to a model that was made."""

    document: Document
    pages: tuple[PageRef, ...]
    recipe: Recipe
    read: Callable[[], tuple[PageText, ...]]
    shown: tuple[PageText, ...] = ()
    """The same words where they stand on the pages as shown (a picture of a page has its places there)."""
    on_reply: Callable[[str], None] = lambda text: None
    choice: ModelChoice | None = None
    note: Note = lambda call: None
    replies: Replies = NO_REPLIES
    """What an earlier attempt was answered."""
    cancelled: IsCancelled = lambda: False
    type: DocumentType = USUAL
    """What the document is read as."""
    corrections: tuple[Correction, ...] = ()
    """What a model is shown of the vendor's earlier documents."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an extractor read. ``exact`` means the values are authoritative (an e-invoice's XML); ``findings`` are what
    it noticed itself and no check can see, ``calls`` those it made to models. ``pages`` are the pages without what nobody
    can see on them, where it found that out: values are looked for there."""

    values: Any
    """The values: an instance of the model of a document type."""
    raw: str
    provenance: dict[str, Provenance] = field(default_factory=dict)
    language: str | None = None
    exact: bool = False
    findings: tuple[Finding, ...] = ()
    calls: tuple[Call, ...] = ()
    document_type: str | None = None
    pages: tuple[PageText, ...] = ()
    notation: Notation | None = None
    """How the document writes numbers and dates, where its reader found that out."""
    candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    layouts: tuple[Layout, ...] = ()
    """The pages in lines, where its reader laid them out: nobody needs to do it again."""


class Extractor(Protocol):
    """Reads one document from the chosen pages."""

    name: str
    streams: bool
    """Whether ``on_reply`` is called while it works (a model's reply); it is then run in a thread of its own."""

    def availability(self) -> Availability:
        """Whether it can run here, cheaply (no model is loaded)."""

    def reads(self, kind: DocumentType) -> bool:
        """Whether it is for documents of ``kind``."""

    def extract(self, request: Request) -> Extracted | None:
        """The values, or ``None`` when this document is not for this extractor (a PDF without XML).

        Raises ExtractionError with the raw reply when it should have worked and did not.
        """
