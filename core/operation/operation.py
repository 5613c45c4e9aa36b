"""The verbs of the Operation page."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.operation.alerts import Sources, broken_rules
from core.operation.trend import Forecast, forecast_week
from core.settings import AlertRules
from core.spending.period import Period
from core.stores.alerts import Alert, AlertStore
from core.stores.operation import Day, Grouping, OperationStore, Queue, Tally, Told, Which
from core.stores.unit import Unit
from core.stores.webhooks import Announce, silent

#: The latest documents whose steps are looked at, and the days before today that a forecast looks back.
_LATEST, _LOOK_BACK = 500, 120


@dataclass(frozen=True, slots=True)
class StepTime:
    """The median seconds of a step over the documents that had it, and its share of all seconds of all steps."""

    step: str
    median: float
    share: float
    documents: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a period went beside the one of the same length before it."""

    period: Period
    now: Tally
    before: Tally
    days: tuple[Day, ...]
    queue: Queue


class Operation:
    """How the work is going."""

    def __init__(
        self,
        store: OperationStore,
        alerts: AlertStore,
        sources: Sources,
        rules: Callable[[], AlertRules],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        announce: Announce = silent,
        unit: Unit = nullcontext,
    ) -> None:
        """``unit`` is one transaction over the alerts and whoever is told of them."""
        self._announce, self._unit = announce, unit
        self._store, self._alerts, self._sources, self._rules = store, alerts, sources, rules
        self._clock = clock

    def now(self) -> datetime:
        """The moment that counts (UTC)."""
        return self._clock()

    def standing(self, period: Period) -> Standing:
        """A period and the one before it."""
        before = _before(period)
        return Standing(
            period,
            self._store.total(period.since, period.until),
            self._store.total(before.since, before.until),
            tuple(self._store.days(period.since, period.until)),
            self._store.queue(),
        )

    def groups(self, period: Period, by: Grouping) -> list[Tally]:
        """The documents of a period by what they have in common, most first."""
        return self._store.groups(period.since, period.until, by)

    def corrections(self, period: Period) -> dict[str, int]:
        """In how many documents somebody changed each field."""
        return self._store.corrections(period.since, period.until)

    def causes(self, period: Period) -> dict[str, int]:
        """Why documents failed."""
        return self._store.causes(period.since, period.until)

    def steps(self, period: Period) -> list[StepTime]:
        """The time of each step, the longest share first: the first is the bottleneck."""
        rows = self._store.steps(period.since, period.until, _LATEST)
        taken: dict[str, list[float]] = {}
        for row in rows:
            for step, seconds in row.items():
                taken.setdefault(step, []).append(seconds)
        whole = sum(sum(seconds) for seconds in taken.values())
        found = [
            StepTime(step, statistics.median(seconds), sum(seconds) / whole if whole else 0.0, len(seconds))
            for step, seconds in taken.items()
        ]
        return sorted(found, key=lambda one: one.share, reverse=True)

    def forecast(self) -> Forecast | None:
        """The seven days from today on; ``None`` where the history is too short."""
        today = self.now().date()
        since = _start(today - timedelta(days=_LOOK_BACK))
        counts = {day.day: day.documents for day in self._store.days(since, _start(today))}
        return forecast_week(counts, today)

    def documents(self, which: Which) -> Sequence[Told]:
        """The documents behind a figure, newest first (at most 200)."""
        return self._store.documents(which)

    # --- alerts ----------------------------------------------------------------------------------------------------

    def look(self) -> list[Alert]:
        """Look at every rule that is set, keep what is broken, and give the alerts that began."""
        now = self.now()
        broken = list(broken_rules(self._rules(), self._sources, now))
        with self._unit():
            begun = self._alerts.hold(broken, now)
            for alert in begun:
                about = {"alert_id": alert.alert_id, "kind": alert.kind, "subject": alert.subject}
                self._announce("alert", about | {"sentence": alert.sentence})
        return begun

    def alerts(self) -> list[Alert]:
        """Those that hold, then those that are over, newest first."""
        return self._alerts.latest()

    def see(self, alerts: Sequence[Alert]) -> None:
        """Somebody saw these."""
        self._alerts.see([alert.alert_id for alert in alerts], self.now())


def change(now: float | None, before: float | None) -> float | None:
    """By how much a figure changed; ``None`` where one of both is not known."""
    return None if now is None or before is None else now - before


def _before(period: Period) -> Period:
    length = period.until - period.since
    return Period(period.since - length, period.since)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
