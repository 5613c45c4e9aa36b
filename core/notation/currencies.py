"""Currency signs and codes to ISO 4217, and which currency a shared sign ($, kr) means in a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

#: Signs and everyday abbreviations. Those that several countries share are resolved by :func:`resolve`.
_SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "￥": "JPY", "円": "JPY", "元": "CNY", "₹": "INR", "₩": "KRW", "₽": "RUB",
    "₺": "TRY", "₫": "VND", "₪": "ILS", "₴": "UAH", "₱": "PHP", "฿": "THB", "₦": "NGN", "₡": "CRC", "₵": "GHS", "₸": "KZT",
    "US$": "USD", "$US": "USD", "CA$": "CAD", "C$": "CAD", "CDN$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "RM": "MYR", "RS": "INR", "RS.": "INR", "RP": "IDR",
    "KR": "SEK", "KR.": "SEK", "ZŁ": "PLN", "KČ": "CZK", "KČS": "CZK", "FT": "HUF", "FT.": "HUF", "LEI": "RON", "LEU": "RON", "ΕΥΡΩ": "EUR", "FR.": "CHF", "SFR": "CHF", "SFR.": "CHF",
    "EURO": "EUR", "EUROS": "EUR", "TL": "TRY", "R": "ZAR",
}  # fmt: skip
#: Signs that several countries share, with the country's own reading.
_SHARED = {
    "USD": {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP"},
    "SEK": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "JPY": {"JP": "JPY", "CN": "CNY"},
    "INR": {"BR": "BRL", "IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR"},
}  # fmt: skip
_SHARED_SIGNS = frozenset({"$", "KR", "KR.", "¥", "￥", "RS", "RS."})
#: Codes that are everyday words when written in capitals: believed only beside a number.
_WORDS = frozenset(
    {"ALL", "TOP", "TRY", "CUP", "MAD", "PEN", "GEL", "BAM", "COP", "SOS", "LAK", "CAD", "MOP", "BOB", "NAD", "BHD"}
)


@cache
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies

    # XXX is “no currency” and the letters of a masked number, XTS a code for tests
    return frozenset(code for code in list_currencies() if code.isalpha()) - {"XXX", "XTS"}


@cache
def currency_of(text: str) -> str | None:
    """The ISO 4217 code that ``text`` (a sign, an abbreviation or a code in capitals) stands for, or ``None``.
    A shared sign gives its commonest reading."""
    if not text or len(text) > 5:
        return None
    if text.isupper() and len(text) == 3 and text.isalpha() and text.isascii():
        return _SIGNS.get(text) or (text if text in _codes() else None)
    return _SIGNS.get(text.upper())


def is_code(text: str) -> bool:
    """Whether ``text`` is a currency code that is no everyday word, so that it counts anywhere on the page."""
    return len(text) == 3 and text.isupper() and text.isascii() and text in _codes() and text not in _WORDS


def is_abbreviation(text: str) -> bool:
    """Whether ``text`` is an everyday abbreviation of a currency (RM, zł) rather than a code of three letters."""
    return text.upper() in _SIGNS


def is_shared(text: str) -> bool:
    """Whether several countries use this sign."""
    return text.upper() in _SHARED_SIGNS


def uses(code: str, country: str) -> bool:
    """Whether ``country`` (ISO 3166) is one of those that share the sign whose commonest reading is ``code``."""
    return country in _SHARED.get(code, {})


def resolve(code: str, countries: Iterable[str]) -> str:
    """What the commonest reading ``code`` of a shared sign means where the document names ``countries`` (ISO 3166)."""
    readings = _SHARED.get(code, {})
    votes = Counter(readings[country] for country in countries if country in readings)
    return votes.most_common(1)[0][0] if votes else code
