"""What many invoices lack: read where it is plainly said, or where check digits or sums prove it, and left out elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from core.invoice.document_type import INVOICE
from core.notation.writing import text_of
from core.rules.account import read_iban
from tests.core.rules.pages import read, reading

IBAN = "DE02120300000000202051"
SUMS = "Subtotal|@300 100.00\nVAT 20%|@300 20.00\nTotal|@300 120.00"
SPOKEN = "Rechnung Nr. 4711\nBitte überweisen Sie den Betrag für die Lieferung der Ware an die Firma und nicht auf das alte Konto\n"


def value(text: str, name: str) -> Any:
    """One header value of a page."""
    return getattr(read(text).values, name)


@pytest.mark.parametrize(
    "text",
    [
        f"IBAN: {IBAN}",
        "Bank Nord | IBAN DE02 1203 0000 0000 2020 51 | BIC BYLADEM1001",
        "IBAN: DE 02 1203 0000 0000 2020 51",
        "DE02-1203-0000-0000-2020-51",
    ],
)
def test_an_account_is_known_by_its_check_digits(text: str) -> None:
    """In groups or not, with or without its name."""
    assert value(f"Invoice no. 4711\n{text}", "iban") == IBAN


@pytest.mark.parametrize(
    "text",
    [
        "IBAN: DE02120300000000202052",
        f"Der Betrag wird per Lastschrift von Ihrem Konto {IBAN} abgebucht.",
        f"We will collect the amount by direct debit from your account\nIBAN {IBAN}",
    ],
)
def test_no_account_is_taken_that_is_wrong_or_the_customers(text: str) -> None:
    """A wrong digit, and an account from which the money is taken."""
    assert value(f"{SPOKEN}{text}" if "Der" in text else text, "iban") is None


def test_a_misread_account_is_mended_only_where_the_digits_prove_it() -> None:
    """Letters that OCR read for digits; on a page of its own text nothing is mended."""
    found = read_iban(reading("IBAN DEO2 12O3 0000 0000 2020 5l", engine="rapidocr"))
    assert found is not None
    assert found.value == IBAN
    assert read_iban(reading("IBAN DEO2 12O3 0000 0000 2020 5l")) is None


PARTIES = (
    "Nordwind Handel GmbH\nHafenweg 1\n20457 Hamburg\n\nKunde\nTischlerei Probe\nSpanweg 3\n99084 Erfurt\n{customer}\n\n"
    "Rechnung Nr. 4711\nDatum: 05.03.2024\nGesamtbetrag|@300 120,00 €\n\n{foot}"
)


@pytest.mark.parametrize(
    ("customer", "foot", "vendor_id", "customer_id"),
    [
        ("", "USt-IdNr.: DE136695976", "DE136695976", None),
        ("", "USt-IdNr. DE 136 695 976", "DE136695976", None),
        ("", "Amtsgericht Hamburg HRB 1 · DE136695976", "DE136695976", None),
        ("USt-IdNr.: DE129273398", "USt-IdNr.: DE136695976", "DE136695976", "DE129273398"),
        ("", "Ihre USt-IdNr.: DE129273398\nUnsere USt-IdNr.: DE136695976", "DE136695976", "DE129273398"),
        ("", "Steuernummer: 27/123/45678\nUSt-IdNr.: DE136695976", "DE136695976", None),
        ("", "Steuernummer: 27/123/45678", "27/123/45678", None),
        ("", "Steuernummer:", None, None),
    ],
)
def test_tax_ids_are_told_apart(customer: str, foot: str, vendor_id: str | None, customer_id: str | None) -> None:
    """By their label, by whose block they stand in, and the tax office's number only where there is no VAT id."""
    values = read(PARTIES.format(customer=customer, foot=foot)).values
    assert (values.vendor_tax_id, values.customer_tax_id) == (vendor_id, customer_id)


