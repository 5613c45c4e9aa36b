"""Amounts in every locale's format."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.notation import Notation
from core.notation.amounts import find_amounts, parse_amount
from core.notation.notation import decide_decimal
from core.page.layout import Layout
from tests.core.rules.pages import page

POINT = Notation(".")
COMMA = Notation(",")


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1.234,56", "1234.56", None),
        ("1,234.56", "1234.56", None),
        ("1 234,56 €", "1234.56", "EUR"),
        ("1'234.56", "1234.56", None),
        ("₹6,54,321.00", "654321.00", "INR"),
        ("CHF 12.-", "12", "CHF"),
        ("12,-- EUR", "12", "EUR"),
        ("¥120-", "120", "JPY"),
        ("(5.00)", "-5.00", None),
        ("-8,79", "-8.79", None),
        ("8.79-", "-8.79", None),
        ("8.79- €", "-8.79", "EUR"),
        ("8.79 €-", "-8.79", "EUR"),
        ("8.79 € -", "-8.79", "EUR"),
        ("8.79- EUR", "-8.79", "EUR"),
        ("€ -5,00", "-5.00", "EUR"),
        ("- $5.00", "-5.00", "USD"),
        ("5.00 CR", "-5.00", None),
        ("R$ 1.950,00", "1950.00", "BRL"),
        ("$.50", "0.50", "USD"),
    ],
)
def test_every_notation_gives_its_value(text: str, value: str, currency: str | None) -> None:
    """Separators, signs and currencies are read whatever the document's habit."""
    amount = parse_amount(text, COMMA)
    assert amount is not None
    assert (amount.value, amount.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["12.05.2024", "1.2.3.4", "12:30", "A-17", "", "1,23,4"])
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    """Dates, versions, times and codes are no amounts."""
    assert parse_amount(text, POINT) is None


def test_a_lone_mark_before_three_digits_follows_the_document() -> None:
    """``1.234`` is a thousand where the comma is the decimal mark, and little more than one where the point is."""
    assert [parse_amount("1.234", habit).value for habit in (COMMA, POINT)] == [Decimal(1234), Decimal("1.234")]  # type: ignore[union-attr]


def test_the_document_shows_its_decimal_mark() -> None:
    """Two decimals and thousands tell; where nothing tells, the default holds."""
    assert decide_decimal(["1.234,56", "Total", "12"]) == ","
    assert decide_decimal(["12.50", "3"], ",") == "."
    assert decide_decimal(["3", "1000"], ",") == ","


def test_a_percentage_is_marked_and_neighbours_stay_apart() -> None:
    """A rate beside an amount is a number of its own."""
    tokens = Layout(page("19 % 1 234,56 €")).lines[0].tokens
    found = [(amount.value, amount.percent) for amount in find_amounts(tokens, COMMA)]
    assert found == [(Decimal(19), True), (Decimal("1234.56"), False)]


def test_letters_read_for_digits_are_repaired_in_scans_only() -> None:
    """OCR's ``1O.00`` is ten; in a text layer it is what it says."""
    tokens = Layout(page("1O.00")).lines[0].tokens
    assert [amount.value for amount in find_amounts(tokens, POINT, repair=True)] == [Decimal("10.00")]
    assert find_amounts(tokens, POINT) == []


def test_a_letter_glued_to_an_amount_names_its_tax() -> None:
    """510.00T is money, A4 and 12T are none."""
    tokens = Layout(page("510.00T")).lines[0].tokens
    assert [amount.value for amount in find_amounts(tokens, POINT)] == [Decimal("510.00")]
    assert find_amounts(Layout(page("12T")).lines[0].tokens, POINT) == []


def test_an_open_bracket_alone_is_no_minus() -> None:
    """“(312 pages)” counts 312."""
    tokens = Layout(page("(312 pages)")).lines[0].tokens
    assert [amount.value for amount in find_amounts(tokens, POINT)] == [Decimal(312)]


def test_cents_that_ocr_set_apart_from_their_point_are_the_amounts() -> None:
    """“12. 15” on a scan; on other pages a sentence ends there."""
    tokens = Layout(page("12. 15")).segments[0].tokens
    assert [amount.value for amount in find_amounts(tokens, POINT, repair=True)] == [Decimal("12.15")]
    assert [amount.value for amount in find_amounts(tokens, POINT)] == [12, 15]


def test_money_that_always_has_three_figures_behind_its_mark_has_no_cents() -> None:
    """49.000 rupiah; one number with two figures, or a kilogram of 0.310, says otherwise."""
    assert decide_decimal(["49.000", "27.500", "(4.500)", "53.500"], ".") == ","
    assert decide_decimal(["49.000", "27.500", "(4.500)", "53.500", "1.25"], ".") == "."
    assert decide_decimal(["0.310", "0.760", "0.125", "0.500"], ".") == "."
