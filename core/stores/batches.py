"""What is done to many records at once: each batch, and what became of each of its records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.person import Known
from core.stores.receipt import SaveReceipt

#: What a batch does to its records: sets one field, approves them, deletes them, reads their documents again, or brings them in.
Deed = Literal["edit", "approve", "delete", "read again", "bring in"]
#: ``waiting``: not done yet; ``reading``: its document is being read again, or what was read waits for a person; ``done``;
#: ``left``: as it was, and the item says why; ``undone``: done, and taken back.
ItemState = Literal["waiting", "reading", "done", "left", "undone"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Something done to many records. ``told`` says what exactly (any JSON): the field and its text, the recipe. ``counts`` are its
    records by state."""

    batch_id: str
    deed: Deed
    told: Mapping[str, Any]
    who: str
    known: Known
    at: datetime
    counts: Mapping[ItemState, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many records it is about."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A record of a batch: ``version`` as it was seen when the batch was begun, ``sentence`` why it was left, ``run_id`` the run that
    reads its document again, ``document`` that document, ``receipt`` what was done, enough to undo it."""

    order_id: int
    version: int | None = None
    state: ItemState = "waiting"
    sentence: str = ""
    run_id: str | None = None
    document: str | None = None
    receipt: SaveReceipt | None = None


class BatchStore(Protocol):
    """Keeps batches. What is noted inside a transaction of the database is kept with it, or not at all."""

    def begin(self, batch: Batch, items: Sequence[BatchItem]) -> None:
        """Keep a new batch with its records."""

    def get(self, batch_id: str) -> Batch:
        """A batch. Raises RecordMissing."""

    def latest(self, limit: int = 20) -> list[Batch]:
        """The newest batches, the newest first."""

    def items(self, batch_id: str, states: Collection[ItemState], limit: int = 1000, after: int = 0) -> list[BatchItem]:
        """Its records in one of ``states`` with numbers greater than ``after``, in order, at most ``limit``."""

    def add(self, batch_id: str, items: Sequence[BatchItem]) -> None:
        """Add records to a batch."""

    def note(self, batch_id: str, items: Sequence[BatchItem]) -> None:
        """Note what became of some of its records."""

    def forget(self, before: datetime) -> int:
        """Drop the batches of before; gives how many. They cannot be undone any more."""
