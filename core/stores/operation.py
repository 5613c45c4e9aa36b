"""How the work is going: what came in and what became of it, added up where it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

#: By what documents are put together.
Grouping = Literal["type", "vendor", "recipe", "who"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Documents put together under a ``key``. ``ready`` were found right with nobody looking, ``failed`` could not be read, ``saved``
    are records. ``right`` and ``wrong`` count the values of saved ones that people left and changed. ``cached`` were answered from the
    cache. ``seconds`` and ``cost`` (US dollars) are what reading all took."""

    key: str
    documents: int
    ready: int
    failed: int
    saved: int
    right: int
    wrong: int
    cached: int
    seconds: float
    cost: Decimal

    @property
    def correction_rate(self) -> float | None:
        """The share of reviewed values that somebody changed; ``None`` where nothing was reviewed."""
        reviewed = self.right + self.wrong
        return self.wrong / reviewed if reviewed else None

    @property
    def ready_rate(self) -> float | None:
        """The share of the documents that were read which nobody had to look at."""
        read = self.documents - self.failed
        return self.ready / read if read > 0 else None


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on one day (UTC)."""

    day: date
    documents: int
    ready: int
    failed: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits now: for the machine, and for a person; and since when the oldest of the latter does (UTC)."""

    waiting: int
    for_a_person: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The calls to a provider since some moment, and how many of them failed."""

    provider: str
    calls: int
    failed: int


@dataclass(frozen=True, slots=True)
class Which:
    """Which documents: those that came in from ``since`` (UTC, inclusive) to ``until`` (exclusive) and are of the one value named.
    ``field`` is a field that somebody changed in them (of any row), ``cause`` what made them fail."""

    since: datetime
    until: datetime
    day: date | None = None
    grouping: Grouping | None = None
    key: str = ""
    field: str = ""
    cause: str = ""
    ready: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A document behind a figure, as a list shows it."""

    item_id: str
    name: str
    vendor: str
    number: str
    state: str
    arrived_at: datetime
    order_id: int | None
    sentence: str


class OperationStore(Protocol):
    """Sums over what came in. A time goes from ``since`` (UTC, inclusive) to ``until`` (exclusive) and means when it came in."""

    def total(self, since: datetime, until: datetime) -> Tally:
        """Everything of a time together (its key is empty)."""

    def days(self, since: datetime, until: datetime) -> list[Day]:
        """Each day on which something came in, oldest first."""

    def groups(self, since: datetime, until: datetime, by: Grouping, limit: int = 50) -> list[Tally]:
        """The documents of a time by what they have in common, most documents first; what is not known has an empty key."""

    def corrections(self, since: datetime, until: datetime) -> dict[str, int]:
        """In how many documents somebody changed each field (a column without its row), most first."""

    def causes(self, since: datetime, until: datetime, limit: int = 20) -> dict[str, int]:
        """Why documents failed, with how many did, most first."""

    def steps(self, since: datetime, until: datetime, latest: int) -> list[dict[str, float]]:
        """The seconds of each step, of the ``latest`` documents of a time that were read and not answered from the cache."""

    def queue(self) -> Queue:
        """What waits now."""

    def providers(self, since: datetime) -> list[ProviderState]:
        """How providers answered since."""

    def documents(self, which: Which, limit: int = 200) -> Sequence[Told]:
        """The documents behind a figure, newest first."""
