"""What a person typed, or the words of a drawn box, as the value of a field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from core.notation import Notation
from core.notation.amounts import parse_amount
from core.notation.currencies import currency_of
from core.notation.dates import dates_in
from core.notation.folding import fold
from core.notation.months import all_months
from core.notation.notation import decide_decimal
from core.schema.fields import FieldInfo, FieldKind
from core.schema.values import TOO_LONG, TooLong, is_amount


def parse_value(field: FieldInfo, text: str, notation: Notation) -> object:
    """``text`` as the type of ``field``, read in the document's notation: a Decimal, a date, an ISO 4217
    code, or the text with its blanks tidied. An empty text is ``None``. Raises ValueError with a sentence for the person, its
    kind TooLong for a number that can be no amount.
    """
    tidy = " ".join(text.split())
    if not tidy:
        return None
    parse = _PARSERS.get(field.kind)
    if parse is None:
        return tidy
    value = parse(tidy, notation)
    if value is None:
        raise ValueError(f"{field.title}: “{tidy[:60]}” is not {_EXPECTED[field.kind]}.")
    if isinstance(value, Decimal) and not is_amount(value):
        raise TooLong(f"{field.title}: “{tidy[:60]}” is too long: {TOO_LONG}.")
    return value


def _parse_number(text: str, notation: Notation) -> Decimal | None:
    habit = replace(notation, decimal=decide_decimal([text], notation.decimal))
    amount = parse_amount(text, habit) or parse_amount(_without_label(text), habit)
    return amount.value if amount else None


def _without_label(text: str) -> str:
    """``text`` without the words before and after its number (``Total: 12,00 EUR net``)."""
    pieces = text.split()
    numeric = [at for at, piece in enumerate(pieces) if any(char.isdigit() for char in piece)]
    return " ".join(pieces[numeric[0] : numeric[-1] + 1]) if numeric else ""


def _parse_date(text: str, notation: Notation) -> date | None:
    for found in dates_in(text, notation.month_first):
        if (found.start, found.end) == (0, len(text)):
            return found.value
    pieces = re.findall(r"\d+|[^\W\d_]+", text)
    if len(pieces) == 1 and len(pieces[0]) == 8:
        pieces = [pieces[0][:4], pieces[0][4:6], pieces[0][6:]]
    numbers = [int(piece) for piece in pieces if piece.isdigit()]
    months = [month for piece in pieces if (month := all_months().get(fold(piece)))]
    if len(numbers) == 2 and len(months) == 1:
        year, day = max(numbers), min(numbers)
        return _day(year, months[0], day) if year > 31 else _day(numbers[1], months[0], numbers[0])
    if len(numbers) != 3 or months:
        return None
    first, second, third = numbers
    if first > 31:
        return _day(first, second, third)
    if second > 12 or (notation.month_first and "." not in text and first <= 12):
        return _day(third, first, second)
    return _day(third, second, first)


def _day(year: int, month: int, day: int) -> date | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parse_currency(text: str, notation: Notation) -> str | None:
    return currency_of(text) or currency_of(text.upper()) or _currency_names().get(text.casefold())


@cache
def _currency_names() -> dict[str, str]:
    """The names of currencies (case-folded) in the languages we read, with their ISO 4217 code."""
    from babel import Locale

    return {
        name.casefold(): code
        for language in ("ja", "pt", "nl", "it", "es", "fr", "de", "en")
        for code, name in Locale.parse(language).currencies.items()
    }


_PARSERS: dict[FieldKind, Callable[[str, Notation], Any]] = {
    "money": _parse_number,
    "quantity": _parse_number,
    "date": _parse_date,
    "currency": _parse_currency,
}
_EXPECTED: dict[FieldKind, str] = {
    "money": "an amount such as 1234.50",
    "quantity": "a number such as 3 or 2.5",
    "date": "a date such as 2026-05-31",
    "currency": "a currency such as EUR",
}
