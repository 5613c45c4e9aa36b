"""When somebody is to be told: each rule that a person set, looked at in the figures as they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.settings import AlertRules
from core.spending.period import day_of, last_days
from core.spending.spending import BudgetState
from core.stores.alerts import Alert
from core.stores.evaluations import EvaluationRow
from core.stores.operation import OperationStore

#: So few say nothing: saved documents of a vendor, documents of today, calls of an hour.
LEAST_SAVED, LEAST_DOCUMENTS, LEAST_CALLS = 5, 10, 5
#: Days over which a vendor's corrections count.
VENDOR_DAYS = 30
_TWO_DAYS = 48


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the rules look."""

    store: OperationStore
    budgets: Callable[[], Sequence[BudgetState]]
    evaluations: Callable[[], Sequence[EvaluationRow]]
    spot_checks: Callable[[], str] = lambda: ""
    """Why somebody is to be told of what spot checks found; empty: there is nothing."""


def broken_rules(rules: AlertRules, sources: Sources, now: datetime) -> Iterator[Alert]:
    """Every rule that is broken now, with a sentence on what is."""
    for kind, look in _LOOKS.items():
        limit = getattr(rules, kind)
        if limit is not None:
            for subject, sentence in look(sources, float(limit), now):
                yield Alert(uuid.uuid4().hex, kind, subject, sentence, now)
    if sentence := sources.spot_checks():  # the limit is set with the spot checks
        yield Alert(uuid.uuid4().hex, "spot_checks", "", sentence, now)


def _queue(sources: Sources, hours: float, now: datetime) -> Iterator[tuple[str, str]]:
    queue = sources.store.queue()
    if queue.oldest is not None and now - queue.oldest > timedelta(hours=hours):
        waited = (now - queue.oldest).total_seconds() / 3600
        told = f"{waited:,.0f} hours" if waited < _TWO_DAYS else f"{waited / 24:,.0f} days"
        yield "", f"{_documents(queue.for_a_person)} for a person, the oldest for {told}."


def _failed(sources: Sources, percent: float, now: datetime) -> Iterator[tuple[str, str]]:
    today = day_of(now)
    total = sources.store.total(today.since, now)
    if total.documents >= LEAST_DOCUMENTS and total.failed > total.documents * percent / 100:
        yield "", f"{total.failed} of today's {total.documents} documents could not be read."


def _corrected(sources: Sources, percent: float, now: datetime) -> Iterator[tuple[str, str]]:
    time = last_days(now, VENDOR_DAYS)
    for tally in sources.store.groups(time.since, now, "vendor"):
        rate = tally.correction_rate
        if tally.key and rate is not None and tally.saved >= LEAST_SAVED and rate > percent / 100:
            yield (
                tally.key,
                (
                    f"{rate:.0%} of the values of {tally.key} were corrected in its {tally.saved} saved documents of {VENDOR_DAYS} days."
                ),
            )


def _provider(sources: Sources, percent: float, now: datetime) -> Iterator[tuple[str, str]]:
    for state in sources.store.providers(now - timedelta(hours=1)):
        if state.calls >= LEAST_CALLS and state.failed > state.calls * percent / 100:
            yield (
                state.provider,
                f"{state.failed} of {state.calls} calls to {state.provider} failed within the last hour.",
            )


def _budget(sources: Sources, percent: float, now: datetime) -> Iterator[tuple[str, str]]:
    for state in sources.budgets():
        if state.share > percent / 100:
            yield state.name, f"{state.share:.0%} of the {state.name}'s budget of US$ {state.limit} are spent."


def _accuracy(sources: Sources, points: float, now: datetime) -> Iterator[tuple[str, str]]:
    figures: dict[tuple[str, str], list[float]] = {}
    for row in sources.evaluations():  # newest first
        if (figure := _accuracy_of(row)) is not None:
            figures.setdefault((row.name, row.recipe.name), []).append(figure)
    for (name, recipe), (last, *earlier) in figures.items():
        if earlier and earlier[0] - last > points / 100:
            yield f"{name}, {recipe}", f"{name}, read by {recipe}: {last:.1%} right, {earlier[0]:.1%} the time before."


def _accuracy_of(row: EvaluationRow) -> float | None:
    figure: Any = row.report.get("summary", {}).get("all", {}).get("f1")
    return float(figure) if figure is not None else None


def _documents(count: int) -> str:
    return "1 document waits" if count == 1 else f"{count:,} documents wait"


_LOOKS: dict[str, Callable[[Sources, float, datetime], Iterator[tuple[str, str]]]] = {
    "queue_hours": _queue,
    "failed_percent": _failed,
    "corrected_percent": _corrected,
    "provider_percent": _provider,
    "budget_percent": _budget,
    "accuracy_points": _accuracy,
}
