"""The types of a model's fields: blanks are nothing, a number is one that an amount can be, a currency is a code."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

#: The digits that a number may have before its point, and in all; more is a barcode or an attack, never an amount. Python
#: adds and compares decimals of so many digits exactly, and every store keeps them.
MOST_WHOLE_DIGITS, MOST_DIGITS = 15, 28
TOO_LONG = f"a number has at most {MOST_WHOLE_DIGITS} digits before the point and {MOST_DIGITS} in all"


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _strip(value: str | None) -> str | None:
    return value.strip() if value is not None else None


def is_amount(number: Decimal) -> bool:
    """Whether ``number`` can stand in a document: finite, and not longer than any amount, quantity or price is."""
    _, digits, exponent = number.as_tuple()
    return (
        isinstance(exponent, int)
        and number.adjusted() < MOST_WHOLE_DIGITS
        and max(len(digits), -exponent) <= MOST_DIGITS
    )


class TooLong(ValueError):
    """A number that cannot stand in a document."""


def fitting(number: Decimal) -> Decimal:
    """``number`` itself. Raises TooLong where it can be no amount."""
    if not is_amount(number):
        raise TooLong(TOO_LONG if number.is_finite() else "an amount must be a finite number")
    return number


def _sensible(value: Decimal | None) -> Decimal | None:
    return None if value is None else fitting(value)


def _currency_code(value: str | None) -> str | None:
    if value is None:
        return None
    code = value.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("a currency is a three-letter ISO 4217 code such as EUR")
    return code


Text = Annotated[str | None, BeforeValidator(_blank_to_none), AfterValidator(_strip)]
Number = Annotated[Decimal | None, BeforeValidator(_blank_to_none), AfterValidator(_sensible)]
Day = Annotated[date | None, BeforeValidator(_blank_to_none)]
Currency = Annotated[str | None, BeforeValidator(_blank_to_none), AfterValidator(_currency_code)]
