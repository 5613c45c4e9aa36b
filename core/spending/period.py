"""Times that are added up, and what a month will have cost at its end. Days and months begin at midnight UTC."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

#: Days whose mean the forecast takes for those to come.
_LOOK_BACK = 14


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` (inclusive) to ``until`` (exclusive), both UTC."""

    since: datetime
    until: datetime

    @property
    def days(self) -> list[date]:
        """Every day that it touches."""
        count = (self.until - timedelta(microseconds=1)).date() - self.since.date()
        return [self.since.date() + timedelta(days=number) for number in range(count.days + 1)]


def day_of(now: datetime) -> Period:
    """Today, until now."""
    return Period(now.replace(hour=0, minute=0, second=0, microsecond=0), now)


def month_of(now: datetime) -> Period:
    """This month, until now."""
    return Period(day_of(now).since.replace(day=1), now)


def last_days(now: datetime, days: int) -> Period:
    """The last ``days`` days, today among them."""
    return Period(day_of(now).since - timedelta(days=days - 1), now)


def last_month(now: datetime) -> Period:
    """The whole month before this one."""
    first = month_of(now).since
    return Period((first - timedelta(days=1)).replace(day=1), first)


#: What the person can choose.
PERIODS = {
    "This month": month_of,
    "Today": day_of,
    "Last 7 days": lambda now: last_days(now, 7),
    "Last 30 days": lambda now: last_days(now, 30),
    "Last month": last_month,
    "Last 12 months": lambda now: last_days(now, 365),
}


def forecast_month(by_day: Mapping[date, Decimal], now: datetime) -> Decimal:
    """What this month will have cost at its end: what is spent, and for each day to come the mean of the last fortnight
    (of the days since the first call, where there are fewer). ``by_day`` is the spend of each day; days without are 0."""
    today = now.astimezone(UTC).date()
    spent = sum(
        (cost for day, cost in by_day.items() if (day.year, day.month) == (today.year, today.month)), Decimal(0)
    )
    looked = [today - timedelta(days=number) for number in range(_LOOK_BACK)]
    first = min((day for day in by_day if day <= today), default=today)
    looked = [day for day in looked if day >= first]
    mean = sum((by_day.get(day, Decimal(0)) for day in looked), Decimal(0)) / len(looked)
    left = calendar.monthrange(today.year, today.month)[1] - today.day
    return spent + mean * left
