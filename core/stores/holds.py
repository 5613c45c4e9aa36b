"""What is held back of budgets for the calls in flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol


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
