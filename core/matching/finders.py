"""How the values of each kind of field are found.

A finder says what matches, never which match is meant: choosing is :mod:`core.matching.choice`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from core.matching.candidate import Candidate
from core.matching.dates import find_date
from core.matching.index import PageIndex
from core.matching.numbers import find_number
from core.matching.texts import find_fuzzy, find_identifier, find_misread, find_parts, find_text
from core.schema.fields import FieldKind


@cache
def _currency_signs(code: str) -> tuple[str, ...]:
    from babel.numbers import get_currency_symbol

    words = {"EUR": ("euro", "euros"), "CHF": ("fr", "sfr"), "MYR": ("rm",), "INR": ("rs",), "GBP": ("stg",)}
    symbols = {get_currency_symbol(code, locale) for locale in ("en", "en_US", "de", "fr", "es_MX", "pt_BR", "ja")}
    return tuple(sorted(symbols - {code}, key=lambda sign: (-len(sign), sign))) + words.get(code, ())


def find_currency(code: str, index: PageIndex) -> list[Candidate]:
    """The ISO code as a word, else the currency's symbol or name, alone or beside an amount."""
    found = find_text(code, index)
    if found:
        return found
    signs = _currency_signs(code)
    for token, text in enumerate(index.texts):
        if not text.isdigit() and any(_has_sign(text, sign) for sign in signs):
            found.append(Candidate(index, (token,), 0.95, "format"))
    return found


def _has_sign(text: str, sign: str) -> bool:
    if sign.isalpha():
        return re.sub(r"[\d.,\s:-]", "", text).casefold() == sign.casefold()
    at = text.find(sign)
    return at == 0 or (at > 0 and not text[at - 1].isalpha())


#: How a value of each kind is found. A text is also looked for in pieces and fuzzily (see the choice).
FINDERS: dict[FieldKind, Callable[[Any, PageIndex], list[Candidate]]] = {
    "identifier": find_identifier,
    "name": find_text,
    "address": find_text,
    "text": find_text,
    "money": find_number,
    "quantity": find_number,
    "date": find_date,
    "currency": find_currency,
}
#: The last resorts for each kind, tried in order when nothing else matched.
RESORTS: dict[FieldKind, tuple[Callable[[str, PageIndex], list[Candidate]], ...]] = {
    "identifier": (find_misread,),
    "name": (find_fuzzy, find_parts),
    "address": (find_parts, find_fuzzy),
    "text": (find_parts, find_fuzzy),
}
