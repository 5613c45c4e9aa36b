"""What models cost, added up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.call import ModelName, Usage
from core.settings import Budget
from core.spending import (
    PERIODS,
    Bill,
    BudgetState,
    Period,
    Savings,
    Spending,
    forecast_month,
    group_calls,
    model_of,
)
from core.stores.bills import CallGroup, CorrectFields, ModelCost, Unasked

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOTHING_CORRECT = CorrectFields(0, Decimal(0))


def called(
    model: str = "big",
    cost: str = "0.10",
    *,
    calls: int = 1,
    failed: int = 0,
    unpriced: int = 0,
) -> CallGroup:
    """Some calls to a model."""
    usage = Usage(100, 10, 40)
    name, priced = ModelName("groq", model), calls - unpriced
    return CallGroup(
        NOON.date(), name, "extract", "", "cascade", None, calls, failed, usage, Decimal(cost), priced, unpriced, 1.0
    )


def test_calls_are_added_up_by_any_view_and_failures_counted() -> None:
    """Money stays exact; a call without a price is counted as such, not as free."""
    groups = [called(), called("small", "0.2"), called(cost="0", failed=1, unpriced=1)]
    small, big = group_calls(groups, model_of)
    assert (big.name, big.calls, big.failed, big.cost, big.unpriced) == ("groq:big", 2, 1, Decimal("0.10"), 1)
    assert (small.cost, small.usage) == (Decimal("0.2"), Usage(100, 10, 40))
    assert Bill(tuple(groups), 0, 0, NOTHING_CORRECT).priced_models == ["groq:big", "groq:small"]


def test_cost_per_document_and_per_correct_field() -> None:
    """Only saved records say which fields were right; runs that nobody saved do not make them dearer."""
    bill = Bill((called(cost="0.40"), called("small", "0.60")), 2, 2, CorrectFields(8, Decimal("0.40")))
    assert (bill.total, bill.documents, bill.per_document) == (Decimal("1.00"), 2, Decimal("0.5"))
    assert bill.per_correct_field == Decimal("0.05")


def test_a_bill_of_nothing_divides_by_nothing() -> None:
    """No call: no figure, rather than a zero."""
    bill = Bill((), 1, 0, NOTHING_CORRECT)
    assert (bill.total, bill.per_document, bill.per_correct_field) == (Decimal(0), None, None)


def test_a_model_that_was_asked_unpriced_only_is_nothing_to_compare_with() -> None:
    """Nobody knows what it would cost."""
    bill = Bill((called(unpriced=1), called("small", "0.2")), 2, 2, NOTHING_CORRECT)
    assert bill.priced_models == ["groq:small"]


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
    """The stores that the verbs read, in memory: four dollars are spent, on two models."""

    def spent(self, since: datetime, until: datetime | None = None) -> Decimal:
        return Decimal(4)

    def models(self, since: datetime, until: datetime) -> list[ModelCost]:
        return [
            ModelCost(ModelName("groq", "small"), 4, Decimal(1)),
            ModelCost(ModelName("groq", "big"), 3, Decimal(3)),
        ]

    def unasked(self, since: datetime, until: datetime, model: ModelName, each: Decimal) -> Unasked:
        assert (model.model, each) in (("big", Decimal(1)), ("small", Decimal("0.25")))
        return Unasked(2, 5, 4, Decimal("0.5"))


def opened(budget: Budget) -> Spending:
    """The verbs over them."""
    return Spending(Books(), Books(), lambda: budget, lambda: NOON)  # type: ignore[arg-type]


def test_savings_are_counted_against_the_dearest_model() -> None:
    """From the cache the whole price, by an earlier reader what that one did not cost; one that cost more saved nothing."""
    saved = opened(Budget()).savings(Period(NOON, NOON))
    assert saved == Savings("groq:big", Decimal(1), 2, Decimal(2), 5, Decimal("3.5"))
    other = opened(Budget()).savings(Period(NOON, NOON), "groq:small")
    assert other is not None
    assert (other.each, other.cached_saved) == (Decimal("0.25"), Decimal("0.5"))
    assert opened(Budget()).savings(Period(NOON, NOON), "groq:never") is None


def test_budgets_that_were_set_are_told_with_what_is_spent() -> None:
    """Those that were not are not."""
    spending = opened(Budget(month=Decimal(5)))
    assert spending.budgets() == [BudgetState("month", Decimal(4), Decimal(5))]
    assert spending.budgets()[0].warns
