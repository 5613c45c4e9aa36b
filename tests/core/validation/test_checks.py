"""Checks of single values, and of an e-invoice's XML against its page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.evidence import PageText
from core.extraction import Finding, Provenance
from core.invoice.model import Invoice
from core.invoice.page_view import compare_with_page
from core.matching import find_evidence
from core.validation.checks import check
from tests.core.typeset import page_of

TODAY = date(2024, 6, 1)
COMPLETE = Invoice(
    invoice_number="INV-77",
    invoice_date=date(2024, 5, 1),
    vendor_name="Hexagon Tools",
    total_amount=Decimal("12.00"),
    currency="EUR",
)
TEXT = "Hexagon Tools\nInvoice INV-77 of 1 May 2024\nTotal EUR 12.00"


def findings(
    invoice: Invoice, page: PageText | None = None, provenance: dict[str, Provenance] | None = None
) -> list[Finding]:
    """What all checks notice."""
    pages = [page] if page else []
    known = provenance or {}
    return check(invoice, pages, find_evidence(invoice, pages, known), known, None, TODAY)


def changed(**values: object) -> Invoice:
    """The complete invoice with other values."""
    return Invoice.model_validate(COMPLETE.model_dump() | values)


def test_a_complete_invoice_has_no_findings() -> None:
    """Everything is there, plausible and on the page."""
    assert findings(COMPLETE, page_of(TEXT)) == []


def test_each_missing_required_field_is_an_error() -> None:
    """Nothing can be saved without a look."""
    noticed = findings(Invoice())
    assert {finding.fields[0] for finding in noticed} == {
        "invoice_number",
        "invoice_date",
        "vendor_name",
        "total_amount",
    }
    assert {finding.severity for finding in noticed} == {"error"}


def test_a_value_that_stands_nowhere_is_pointed_out() -> None:
    """A warning for a required field, a remark for another."""
    noticed = findings(changed(vendor_name="Umbrella", customer_name="Nobody"), page_of(TEXT))
    assert [(finding.check, finding.severity, finding.fields) for finding in noticed] == [
        ("not_on_page", "warning", ("vendor_name",)),
        ("not_on_page", "info", ("customer_name",)),
    ]


def test_a_derived_value_is_called_derived() -> None:
    """It was worked out, and by which rule."""
    known = {"tax": Provenance("rules", rule="19 % of the subtotal", derived=True)}
    (found,) = findings(changed(tax="1.92", subtotal="10.08"), page_of(f"{TEXT}\nNet 10.08"), known)
    assert found.check == "derived"
    assert "19 % of the subtotal" in found.message


def test_without_pages_nothing_is_missing_on_them() -> None:
    """A bare XML invoice has no page."""
    assert findings(COMPLETE) == []


def test_badly_read_words_are_pointed_out() -> None:
    """With the confidence, as the person knows it."""
    noticed = findings(COMPLETE, page_of(TEXT, confidence=0.5))
    assert {finding.check for finding in noticed} == {"ocr_confidence"}
    assert "50%" in noticed[0].message


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"invoice_date": "2026-01-01"}, "date"),
        ({"invoice_date": "1970-01-01"}, "date"),
        ({"due_date": "2024-04-01"}, "due_date"),
        ({"currency": "EUX"}, "currency"),
    ],
)
def test_implausible_dates_and_currencies_are_noticed(values: dict[str, str], name: str) -> None:
    """Far ahead, long ago, due before issued, no currency of this world."""
    assert name in {finding.check for finding in findings(changed(**values))}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("IBAN: DE89 3704 0044 0532 0130 00 BIC COBADEFF", set()),
        ("IBAN GB29NWBK60161331926819", set()),
        ("IBAN: DE89 3704 0044 0532 0130 01 BIC COBADEFF", {"iban"}),
        ("IBAN: DE89 3704 0044", {"iban"}),
        ("USt-IdNr.: DE287654308", set()),
        ("USt-IdNr.: DE287654309", {"vat_id"}),
        ("N° TVA FR 40 303 265 045", set()),
        ("Order DE287654309", set()),
    ],
)
def test_account_and_vat_numbers_on_the_page_are_checked(text: str, names: set[str]) -> None:
    """Only those that the page names as such."""
    assert {finding.check for finding in findings(COMPLETE, page_of(f"{TEXT}\n\n{text}"))} == names


def test_what_the_page_shows_otherwise_than_the_xml_is_a_finding() -> None:
    """It names both and proposes the page's; what the XML may leave out is no difference."""
    page_view = changed(invoice_date="2024-05-02", customer_name="Jo Miller", due_date="2024-06-01")
    xml = changed(customer_name="JO MILLER", vendor_name=None)
    evidence = find_evidence(page_view, [page_of(TEXT.replace("1 May", "2 May"))], {})
    noticed = compare_with_page(
        xml, page_view, {path: evidence[path] for path in evidence.keys() - {"invoice_date", "vendor_name"}}
    )
    assert [(finding.severity, finding.fields, finding.proposed) for finding in noticed] == [
        ("warning", ("invoice_date",), "2024-05-02"),
        ("info", ("vendor_name",), str(page_view.vendor_name)),
    ]
    assert "2024-05-01" in noticed[0].message


def test_an_xml_value_that_stands_on_the_page_is_right_whatever_else_is_read() -> None:
    """The page's reader may err; the XML's value is there to see."""
    evidence = find_evidence(COMPLETE, [page_of(TEXT)], {})
    assert compare_with_page(COMPLETE, changed(invoice_number="77"), evidence) == []
