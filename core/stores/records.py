"""The records as the database has them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol, get_args

from pydantic import AliasChoices, BaseModel, Field, model_validator

from core.document_types import USUAL, Values, type_of
from core.extraction import PageRef, with_payment
from core.schema.document_type import DocumentType

Status = Literal["approved", "needs review", "reviewed"]
Target = Literal["database", "workbook"]


def targets_of(names: Collection[str]) -> list[Target]:
    """The stores among ``names``, the database first."""
    return [target for target in get_args(Target) if target in names]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is stored: a document's values with its number in our books. ``document`` is the file's SHA-256.

    ``document_type`` is one of :func:`core.document_types.kinds` (a credit note is money back). ``version`` counts the
    saves of the database's record; two orders that hold the same are equal, whatever their version. Drafts that an earlier
    version kept call the values ``invoice``."""

    values: Annotated[Values, Field(validation_alias=AliasChoices("values", "invoice"))]
    status: Status
    order_id: int | None = None
    document: str | None = None
    pages: tuple[PageRef, ...] = ()
    run_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    document_type: str | None = None
    version: int | None = field(default=None, compare=False)

    @model_validator(mode="before")
    @classmethod
    def _with_payment(cls, kept: Any) -> Any:
        return with_payment(kept)

    @property
    def type(self) -> DocumentType:
        """What kind of document it is a record of."""
        return type_of(self.values)


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """One row of the records list (times are UTC). ``values`` are those of the list columns of its type, by name;
    ``matched`` says what a search found in the record and where, as plain text of the document."""

    order_id: int
    values: Mapping[str, Any]
    status: str
    updated_at: datetime
    document_type: str | None
    type: DocumentType = USUAL
    matched: str = ""
    version: int | None = None

    def value(self, column: str) -> Any:
        """What stands in a column of the list: of a list of several types, which bears the names of the usual one's fields, the
        value that plays the same part. ``None`` where its type has no such field."""
        if column in OWN_COLUMNS:
            return getattr(self, column)
        name = column if column in self.values else self.type.counterpart(column, USUAL)
        return self.values.get(name) if name else None


#: The columns of a list that records of every type have.
OWN_COLUMNS = ("order_id", "status", "updated_at", "document_type")


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """What a header field of any type is to hold, called ``name``: every word of ``text``, or a figure or day from ``first`` to
    ``last``, both in the range; an end that is ``None`` is open. ``empty``: it is to hold nothing, in records of the types
    ``of_types`` (those that have the field; without any: of all)."""

    name: str
    text: str = ""
    first: Decimal | date | None = None
    last: Decimal | date | None = None
    empty: bool = False
    of_types: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text.strip()) or self.first is not None or self.last is not None or self.empty


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What to list. ``text`` is found as any part of number, vendor and customer, as the order id, or as words of all values and of
    the pages: all of its words, a phrase where it is quoted, of the last word its beginning. ``page`` counts from 0.
    ``owner`` asks for what a program had read and saved alone (:class:`core.stores.api.ApiTask`).
    ``type_name`` asks for one type alone, whose own fields it can then be sorted by; without, records of all types stand in one
    list, sorted by the fields of the usual type and by what plays their part in others.
    ``invoiced`` are the first and the last invoice date, ``saved`` the moment from which and the one before which the
    record was last saved (UTC), ``total`` the least and the most that it comes to; an end that is ``None`` is open. ``fields`` narrow to
    what fields hold, ``vendor`` to who issued it (all of its words), ``recipe`` to how it was read, ``who`` to what somebody
    ``did``: saved, reviewed, or (empty) either. ``added`` are header fields that a person added to the usual type: the list has
    their values, and can be sorted by them; ``columns`` are further header fields of types that ship that the list has."""

    text: str = ""
    status: str | None = None
    document_type: str | None = None
    owner: str | None = None
    type_name: str | None = None
    invoiced: tuple[date | None, date | None] = (None, None)
    saved: tuple[datetime | None, datetime | None] = (None, None)
    sort: str = "order_id"
    descending: bool = True
    page: int = 0
    size: int = 50
    fields: tuple[FieldFilter, ...] = ()
    added: tuple[str, ...] = ()
    vendor: str = ""
    total: tuple[Decimal | None, Decimal | None] = (None, None)
    recipe: str = ""
    who: str = ""
    did: Literal["", "saved", "reviewed"] = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a listing and the number of all matches."""

    rows: tuple[RecordSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A stored order that is the same document (same bytes and pages), or whose values are the same in every field by which
    its type tells (:attr:`core.schema.document_type.DocumentType.duplicate_key`); ``known`` are these, as text, by name."""

    order_id: int
    reason: Literal["document", "values"]
    target: Target
    known: Mapping[str, str | None]
    created_at: datetime | None
    type: DocumentType = USUAL


#: By what two records are the same: see :class:`Twins`.
TwinSign = Literal["document", "number", "amount", "lines", "look"]


@dataclass(frozen=True, slots=True)
class Twins:
    """Two records (the earlier number first) that are the same or nearly. ``signs``: the same file and pages; what their type tells
    documents by (vendor and number); the same vendor, amount and day; the same vendor, amount and lines in one month; the same number and
    amount with another vendor."""

    first: int
    second: int
    signs: frozenset[TwinSign]


@dataclass(frozen=True, slots=True)
class TwinPage:
    """One page of twins, and the number of all."""

    rows: tuple[Twins, ...]
    total: int


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

    def some(self, order_ids: Sequence[int]) -> list[Record]:
        """These orders whole, in their order; those that are gone are left out."""

    def versions(self, order_ids: Sequence[int], hold: bool = False) -> dict[int, int]:
        """The versions of these orders as they are stored; with ``hold``, nobody else changes them before the transaction that this
        is called in ends."""

    def picked(self, query: RecordQuery, most: int) -> dict[int, int]:
        """The numbers of the matches of ``query`` in its order, each with its version; no more than ``most``."""

    def keep_page_text(self, run_id: str, page_text: str) -> None:
        """Keep the text of a run's pages, with a form feed between pages: records that are saved from it from now on are found by
        its words. Once kept it stays."""

    def unindexed(self, after: int, limit: int) -> list[tuple[int, str | None]]:
        """Records with numbers greater than ``after`` that no word finds yet (an earlier version saved them), at most ``limit``, in
        order; each with the run whose page text is not kept yet."""

    def index(self, order_ids: Sequence[int]) -> None:
        """Have records found by the words of their values and of the page text that is kept; those that are gone are left out."""

    def search(self, query: RecordQuery) -> RecordPage:
        """One page of matches; quick with 100,000 orders."""

    def twins(self, page: int = 0, size: int = 50) -> TwinPage:
        """Records that are the same or nearly, two by two, the latest first; without those that were set apart. Quick with 100,000."""

    def set_apart(self, first: int, second: int, who: str, apart: bool = True) -> None:
        """Remember (or forget) that somebody said that these two are not the same."""

    def choices(self, what: Literal["recipe", "who"]) -> list[str]:
        """By which recipes records can have been read, or who saved or reviewed any; sorted."""

    def each(self, query: RecordQuery) -> Iterator[Record]:
        """Every match of ``query`` (its page and size are ignored), in order, for an export; streamed."""

    def duplicates(self, document: str | None, pages: tuple[PageRef, ...], values: BaseModel) -> list[Duplicate]:
        """Stored orders of the same document and pages, or of the same type with the same values in the fields that tell
        (case, blanks and punctuation aside)."""
