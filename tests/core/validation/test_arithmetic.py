"""The invoice's sums: what does not add up is pointed out, what the page explains is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.extraction import Charge, Finding, Provenance
from core.invoice.arithmetic import confirmed
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice, LineItem
from core.matching import find_evidence
from core.validation.checks import check
from tests.core.typeset import page_of

SUMS = {"total", "sum_of_lines", "line_total", "tax_rate"}


def item(quantity: Any = None, unit_price: Any = None, total_price: Any = None, description: str = "Thing") -> LineItem:
    """A line item from plain numbers."""
    return LineItem.model_validate(
        {"description": description, "quantity": quantity, "unit_price": unit_price, "total_price": total_price}
    )


def findings(text: str = "", *items: LineItem, **amounts: str) -> list[Finding]:
    """What the arithmetic checks notice on a page of ``text``."""
    invoice = Invoice.model_validate({"line_items": items, **amounts})
    pages = [page_of(text)] if text else []
    noticed = check(invoice, pages, find_evidence(invoice, pages, {}), {}, None, date(2024, 6, 1))
    return [finding for finding in noticed if finding.check in SUMS]


def test_sums_that_hold_are_no_finding() -> None:
    """Lines to subtotal, subtotal and tax to total."""
    lines = item("2", "10.00", "20.00"), item("1", "5.50", "5.50")
    assert findings("", *lines, subtotal="25.50", tax="4.85", total_amount="30.35") == []


def test_a_total_that_does_not_follow_is_an_error_with_a_proposal() -> None:
    """The sentence holds the numbers."""
    (found,) = findings(subtotal="100.00", tax="19.00", total_amount="191.00")
    assert (found.check, found.severity, found.fields[0], found.proposed) == (
        "total",
        "error",
        "total_amount",
        "119.00",
    )
    assert "100.00 + tax 19.00 = 119.00" in found.message


@pytest.mark.parametrize(
    ("page", "total"),
    [
        ("Subtotal 100.00\nDiscount -5.00\nTax 19.00\nTotal 114.00", "114.00"),
        ("Zwischensumme 100,00\nVersandkosten 4,90\nMwSt 19,00\nGesamt 123,90", "123.90"),
        ("Subtotal 100.00\nDiscount 5.00\nShipping 7.50\nTax 19.00\nTotal 121.50", "121.50"),
        ("Subtotal 100.00\nDISCOUNT 3\nTax 19.00\nTotal 116.00", "116.00"),
        ("Rabatt  Fracht  Netto\n5,00   7,50   100,00\nSteuer 19,00\nGesamt 121,50", "121.50"),
    ],
)
def test_printed_discounts_and_shipping_explain_a_total(page: str, total: str) -> None:
    """One or several, with or without sign, beside or below their name."""
    assert findings(page, subtotal="100.00", tax="19.00", total_amount=total) == []


def test_an_amount_without_such_a_name_explains_nothing() -> None:
    """A customer number of 5.00 is no discount."""
    assert findings("Customer 5.00\nTotal 114.00", subtotal="100.00", tax="19.00", total_amount="114.00")


def test_cash_rounding_is_only_mentioned() -> None:
    """Swiss totals end on five cents."""
    (found,) = findings(subtotal="100.02", tax="7.70", total_amount="107.75")
    assert found.severity == "info"


def test_a_tax_inside_the_prices_is_understood() -> None:
    """A receipt's subtotal already holds the tax."""
    assert findings("VAT 19%", subtotal="119.00", tax="19.00", total_amount="119.00") == []


def test_a_credit_notes_signs_do_not_matter() -> None:
    """Positive lines, negative sums."""
    line = item("2", "15.00", "30.00")
    assert findings("", line, subtotal="-30.00", tax="-5.70", total_amount="-35.70") == []


@pytest.mark.parametrize(
    ("amounts", "field", "proposed"),
    [
        ({"subtotal": "100.00", "tax": "19.00"}, "total_amount", "119.00"),
        ({"tax": "19.00", "total_amount": "119.00"}, "subtotal", "100.00"),
        ({"subtotal": "100.00", "total_amount": "119.00"}, "tax", "19.00"),
    ],
)
def test_a_missing_amount_is_proposed(amounts: dict[str, str], field: str, proposed: str) -> None:
    """It follows from the other two, and is not filled in. A tax that the sums miss is asked about: it is printed somewhere."""
    (found,) = findings(**amounts)
    severity = "warning" if field == "tax" else "info"
    assert (found.severity, found.fields[0], found.proposed) == (severity, field, proposed)


@pytest.mark.parametrize(("page", "total"), [("", "95.00"), ("Shipping 7.50", "107.50"), ("", "100.00")])
def test_no_tax_is_proposed_where_none_is_due(page: str, total: str) -> None:
    """A discount, shipping, or simply the same sum is no tax."""
    assert findings(page, subtotal="100.00", total_amount=total) == []


