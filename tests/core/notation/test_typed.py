"""What a person types, or what stands in a drawn box, becomes the field's value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.invoice.document_type import INVOICE
from core.notation import usual_notation
from core.notation.typed import parse_value


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.234,56 €", "de", "1234.56"),
        ("1,234.56", "de", "1234.56"),
        ("1,234", "en", "1234"),
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("0,125", "de", "0.125"),
        ("1 234,5", "fr", "1234.5"),
        ("CHF 1'234.50", "de", "1234.50"),
        ("(5.00)", "en", "-5.00"),
        ("12,00-", "de", "-12.00"),
        ("1.234.567", None, "1234567"),
        ("100", None, "100"),
    ],
)
def test_amounts_are_read_with_the_documents_language(text: str, language: str | None, value: str) -> None:
    """Both separators decide themselves; one before three digits is decided by the language."""
    assert parse_value(INVOICE.field_of("total_amount"), text, usual_notation(language)) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("2020-02-01", None, date(2020, 2, 1)),
        ("01.02.2020", "de", date(2020, 2, 1)),
        ("02/01/2020", "en", date(2020, 2, 1)),
        ("01/02/2020", "fr", date(2020, 2, 1)),
        ("13/02/2020", "en", date(2020, 2, 13)),
        ("1er février 2020", "fr", date(2020, 2, 1)),
        ("Feb 1, 2020", "en", date(2020, 2, 1)),
        ("1 de febrero de 2020", "es", date(2020, 2, 1)),
        ("2020年2月1日", "ja", date(2020, 2, 1)),
    ],
)
def test_dates_are_read_with_the_documents_language(text: str, language: str | None, value: date) -> None:
    """Day and month order follow the language where the numbers leave it open."""
    assert parse_value(INVOICE.field_of("invoice_date"), text, usual_notation(language)) == value


@pytest.mark.parametrize(
    ("text", "code"), [("eur", "EUR"), ("€", "EUR"), ("£", "GBP"), ("US Dollar", "USD"), ("Schweizer Franken", "CHF")]
)
def test_currencies_are_read_by_code_sign_or_name(text: str, code: str) -> None:
    """The stored value is the ISO code."""
    assert parse_value(INVOICE.field_of("currency"), text, usual_notation(None)) == code


def test_text_is_tidied() -> None:
    """The words of a drawn box may stand on several lines."""
    assert (
        parse_value(INVOICE.field_of("billing_address"), " 12 Long Lane\n Northtown ", usual_notation(None))
        == "12 Long Lane Northtown"
    )


@pytest.mark.parametrize("path", ["total_amount", "invoice_date", "currency", "vendor_name"])
def test_an_empty_text_is_no_value(path: str) -> None:
    """Clearing a field leaves it empty."""
    assert parse_value(INVOICE.field_of(path), "  ", usual_notation("en")) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("total_amount", "twelve"),
        ("line_items.0.quantity", "1 2 x 3"),
        ("invoice_date", "31.02.2020"),
        ("currency", "pebbles"),
    ],
)
def test_what_is_no_such_value_gets_a_sentence(path: str, text: str) -> None:
    """It names the field, the text and an example."""
    with pytest.raises(ValueError, match="such as") as caught:
        parse_value(INVOICE.field_of(path), text, usual_notation("de"))
    assert text in str(caught.value)
