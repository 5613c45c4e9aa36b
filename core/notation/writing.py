"""Values as text in our own notation: decimals without exponent and with a point, ISO dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def text_of(value: Any) -> str:
    """A value as text; an empty one for ``None``."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
