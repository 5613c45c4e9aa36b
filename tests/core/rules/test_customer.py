"""Which of the address blocks that no label announces is the customer's."""

from __future__ import annotations

import pytest

from core.invoice.model import Invoice
from tests.core.rules.pages import read

TABLE = """
Invoice no. 2210|@300 Invoice date: 12 March 2024
Description|@300 Qty|@380 Price|@480 Amount
Oak table|@300 2|@380 100.00|@480 200.00
@380 Subtotal|@480 200.00
@380 VAT 20%|@480 40.00
@380 Total|@480 240.00
"""
CUSTOMER = ["Bluefin Catering Ltd", "Unit 3, Dock Road", "Hull HU1 2PQ"]
EXTRAS = [["VAT Reg No GB 987 6543 21"], ["Tel: 01482 555 010"], ["ap@bluefincatering.co.uk"]]
EXTRAS += [[line for extra in EXTRAS for line in extra]]


def invoice(head: str, extra: list[str], foot: str = "") -> Invoice:
    """What is read of an invoice with this letterhead whose customer prints ``extra`` lines, and this foot."""
    text = head + "\n" * 4 + "\n".join(CUSTOMER + extra) + "\n" * 3 + TABLE + "\n" * 32 + foot
    values: Invoice = read(text).values
    return values


@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("!Peverell Joinery Ltd", "Peverell Joinery Ltd · 14 Mill Lane · Leeds LS9 8AB · Tel 0113 496 0000"),
        ("@500 1 / 1", "Peverell Joinery Ltd|@300 Tel 0113 496 0000\n14 Mill Lane|@300 info@peverell.co.uk\nLeeds LS9 8AB"),
        ("Peverell Joinery Ltd\n14 Mill Lane\nLeeds LS9 8AB\nTel 0113 496 0000\naccounts@peverell.co.uk\nVAT No. GB 123 4567 82", ""),
        ("Peverell Joinery Ltd\naccounts@peverell.co.uk", ""),
    ],
    ids=["large name and foot", "foot alone", "whole letterhead", "name and mail"],
)  # fmt: skip
def test_a_customer_that_prints_its_numbers_is_the_customer(head: str, foot: str, extra: list[str]) -> None:
    """Tax number, telephone and mail make no vendor of a block where the page names another one."""
    found = invoice(head, extra, foot)
    assert found.vendor_name == "Peverell Joinery Ltd"
    assert found.customer_name == CUSTOMER[0]
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"


def test_a_letterhead_under_its_own_heading_is_no_customer() -> None:
    """The name in large print right above an address is the heading of that very block."""
    head = (
        "@500 1 / 1"
        + "\n" * 5
        + "!Oakwright\nPeverell Joinery Ltd\n14 Mill Lane\nLeeds LS9 8AB\nTel 0113 496 0000\naccounts@peverell.co.uk"
    )
    found = read(head + "\n" * 3 + TABLE).values
    assert found.customer_name is None


SECTIONS = """
Visualisation of an invoice

Verkäufer
Nummer:|@200 549910
Globale Nummer:|@200 4333741000005 (GLN)
Name:|@200 Holzwerk Adler GmbH
Anschrift:|@200 Tannenweg 12
@200 DE 38100 Braunschweig
E-Mail:|@200 info@holzwerk-adler.example

Käufer/Leistungsempfänger
Nummer:|@200 9420
Globale Nummer:|@200 4304171000002 (GLN)
Name:|@200 Gasthof Linde KG
Anschrift:|@200 Marktstraße 5
@200 DE 01067 Dresden

Rechnungsnummer:|@200 4711
Gesamtbetrag|@200 238,00
"""


def test_sections_that_begin_with_numbers_are_read_as_forms() -> None:
    """What a stylesheet makes of an invoice's XML: the party's numbers stand before its name."""
    found = read(SECTIONS).values
    assert found.vendor_name == "Holzwerk Adler GmbH"
    assert found.customer_name == "Gasthof Linde KG"
    assert found.billing_address == "Marktstraße 5, DE 01067 Dresden"


def test_a_form_that_gives_a_name_alone_is_read() -> None:
    """A short invoice's XML has no address."""
    found = read(
        "Verkäufer\nName:|@200 Holzwerk Adler GmbH\n\nKäufer/Leistungsempfänger\nName:|@200 Gasthof Linde KG\n\nGesamtbetrag|@200 238,00"
    ).values
    assert found.vendor_name == "Holzwerk Adler GmbH"
    assert found.customer_name == "Gasthof Linde KG"
