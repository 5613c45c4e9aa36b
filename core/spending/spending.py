"""The verbs of the Cost page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from core.call import Call, ModelName
from core.settings import Budget
from core.spending.bill import Bill, Savings
from core.spending.period import Period, day_of, forecast_month, last_days, month_of
from core.stores.bills import Bills
from core.stores.calls import CallRow, Calls

#: The share of a budget at which the person is warned.
WARN_AT = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class BudgetState:
    """One budget: its name (``day``, ``month``), what is spent of it and its limit, in US dollars."""

    name: str
    spent: Decimal
    limit: Decimal

    @property
    def share(self) -> float:
        """The part of it that is spent, 0 and up."""
        return float(self.spent / self.limit) if self.limit else 1.0

    @property
    def warns(self) -> bool:
        """Whether 80 % of it are spent."""
        return self.spent >= WARN_AT * self.limit

    @property
    def exceeded(self) -> bool:
        """Whether it is used up."""
        return self.spent >= self.limit


class Spending:
    """What models cost, from the books."""

    def __init__(
        self,
        calls: Calls,
        bills: Bills,
        budget: Callable[[], Budget],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._calls = calls
        self._bills = bills
        self._budget = budget
        self._now = now

    def now(self) -> datetime:
        """The moment, UTC."""
        return self._now()

    def bill(self, period: Period) -> Bill:
        """The calls and runs of ``period``, added up."""
        bills, time = self._bills, (period.since, period.until)
        return Bill(tuple(bills.groups(*time)), bills.runs(*time), bills.documents(*time), bills.correct_fields(*time))

    def savings(self, period: Period, strong: str | None = None) -> Savings | None:
        """What cache and cascade saved in ``period`` against always asking ``strong`` (``provider:model``; ``None``: the one
        that costs most a document). ``None`` where no priced call of it was made, since then nobody knows what a document
        would cost."""
        costs = {str(cost.model): cost for cost in self._bills.models(period.since, period.until)}
        strong = strong or max(costs, key=lambda name: (costs[name].each, name), default=None)
        if strong is None or strong not in costs:
            return None
        model, each = costs[strong].model, costs[strong].each
        unasked = self._bills.unasked(period.since, period.until, model, each)
        earlier_saved = each * unasked.cheaper - unasked.spent
        return Savings(
            strong,
            each,
            unasked.cached,
            each * unasked.cached,
            unasked.earlier,
            earlier_saved,
            unasked.taught,
            each * unasked.taught,
        )

    def calls(self, period: Period, limit: int | None = None) -> Iterator[CallRow]:
        """The calls of ``period``, newest first, at most ``limit``, without what was sent. Streamed."""
        return self._calls.rows(period.since, period.until, limit)

    def call(self, call_id: str) -> Call:
        """One call with what was sent. Raises RecordMissing."""
        return self._calls.get(call_id)

    def today(self) -> Decimal:
        """US dollars spent today."""
        return self._calls.spent(day_of(self.now()).since)

    def this_month(self) -> Decimal:
        """US dollars spent this month."""
        return self._calls.spent(month_of(self.now()).since)

    def forecast(self) -> Decimal:
        """US dollars that this month will have cost at its end: see :func:`forecast_month`."""
        now = self.now()
        since = min(month_of(now).since, last_days(now, 14).since)
        return forecast_month(self._calls.by_day(since), now)

    def unpriced(self) -> list[ModelName]:
        """Models that were asked in the last thirty days at no known price."""
        return self._calls.unpriced(last_days(self.now(), 30).since)

    def budgets(self) -> list[BudgetState]:
        """The budgets that the person set, with what is spent of each."""
        budget = self._budget()
        states = []
        if budget.day is not None:
            states.append(BudgetState("day", self.today(), budget.day))
        if budget.month is not None:
            states.append(BudgetState("month", self.this_month(), budget.month))
        return states
