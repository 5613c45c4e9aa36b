"""Every call to a model: the bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from core.call import Call, ModelName


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call to a model as the books have it; ``recipe_name`` is that of its run, where it ended."""

    call: Call
    run_id: str | None
    document: str | None
    recipe_name: str | None = None


class Calls(Protocol):
    """Every call to a model: the bill."""

    def keep_call(self, call: Call, run_id: str | None = None, document: str | None = None) -> None:
        """Note a call; the same ``call_id`` again changes nothing, so that nothing is billed twice."""

    def spent(self, since: datetime, until: datetime | None = None) -> Decimal:
        """US dollars spent from ``since`` (UTC, inclusive) to ``until`` (exclusive)."""

    def by_day(self, since: datetime) -> dict[date, Decimal]:
        """US dollars spent a day (UTC) from ``since`` on; days without a call are left out."""

    def rows(self, since: datetime, until: datetime, limit: int | None = None) -> Iterator[CallRow]:
        """The calls from ``since`` (UTC, inclusive) to ``until`` (exclusive), at most ``limit``, newest first, without what was
        sent (that is long). Streamed."""

    def get(self, call_id: str) -> Call:
        """One call with what was sent. Raises RecordMissing."""

    def of_run(self, run_id: str) -> list[Call]:
        """The calls of one run, oldest first."""

    def unpriced(self, since: datetime) -> list[ModelName]:
        """Models that were asked from ``since`` on at no known price, by name."""
