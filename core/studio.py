"""The few verbs that pages, command line and API call. (Being written: signatures first.)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.documents import Document
from core.evidence import Box, Evidence
from core.events import Event
from core.extraction import Extraction, PageRef
from core.extractor import Availability
from core.jobs.queue import Job
from core.models import Invoice
from core.recipe import Recipe
from core.settings import Defaults, Settings
from core.stores import Duplicate, Order, OrderPage, OrderQuery, RunRow, SaveReceipt, Target


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An extraction with the person's changes: the invoice as it now stands, its evidence, and fresh checks."""

    extraction: Extraction
    changed: tuple[str, ...]
    """Paths whose value differs from what was extracted."""


class Studio:
    """Everything a person can do, in verbs. Made by ``core.entrypoints.bootstrap.build_studio``; thread-safe."""

    settings: Settings
    defaults: Defaults

    # documents
    def open(self, data: bytes, name: str, password: str | None = None) -> Document:
        """Open, keep (so that a page switch or a restart does not lose it) and note a document. Raises DocumentError."""
        raise NotImplementedError

    def document(self, sha256: str) -> Document:
        """A document opened earlier, from the kept bytes. Raises RecordMissing, EncryptedDocument."""
        raise NotImplementedError

    # runs
    def start(self, sha256: str, pages: Sequence[PageRef], recipe: Recipe | None = None) -> str:
        """Queue a run in the background; gives the id under which ``job`` and ``extraction`` find it."""
        raise NotImplementedError

    def job(self, job_id: str) -> Job | None:
        """Where a run stands; finished runs of earlier processes are found too. ``None`` for an unknown id."""
        raise NotImplementedError

    def cancel(self, job_id: str) -> None:
        """Stop a run; what other runs do goes on."""
        raise NotImplementedError

    def extract(self, document: Document, pages: Sequence[PageRef], recipe: Recipe | None = None) -> Iterator[Event]:
        """Run here and now, event by event (the command line)."""
        raise NotImplementedError

    # review
    def review(self, extraction: Extraction, invoice: Invoice, drawn: Mapping[str, Evidence] | None = None) -> Reviewed:
        """Check the person's version of ``extraction.invoice``: evidence is kept for unchanged values, taken from
        ``drawn`` (path -> evidence of a drawn box) or found anew for changed ones; findings, confidences, verdict fresh."""
        raise NotImplementedError

    def read_region(
        self, document: Document, page: PageRef, box: Box, extraction: Extraction | None = None
    ) -> Evidence:
        """The words inside a drawn box: from the page's text where it was read, else OCR of just that region.
        ``text`` is what stands there; method ``drawn``."""
        raise NotImplementedError

    def parse_value(self, path: str, text: str, extraction: Extraction) -> object:
        """Text as the field's type, read with the document's language (``1.234,56`` -> Decimal). Raises ValueError with
        a sentence for the person."""
        raise NotImplementedError

    def keep_draft(self, run_id: str, draft: Mapping[str, object]) -> None:
        """Keep a person's unsaved edits (any JSON) so that a reload or restart finds them."""
        raise NotImplementedError

    def draft(self, run_id: str) -> dict[str, object] | None:
        """The edits kept for a run."""
        raise NotImplementedError

    # records
    def duplicates(self, extraction: Extraction, invoice: Invoice, targets: Sequence[Target]) -> list[Duplicate]:
        """What is already stored of this document or invoice in the chosen targets."""
        raise NotImplementedError

    def save(
        self,
        invoice: Invoice,
        targets: Sequence[Target],
        *,
        run_id: str | None = None,
        extraction: Extraction | None = None,
        update: int | None = None,
        status: str = "reviewed",
    ) -> SaveReceipt:
        """Save to every target under one order id: a new one, or ``update``'s. Nothing is saved if one target fails."""
        raise NotImplementedError

    def undo(self, receipt: SaveReceipt) -> None:
        """Put every target back to what it held before that save."""
        raise NotImplementedError

    def search(self, query: OrderQuery) -> OrderPage:
        """One page of saved records."""
        raise NotImplementedError

    def record(self, order_id: int) -> Order:
        """One saved record. Raises RecordMissing."""
        raise NotImplementedError

    def export(self, query: OrderQuery, form: str) -> bytes:
        """All matches as ``xlsx``, ``csv`` (a zip of the two tables) or ``json``."""
        raise NotImplementedError

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs."""
        raise NotImplementedError

    # the place
    def health(self) -> list[tuple[str, str, Availability]]:
        """(kind, name, availability) of every engine, extractor, store and accelerator, for Settings and ``doctor``."""
        raise NotImplementedError

    def configure(self, defaults: Defaults) -> None:
        """Keep the person's choices and use them from now on."""
        raise NotImplementedError

    @property
    def workbook_path(self) -> Path:
        """Where the Excel workbook is."""
        raise NotImplementedError
