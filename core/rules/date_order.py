"""Whether it is certain which comes first in a numeric date, the day or the month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from core.extraction import Finding
from core.rules.countries import countries_named
from core.rules.header import Candidate
from core.rules.money import FoundCurrency
from core.rules.reading import Reading

#: Languages in which 04/07 is written both ways.
_BOTH_WAYS = frozenset({"en", None})
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/\-](\d{1,2})[/\-](?:\d{4}|\d{2})(?!\d)")


def doubt_order(reading: Reading, chosen: Mapping[str, Candidate], currency: FoundCurrency | None) -> Finding | None:
    """A finding where a date in figures means two days, and neither another date, nor a country, nor a currency other than
    dollars tells which is meant."""
    if reading.language not in _BOTH_WAYS or reading.order_settled:
        return None
    if (currency is not None and currency.code != "USD") or next(countries_named(reading.full_text), None):
        return None
    for field in ("invoice_date", "due_date"):
        value = chosen[field].value if field in chosen else None
        if isinstance(value, date) and _means_two(chosen[field], value):
            other = date(value.year, value.day, value.month)
            printed = " ".join(token.text for token in chosen[field].tokens)
            sentence = f"“{printed}” is {value} or {other}: nothing on the page tells whether the month comes first."
            return Finding("date_order", "warning", sentence, (field,), str(other))
    return None


def _means_two(candidate: Candidate, value: date) -> bool:
    printed = _NUMERIC.search(" ".join(token.text for token in candidate.tokens))
    return printed is not None and value.day <= 12 and value.day != value.month
