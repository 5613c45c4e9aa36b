"""One reading of dates: what the rules find on a page and what the form reads from the same text is the same day."""

from __future__ import annotations

from datetime import date

import pytest

from core.invoice.document_type import INVOICE
from core.notation import Notation
from core.notation.typed import parse_value
from core.page.layout import Token
from core.rules.dates import find_dates

DAY = date(2024, 5, 12)
TEXTS = """2024-05-12|12.05.2024|12/05/2024|12-05-2024|12/5/24|12 May 2024|May 12, 2024|12. Mai 2024|12 mai 2024
12 de mayo de 2024|12 maggio 2024|12 mei 2024|12 de maio de 2024|12-May-24|2024 May 12|2024年5月12日|令和6年5月12日
12 maj 2024|12. toukokuuta 2024|12 května 2024|12 mai 2024"""


@pytest.mark.parametrize("text", [text for line in TEXTS.splitlines() for text in line.split("|")])
def test_rules_and_form_read_the_same_day(text: str) -> None:
    """Numeric in every order that is sure, with month names in the languages we know, Japanese eras."""
    tokens = [Token(part, "", 0, 0, 0, 1, -1) for part in text.split()]
    assert [found.value for found in find_dates(tokens, month_first=False)] == [DAY]
    assert parse_value(INVOICE.field_of("invoice_date"), text, Notation()) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "12-05-202411:23",
        "12/05/202409:05:12",
        "11:2312/05/2024",
        "12 May 202411:23",
        "12 May 24 09:12:41",
        "12May24",
        "12 May 24",
        "2024. május 12.",
        "2024. 05. 12.",
    ],
)
def test_a_day_is_found_beside_a_time_and_with_a_short_year(text: str) -> None:
    """A till glues the time of day to the date, and prints two digits of the year behind a month's name."""
    tokens = [Token(part, "", 0, 0, 0, 1, -1) for part in text.split()]
    assert [found.value for found in find_dates(tokens, month_first=False)] == [DAY]


@pytest.mark.parametrize("text", ["12 May 24 boxes", "1 May 10.50", "12.05.20245"])
def test_what_only_looks_like_a_day_with_a_short_year_is_none(text: str) -> None:
    """A count behind a month's name is no year, nor are five digits."""
    tokens = [Token(part, "", 0, 0, 0, 1, -1) for part in text.split()]
    assert find_dates(tokens, month_first=False) == []
