"""When a predicted value counts as the true one. Every kind of field has its own rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from core.schema.fields import FieldInfo, FieldKind

#: Names, addresses and descriptions are right from this similarity (0 to 1) on.
SIMILAR_ENOUGH = 0.85

_CENT = Decimal("0.01")
_NOTHING = frozenset({"", "null", "none", "n/a", "na", "-"})
_CURRENCIES = {
    "€": "EUR",
    "EURO": "EUR",
    "EUROS": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "₹": "INR",
    "RS": "INR",
    "RS.": "INR",
    "R$": "BRL",
    "RM": "MYR",
    "¥": "JPY",
    "円": "JPY",
}
_NUMBER_SIGN = re.compile(r"^\s*(?:#|n[°ºo]\.?(?=[\s\d#])|nr\.?(?=[\s\d])|no\.?(?=[\s\d]))\s*")
_DATE_FORMS = (
    re.compile(r"(?P<year>\d{4})[-/.年 ]+(?P<month>\d{1,2})[-/.月 ]+(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$"),
    re.compile(r"(?P<day>\d{1,2})[-/. ]+(?P<month>\d{1,2})[-/. ]+(?P<year>\d{2,4})"),
    re.compile(r"(?P<day>\d{1,2})\.?\s*(?:de\s+)?(?P<month>[^\W\d]+)\.?,?\s*(?:de\s+)?(?P<year>\d{2,4})"),
    re.compile(r"(?P<month>[^\W\d]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{2,4})"),
)
_MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: ``None``, blank, or a word such as ``n/a``."""
    return value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING)


def is_right(field: FieldInfo, truth: Any, predicted: Any, alternatives: Iterable[Any] = ()) -> bool:
    """Whether ``predicted`` is the field's true value or one of its alternative readings."""
    if is_empty(predicted):
        return False
    same = _RULES[field.kind]
    return any(same(value, predicted) for value in (truth, *alternatives) if value is not None)


def similarity(truth: Any, predicted: Any) -> float:
    """How alike two texts are, 0 to 1, case, accents' encoding and punctuation aside (twice the longest common
    subsequence over both lengths)."""
    return _ratio(plain_text(truth), plain_text(predicted))


def plain_text(value: Any) -> str:
    """A text's words alone: casefolded, without punctuation, one blank between them."""
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", str(value)).casefold())
    return " ".join(words.split())


def read_number(value: Any) -> Decimal | None:
    """An amount in any usual notation (``1.234,56``, ``(5.00)``, ``8.79-``); ``None`` where there is none.

    A single comma or point before exactly three digits groups thousands when it is a comma and marks decimals when
    it is a point.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value))
    text = unicodedata.normalize("NFKC", str(value)).replace("−", "-").strip()
    digits = re.search(r"\d[\d.,'’ ]*", text)
    if digits is None:
        return None
    try:
        number = Decimal(_with_decimal_point(re.sub(r"['’ ]", "", digits[0]).rstrip(".,")))
    except InvalidOperation:
        return None
    return -number if re.search(r"^\s*[-(]|-\s*\D*$", text) else number


def read_date(value: Any) -> date | None:
    """A date in a usual notation, day before month where both are possible; ``None`` where there is none."""
    text = unicodedata.normalize("NFKC", str(value)).strip().lower()
    for form in _DATE_FORMS:
        found = form.match(text)
        month = _month(found["month"]) if found else None
        if found and month is not None:
            return _date(int(found["year"]), month, int(found["day"]), swap=form is _DATE_FORMS[2])
    return None


def _with_decimal_point(digits: str) -> str:
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        return digits.replace(".", "").replace(",", ".") if comma > point else digits.replace(",", "")
    if digits.count(",") == 1 and not re.fullmatch(r"\d{1,3},\d{3}", digits):
        return digits.replace(",", ".")
    if digits.count(".") > 1:
        return digits.replace(".", "")
    return digits.replace(",", "")


def _month(text: str) -> int | None:
    return int(text) if text.isdigit() else _month_names().get(text) or _month_names().get(text[:3])


@cache
def _month_names() -> dict[str, int]:
    from babel.dates import get_month_names

    names: dict[str, int] = {}
    for language in _MONTH_LANGUAGES:
        for number, name in get_month_names("wide", locale=language).items():
            names.setdefault(name.lower(), number)
            names.setdefault(name.lower()[:3], number)
    return names


def _date(year: int, month: int, day: int, swap: bool) -> date | None:
    if swap and month > 12:
        day, month = month, day
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _same_number(truth: Any, predicted: Any) -> bool:
    wanted, got = read_number(truth), read_number(predicted)
    if wanted is None or got is None:
        return False
    try:
        return wanted == got or wanted.quantize(_CENT) == got.quantize(_CENT)
    except InvalidOperation:  # infinite, or more digits than an amount can have
        return False


def _same_date(truth: Any, predicted: Any) -> bool:
    wanted = read_date(truth)
    return wanted is not None and wanted == read_date(predicted)


def _same_currency(truth: Any, predicted: Any) -> bool:
    return _currency(truth) == _currency(predicted)


def _currency(value: Any) -> str:
    text = str(value).strip().upper()
    return _CURRENCIES.get(text, text)


def _same_identifier(truth: Any, predicted: Any) -> bool:
    return _identifier(truth) == _identifier(predicted)


def _identifier(value: Any) -> str:
    text = unicodedata.normalize("NFKC", str(value)).casefold()
    return re.sub(r"\s+", "", _NUMBER_SIGN.sub("", text))


def _alike(truth: Any, predicted: Any) -> bool:
    return similarity(truth, predicted) >= SIMILAR_ENOUGH


def _same_description(truth: Any, predicted: Any) -> bool:
    """Alike, or all true words stand in a text at most three times as long (an article number before it, say)."""
    wanted, got = plain_text(truth), plain_text(predicted)
    if _ratio(wanted, got) >= SIMILAR_ENOUGH:
        return True
    return len(wanted) >= 4 and len(got) <= 3 * len(wanted) and set(wanted.split()) <= set(got.split())


def _ratio(one: str, other: str) -> float:
    from rapidfuzz.fuzz import ratio

    if not one or not other:
        return float(one == other)
    return ratio(one, other) / 100


_RULES: dict[FieldKind, Callable[[Any, Any], bool]] = {
    "identifier": _same_identifier,
    "date": _same_date,
    "name": _alike,
    "address": _alike,
    "money": _same_number,
    "quantity": _same_number,
    "currency": _same_currency,
    "text": _same_description,
}
