"""The names of months in the languages we read and in those of which we know the months alone."""

from __future__ import annotations

from functools import cache
from typing import Literal

from core.notation.folding import fold

#: Languages whose labels we know, and further ones. In the first ones short forms are read as well.
READ = ("en", "de", "fr", "es", "it", "nl", "pt")
FURTHER = ("sv", "da", "nb", "fi", "pl", "cs", "sk", "ro", "hu", "el", "tr")
#: Short forms that are printed and stand in no list.
_PRINTED = {"sept": 9, "mrt": 3, "set": 9, "out": 10, "dez": 12, "fev": 2, "mrz": 3, "maerz": 3}
_SHORTEST = 3


@cache
def months() -> dict[str, int]:
    """Folded names with the month's number, for reading: short forms only of the languages whose labels we know, since
    those of others are words elsewhere (``led``)."""
    names = dict(_PRINTED)
    for language in READ:
        for width in ("wide", "abbreviated"):
            _add(names, language, width)
    for language in FURTHER:
        _add(names, language, "wide")
    return names


@cache
def all_months() -> dict[str, int]:
    """Those and every short form, for finding a month that is known."""
    names = dict(months())
    for language in FURTHER:
        _add(names, language, "abbreviated")
    return names


def _add(names: dict[str, int], language: str, width: Literal["wide", "abbreviated"]) -> None:
    from babel.dates import get_month_names

    for context in ("format", "stand-alone"):
        for number, name in get_month_names(width, context=context, locale=language).items():
            if len(folded := fold(name)) >= _SHORTEST:
                names.setdefault(folded, number)
