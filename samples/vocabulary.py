"""What invoices say in each language (labels, invented firms and goods) and how its countries write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


@dataclass(frozen=True, slots=True)
class Region:
    """How a country writes money and dates. ``dates`` are babel patterns, ``numbers`` pairs of thousands mark and
    decimal mark, ``money`` forms in which the sign may stand, ``tax_rates`` in percent, the usual one first."""

    locale: str
    currency: str
    sign: str
    dates: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    money: tuple[str, ...]
    tax_rates: tuple[Decimal, ...]


def _rates(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(rate) for rate in text.split())


_BEFORE = ("{sign}{amount}", "{sign} {amount}", "{code} {amount}")
_AFTER = ("{amount} {sign}", "{amount} {code}")

REGIONS: dict[str, Region] = {
    "US": Region(
        "en_US", "USD", "$", ("MM/dd/yyyy", "MMMM d, yyyy", "MMM d, yyyy"), ((",", "."),), _BEFORE[:1], _rates("8.25")
    ),
    "GB": Region(
        "en_GB", "GBP", "£", ("d MMMM yyyy", "dd/MM/yyyy", "d MMM yyyy"), ((",", "."),), _BEFORE[:1], _rates("20 5")
    ),
    "DE": Region("de_DE", "EUR", "€", ("dd.MM.yyyy", "d. MMMM yyyy"), ((".", ","), ("", ",")), _AFTER, _rates("19 7")),
    "FR": Region(
        "fr_FR", "EUR", "€", ("dd/MM/yyyy", "d MMMM yyyy"), (("\u00a0", ","), (" ", ",")), _AFTER, _rates("20 10 5.5")
    ),
    "ES": Region(
        "es_ES",
        "EUR",
        "€",
        ("dd/MM/yyyy", "d 'de' MMMM 'de' yyyy", "dd-MM-yyyy"),
        ((".", ","),),
        _AFTER,
        _rates("21 10"),
    ),
    "IT": Region(
        "it_IT", "EUR", "€", ("dd/MM/yyyy", "d MMMM yyyy"), ((".", ","),), (*_BEFORE[1:2], *_AFTER), _rates("22 10 4")
    ),
    "NL": Region(
        "nl_NL", "EUR", "€", ("dd-MM-yyyy", "d MMMM yyyy"), ((".", ","),), (*_BEFORE[1:], "{amount}"), _rates("21 9")
    ),
    "PT": Region(
        "pt_PT",
        "EUR",
        "€",
        ("dd/MM/yyyy", "yyyy-MM-dd", "dd-MM-yyyy"),
        ((".", ","), (" ", ",")),
        _AFTER,
        _rates("23 13 6"),
    ),
}


@cache
def vocabulary(language: str) -> dict[str, Any]:
    """``labels``, ``vendors`` and ``customers`` of a language (ISO 639-1)."""
    path = Path(__file__).parent / "words" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
