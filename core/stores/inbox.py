"""What came in: an item a document, and the batches in which they came. The queue of what is still to be opened and read lies in
these rows, so that it outlives every process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, get_args

from core.extraction import PageRef, Verdict
from core.jobs.queue import JobState, Lane

#: ``waiting`` is to be opened or read, or waits for somebody to choose its pages; ``failed`` and ``rejected`` say why.
ItemState = Literal["waiting", "reading", "approved", "needs review", "failed", "saved", "rejected"]
#: What is to be done with an item next, without anybody: look what it is, read it, or nothing.
Step = Literal["", "open", "read"]
ITEM_STATES: tuple[ItemState, ...] = get_args(ItemState)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A document (or the ``pages`` of one; none are named: all of them) that came in. ``document`` is the SHA-256 of its file, ``within``
    the archive that it came in and ``depth`` how many archives deep. ``who`` has it; empty: nobody.

    ``step`` is queued for ``lane``; ``job_id`` is the job that does it, ``run_id`` the run that read it last. ``recipe`` names how it
    is read, ``read_as`` as what type (empty: as the recipe says, else its pages). ``sentence`` says why it failed, was rejected or waits.
    ``type_name``, ``document_type``, ``vendor``, ``number``, ``total``, ``currency``, ``doubts`` (questions that are open), ``worst`` (the
    gravest of them), ``stake`` (:func:`core.review.stake.stake`) and ``verdict`` are what the last run gave; ``seconds`` and ``cost`` (US dollars; ``None``: no price known) what it
    took. ``order_id`` is the record that it was saved as. Moments are UTC. ``version`` counts the changes."""

    item_id: str
    document: str
    name: str
    arrived_at: datetime
    changed_at: datetime
    batch_id: str = ""
    within: str = ""
    depth: int = 0
    who: str = ""
    state: ItemState = "waiting"
    step: Step = ""
    lane: Lane = "short"
    job_id: str | None = None
    run_id: str | None = None
    pages: tuple[PageRef, ...] = ()
    page_count: int | None = None
    recipe: str = "default"
    read_as: str = ""
    sentence: str = ""
    type_name: str = ""
    document_type: str = ""
    vendor: str = ""
    number: str = ""
    total: Decimal | None = None
    currency: str = ""
    doubts: int = 0
    worst: str = ""
    stake: float = 0.0
    verdict: Verdict | None = None
    order_id: int | None = None
    seconds: float = 0.0
    cost: Decimal | None = None
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether something is still to be done with it without anybody."""
        return bool(self.step or self.job_id)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in together. ``again`` are the names of its files that had come before and were left as they are."""

    batch_id: str
    name: str
    arrived_at: datetime
    who: str = ""
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How a batch stands: its items by state, how many are still to be opened or read, how many were found ready with nobody
    looking (``unseen``), the seconds that reading took, its cost (US dollars) and when something last changed in it."""

    batch: Batch
    states: Mapping[ItemState, int]
    active: int
    unseen: int
    seconds: float
    cost: Decimal
    changed_at: datetime

    @property
    def count(self) -> int:
        """How many items it has."""
        return sum(self.states.values())


SORTS = ("arrived_at", "changed_at", "name", "vendor", "total", "state", "doubts", "stake", "type_name", "who")


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """Which items: ``text`` is looked for in name, vendor and number; ``who`` is a name, empty for what nobody has, ``None`` for all.
    ``sort`` is one of :data:`SORTS`; ``page`` counts from 0."""

    text: str = ""
    states: tuple[ItemState, ...] = ()
    type_name: str | None = None
    vendor: str | None = None
    batch_id: str | None = None
    who: str | None = None
    sort: str = "arrived_at"
    descending: bool = True
    page: int = 0
    size: int = 50


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page of items and the number of all matches."""

    rows: tuple[InboxItem, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How the job of an item ended; ``None`` for one that nobody knows of any more."""

    item: InboxItem
    state: JobState | None
    error: str | None = None


class InboxStore(Protocol):
    """Keeps items and batches. Safe for threads and processes."""

    def add(self, items: Sequence[InboxItem], instead_of: str | None = None) -> None:
        """Keep new items, and drop the item that they came out of (an archive's), as one."""

    def put(self, items: Sequence[InboxItem]) -> list[InboxItem]:
        """Keep each item over its row where that is still the version it says; gives those that were kept, as they now are."""

    def remove(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """Drop items; gives them as they were."""

    def get(self, item_id: str) -> InboxItem | None:
        """One item."""

    def some(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """These items, in this order, without those that are gone."""

    def of_documents(self, documents: Sequence[str]) -> list[InboxItem]:
        """The items of these files (SHA-256), oldest first."""

    def of_run(self, run_id: str) -> list[InboxItem]:
        """The items that a run read, or is to read."""

    def of_order(self, order_id: int) -> list[InboxItem]:
        """The items that were saved as a record."""

    def recorded(self, documents: Sequence[str]) -> dict[str, int]:
        """Those of these files (SHA-256) that records were saved of, with the latest one's number."""

    def search(self, query: InboxQuery) -> InboxPage:
        """One page of matches; quick with 100,000 items."""

    def ids(self, query: InboxQuery, most: int) -> list[str]:
        """The ids of all matches (page and size are ignored), at most so many."""

    def counts(self, query: InboxQuery) -> dict[ItemState, int]:
        """How many match in each state (those of ``query`` aside)."""

    def choices(self, column: Literal["type_name", "vendor", "who"], most: int = 200) -> list[str]:
        """The values of a column that items have, the commonest first."""

    def take(self, lane: Lane, most: int) -> list[InboxItem]:
        """Give the next queued items of a lane a job's id each, so that nobody else takes them; no more than ``most`` are then under
        way in the lane. The oldest come first; none are given while more than half of ``most`` are under way."""

    def endings(self, unknown_for: float) -> list[Ending]:
        """The items whose job has ended, or is not known though they were taken so many seconds ago."""

    def is_idle(self) -> bool:
        """Whether nothing is queued or under way."""

    def keep_batch(self, batch: Batch) -> None:
        """Keep a batch, over what was kept of it."""

    def reports(self, limit: int = 20) -> list[BatchReport]:
        """The latest batches that have items, or whose files all came before."""

    def report(self, batch_id: str) -> BatchReport | None:
        """How one batch stands."""
