"""What somebody was to be told: kept until long after it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Alert:
    """That a rule was broken: by ``kind`` (a field of :class:`core.settings.AlertRules`) and ``subject`` (a vendor, a provider; empty
    where there is but one), with a ``sentence``. Moments are UTC; one whose ``ended_at`` is ``None`` still holds."""

    alert_id: str
    kind: str
    subject: str
    sentence: str
    began_at: datetime
    ended_at: datetime | None = None
    seen_at: datetime | None = None


class AlertStore(Protocol):
    """Keeps alerts. Safe for threads and processes."""

    def hold(self, broken: Sequence[Alert], now: datetime) -> list[Alert]:
        """Keep what is broken ``now``: an alert of the same kind and subject that still holds gets the new sentence, others begin, and
        those that are not among ``broken`` end. Gives those that began."""

    def latest(self, limit: int = 100) -> list[Alert]:
        """Those that hold, then those that ended, newest first."""

    def see(self, alert_ids: Sequence[str], now: datetime) -> None:
        """Somebody saw them."""
