"""Where a number stands, in any locale's notation.

The index knows the digits of every word; here it is decided whether a word with the right digits is the number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from core.matching.candidate import Candidate
from core.matching.index import PageIndex

_RUN = re.compile(r"(?:(?<![^\W\d_])[.,])?\d[\d.,'’\s]*")
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[.,'’\s]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")
_BEFORE = re.compile(r"(?:.*\W|[A-Za-z]{2,3})?", re.DOTALL)
_MINUS = re.compile(r"^\D*[-−–(]\s*\D{0,3}\d|\d[^\d%]*[-−–)]\s*$")


def find_number(value: Decimal, index: PageIndex) -> list[Candidate]:
    """A number in any locale's notation. Trailing zeros, thousands separators and currency do not matter."""
    plain = _plain(value)
    found = []
    for digits, decimals in _digit_forms(plain):
        spans = [(token, token) for token in index.digits.get(digits, ())]
        if len(digits) > 3:
            spans += index.groups().get(digits, ())
        for first, last in spans:
            text = " ".join(index.texts[first : last + 1])
            score = _number_score(text, digits, decimals, plain, value < 0)
            if score:
                found.append(Candidate(index, range(first, last + 1), score, "exact" if score == 1.0 else "format"))
    return found


@lru_cache(maxsize=4096)
def _plain(value: Decimal) -> str:
    text = format(abs(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def _digit_forms(plain: str) -> tuple[tuple[str, int], ...]:
    """The digits that ``plain`` may be printed with, each with the number of decimals among them."""
    whole, _, fraction = plain.partition(".")
    forms = []
    for decimals in range(5):
        if decimals < len(fraction):
            continue
        digits = whole + fraction.ljust(decimals, "0")
        forms.append((digits, decimals))
        if whole == "0" and decimals:
            forms.append((digits[1:], decimals))
        if len(plain) == 1:
            forms.append((f"0{digits}", decimals))
    return tuple(forms)


def _number_score(text: str, digits: str, decimals: int, plain: str, negative: bool) -> float:
    """How well a printed ``text`` is the number with ``digits``: 0 where it is another number, a percentage, a date or
    part of a code."""
    run = _RUN.search(text)
    if run is None or "%" in text:
        return 0.0
    number = run.group().rstrip(".,'’ ")
    if re.sub(r"\D", "", number) != digits or not _BEFORE.fullmatch(text[: run.start()]):
        return 0.0
    whole = number
    if decimals:
        separator = len(number) - decimals - 1
        if separator < 0 or number[separator] not in ".,":
            return 0.0
        whole = number[:separator]
    if whole and not _WHOLE.fullmatch(whole):
        return 0.0
    if negative != bool(_MINUS.search(text)):
        return 0.85
    return 1.0 if number == plain else 0.98
