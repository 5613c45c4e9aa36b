"""The contracts of what keeps things: orders, workbook, ledger, files. Their adapters live in ``storage/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol

from core.extraction import Extraction, PageRef
from core.llm.provider import Call, ModelName
from core.models import Invoice, Payment
from core.prompt import Prompt
from core.recipe import Correction, Recipe

Status = Literal["approved", "needs review", "reviewed"]
Target = Literal["database", "workbook"]


@dataclass(frozen=True, slots=True)
class Order:
    """One record as it is stored: an invoice with its number in our books. ``document`` is the file's SHA-256.

    ``document_type`` is one of :data:`core.prompt.DOCUMENT_TYPES` (a credit note is money back). ``version`` counts the
    saves of the database's record; two orders that hold the same are equal, whatever their version."""

    invoice: Invoice
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
    document_type: str | None
    amount_due: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderQuery:
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


@dataclass(frozen=True, slots=True)
class RunFact:
    """One run for the analytics. ``reviewed`` is whether its record was saved, ``right`` how many of its values the person
    left as they were, ``wrong`` how many they changed. ``from_cache`` is whether the extraction was answered from there."""

    run_id: str
    started_at: datetime
    document: str
    recipe_name: str
    recipe_digest: str
    document_type: str | None
    extractor: str
    verdict: str
    seconds: float
    from_cache: bool
    reviewed: bool
    right: int
    wrong: int


class Orders(Protocol):
    """The database of orders (``sales_order_header`` and ``sales_order_detail``)."""

    def reserve_id(self, at_least: int = 1) -> int:
        """A new order id, never given twice even between processes, and not below ``at_least``."""

    def add(self, order: Order) -> None:
        """Store a new order (its ``order_id`` is set) as its version, or the first. One transaction; nothing is stored on
        an error."""

    def update(self, order: Order) -> None:
        """Change the stored order in place, as its next version; its lines are replaced. Raises RecordMissing, and
        RecordChanged where ``order`` names a version that is no longer the stored one."""

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


@dataclass(frozen=True, slots=True)
class StagedChange:
    """A workbook with a change that is written beside it and waits: ``held`` is the order as its rows will say (``None``:
    it will be gone), ``put`` gives it the workbook's place. ``put`` raises StorageError: the workbook is as it was then."""

    held: Order | None
    put: Callable[[], None]


class WorkbookStore(Protocol):
    """The Excel workbook with the sheets SalesOrderHeader and SalesOrderDetail."""

    path: Path

    def last_id(self) -> int:
        """The greatest OrderID in it; 0 for none or no file. Raises WorkbookDamaged, WorkbookLocked."""

    def save(self, order: Order) -> None:
        """Add the order, or replace the rows that have its id. Atomic, under a file lock; the person's other sheets
        and extra columns, the file's mode and place stay. Raises WorkbookLocked, WorkbookDamaged."""

    def staged(self, order_id: int, order: Order | None) -> AbstractContextManager[StagedChange]:
        """The workbook with that order's rows put (``None``: taken out), all but in its place: the disk has room for it, and
        nobody else writes the workbook until the context is left. Left without ``put``, nothing has changed. Raises
        RecordMissing where there is nothing to take out, WorkbookLocked, WorkbookDamaged, StorageError."""

    def remove(self, order_id: int) -> None:
        """Delete an order's rows. Raises RecordMissing."""

    def get(self, order_id: int) -> Order:
        """One order, as its rows say. Raises RecordMissing."""

    def duplicates(self, invoice: Invoice) -> list[Duplicate]:
        """Orders of the same vendor and invoice number."""


@dataclass(frozen=True, slots=True)
class ReviewedValue:
    """One extracted value that a person has reviewed: its path, its confidence then and the correction in force then,
    and whether the person changed it."""

    path: str
    confidence: float
    changed: bool
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class PendingRows:
    """An order whose rows in ``workbook`` may not be as the database has it, and since when (UTC)."""

    order_id: int
    workbook: Path
    at: datetime


class Pending(Protocol):
    """The orders that a workbook still lacks, or has too many, after a save that did not come to its end."""

    def note(self, order_id: int, workbook: Path) -> bool:
        """Note that the order's rows are about to be written; gives whether they were not noted before."""

    def done(self, order_id: int, workbook: Path, at: datetime | None = None) -> None:
        """They are as they should be; with ``at`` only if the note is still the one of then."""

    def all(self) -> list[PendingRows]:
        """Every note, by order."""


