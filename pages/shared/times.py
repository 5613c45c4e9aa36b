"""Times as pages show them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local_zone() -> ZoneInfo:
    """The time zone of the person's browser; UTC where it tells none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def local_time(moment: datetime, zone: tzinfo) -> str:
    """A moment in ``zone``, to the minute; one without a zone of its own is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def day_starts(day: date, zone: tzinfo) -> datetime:
    """The moment at which a day begins in ``zone``."""
    return datetime.combine(day, time(), zone)


def about(seconds: float) -> str:
    """A guess at a duration, as rough as it is: ``about 40 s``, ``about 3 min``."""
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} s"
    return f"about {round(seconds / 60)} min"
