"""Values as text: in votes, on the page, in exports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def text_of(value: Any) -> str | None:
    """A value as votes keep it: decimals without exponent, ISO dates; ``None`` for none."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