@pytest.mark.parametrize(
    ("text", "vendor_id", "customer_id"),
    [
        (
            "TVA : FR40303265045 - SIRET : 30326504500010\nN° TVA client|@200 FR83404833048",
            "FR40303265045",
            "FR83404833048",
        ),
        ("VAT No.|@200 GB980780684\nCustomer VAT Number|@200 ESB58378431", "GB980780684", "ESB58378431"),
        ("GST Reg No: 000123456789", "000123456789", None),
        ("CHE-107.787.577 MWST", "CHE107787577", None),
    ],
)
def test_tax_ids_of_many_countries(text: str, vendor_id: str, customer_id: str | None) -> None:
    """A word for the tax announces a number with its country; others have the label's own number."""
    values = read(f"Invoice no. 4711\n{text}").values
    assert (values.vendor_tax_id, values.customer_tax_id) == (vendor_id, customer_id)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Purchase order no.: PO-4471", "PO-4471"),
        ("Your order|@200 AB321", "AB321"),
        ("P.O. Number: 77120", "77120"),
        ("Bestellnummer: 4500012345", "4500012345"),
        ("Bon de commande n° 77-A", "77-A"),
        ("Su pedido n.º 8812", "8812"),
        ("Vs. ordine n. 8812", "8812"),
        ("Inkoopordernummer: 8812", "8812"),
        ("Ordem de compra n.º 8812", "8812"),
        ("Your reference: PO445", "PO445"),
        ("Your reference: Miller 12", None),
        ("Sales order no.: 8812", None),
        ("Auftragsnummer: 8812", None),
        ("Contract no.: 8812", None),
    ],
)
def test_the_customers_order_is_told_from_other_numbers(text: str, number: str | None) -> None:
    """The vendor's own order, contracts and references are none."""
    found = read(f"Invoice no. 4711\nDate: 5 March 2024\n{text}").values
    assert (found.purchase_order_number, found.invoice_number) == (number, "4711")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Payment terms: 30 days net", "30 days net"),
        ("Payment terms|@200 2 % in 10 days, 30 days net", "2 % in 10 days, 30 days net"),
        ("Conditions de paiement : 30 jours fin de mois", "30 jours fin de mois"),
        ("Zahlbar innerhalb von 14 Tagen ohne Abzug.", "Zahlbar innerhalb von 14 Tagen ohne Abzug."),
        ("Zahlbar sofort rein netto", "Zahlbar sofort rein netto"),
        ("Payment terms: 4 April 2024", None),
        ("Thank you for your payment", None),
        ("Delivery within 14 days", None),
    ],
)
def test_terms_of_payment_are_the_printed_words(text: str, terms: str | None) -> None:
    """Behind or beside their label, or a sentence that says in how many days to pay; a date alone is the due date."""
    assert value(f"Invoice no. 4711\nDate: 5 March 2024\n{text}", "payment_terms") == terms


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Subtotal|@300 100.00\nDiscount|@300 -10.00\nShipping|@300 5.00\nTotal|@300 95.00", ("10.00", "5.00", None)),
        ("Subtotal|@300 100.00\nVAT 20%|@300 20.00\nShipping|@300 5.00\nTotal|@300 125.00", (None, "5.00", None)),
        ("Subtotal|@300 100.03\nVAT 0%|@300 0.00\nRounding|@300 -0.03\nTotal|@300 100.00", (None, None, "-0.03")),
        ("Subtotal|@300 100.00\nDiscount|@300 7.00\nTotal|@300 100.00", (None, None, None)),
    ],
)
def test_adjustments_are_taken_where_the_sums_prove_them(text: str, wanted: tuple[str | None, ...]) -> None:
    """A discount is told above zero; what changes no sum is not taken."""
    values = read(text).values
    found = (values.discount, values.shipping, values.rounding)
    assert tuple(None if one is None else str(one) for one in found) == wanted


