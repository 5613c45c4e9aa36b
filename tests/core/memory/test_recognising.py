"""A vendor is known by its identifiers, never by its layout alone, and nobody is where two may be meant."""

from __future__ import annotations

import pytest

from core.memory.marks import Marks, find_marks
from core.memory.recognising import Register
from core.page.layout import Layout
from core.stores.vendors import Vendor
from tests.core.typeset import page_of


def marks(text: str, *names: str) -> Marks:
    """The marks of a page."""
    return find_marks([Layout(page_of(text))], names)


ACME = Vendor("1", "Acme Tools", (("tax", "DE136695976"), ("phone", "12345678"), ("name", "acmetools")))
BETA = Vendor("2", "Beta Paper", (("registration", "HRB44123"), ("name", "betapaper")))


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("USt-IdNr. DE136695976", ("tax", "DE136695976")),
        ("USt-IdNr. DE1366 95 976", ("tax", "DE136695976")),
        ("VAT DEI3669S976", ("tax", "DE136695976")),
        ("IBAN DE02 1203 0000 0000 2020 51", ("iban", "DE02120300000000202051")),
        ("IBAN DEO2 12O3 0000 0000 2020 5I", ("iban", "DE02120300000000202051")),
        ("GST Reg No : 000123456784", ("registration", "000123456784")),
        ("BRIGHT SDN BHD (123456-X)", ("registration", "123456X")),
        ("Tel: +49 30 1234567-8", ("phone", "12345678")),
        ("rechnung@mail.firma-gut.de", ("domain", "firma-gut.de")),
        ("www.shop.firm.co.uk", ("domain", "firm.co.uk")),
    ],
)
def test_an_identifier_is_read_also_where_letters_were_taken_for_figures(line: str, mark: tuple[str, str]) -> None:
    """Its check digits say when that is right."""
    assert mark in marks(line).found


@pytest.mark.parametrize("line", ["USt-IdNr. DE136695977", "IBAN DE03 1203 0000 0000 2020 51", "anna@gmail.com"])
def test_what_cannot_be_told_is_no_identifier(line: str) -> None:
    """Wrong check digits, and a mailbox that anybody may have."""
    assert not {kind for kind, _ in marks(line).found} & {"tax", "iban", "domain"}


def test_a_vendor_is_known_by_a_tax_number_beside_its_name() -> None:
    """Whatever the reader took for the name."""
    found = Register([ACME, BETA]).recognise(marks("ACME TOOLS  \n\n VAT DE136695976", "Somebody"))
    assert found == ACME


def test_a_tax_number_alone_on_a_page_of_another_name_is_not_enough() -> None:
    """It may be the customer's, whom the first vendor printed too."""
    assert Register([ACME, BETA]).recognise(marks("Gamma Bakery\nVAT DE136695976", "Gamma Bakery")) is None


def test_what_two_vendors_print_is_the_customers_and_says_nothing() -> None:
    """Also with the name of one of them in the text."""
    other = Vendor("3", "Gamma", (("tax", "DE136695976"), ("name", "gamma")))
    register = Register([ACME, other])
    assert ("tax", "DE136695976") in register.shared
    assert register.recognise(marks("VAT DE136695976 for Acme Tools")) is None


def test_two_vendors_on_one_page_are_a_tie() -> None:
    """Nobody is known then."""
    page = marks("Acme Tools  VAT DE136695976\nBeta Paper  HRB 44123", "Acme Tools", "Beta Paper")
    beta = Vendor("2", "Beta Paper", (("name", "betapaper"), ("registration", "44123"), ("tax", "X")))
    assert Register([ACME, beta]).recognise(marks("Acme Tools Beta Paper", "Beta Paper and Acme Tools")) is None
    assert Register([ACME]).recognise(page) == ACME


def test_a_layout_alone_knows_nobody() -> None:
    """Look-alikes are many."""
    page = marks("Invoice      Number      Date\nCustomer     Quantity    Price")
    vendor = Vendor("1", "Acme Tools", (("name", "acmetools"),), layouts=(page.layout,))
    assert Register([vendor]).recognise(page) is None
