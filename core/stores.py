"""The contracts of what keeps things: orders, workbook, ledger, files. Their adapters live in ``storage/``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from core.extraction import Extraction, PageRef
from core.models import Invoice

Status = Literal["approved", "needs review", "reviewed"]
Target = Literal["database", "workbook"]


@dataclass(frozen=True, slots=True)
class Order:
    """One record as it is stored: an invoice with its number in our books. ``document`` is the file's SHA-256."""

    invoice: Invoice
    status: Status
    order_id: int | None = None
    document: str | None = None
    pages: tuple[PageRef, ...] = ()
    run_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """One row of the records list (times are UTC)."""

    order_id: int
    invoice_number: str | None
    invoice_date: str | None
    due_date: str | None
    vendor_name: str | None
    customer_name: str | None
    total_amount: Decimal | None
    currency: str | None
    status: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """What to list. ``text`` is matched in number, vendor and customer (or the order id); ``page`` counts from 0."""

    text: str = ""
    status: str | None = None
    sort: str = "order_id"
    descending: bool = True
    page: int = 0
    size: int = 50


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of a listing and the number of all matches."""

    rows: tuple[OrderSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A stored order that is the same document (same bytes and pages) or the same vendor's same number."""

    order_id: int
    reason: Literal["document", "invoice"]
    target: Target
    vendor_name: str | None
    invoice_number: str | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """The ledger's row of one run, as a listing shows it."""

    run_id: str
    document: str
    name: str
    started_at: datetime
    seconds: float
    extractor: str
    verdict: str
    recipe_name: str
    cached_steps: int


class Orders(Protocol):
    """The database of orders (``sales_order_header`` and ``sales_order_detail``)."""

    def reserve_id(self, at_least: int = 1) -> int:
        """A new order id, never given twice even between processes, and not below ``at_least``."""

    def add(self, order: Order) -> None:
        """Store a new order (its ``order_id`` is set). One transaction; nothing is stored on an error."""

    def update(self, order: Order) -> None:
        """Replace header and lines of the stored order. Raises RecordMissing."""

    def remove(self, order_id: int) -> None:
        """Delete an order. Raises RecordMissing."""

    def get(self, order_id: int) -> Order:
        """One order whole. Raises RecordMissing."""

    def search(self, query: OrderQuery) -> OrderPage:
        """One page of matches; quick with 100,000 orders."""

    def each(self, query: OrderQuery) -> Iterator[Order]:
        """Every match of ``query`` (its page and size are ignored), in order, for an export; streamed."""

    def duplicates(self, document: str | None, pages: tuple[PageRef, ...], invoice: Invoice) -> list[Duplicate]:
        """Stored orders of the same document and pages, or of the same vendor and invoice number (case, blanks and
        punctuation aside)."""


class WorkbookStore(Protocol):
    """The Excel workbook with the sheets SalesOrderHeader and SalesOrderDetail."""

    path: Path

    def last_id(self) -> int:
        """The greatest OrderID in it; 0 for none or no file. Raises WorkbookDamaged, WorkbookLocked."""

    def save(self, order: Order) -> None:
        """Add the order, or replace the rows that have its id. Atomic, under a file lock; the person's other sheets
        and extra columns stay. Raises WorkbookLocked, WorkbookDamaged."""

    def remove(self, order_id: int) -> None:
        """Delete an order's rows. Raises RecordMissing."""

    def get(self, order_id: int) -> Order:
        """One order, as its rows say. Raises RecordMissing."""

    def duplicates(self, invoice: Invoice) -> list[Duplicate]:
        """Orders of the same vendor and invoice number."""


class Ledger(Protocol):
    """What happened: documents, runs, and every field's extracted and final value."""

    def keep_document(self, sha256: str, name: str, media_type: str, size: int, pages: int) -> None:
        """Note a document once; later calls with the same bytes change nothing but the name."""

    def keep_run(self, run_id: str, extraction: Extraction, started_at: datetime, error: str | None = None) -> None:
        """One row a run with recipe, step times, cache hits, findings, confidences; and a row a field as extracted."""

    def keep_final(self, run_id: str, order_id: int | None, invoice: Invoice) -> None:
        """Every field's final value beside what was extracted."""

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs first."""


class Files(Protocol):
    """Bytes by content and small JSON drafts by key, on disk, written atomically."""

    def keep(self, data: bytes) -> str:
        """Keep a document's bytes; gives their SHA-256 (hex)."""

    def load(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256``. Raises RecordMissing."""

    def keep_json(self, kind: str, key: str, text: str) -> None:
        """Keep a JSON text under a kind (``run``, ``draft``) and a key of letters, digits, ``-`` and ``_``."""

    def load_json(self, kind: str, key: str) -> str | None:
        """The text kept so, or ``None``."""

    def forget_json(self, kind: str, key: str) -> None:
        """Drop it; nothing happens where there is none."""


@dataclass(frozen=True, slots=True)
class SaveReceipt:
    """What a save did, enough to undo it: what each target held before (``None``: the order was new there), and what
    it held after (``None``: the order was removed), by which a later change is noticed."""

    order_id: int
    targets: tuple[Target, ...]
    previous: dict[Target, Order | None] = field(default_factory=dict)
    stored: dict[Target, Order | None] = field(default_factory=dict)
