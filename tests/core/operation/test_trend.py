"""What the next week brings: said only where it can be told, and as sure as it says."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from core.operation.trend import SURE, forecast_week

TODAY = date(2026, 11, 20)


def weeks(count: int, *, busy: int = 20, quiet: int = 2) -> dict[date, int]:
    """So many weeks that are all alike."""
    days = [TODAY - timedelta(days=back) for back in range(1, count * 7 + 1)]
    return {day: busy if day.weekday() < 5 else quiet for day in days}


def test_a_short_or_thin_history_says_nothing() -> None:
    """Four weeks, or ten documents, are none."""
    assert forecast_week({}, TODAY) is None
    assert forecast_week(weeks(4), TODAY) is None
    assert forecast_week({TODAY - timedelta(days=60): 10}, TODAY) is None


def test_weeks_that_are_all_alike_come_again() -> None:
    """By weekday, with next to no doubt."""
    found = forecast_week(weeks(8), TODAY)
    assert found is not None
    assert (found.expected, found.low, found.high) == (104, 104, 104)
    assert [count for day, count in found.by_day.items() if day.weekday() >= 5] == [2, 2]


def test_eight_of_ten_weeks_lie_inside_the_interval() -> None:
    """Over histories that chance made: about as many as it says, neither all nor few."""
    chance, inside, tries = Random(7), 0, 400
    for _ in range(tries):
        level = chance.uniform(5, 60)
        history = {
            TODAY + timedelta(days=day): _poisson(chance, level if (TODAY + timedelta(days=day)).weekday() < 5 else 1)
            for day in range(-12 * 7, 7)
        }
        found = forecast_week({day: count for day, count in history.items() if day < TODAY}, TODAY)
        assert found is not None
        came = sum(count for day, count in history.items() if day >= TODAY)
        inside += found.low <= came <= found.high
    assert SURE - 0.08 < inside / tries < SURE + 0.1


def _poisson(chance: Random, mean: float) -> int:
    """How many come where they come by themselves (Knuth)."""
    limit, count, product = 2.718281828459045**-mean, 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count
