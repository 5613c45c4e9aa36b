"""The schema: money is Decimal, blanks are null, paths name every value."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice, LineItem
from core.schema.values import is_amount


def test_blank_text_is_null() -> None:
    """A field that holds only blanks is not on the page."""
    assert Invoice.model_validate({"vendor_name": "  ", "tax": "", "due_date": " "}) == Invoice()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", Decimal("NaN"), "1E+99999", "1E-99999", "1" * 20])
def test_an_amount_is_a_sensible_number(value: object) -> None:
    """No NaN, no infinity and nothing of a thousand digits ever gets into an invoice."""
    with pytest.raises(ValidationError):
        Invoice.model_validate({"total_amount": value})


def test_a_currency_is_a_three_letter_code() -> None:
    """Codes are upper case; anything else is refused."""
    assert Invoice(currency="eur").currency == "EUR"
    with pytest.raises(ValidationError):
        Invoice(currency="Euro")


def test_every_value_has_a_path() -> None:
    """Walking an invoice names header fields and cells; each path finds its value and its field again."""
    invoice = Invoice(invoice_number="7", line_items=(LineItem(quantity=Decimal(2)),))
    paths = {path: value for path, _, value in INVOICE.walk(invoice)}
    assert paths["invoice_number"] == "7"
    assert paths["line_items.0.quantity"] == Decimal(2)
    assert all(INVOICE.value_at(invoice, path) == value for path, value in paths.items())
    assert INVOICE.field_of("line_items.0.quantity").kind == "quantity"
    with pytest.raises(KeyError):
        INVOICE.field_of("line_items.0.nothing")


def test_json_keeps_decimals_exact() -> None:
    """Amounts are text in JSON, so no digit is lost on the way out and back."""
    invoice = Invoice(total_amount=Decimal("0.10"))
    assert '"0.10"' in invoice.model_dump_json()
    assert Invoice.model_validate_json(invoice.model_dump_json()) == invoice


def test_the_schema_says_what_each_field_is() -> None:
    """Required fields and groups come from the model."""
    assert {field.name for field in INVOICE.header if field.required} >= {"invoice_number", "total_amount"}
    assert all(field.title and field.description and field.group for field in INVOICE.header)


@pytest.mark.parametrize("number", ["999999999999999.99", "0.12345678912", "0.3333333333333333333333333333"])
def test_long_prices_are_kept_exactly(number: str) -> None:
    """As many digits as Python adds exactly, fifteen of them before the point."""
    assert LineItem(unit_price=Decimal(number)).unit_price == Decimal(number)


@pytest.mark.parametrize("number", ["1000000000000000", "0.33333333333333333333333333333", "1E+15", "Infinity"])
def test_a_number_that_no_amount_is_is_told_apart(number: str) -> None:
    """A barcode beside a label, a number without end."""
    assert not is_amount(Decimal(number))
    with pytest.raises(ValidationError):
        LineItem(quantity=Decimal(number))