def taxes(text: str) -> Sequence[tuple[str, ...]]:
    """The rows of the table of taxes as texts."""
    rows = INVOICE.rows(read(text).values, INVOICE.table("taxes"))
    return [tuple(text_of(getattr(row, name)) for name in ("rate", "base", "amount")) for row in rows]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Net|@300 150.00\nVAT rate|@100 Base|@200 VAT\n20 %|@100 100.00|@200 20.00\n5 %|@100 50.00|@200 2.50\n"
            "Total VAT|@300 22.50\nTotal|@300 172.50",
            [("20", "100.00", "20.00"), ("5", "50.00", "2.50")],
        ),
        (SUMS, [("20", "100.00", "20.00")]),
        (
            "Subtotal|@300 150.00\nVAT 20 %|@300 20.00\nVAT 5 %|@300 2.50\nTotal|@300 172.50",
            [("20", "", "20.00"), ("5", "", "2.50")],
        ),
        ("Subtotal|@300 100.00\nVAT|@300 20.00\nTotal|@300 120.00", []),
        ("20 %|@100 300.00|@200 60.00\nSubtotal|@300 100.00\nVAT|@300 20.00\nTotal|@300 120.00", []),
    ],
)
def test_the_table_of_taxes_adds_up_to_the_tax(text: str, wanted: list[tuple[str, ...]]) -> None:
    """Rate, base and tax of each row; a rate beside the tax has the subtotal as its base; other rows are none."""
    assert taxes(text) == wanted


def test_rows_of_items_are_no_taxes() -> None:
    """An item's rate and tax stand in a row as those of a table of taxes do."""
    text = (
        "Description|@200 Qty|@250 Price|@320 VAT %|@380 VAT|@450 Total\n"
        "Lamp|@200 1|@250 100.00|@320 20 %|@380 20.00|@450 100.00\n\n"
        "Subtotal|@450 100.00\nVAT|@450 20.00\nTotal|@450 120.00"
    )
    assert taxes(text) == []


LINES = "Item no.|@130 Description|@240 Qty|@290 Unit|@340 Price|@400 VAT %|@450 Discount|@520 Total\n"


def test_further_cells_of_lines_are_read() -> None:
    """Article number, unit, rate and a discount that the total proves; a percentage is no amount."""
    text = (
        f"{LINES}A-100|@130 Lamp|@240 2|@290 pcs|@340 50.00|@400 20|@450 5.00|@520 95.00\n"
        "B-200|@130 Chair|@240 1|@290 set|@340 80.00|@400 5|@450 10 %|@520 72.00\n\nSubtotal|@520 167.00"
    )
    lamp, chair = read(text).values.line_items
    assert (lamp.article_number, lamp.unit, lamp.tax_rate, lamp.discount) == (
        "A-100",
        "pcs",
        Decimal(20),
        Decimal("5.00"),
    )
    assert (chair.article_number, chair.unit, chair.tax_rate, chair.discount) == ("B-200", "set", Decimal(5), None)


def test_units_and_numbers_that_stand_in_other_cells_are_read() -> None:
    """The word behind a quantity, and the number in brackets before the text."""
    text = (
        "Description|@240 Qty|@340 Price|@520 Total\n"
        "[FURN_77] Office chair|@240 2 Stk|@340 50.00|@520 100.00\nBeeswax|@240 1.5 kg|@340 10.00|@520 15.00\n\n"
        "Subtotal|@520 115.00"
    )
    chair, wax = read(text).values.line_items
    assert (chair.article_number, chair.unit, chair.description) == ("FURN_77", "Stk", "[FURN_77] Office chair")
    assert (wax.article_number, wax.unit) == (None, "kg")


def test_what_is_not_on_the_page_stays_null() -> None:
    """A plain invoice has none of it."""
    values = read("Invoice no. 4711\nDate: 5 March 2024\nTotal|@300 120.00").values
    found = {info.name for info in INVOICE.header if info.secondary and getattr(values, info.name) is not None}
    assert (found, values.taxes) == (set(), ())


def test_every_value_says_where_it_stands() -> None:
    """Each has its place on the page, so that evidence finds it there."""
    found = read(f"Invoice no. 4711\nPO no.: 77120\nPayment terms: 30 days net\nIBAN {IBAN}\n{SUMS}")
    for path in ("purchase_order_number", "payment_terms", "iban", "taxes.0.rate", "taxes.0.base", "taxes.0.amount"):
        assert found.provenance[path].box is not None, path