def test_a_lost_line_is_noticed() -> None:
    """The lines do not reach the subtotal."""
    (found,) = findings("", item(total_price="20.00"), item(total_price="30.00"), subtotal="75.00")
    assert found.check == "sum_of_lines"
    assert "add up to 50.00" in found.message
    assert "line_items.1.total_price" in found.fields


def test_lines_priced_with_tax_add_up_to_the_total() -> None:
    """A gross table: its sum is the total, not the subtotal."""
    lines = item("1", "119.00", "119.00"), item("1", "23.80", "23.80")
    assert findings("", *lines, subtotal="120.00", tax="22.80", total_amount="142.80") == []


def test_a_printed_discount_explains_the_sum_of_lines() -> None:
    """The subtotal is after the discount."""
    page = "Thing 2 40.00 80.00\n\nDiscount 10 % -8.00\nNet 72.00"
    assert findings(page, item("2", "40.00", "80.00"), subtotal="72.00") == []


def test_rounded_unit_prices_are_understood() -> None:
    """6 × 1.6667 is 10.00."""
    assert findings("", item("6", "1.6667", "10.00"), item("7", "1.43", "10.00")) == []


def test_a_wrong_line_total_proposes_the_product() -> None:
    """The finding names the line."""
    (found,) = findings("", item("3", "4.00", "21.00"))
    assert (found.check, found.fields[0], found.proposed) == ("line_total", "line_items.0.total_price", "12.00")
    assert found.message.startswith("Line 1: 3 × 4.00 = 12.00")


@pytest.mark.parametrize(
    "row",
    [
        "Thing    2   50.00   10%   90.00",
        "Thing    2   50.00   10,00   90.00",
        "Thing    2   50.00   -10.00   90.00",
    ],
)
def test_a_discount_in_the_row_explains_its_total(row: str) -> None:
    """As a percentage, with or without the sign, or as an amount."""
    assert findings(row, item("2", "50.00", "90.00")) == []


def test_a_price_for_a_hundred_is_understood() -> None:
    """The row says so."""
    assert findings("Thing   400   12.50 / 100   50.00", item("400", "12.50", "50.00")) == []


@pytest.mark.parametrize("text", ["VAT 19% 19.00", "VAT 7% 19%", "Discount 3%", "no rate", "TAX 20% on 95.00"])
def test_a_tax_that_fits_a_stated_rate_is_no_finding(text: str) -> None:
    """The rate, one between several, a rate of something else, none, or a rate on a part of the sum."""
    assert findings(text, subtotal="100.00", tax="19.00", total_amount="119.00") == []


def test_a_tax_beyond_the_stated_rate_is_noticed() -> None:
    """Proposed is what the rate gives."""
    (found,) = findings("MwSt 19%", subtotal="100.00", tax="91.00", total_amount="191.00")
    assert (found.check, found.fields[0], found.proposed) == ("tax_rate", "tax", "19.00")
    assert "19 %" in found.message


def test_a_missing_tax_is_proposed_from_the_stated_rate() -> None:
    """Only where nothing else gives it."""
    (found,) = findings("plus VAT 20%", subtotal="100.00")
    assert (found.fields, found.proposed) == (("tax",), "20.00")


def test_what_the_sums_confirm() -> None:
    """Three amounts that agree, and a line whose product holds; an unproven one is not among them."""
    lines = item("2", "10.00", "20.00"), item(None, None, "5.00")
    invoice = Invoice.model_validate({"line_items": lines, "subtotal": "25", "tax": "5", "total_amount": "30"})
    assert {"subtotal", "tax", "total_amount", "line_items.0.quantity", "line_items.1.total_price"} <= confirmed(
        invoice
    )
    assert "line_items.1.quantity" not in confirmed(invoice)
    assert confirmed(Invoice(total_amount=Decimal(30))) == set()


def test_a_barcode_taken_for_an_amount_is_borne() -> None:
    """Numbers of any length come from bad readings."""
    barcode = "987654321098765.0987654321"
    noticed = findings("VAT 19%", item(barcode, "2.00", "3.00"), subtotal=barcode, tax=barcode, total_amount="5.00")
    assert {finding.check for finding in noticed} == {"line_total", "sum_of_lines", "total", "tax_rate"}


def test_a_product_of_two_barcodes_is_borne() -> None:
    """It has twice as many digits as any number that can be kept."""
    barcode = "9" * 15
    assert [finding.check for finding in findings("", item(barcode, barcode, "3.00"))] == ["line_total"]


def test_a_proposal_never_exceeds_the_whole_invoice() -> None:
    """A misread quantity must not offer a line of many times the total."""
    (noticed,) = findings("", item("300", "19.50", "19.50"), total_amount="19.50")
    assert noticed.proposed is None