#: One transaction over what the database keeps: all that is written inside is kept together, or nothing is.
Unit = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Finals:
    """The values of a run as a person left them, by path, as text of the ledger's; and the order that they went into."""

    order_id: int | None
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """That somebody changed a value of an order, or took a change back: a fact that nothing changes. ``before`` and
    ``after`` are text as the ledger keeps it, ``why`` is ``saved``, ``undone`` or ``failed`` (taken back by the studio itself
    as the save could not come to its end)."""

    order_id: int | None
    run_id: str | None
    path: str
    before: str | None
    after: str | None
    at: datetime
    who: str
    why: str


class Ledger(Protocol):
    """What happened: documents, runs, and every field's extracted and final value."""

    def keep_document(self, sha256: str, name: str, media_type: str, size: int, pages: int) -> None:
        """Note a document once; later calls with the same bytes change nothing but the name."""

    def keep_run(self, run_id: str, extraction: Extraction, started_at: datetime, error: str | None = None) -> None:
        """One row a run with recipe, step times, cache hits, findings, confidences; and a row a field as extracted."""

    def keep_final(self, run_id: str, order_id: int | None, invoice: Invoice) -> None:
        """Every field's final value beside what was extracted; what that changes is noted as facts."""

    def finals(self, run_id: str) -> Finals | None:
        """The final values of a run; ``None`` where none of its records is saved."""

    def put_finals(self, run_id: str, finals: Finals | None, why: str) -> None:
        """Put the final values of a run to what :meth:`finals` gave earlier, and note as facts what that changes."""

    def keep_changes(self, order_id: int, before: Invoice, after: Invoice, why: str) -> None:
        """Note as facts what differs in an order that came from no run."""

    def changes(self, order_id: int) -> list[ValueChange]:
        """Every change of an order's values, oldest first."""

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs first."""

    def reviewed_values(self) -> list[ReviewedValue]:
        """Every value of the runs whose record a person reviewed, but those of e-invoices, which are exact. Cells of lines
        are left out where the person added or removed a line: the others then stand at other places."""

    def facts(self, since: datetime, until: datetime | None = None) -> list[RunFact]:
        """The runs that began in a time (UTC, from ``since`` to before ``until``), oldest first."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call to a model as the books have it; ``recipe_name``, ``document_type`` and ``verdict`` are of its run, where it
    ended. Times are UTC, ``cost`` is in US dollars."""

    call: Call
    run_id: str | None
    document: str | None
    recipe_name: str | None = None
    recipe_digest: str | None = None
    document_type: str | None = None


class SettingsStore(Protocol):
    """The person's choices as one text with a version, which grows with each change. Shared by every process."""

    def version(self) -> int:
        """The version that is kept; 0 for none. Quick."""

    def load(self) -> tuple[int, str | None]:
        """Version and text; 0 and ``None`` where none is kept."""

    def change(self, write: Callable[[str | None], str]) -> tuple[int, str]:
        """Keep what ``write`` makes of the text that is kept, in one transaction: nobody else changes it meanwhile. Gives what
        is kept then. Raises StorageError, and what ``write`` raises; nothing is changed then."""


@dataclass(frozen=True, slots=True)
class Cap:
    """A budget in force: what it is called, from when on it counts (UTC), and its US dollars."""

    name: str
    since: datetime
    dollars: Decimal


@dataclass(frozen=True, slots=True)
class Over:
    """A budget that a call would exceed, with what is spent of it. ``alone``: also if no call in flight cost anything."""

    cap: Cap
    spent: Decimal
    alone: bool


class Holds(Protocol):
    """What is held back of budgets for the calls in flight, of every process that shares the books."""

    def hold(
        self, hold_id: str, dollars: Decimal, caps: Sequence[Cap], now: datetime, longest: timedelta
    ) -> Over | None:
        """Hold ``dollars`` back under ``hold_id`` where they fit into each cap beside what is spent and held, and give
        ``None``; else hold nothing and give the cap that they would exceed. Nobody else is let through meanwhile. What is
        held lapses ``longest`` after ``now`` (UTC) by itself: the process that held it is dead."""

    def release(self, hold_id: str) -> None:
        """Hold that no longer: the call's cost is in the books, or it was not made."""


