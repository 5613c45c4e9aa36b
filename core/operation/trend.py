"""How many documents are to be expected, with how far that may be off; nothing where the history is too short.

Weekdays differ more than weeks do, so a day to come is the mean of its weekday over the last weeks. How far that is off is taken from
the past itself: every week that is known is forecast from the weeks before it, and the spread of what came to what was said is the
interval (Hyndman and Athanasopoulos, *Forecasting: principles and practice*, 5.4 and 5.8: seasonal mean, evaluation on a rolling origin).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: Weeks whose mean is taken, weeks that must be known before anything is said, and documents that must have come in them.
_WEEKS, _LEAST_WEEKS, _LEAST_DOCUMENTS = 6, 5, 30
#: Eight of ten weeks are to lie inside the interval.
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the seven days from ``since`` on bring: ``expected`` documents, between ``low`` and ``high`` in eight of ten weeks; and by
    day."""

    since: date
    expected: float
    low: float
    high: float
    by_day: Mapping[date, float]


def forecast_week(by_day: Mapping[date, int], today: date) -> Forecast | None:
    """The seven days from ``today`` on, from whole days before it (days without an entry had none). ``None`` where fewer than five
    weeks are known, or too few documents came to tell."""
    first = min(by_day, default=today)
    weeks = (today - first).days // 7
    if weeks < _LEAST_WEEKS or sum(by_day.values()) < _LEAST_DOCUMENTS:
        return None
    known = [_week(by_day, today, back) for back in range(weeks, 0, -1)]
    misses = []
    for end in range(2, len(known)):
        said = sum(_means(known[:end]))
        misses.append(sum(known[end]) - said)
    means = _means(known)
    expected = sum(means)
    spread = _spread(misses)
    days = {today + timedelta(days=number): mean for number, mean in enumerate(means)}
    return Forecast(today, expected, max(0.0, expected - spread), expected + spread, days)


def _week(by_day: Mapping[date, int], today: date, back: int) -> list[int]:
    """The seven days that end ``back`` weeks and a day before the forecast's seventh."""
    start = today - timedelta(weeks=back)
    return [by_day.get(start + timedelta(days=number), 0) for number in range(7)]


def _means(weeks: Sequence[Sequence[int]]) -> list[float]:
    last = weeks[-_WEEKS:]
    return [sum(week[day] for week in last) / len(last) for day in range(7)]


def _spread(misses: Sequence[float]) -> float:
    """How far off eight of ten weeks are at most: the interval of a next one after n known ones (Student's t for few)."""
    count = len(misses)
    deviation = (sum(miss * miss for miss in misses) / count) ** 0.5
    return _quantile(count) * deviation * (1 + 1 / count) ** 0.5


def _quantile(freedom: int) -> float:
    """The 90 % quantile of Student's t: 80 % lie within it on both sides."""
    known = (3.08, 1.89, 1.64, 1.53, 1.48, 1.44, 1.41, 1.40, 1.38, 1.37)
    return known[freedom - 1] if freedom <= len(known) else 1.28 + 0.9 / freedom
