"""The hard budget of a day and a month: the stop before a call that would exceed it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from core.errors import BudgetExceeded
from core.llm.limits import STEP, stop_if
from core.llm.provider import Cancelled, ModelName
from core.settings import Budget
from core.spending.period import day_of, month_of

#: Seconds for which the sum of the books is taken as it was; calls of this process are added at once.
FRESH = 5.0

Spent = Callable[[datetime], Decimal]


@dataclass(frozen=True, slots=True)
class _Limit:
    """One budget that is set, with its beginning (UTC)."""

    name: str
    since: datetime
    dollars: Decimal


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
                    raise BudgetExceeded(_refusal(*over, held), *model)
                stop_if(cancelled)
                self._settled.wait(STEP)
            self._reserved += held

    def _exceeded(self, held: Decimal, reserved: Decimal | None = None) -> tuple[_Limit, Decimal] | None:
        """The budget that ``held`` would exceed beside what is reserved, and what is spent of it."""
        reserved = self._reserved if reserved is None else reserved
        for limit in _limits(self._budget(), self._now()):
            spent = self._spent_since(limit.since)
            if spent + reserved + held > limit.dollars:
                return limit, spent
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


def _limits(budget: Budget, now: datetime) -> Iterator[_Limit]:
    if budget.day is not None:
        yield _Limit("today’s", day_of(now).since, budget.day)
    if budget.month is not None:
        yield _Limit("this month’s", month_of(now).since, budget.month)


def _refusal(limit: _Limit, spent: Decimal, held: Decimal) -> str:
    return (
        f"The call was not made: it may cost up to {_written(held)}, and {_written(spent)} of {limit.name} budget of "
        f"{_written(limit.dollars)} are spent. Raise the budget on the Cost page, or wait until it begins anew."
    )


def _written(amount: Decimal) -> str:
    """Cents, and where there are few of them two digits that say something: “$0.02 of $0.01” would look like a fault."""
    if amount == amount.quantize(Decimal("0.01")) or amount >= Decimal("0.10"):
        return f"${amount:,.2f}"
    return f"${amount:.{min(1 - amount.adjusted(), 8)}f}"


def _now() -> datetime:
    return datetime.now(UTC)
