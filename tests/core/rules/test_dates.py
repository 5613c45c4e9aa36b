"""Dates as invoices print them."""

from __future__ import annotations

from datetime import date

import pytest

from core.notation.dates import compact_date
from core.notation.notation import decide_order
from core.page.layout import Token
from core.rules.dates import find_dates


def tokens(text: str) -> list[Token]:
    return [Token(part, "", 0, 0, 0, 1, -1) for part in text.split()]


@pytest.mark.parametrize(
    "text",
    [
        "12.05.2024", "12/05/24", "2024-05-12", "12-05-2024", "12. Mai 2024", "May 12, 2024", "May 12 , 2024", "12th of May 2024",
        "12 mai 2024", "12 de mayo de 2024", "12 maggio 2024", "12 mei 2024", "12 de maio de 2024", "12-May-24", "2024年5月12日", "令和6年5月12日",
        "Sunday, 12 May 2024", "Seite 1 12.05.2024",
    ],
)  # fmt: skip
def test_every_notation_gives_the_day(text: str) -> None:
    """Numeric, ISO, month names in our languages, Japanese, two-digit years."""
    assert [found.value for found in find_dates(tokens(text), month_first=False)] == [date(2024, 5, 12)]


@pytest.mark.parametrize("text", ["08.30 - 12.30 Uhr", "32.13.2024", "1.2.3.4", "July 1 - July 31", "12 apples 2024"])
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    """Opening hours, impossible days and versions are no dates."""
    assert find_dates(tokens(text), month_first=False) == []


def test_another_date_decides_whether_the_month_comes_first() -> None:
    """One unambiguous date settles the order of them all; where none does, the document's country does."""
    assert decide_order(["03/04/2024", "03/25/2024"], month_first=False)
    assert not decide_order(["03/04/2024", "25/03/2024"], month_first=True)
    assert decide_order(["03/04/2024"], month_first=True)


def test_an_ambiguous_date_is_not_sure() -> None:
    """``03/04/2024`` could be swapped, ``25/03/2024`` could not."""
    sure = [
        find_dates(tokens(text), month_first=False)[0].sure for text in ("03/04/2024", "25/03/2024", "3 April 2024")
    ]
    assert sure == [False, True, True]


def test_points_are_never_american() -> None:
    """With points the day comes first, whatever the slashes of the document do."""
    assert find_dates(tokens("03.04.2024"), month_first=True)[0].value == date(2024, 4, 3)


def test_a_compact_date_needs_a_plausible_day() -> None:
    """``20240731`` is a date behind a date's label; an article number is not."""
    assert compact_date("20240731") == date(2024, 7, 31)
    assert compact_date("20249931") is None
