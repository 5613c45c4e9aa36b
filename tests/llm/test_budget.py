"""A hard budget is kept: whatever is spent, in flight, or without a price."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.call import ModelName
from core.errors import BudgetExceeded, Cancelled
from core.llm.budget import GRACE, BudgetGuard
from core.llm.provider import Ask
from core.settings import Budget
from tests.doubles.holds import MemoryHolds
from tests.doubles.replay import ReplayProvider, always
from tests.llm.boards import ask_of, make_board

MODEL = ModelName("one", "recorded")
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


Books = Callable[[datetime], Decimal]


def guard_of(budget: Budget, spent: Books, now: Callable[[], datetime] = lambda: NOON) -> BudgetGuard:
    """A guard of one process."""
    return BudgetGuard(lambda: budget, MemoryHolds(spent), lambda seconds: time.sleep(0.01), now)


def reserve(guard: BudgetGuard, cost: str, cancelled: bool = False) -> None:
    """A call of this cost that ends at once and cost nothing."""
    with guard.reserve(MODEL, lambda: Decimal(cost), 60, lambda: cancelled):
        pass


@pytest.mark.parametrize(
    ("budget", "cost"),
    [
        (Budget(day=Decimal(5), hard=True), "1.01"),
        (Budget(month=Decimal(20), hard=True), "0.01"),
        (Budget(day=Decimal(0), hard=True), "0.0001"),
    ],
)
def test_a_call_that_would_exceed_the_budget_is_not_made(budget: Budget, cost: str) -> None:
    """Days and months begin at midnight UTC; what is spent before does not count."""
    spent = {NOON.replace(hour=0): Decimal(4), NOON.replace(day=1, hour=0): Decimal(20)}
    guard = guard_of(budget, spent.__getitem__)
    with pytest.raises(BudgetExceeded, match="was not made"):
        reserve(guard, cost)


def test_a_call_that_just_fits_is_made() -> None:
    """The budget can be used to the last cent."""
    guard = guard_of(Budget(day=Decimal(5), hard=True), lambda since: Decimal(4))
    reserve(guard, "1.00")


@pytest.mark.parametrize("budget", [Budget(day=Decimal(1)), Budget(hard=True)])
def test_a_budget_that_only_warns_stops_nothing(budget: Budget) -> None:
    """Nor does a hard one without an amount; the books are not even read."""

    def spent(since: datetime) -> Decimal:
        raise AssertionError("read the books")

    reserve(guard_of(budget, spent), "100")


def test_calls_in_flight_count() -> None:
    """A second call that fits only if the first costs less waits for it, and goes when it turned out cheap."""
    books = [Decimal(0)]
    guard = guard_of(Budget(day=Decimal(1), hard=True), lambda since: books[0])
    gone = threading.Event()
    second = threading.Thread(target=lambda: (reserve(guard, "0.60"), gone.set()))
    with guard.reserve(MODEL, lambda: Decimal("0.60"), 60, lambda: False) as hold:
        second.start()
        with pytest.raises(Cancelled):
            reserve(guard, "0.60", cancelled=True)
        assert not gone.is_set()
        books[0] = Decimal("0.30")
        hold.asked = hold.booked = True
    second.join(5)
    assert gone.is_set()


def test_a_call_that_is_missing_from_the_books_stays_held_back_for_a_while() -> None:
    """It may be billed all the same; what was not made is free again at once."""
    moments = [NOON]
    guard = guard_of(Budget(day=Decimal(1), hard=True), lambda since: Decimal(0), lambda: moments[0])
    reserve(guard, "0.60")
    with guard.reserve(MODEL, lambda: Decimal("0.60"), 60, lambda: False) as hold:
        hold.asked = True
    with pytest.raises(Cancelled):
        reserve(guard, "0.60", cancelled=True)
    moments[0] += timedelta(seconds=60 + GRACE)
    reserve(guard, "0.60")


def test_a_new_day_has_its_whole_budget() -> None:
    """At midnight UTC."""
    moments = [NOON]
    spent = {NOON.replace(hour=0): Decimal(1)}
    budget = Budget(day=Decimal(1), hard=True)
    guard = guard_of(budget, lambda since: spent.get(since, Decimal(0)), lambda: moments[0])
    with pytest.raises(BudgetExceeded):
        reserve(guard, "0.50")
    moments[0] += timedelta(days=1)
    reserve(guard, "0.50")


def test_a_model_without_a_price_cannot_be_asked_under_a_hard_budget() -> None:
    """Nobody knows what it would cost: the person is told to say it."""
    provider = ReplayProvider(always("{}"), "one")
    place = make_board(provider, budget=Budget(day=Decimal(5), hard=True))
    unpriced = replace(ask_of("one"), route=(ModelName("one", "other"),))
    with pytest.raises(BudgetExceeded, match=r"No price is known for one:other"):
        place.board.ask(unpriced)
    assert provider.calls == 0


def test_many_at_once_never_exceed_the_budget() -> None:
    """Forty questions in twenty threads: those that are answered cost less than the budget, the others say why not."""
    budget = Decimal("3.00")
    place = make_board(ReplayProvider(always("12.00 EUR"), "one"), budget=Budget(day=budget, hard=True))

    def one(ask: Ask) -> str:
        try:
            return place.board.ask(ask, note=place.books.note)[1].outcome
        except BudgetExceeded:
            return "stopped"

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(one, [ask_of("one")] * 40))
    spent = place.books.spent(NOON - timedelta(days=9999))
    assert spent <= budget
    assert spent + Decimal("1.1") > budget
    assert outcomes.count("ok") == len(place.books.calls)
    assert {"ok", "stopped"} == set(outcomes)


def test_small_amounts_are_told_with_the_digits_that_matter() -> None:
    """What is spent of a budget of a cent is not rounded to two."""
    guard = guard_of(Budget(day=Decimal("0.01"), hard=True), lambda since: Decimal("0.0176"))
    with pytest.raises(BudgetExceeded, match=r"\$0\.018 of today’s budget of \$0\.01 are"):
        reserve(guard, "0.0005")
