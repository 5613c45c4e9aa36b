"""What monitors ask for: counts and times that whatever process is asked can tell, since they stand in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Figures:
    """Since a moment: ``documents`` that were read, by verdict; ``steps``: the seconds of each step of those that the cache did not answer;
    ``calls`` to models by (provider, outcome), with what they cost (US dollars). As of now: ``queues``: jobs by (queue, state), with the
    seconds that the oldest that waits has waited in ``oldest``; ``failed`` jobs that are still known, by what was wrong; documents
    ``for_a_person``; ``messages`` to webhooks by state."""

    documents: Mapping[str, int]
    steps: Mapping[str, Sequence[float]]
    calls: Mapping[tuple[str, str], tuple[int, Decimal]]
    queues: Mapping[tuple[str, str], int]
    oldest: float
    failed: Mapping[str, int]
    for_a_person: int
    messages: Mapping[str, int]


class FigureStore(Protocol):
    """Adds up what monitors ask for. Safe for threads and processes."""

    def since(self, moment: datetime) -> Figures:
        """The figures since a moment (UTC). Raises StorageError."""

    def ping(self) -> None:
        """Ask the database for nothing. Raises StorageError where it does not answer."""