class Calls(Protocol):
    """Every call to a model: the bill."""

    def keep_call(self, call: Call, run_id: str | None = None, document: str | None = None) -> None:
        """Note a call; the same ``call_id`` again changes nothing, so that nothing is billed twice."""

    def spent(self, since: datetime, until: datetime | None = None) -> Decimal:
        """US dollars spent from ``since`` (UTC, inclusive) to ``until`` (exclusive)."""

    def by_day(self, since: datetime) -> dict[date, Decimal]:
        """US dollars spent a day (UTC) from ``since`` on; days without a call are left out."""

    def rows(self, since: datetime | None = None, until: datetime | None = None) -> list[CallRow]:
        """The calls of a time, oldest first, without what was sent (that is long)."""

    def get(self, call_id: str) -> Call:
        """One call with what was sent. Raises RecordMissing."""

    def of_run(self, run_id: str) -> list[Call]:
        """The calls of one run, oldest first."""

    def unpriced(self, since: datetime) -> list[ModelName]:
        """Models that were asked from ``since`` on at no known price, by name."""


@dataclass(frozen=True, slots=True)
class PromptSummary:
    """A prompt's name with its newest version and the document types whose default one of its versions is."""

    name: str
    newest: int
    versions: int
    default_for: tuple[str, ...] = ()


class Prompts(Protocol):
    """Versions of prompts, never changed once stored."""

    def summaries(self) -> list[PromptSummary]:
        """Every prompt, by name."""

    def versions(self, name: str) -> list[Prompt]:
        """Every version of a prompt, newest first; empty for an unknown name."""

    def get(self, name: str, version: int | None = None) -> Prompt:
        """One version (``None``: the newest). Raises RecordMissing."""

    def add(self, prompt: Prompt) -> Prompt:
        """Store ``prompt`` as the next version of its name; gives it with its number and time."""

    def defaults(self) -> dict[str, tuple[str, int]]:
        """(name, version) of the default prompt by document type."""

    def set_default(self, document_type: str, name: str, version: int) -> None:
        """Make a version the default of a document type. Raises RecordMissing."""

    def remove_default(self, document_type: str) -> None:
        """Back to the prompt that ships."""


@dataclass(frozen=True, slots=True)
class ComparisonCell:
    """One document read with one recipe: the run's id once it ended, or the sentence on why it failed."""

    row: int
    column: int
    run_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Documents (rows: SHA-256, name, page numbers; a case's truth folder where there is one) x recipes (columns)."""

    comparison_id: str
    name: str
    created_at: datetime
    rows: tuple[Mapping[str, Any], ...]
    recipes: tuple[Recipe, ...]
    cells: tuple[ComparisonCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """The value that a person found right where recipes disagreed: a truth for later. ``value`` is text as the ledger keeps it."""

    document: str
    path: str
    value: str | None
    recipe_name: str | None
    comparison_id: str
    at: datetime


class Comparisons(Protocol):
    """Comparisons and the votes in them."""

    def keep(self, comparison: Comparison) -> None:
        """Store a comparison, or replace it with its cells as they now are."""

    def keep_cell(self, comparison_id: str, cell: ComparisonCell) -> None:
        """Store one cell, as soon as it is known."""

    def get(self, comparison_id: str) -> Comparison:
        """One whole. Raises RecordMissing."""

    def latest(self, limit: int = 20) -> list[Comparison]:
        """The newest first, without their cells."""

    def remove(self, comparison_id: str) -> None:
        """Drop a comparison with its cells and votes. Raises RecordMissing."""

    def vote(self, vote: Vote) -> None:
        """Keep a vote; a later one on the same value of the same comparison replaces it."""

    def unvote(self, comparison_id: str, document: str, path: str) -> None:
        """Take a vote back; nothing happens where there is none."""

    def votes(self, comparison_id: str | None = None) -> list[Vote]:
        """Votes of a comparison, or all."""


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One evaluation of a recipe on a set of cases, kept for the trend. ``report`` is
    :func:`core.evaluation.to_json`'s."""

    evaluation_id: str
    at: datetime
    name: str
    recipe: Recipe
    report: Mapping[str, Any]


class Evaluations(Protocol):
    """What evaluations gave, over time."""

    def keep(self, row: EvaluationRow) -> None:
        """Store one."""

    def get(self, evaluation_id: str) -> EvaluationRow:
        """One whole. Raises RecordMissing."""

    def latest(self, limit: int = 50) -> list[EvaluationRow]:
        """The newest first."""

    def remove(self, evaluation_id: str) -> None:
        """Drop one. Raises RecordMissing."""


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
    it held after (``None``: the order was removed), by which a later change is noticed. ``finals`` is what the ledger had as
    final of the run ``run_id`` before."""

    order_id: int
    targets: tuple[Target, ...]
    previous: dict[Target, Order | None] = field(default_factory=dict)
    stored: dict[Target, Order | None] = field(default_factory=dict)
    run_id: str | None = None
    finals: Finals | None = None
