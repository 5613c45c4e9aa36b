"""What many invoices lack, judged: check digits, taxes by rate, amounts between the sums, what is paid and due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.extraction import Finding, Provenance
from core.invoice.arithmetic import summed
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice
from core.invoice.page_view import compare_with_page
from core.matching import find_evidence
from core.validation.checks import check
from core.validation.confidence import score
from tests.core.typeset import page_of

IBAN = "DE02120300000000202051"
SUMS = {"subtotal": "100.00", "tax": "20.00", "total_amount": "120.00"}
ROW = {"rate": "20", "base": "100.00", "amount": "20.00"}
LINE = {"quantity": "2", "unit_price": "50.00", "total_price": "95.00", "discount": "5.00"}


def invoice(**values: Any) -> Invoice:
    """An invoice with these values and what every invoice has."""
    needed = {"invoice_number": "R-1", "invoice_date": "2024-05-01", "vendor_name": "Hexagon Tools"}
    return Invoice.model_validate({**needed, **SUMS, **values})


def findings(known: Invoice, exact: bool = False) -> list[Finding]:
    """What the checks notice without a page."""
    stated = Provenance("einvoice", exact=True)
    provenance = {path: stated for path, _, value in INVOICE.walk(known) if value is not None} if exact else {}
    return check(known, [], {}, provenance, None, date(2024, 6, 1))


@pytest.mark.parametrize(
    "values",
    [
        {"iban": IBAN, "vendor_tax_id": "DE123456789"},
        {"taxes": [ROW]},
        {"taxes": [{"rate": "20", "amount": "20.00"}]},
        {"paid_amount": "20.00", "amount_due": "100.00"},
        {"amount_due": "7.00"},
        {"discount": "10.00", "shipping": "5.00", "total_amount": "115.00"},
        {"rounding": "-0.04", "total_amount": "119.96"},
        {"line_items": [LINE], "subtotal": "95.00", "tax": "19.00", "total_amount": "114.00"},
    ],
)
def test_what_holds_is_no_finding(values: dict[str, Any]) -> None:
    """Also what is told of in part, and a tax number in a form that we cannot check."""
    assert findings(invoice(**values)) == []


@pytest.mark.parametrize(
    ("values", "check_name", "fields"),
    [
        ({"iban": "DE02120300000000202052"}, "iban", ("iban",)),
        ({"taxes": [{**ROW, "amount": "25.00"}], "tax": "25.00", "total_amount": "125.00"}, "taxes", "taxes.0.amount"),
        ({"taxes": [ROW, {"rate": "5", "amount": "1.00"}]}, "taxes", ("taxes.0.amount", "tax")),
        ({"paid_amount": "20.00", "amount_due": "90.00"}, "due", ("amount_due", "paid_amount", "total_amount")),
        ({"discount": "10.00", "total_amount": "115.00"}, "total", ("total_amount", "subtotal", "tax")),
    ],
)
def test_what_contradicts_itself_is_asked_about(values: dict[str, Any], check_name: str, fields: Any) -> None:
    """With the field to look at first; where XML states it, it is a note."""
    (found,) = findings(invoice(**values))
    assert (found.check, found.fields if isinstance(fields, tuple) else found.fields[0]) == (check_name, fields)
    assert found.severity in ("warning", "error")
    if check_name != "total":
        assert [one.severity for one in findings(invoice(**values), exact=True)] == ["info"]


def test_what_check_digits_and_sums_prove_is_sure() -> None:
    """Whatever its reader believed; what nothing proves is as sure as its reader."""
    known = invoice(
        iban=IBAN,
        vendor_tax_id="DE136695976",
        customer_tax_id="12/345",
        discount="10.00",
        amount_due="110.00",
        total_amount="110.00",
        taxes=[ROW],
        line_items=[{**LINE, "tax_rate": "20"}],
    )
    proven = {path for path in summed(known) if INVOICE.field_of(path).secondary}
    of_taxes = {"taxes.0.rate", "taxes.0.base", "taxes.0.amount"}
    assert proven - of_taxes == {
        "iban",
        "vendor_tax_id",
        "discount",
        "amount_due",
        "line_items.0.tax_rate",
        "line_items.0.discount",
    }
    text = f"R-1 of 1 May 2024 {IBAN} DE136695976 12/345 Hexagon Tools 100.00 20.00 110.00 10.00 20 2 50.00 95.00 5.00"
    provenance = {path: Provenance("rules", score=0.4) for path, _, _ in INVOICE.walk(known)}
    sure = score(known, find_evidence(known, [page_of(text)], provenance), provenance, [])
    assert sure["iban"] >= 0.95
    assert sure["customer_tax_id"] < 0.92


def test_another_account_on_the_page_than_in_the_xml_is_asked_about() -> None:
    """Other words for the terms, or another order's number, are not."""
    stated = invoice(iban=IBAN, payment_terms="net 30", purchase_order_number="7")
    shown = invoice(iban="FR7630006000011234567890189", payment_terms="30 days", purchase_order_number="8")
    (found,) = compare_with_page(stated, shown, {})
    assert (found.fields, found.proposed, found.severity) == (("iban",), "FR7630006000011234567890189", "warning")
