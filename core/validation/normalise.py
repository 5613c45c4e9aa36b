"""What a person typed, or the words of a drawn box, as the value of a field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from core.matching.finders import month_names
from core.matching.index import squeeze
from core.models import FieldInfo, FieldKind

_NUMBER = re.compile(r"\d[\d.,'’\s]*")
_NEGATIVE = re.compile(r"^\D*[-−–(]|[-−–)]\D*$")
#: Languages that write 1,234.56; the others write 1.234,56.
_DOT_IS_DECIMAL = frozenset({"en", "ja", "zh", "ko", "th", "he"})
#: Languages whose numeric dates may start with the month.
_MONTH_FIRST = frozenset({"en"})


def parse_value(field: FieldInfo, text: str, language: str | None) -> object:
    """``text`` as the type of ``field``, read with the document's language (ISO 639-1): a Decimal, a date, an ISO 4217
    code, or the text with its blanks tidied. An empty text is ``None``. Raises ValueError with a sentence for the person.
    """
    tidy = " ".join(text.split())
    if not tidy:
        return None
    parse = _PARSERS.get(field.kind)
    if parse is None:
        return tidy
    value = parse(tidy, language)
    if value is None:
        raise ValueError(f"{field.title}: “{tidy[:60]}” is not {_EXPECTED[field.kind]}.")
    return value


def _parse_number(text: str, language: str | None) -> Decimal | None:
    runs = [run.group().rstrip(".,'’ ") for run in _NUMBER.finditer(text)]
    if len(runs) != 1:
        return None
    number = re.sub(r"[\s'’]", "", runs[0])
    value = Decimal(_with_point(number, language))
    return -value if _NEGATIVE.search(text) else value


def _with_point(number: str, language: str | None) -> str:
    """``number`` with its thousands separators dropped and a point for its decimal separator."""
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return number
    last = marks[-1]
    whole, _, fraction = number.rpartition(last)
    if marks.count(last) > 1:
        return re.sub(r"[.,]", "", number)
    if len(set(marks)) == 1 and len(fraction) == 3 and whole.lstrip("0") and not _is_decimal(last, language):
        return whole + fraction
    return re.sub(r"[.,]", "", whole) + "." + fraction


def _is_decimal(mark: str, language: str | None) -> bool:
    """Whether a lone ``mark`` before three digits is the decimal separator there; the point where no language is known."""
    return (mark == ".") == (language is None or language in _DOT_IS_DECIMAL)


def _parse_date(text: str, language: str | None) -> date | None:
    pieces = re.findall(r"\d+|[^\W\d_]+", text)
    if len(pieces) == 1 and len(pieces[0]) == 8:
        pieces = [pieces[0][:4], pieces[0][4:6], pieces[0][6:]]
    numbers = [int(piece) for piece in pieces if piece.isdigit()]
    months = [month for piece in pieces if (month := month_names().get(squeeze(piece)))]
    if len(numbers) == 2 and len(months) == 1:
        year, day = max(numbers), min(numbers)
        return _day(year, months[0], day) if year > 31 else _day(numbers[1], months[0], numbers[0])
    if len(numbers) != 3 or months:
        return None
    first, second, third = numbers
    if first > 31:
        return _day(first, second, third)
    if second > 12 or (language in _MONTH_FIRST and "/" in text and first <= 12):
        return _day(third, first, second)
    return _day(third, second, first)


def _day(year: int, month: int, day: int) -> date | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parse_currency(text: str, language: str | None) -> str | None:
    code = text.upper()
    return code if code in _currency_names().values() else _currency_names().get(text.casefold())


@cache
def _currency_names() -> dict[str, str]:
    """ISO codes, signs and English and local names of currencies (case-folded) with their code."""
    from babel import Locale
    from babel.numbers import list_currencies

    names = {code.casefold(): code for code in list_currencies()}
    for language in ("en", "de", "fr", "es", "it", "nl", "pt", "ja"):
        locale = Locale.parse(language)
        for code, sign in locale.currency_symbols.items():
            names.setdefault(sign.casefold(), code)
        for code, name in locale.currencies.items():
            names.setdefault(name.casefold(), code)
    return names | {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "euros": "EUR"}


_PARSERS: dict[FieldKind, Callable[[str, str | None], Any]] = {
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
