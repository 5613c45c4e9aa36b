"""Country names as documents print them, and the countries that a document's words point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from core.notation.folding import fold
from core.notation.notation import UNITED_STATES

_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "el",
    "tr",
)
_MORE = {
    "usa": "US",
    "uk": "GB",
    "greatbritain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "uae": "AE",
    "holland": "NL",
    "brd": "DE",
    "korea": "KR",
}
#: VAT id and IBAN begin with the country.
_CODED = re.compile(r"\b([A-Z]{2})\s?\d{2}\s?[A-Z0-9]{4}|\b(ATU|CHE|[A-Z]{2})[-.\s]?\d{8,12}\b")
_CANADIAN = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d\b")
_AUSTRALIAN = re.compile(r"\bABN\b|\b(?:NSW|VIC|QLD|TAS)\s+\d{4}\b")
_INDIAN = re.compile(r"\bGSTIN\b|\b[CS]GST\b")
_BRAZILIAN = re.compile(r"\bCNPJ\b|\bCPF\b")
_SWEDISH = re.compile(r"\b[Bb]ankgiro\b|\b[Pp]lusgiro\b|\b[Mm]omsreg")
_DANISH = re.compile(r"\bCVR\b|\bCVR-?[Nn]r")
_NORWEGIAN = re.compile(r"\bMVA\b|\b[Ff]oretaksregisteret\b")


@cache
def country_names() -> dict[str, str]:
    """Country names, folded, in the languages we read, with their ISO 3166 codes."""
    from babel import Locale

    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(fold(name), code)
    return names | _MORE


def is_country(text: str) -> bool:
    """Whether ``text`` is nothing but a country's name."""
    return fold(text) in country_names()


def countries_in(text: str) -> Iterator[str]:
    """ISO 3166 codes that the document's addresses, VAT ids and IBANs point to, one a mention."""
    for match in _CODED.finditer(text):
        code = match[1] or match[2]
        yield {"ATU": "AT", "CHE": "CH", "EL": "GR"}.get(code, code)
    yield from countries_named(text)


def countries_named(text: str) -> Iterator[str]:
    """ISO 3166 codes of the countries that a document names, or whose addresses or tax numbers it prints, one a mention."""
    for pattern, code in (
        (UNITED_STATES, "US"),
        (_CANADIAN, "CA"),
        (_AUSTRALIAN, "AU"),
        (_INDIAN, "IN"),
        (_BRAZILIAN, "BR"),
        (_SWEDISH, "SE"),
        (_DANISH, "DK"),
        (_NORWEGIAN, "NO"),
    ):
        for _ in pattern.finditer(text):
            yield code
    names = country_names()
    for line in text.split("\n"):
        for part in re.split(r"\s\s|,", line):
            key = fold(part) if len(part) < 30 else ""
            if key in names and len(key) > 2:
                yield names[key]
