"""The budget of a day and a month: how far it is spent, and the stop before a call that would exceed it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from core.errors import BudgetExceeded
from core.llm.limits import STEP, stop_if
from core.llm.provider import Cancelled, ModelName
from core.settings import Budget

#: The part of a budget from which the person is warned.
WARN_AT = Decimal("0.8")
#: Seconds for which the sum of the books is taken as it was; calls of this process are added at once.
FRESH = 5.0

Spent = Callable[[datetime], Decimal]
State = Literal["fine", "warning", "used up"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a budget stands, in US dollars; ``since`` is its day's or month's beginning (UTC)."""

    period: Literal["day", "month"]
    since: datetime
    limit: Decimal
    spent: Decimal

    @property
    def share(self) -> Decimal:
        """Part of the budget that is spent; 1 for a budget of nothing."""
        return self.spent / self.limit if self.limit else Decimal(1)

    @property
    def state(self) -> State:
        """``warning`` from 80 % on, ``used up`` from 100 %."""
        if self.share >= 1:
            return "used up"
        return "warning" if self.share >= WARN_AT else "fine"

    def sentence(self) -> str:
        """What to tell the person; empty while all is fine."""
        when = "today’s" if self.period == "day" else "this month’s"
        if self.state == "used up":
            return f"All of {when} budget is used up: {dollars(self.spent)} of {dollars(self.limit)}."
        if self.state == "warning":
            return f"{self.share:.0%} of {when} budget is used up: {dollars(self.spent)} of {dollars(self.limit)}."
        return ""


def standings(budget: Budget, spent: Spent, now: datetime | None = None) -> tuple[Standing, ...]:
    """How the day's and the month's budgets stand, those that are set. ``spent`` is :meth:`core.stores.Calls.spent`."""
    return tuple(
        Standing(period, since, limit, spent(since)) for period, since, limit in _periods(budget, now or _now())
    )


class BudgetGuard:
    """Stands before every call while the budget is hard: a call goes only where its greatest cost still fits beside what is
    spent and what the calls in flight may yet cost. One for all threads of a process; what other processes spend is
    seen within seconds."""

    def __init__(self, budget: Callable[[], Budget], spent: Spent, now: Callable[[], datetime] | None = None) -> None:
        self._budget = budget
        self._spent = spent
        self._now = now or _now
        self._settled = threading.Condition()
        self._reserved = Decimal(0)
        self._known: dict[datetime, tuple[float, Decimal]] = {}

    @property
    def on(self) -> bool:
        """Whether calls are held back at all."""
        budget = self._budget()
        return budget.hard and (budget.day is not None or budget.month is not None)

    @contextmanager
    def reserve(
        self, model: ModelName, cost: Callable[[], Decimal | None], cancelled: Cancelled
    ) -> Iterator[Callable[[Decimal | None], None]]:
        """Holds ``cost`` (the call's greatest) back while the call runs; what is yielded takes the cost it really had.

        A call that would fit but for those in flight waits until they have ended: most cost less than they may.
        Raises BudgetExceeded, Cancelled.
        """
        if not self.on:
            yield lambda real: None
            return
        held = cost()
        if held is None:
            raise BudgetExceeded(
                f"No price is known for {model}, so the budget cannot be kept. Enter its price in the settings "
                "(0 for a model that costs nothing), or let the budget only warn.",
                *model,
            )
        self._hold(model, held, cancelled)
        try:
            yield self._settle
        finally:
            with self._settled:
                self._reserved -= held
                self._settled.notify_all()

    def _hold(self, model: ModelName, held: Decimal, cancelled: Cancelled) -> None:
        with self._settled:
            while over := self._exceeded(held):
                if not self._reserved or self._exceeded(held, Decimal(0)):
                    raise BudgetExceeded(_refusal(over, held), *model)
                stop_if(cancelled)
                self._settled.wait(STEP)
            self._reserved += held

    def _exceeded(self, held: Decimal, reserved: Decimal | None = None) -> Standing | None:
        """The budget that ``held`` would exceed beside what is spent and reserved."""
        reserved = self._reserved if reserved is None else reserved
        for period, since, limit in _periods(self._budget(), self._now()):
            spent = self._spent_since(since)
            if spent + reserved + held > limit:
                return Standing(period, since, limit, spent)
        return None

    def _spent_since(self, since: datetime) -> Decimal:
        read_at, total = self._known.get(since, (0.0, Decimal(0)))
        if since not in self._known or time.monotonic() - read_at > FRESH:
            total = self._spent(since)
            self._known[since] = (time.monotonic(), total)
        return total

    def _settle(self, real: Decimal | None) -> None:
        with self._settled:
            self._known = {since: (at, total + (real or 0)) for since, (at, total) in self._known.items()}


def dollars(amount: Decimal) -> str:
    """An amount for the person: cents, and more digits for what is less than a cent."""
    return f"${amount:,.2f}" if amount >= Decimal("0.01") or not amount else f"${amount:.4f}"


def _periods(budget: Budget, now: datetime) -> Iterator[tuple[Literal["day", "month"], datetime, Decimal]]:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if budget.day is not None:
        yield "day", midnight, budget.day
    if budget.month is not None:
        yield "month", midnight.replace(day=1), budget.month


def _refusal(over: Standing, held: Decimal) -> str:
    when = "today’s" if over.period == "day" else "this month’s"
    return (
        f"The call was not made: it may cost up to {dollars(held)}, and {dollars(over.spent)} of {when} budget of "
        f"{dollars(over.limit)} are spent. Raise the budget in the settings, or wait until it begins anew."
    )


def _now() -> datetime:
    return datetime.now(UTC)
