"""What models cost, added up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.call import Call, Usage
from core.settings import Budget
from core.spending import (
    PERIODS,
    Bill,
    BudgetState,
    Period,
    Spending,
    forecast_month,
    group_calls,
    model_of,
    save_against,
)
from core.stores.calls import CallRow
from core.stores.ledger import RunFact

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def called(
    name: str, cost: str | None = "0.10", *, run: str | None = "r1", model: str = "big", outcome: str = "ok"
) -> CallRow:
    """A call of a run on the document of the same number."""
    usage = Usage(100, 10, 40)
    price = Decimal(cost) if cost else None
    return CallRow(Call(name, NOON, "groq", model, "extract", usage, price, 1.0, outcome), run, run and f"doc-{run}")


def ran(run: str, *, from_cache: bool = False, right: int = 0, wrong: int = 0, reviewed: bool = False) -> RunFact:
    """A run on the document of the same number."""
    return RunFact(
        run, NOON, f"doc-{run}", "cascade", "d", "invoice", "rules", "approved", 1.0, from_cache, reviewed, right, wrong
    )


def test_calls_are_added_up_by_any_view_and_failures_counted() -> None:
    """Money stays exact; a call without a price is counted as such, not as free."""
    calls = [called("a"), called("b", "0.2", model="small"), called("c", None, outcome="RateLimited")]
    big, small = sorted(group_calls(calls, model_of), key=lambda group: group.name)
    assert (big.name, big.calls, big.failed, big.cost, big.unpriced) == ("groq:big", 2, 1, Decimal("0.10"), 1)
    assert (small.cost, small.usage) == (Decimal("0.2"), Usage(100, 10, 40))


def test_cost_per_document_and_per_correct_field() -> None:
    """Only saved records say which fields were right; runs that nobody saved do not make them dearer."""
    runs = (ran("r1", right=8, wrong=2, reviewed=True), ran("r2"))
    bill = Bill((called("a", "0.40"), called("b", "0.60", run="r2")), runs)
    assert (bill.total, bill.documents, bill.per_document) == (Decimal("1.00"), 2, Decimal("0.5"))
    assert bill.per_correct_field == Decimal("0.05")


def test_a_bill_of_nothing_divides_by_nothing() -> None:
    """No call: no figure, rather than a zero."""
    bill = Bill((), (ran("r1"),))
    assert (bill.total, bill.per_document, bill.per_correct_field) == (Decimal(0), None, None)
    assert save_against(bill) is None


def test_savings_are_counted_against_the_dearest_model() -> None:
    """From the cache the whole price, by an earlier reader what that one did not cost."""
    calls = (called("a", "1.00"), called("b", "0.25", run="r2", model="small"))
    bill = Bill(calls, (ran("r1"), ran("r2"), ran("r3", from_cache=True), ran("r4")))
    saved = save_against(bill)
    assert saved is not None
    assert (saved.strong, saved.each, saved.cached, saved.cached_saved) == ("groq:big", Decimal(1), 1, Decimal(1))
    assert (saved.earlier, saved.earlier_saved) == (2, Decimal("1.75"))


def test_the_forecast_adds_the_mean_of_the_last_fortnight_for_every_day_to_come() -> None:
    """March has 21 days left after the 10th."""
    by_day = {date(2026, 3, 10) - timedelta(days=number): Decimal(1) for number in range(14)}
    assert forecast_month(by_day, NOON) == Decimal(10) + Decimal(21)


def test_the_forecast_of_a_first_day_takes_that_day() -> None:
    """Nobody called before it."""
    assert forecast_month({date(2026, 3, 10): Decimal(2)}, NOON) == Decimal(2) + 21 * Decimal(2)
    assert forecast_month({}, NOON) == 0


def test_a_budget_warns_from_four_fifths_on() -> None:
    """And is exceeded when it is used up; one of nothing always is."""
    assert [BudgetState("day", Decimal(spent), Decimal(10)).warns for spent in ("7.99", "8")] == [False, True]
    assert BudgetState("day", Decimal(10), Decimal(10)).exceeded
    assert BudgetState("day", Decimal(0), Decimal(0)).exceeded


def test_periods_begin_at_midnight() -> None:
    """And cover the days they name."""
    assert PERIODS["Last 7 days"](NOON).days[0] == date(2026, 3, 4)
    assert len(PERIODS["Last month"](NOON).days) == 28
    assert PERIODS["Today"](NOON) == Period(datetime(2026, 3, 10, tzinfo=UTC), NOON)


class Books:
    """The two stores that the verbs read, in memory."""

    def __init__(self, *rows: CallRow) -> None:
        self._rows = rows

    def rows(self, since: datetime | None = None, until: datetime | None = None) -> list[CallRow]:
        return [row for row in self._rows if since is None or row.call.at >= since]

    def spent(self, since: datetime, until: datetime | None = None) -> Decimal:
        return sum((row.call.cost or Decimal(0) for row in self.rows(since)), Decimal(0))

    def facts(self, since: datetime, until: datetime | None = None) -> list[RunFact]:
        return []


def test_budgets_that_were_set_are_told_with_what_is_spent() -> None:
    """Those that were not are not."""
    books = Books(called("a", "4"))
    spending = Spending(books, books, lambda: Budget(month=Decimal(5)), lambda: NOON)  # type: ignore[arg-type]
    assert spending.budgets() == [BudgetState("month", Decimal(4), Decimal(5))]
    assert spending.budgets()[0].warns
