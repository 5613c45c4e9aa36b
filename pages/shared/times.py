"""Times as pages show them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_time(moment: datetime) -> str:
    """A time in UTC, as in the exports and the workbook, to the minute; where it stands says that it is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def about(seconds: float) -> str:
    """A guess at a duration, as rough as it is: ``about 40 s``, ``about 3 min``."""
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} s"
    return f"about {round(seconds / 60)} min"
