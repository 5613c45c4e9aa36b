"""The records as the database has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from pydantic import AliasChoices, Field

from core.extraction import PageRef
from core.invoice.model import Invoice, Payment

Status = Literal["approved", "needs review", "reviewed"]
Target = Literal["database", "workbook"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is stored: an invoice with its number in our books. ``document`` is the file's SHA-256.

    ``document_type`` is one of :func:`core.document_types.kinds` (a credit note is money back). ``version`` counts the
    saves of the database's record; two orders that hold the same are equal, whatever their version. Drafts that an earlier
    version kept call the values ``invoice``."""

    values: Annotated[Invoice, Field(validation_alias=AliasChoices("values", "invoice"))]
    status: Status
    order_id: int | None = None
    document: str | None = None
    pages: tuple[PageRef, ...] = ()
    run_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    document_type: str | None = None
    payment: Payment = field(default_factory=Payment)
    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RecordSummary:
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
    document_type: str | None
    amount_due: Decimal | None


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What to list. ``text`` is matched in number, vendor and customer (or the order id); ``page`` counts from 0.
    ``invoiced`` are the first and the last invoice date, ``saved`` the moment from which and the one before which the
    record was last saved (UTC); an end that is ``None`` is open."""

    text: str = ""
    status: str | None = None
    document_type: str | None = None
    invoiced: tuple[date | None, date | None] = (None, None)
    saved: tuple[datetime | None, datetime | None] = (None, None)
    sort: str = "order_id"
    descending: bool = True
    page: int = 0
    size: int = 50


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a listing and the number of all matches."""

    rows: tuple[RecordSummary, ...]
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


class RecordStore(Protocol):
    """The database of records."""

    def reserve_id(self, at_least: int = 1) -> int:
        """A new order id, never given twice even between processes, and not below ``at_least``."""

    def add(self, order: Record) -> None:
        """Store a new order (its ``order_id`` is set) as its version, or the first. One transaction; nothing is stored on
        an error."""

    def update(self, order: Record) -> None:
        """Change the stored order in place, as its next version; its lines are replaced. Raises RecordMissing, and
        RecordChanged where ``order`` names a version that is no longer the stored one."""

    def remove(self, order_id: int) -> None:
        """Delete an order. Raises RecordMissing."""

    def get(self, order_id: int) -> Record:
        """One order whole. Raises RecordMissing."""

    def search(self, query: RecordQuery) -> RecordPage:
        """One page of matches; quick with 100,000 orders."""

    def each(self, query: RecordQuery) -> Iterator[Record]:
        """Every match of ``query`` (its page and size are ignored), in order, for an export; streamed."""

    def duplicates(self, document: str | None, pages: tuple[PageRef, ...], invoice: Invoice) -> list[Duplicate]:
        """Stored orders of the same document and pages, or of the same vendor and invoice number (case, blanks and
        punctuation aside)."""