def test_of_three_amounts_the_odd_one_is_proposed() -> None:
    """Lines and tax make the total: the subtotal is wrong, not the total."""
    (noticed, *_) = findings("", item("2", "10.00", "20.00"), subtotal="15.00", tax="4.00", total_amount="24.00")
    assert (noticed.fields[0], noticed.proposed) == ("subtotal", "20.00")


@pytest.mark.parametrize("tax", ["-3.51", "20.00"])
def test_no_subtotal_is_worked_out_from_what_is_no_tax(tax: str) -> None:
    """A tax of the other sign, or of half the total, is misread."""
    assert findings("", tax=tax, total_amount="40.00") == []


def test_a_failed_sum_names_its_members_and_the_most_suspect_line() -> None:
    """The line whose own product mends the sum comes first, with that product as its proposal."""
    lines = item("1", "20.00", "20.00"), item("3", "10.00", "3.00")
    (found, _) = findings("", *lines, subtotal="50.00")
    assert (found.check, found.fields) == ("sum_of_lines", ("line_items.1.total_price", "subtotal"))
    assert (found.proposed, found.difference) == ("30.00", Decimal("27.00"))
    assert [(member.path, member.sign) for member in found.members][1:] == [
        ("line_items.1.total_price", 1),
        ("subtotal", 0),
    ]


def test_lines_and_tax_may_make_the_total() -> None:
    """Where no subtotal is printed."""
    assert not [
        found
        for found in findings("", item("2", "50.00", "100.00"), tax="19.00", total_amount="119.00")
        if found.check == "sum_of_lines"
    ]


def test_a_tax_that_is_a_rate_of_the_total_itself_doubts_the_total() -> None:
    """It is the sum before tax: the total is proposed."""
    told = findings("VAT 15 %", item("1", "400.00", "400.00"), tax="60.00", total_amount="400.00")
    (found,) = [one for one in told if one.check == "tax_rate"]
    assert (found.fields[0], found.proposed) == ("total_amount", "460.00")


def exact(invoice: Invoice, *charges: Charge) -> list[Finding]:
    """What the arithmetic checks notice of an invoice that its XML states."""
    known = {path: Provenance("einvoice", exact=True) for path, _, value in INVOICE.walk(invoice) if value is not None}
    noticed = check(invoice, [], {}, known, None, date(2024, 6, 1), charges=charges)
    return [finding for finding in noticed if finding.check in SUMS]


def test_charges_and_allowances_of_an_einvoice_belong_to_its_sums() -> None:
    """Of the document and of a line; what was prepaid does not change the total."""
    lines = item("10", "10.00", "90.00"), item("1", "10.00", "10.00")
    invoice = Invoice.model_validate(
        {"line_items": lines, "subtotal": "105.00", "tax": "19.95", "total_amount": "124.95"}
    )
    charges = (
        Charge("allowance", "Discount", Decimal(-10), line=0),
        Charge("charge", "Freight", Decimal(5)),
        Charge("prepaid", "Prepaid", Decimal(-50)),
    )
    assert exact(invoice, *charges) == []
    (failed,) = [found for found in exact(invoice, charges[0]) if found.severity != "info"]
    assert (failed.check, failed.proposed) == ("sum_of_lines", None)


def test_what_stands_after_the_tax_belongs_to_the_total() -> None:
    """A stamp duty, and a tax that the customer withholds."""
    invoice = Invoice.model_validate({"subtotal": "100.00", "tax": "21.00", "total_amount": "106.00"})
    withheld, wrong = Charge("after tax", "IRPF", Decimal(-15)), Charge("after tax", "IRPF", Decimal(-14))
    assert exact(invoice, withheld) == []
    (failed,) = exact(invoice, wrong)
    assert (failed.check, failed.severity) == ("total", "error")
    assert ("IRPF", Decimal(-14)) in [(member.name, member.value) for member in failed.members]


def test_a_line_that_xml_states_is_no_warning() -> None:
    """Its product may follow a price that is not told."""
    (found,) = exact(Invoice.model_validate({"line_items": [item("10", "10.00", "90.00")]}))
    assert (found.severity, found.proposed) == ("info", None)


def test_a_subtotal_above_the_total_needs_a_reason_on_the_page() -> None:
    """Without a tax to add up, nothing else notices that one of the two was taken from elsewhere."""
    (found,) = findings("Subtotal 87.00\nTotal 60.00", subtotal="87.00", total_amount="60.00")
    assert (found.severity, found.fields) == ("warning", ("total_amount", "subtotal"))
    assert findings("Subtotal 87.00\nDiscount 27.00\nTotal 60.00", subtotal="87.00", total_amount="60.00") == []
