"""Values are found where they stand, and nowhere else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evidence import Box, PageText, Word
from core.extraction import Provenance
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice, LineItem
from core.matching import find_evidence, find_value
from tests.core.typeset import LINE, box_of, page_of

TABLE = """
    Hexagon Tools Ltd                         Invoice INV-77

    1 Pier Road

    Pos  Description        Qty   Price    Amount
    1    Hammer               1   12.00     12.00
    2    Box of nails         3    4.50     13.50
    3    Hammer               1   12.00     12.00

                            Total           37.50
"""


@pytest.mark.parametrize(
    "printed",
    ["1234.56", "1,234.56", "1.234,56", "1 234,56", "1'234.56", "€1,234.56", "1.234,56€", "EUR1234,56", "1.234,560"],
)
def test_an_amount_is_found_in_every_notation(printed: str) -> None:
    """Separators, currency and trailing zeros do not matter."""
    found = find_value(INVOICE, "total_amount", Decimal("1234.56"), [page_of(f"Total {printed} due")])
    assert found is not None
    assert found.text == printed
    assert found.score > 0.95


@pytest.mark.parametrize(
    "printed", ["12345.6", "123.456", "1234.56%", "11234.56", "A1234.56B", "12/34/56", "-", "1.23456"]
)
def test_another_number_with_the_same_digits_is_no_evidence(printed: str) -> None:
    """Digits alone prove nothing: the decimal point must be where the value has it."""
    assert find_value(INVOICE, "total_amount", Decimal("1234.56"), [page_of(f"Total {printed} due")]) is None


@pytest.mark.parametrize(
    ("value", "printed"),
    [("3", "3"), ("3", "3,0"), ("3", "3,00"), ("2.5", "2,5"), ("0.5", ".50"), ("1000", "1.000"), ("-5", "5,00-")],
)
def test_quantities_are_found_with_and_without_decimals(value: str, printed: str) -> None:
    """3 may be printed 3 or 3,00; a minus may stand behind."""
    assert find_value(INVOICE, "total_amount", Decimal(value), [page_of(f"x {printed} y")]) is not None


@pytest.mark.parametrize(
    "printed",
    [
        *("2020-02-01", "01.02.2020", "1.2.2020", "01/02/2020", "02/01/2020", "1.2.20", "20200201", "2020年2月1日"),
        *("1 February 2020", "Feb 1, 2020", "February 1st, 2020", "1er février 2020", "1. Februar 2020"),
        *("1 de febrero de 2020", "01-Feb-2020", "01 / 02 / 2020", "1 febbraio 2020", "1 februari 2020"),
    ],
)
def test_a_date_is_found_in_every_notation(printed: str) -> None:
    """Digits in any order, month names of our languages, several words."""
    found = find_value(INVOICE, "invoice_date", date(2020, 2, 1), [page_of(f"Invoice date {printed} No 17")])
    assert found is not None
    assert found.text == printed


@pytest.mark.parametrize("printed", ["01.03.2020", "1 March 2020", "2020-02-11", "010220", "11.2.2020"])
def test_another_date_is_no_evidence(printed: str) -> None:
    """One other digit or month is another day."""
    assert find_value(INVOICE, "invoice_date", date(2020, 2, 1), [page_of(f"dated {printed} here")]) is None


@pytest.mark.parametrize(
    ("code", "printed"), [("EUR", "EUR"), ("EUR", "12,00€"), ("USD", "$12"), ("GBP", "£"), ("BRL", "R$")]
)
def test_a_currency_is_found_by_code_or_sign(code: str, printed: str) -> None:
    """The sign may be glued to an amount."""
    found = find_value(INVOICE, "currency", code, [page_of(f"Total {printed}")])
    assert found is not None
    assert found.text == printed


def test_a_sign_of_another_currency_is_no_evidence() -> None:
    """R$ is not $."""
    assert find_value(INVOICE, "currency", "USD", [page_of("Total R$ 12,00")]) is None


@pytest.mark.parametrize(
    ("printed", "number"),
    [("Rechnungsnr.:RE-2024/17", "RE-2024/17"), ("No:2", "2"), ("NumberRE-2024/17", "RE-2024/17")],
)
def test_a_number_glued_to_its_label_is_found(printed: str, number: str) -> None:
    """OCR often loses the blank between them."""
    found = find_value(INVOICE, "invoice_number", number, [page_of(f"{printed} of May")])
    assert found is not None
    assert found.text == printed


@pytest.mark.parametrize("number", ["4711", "471123"])
def test_a_number_inside_a_longer_one_is_no_evidence(number: str) -> None:
    """4711 does not stand in 8471123055."""
    assert find_value(INVOICE, "invoice_number", number, [page_of("Tel 8471123055")]) is None


def test_a_misread_code_is_found_as_a_word_of_its_own() -> None:
    """One letter of ten read otherwise."""
    found = find_value(INVOICE, "invoice_number", "RE-2024-0017", [page_of("No RE-2O24-0017 of May")])
    assert found is not None
    assert found.method == "fuzzy"


def test_leading_zeros_do_not_hide_a_number() -> None:
    """Some documents print 52 as 000.000.052."""
    assert find_value(INVOICE, "invoice_number", "52", [page_of("No 000.000.052")]) is not None


def test_a_misread_name_is_found_with_a_lower_score() -> None:
    """OCR errors in a name still point at its place."""
    found = find_value(INVOICE, "vendor_name", "Hexagon Tools Limited", [page_of("From: Hexag0n Tools Lirnited, Hull")])
    assert found is not None
    assert found.method == "fuzzy"
    assert 0.75 < found.score < 0.98
    assert "Hexag0n" in found.text


def test_a_name_that_is_not_there_has_no_evidence() -> None:
    """An invented value stays without a place."""
    assert find_value(INVOICE, "vendor_name", "Umbrella Corporation", [page_of(TABLE)]) is None


def test_an_address_gets_a_box_for_each_of_its_lines() -> None:
    """Between its lines another column may stand."""
    page = page_of(
        """
        Bill to:                Ship to:
        Jo Miller               Warehouse 9
        12 Long Lane            Dock Street 5
        AB1 2CD Northtown       XY9 8ZZ Southport
        """
    )
    found = find_value(INVOICE, "billing_address", "12 Long Lane, AB1 2CD Northtown", [page])
    assert found is not None
    assert found.method == "lines"
    assert [box.y0 for box in found.boxes] == [2 * LINE, 3 * LINE]
    assert found.text == "12 Long Lane AB1 2CD Northtown"


def test_of_two_places_the_one_near_the_extractors_box_is_taken() -> None:
    """The extractor knows where it took the value."""
    page = page_of("Order 55 of 1.1.2020\n\n\nInvoice 55 of 2.2.2020")
    below = Box(48, 42, 60, 52)
    found = find_evidence(
        Invoice(invoice_number="55"), [page], {"invoice_number": Provenance("rules", page=1, box=tuple(below))}
    )
    assert found["invoice_number"].boxes[0].y0 == 3 * LINE


def test_the_named_page_is_preferred() -> None:
    """The same number stands on both pages."""
    pages = [page_of("Invoice 55", 1), page_of("Invoice 55", 2)]
    found = find_value(INVOICE, "invoice_number", "55", pages, page=2)
    assert found is not None
    assert found.page == 2


def test_cells_are_taken_from_their_own_row() -> None:
    """A quantity of 1 is not the 1 of the position or of the address; equal rows are taken one after the other."""
    items = (
        LineItem(description="Hammer", quantity=Decimal(1), unit_price=Decimal(12), total_price=Decimal(12)),
        LineItem(
            description="Box of nails", quantity=Decimal(3), unit_price=Decimal("4.5"), total_price=Decimal("13.5")
        ),
        LineItem(description="Hammer", quantity=Decimal(1), unit_price=Decimal(12), total_price=Decimal(12)),
    )
    found = find_evidence(Invoice(line_items=items), [page_of(TABLE)], {})
    assert len(found) == 12
    assert [found[f"line_items.{i}.total_price"].boxes[0].y0 / LINE for i in range(3)] == [5, 6, 7]
    assert [found[f"line_items.{i}.quantity"].boxes[0].y0 / LINE for i in range(3)] == [5, 6, 7]
    assert found["line_items.0.total_price"].boxes[0].x0 > found["line_items.0.unit_price"].boxes[0].x0


def test_a_quantity_without_its_row_has_no_evidence() -> None:
    """A lone 1 somewhere on the page proves nothing."""
    items = (LineItem(description="Wheelbarrow", quantity=Decimal(1), total_price=Decimal("99.00")),)
    assert find_evidence(Invoice(line_items=items), [page_of(TABLE)], {}) == {}


def test_a_description_wrapped_around_the_amounts_is_found() -> None:
    """The second line of a description stands below the numbers of its row."""
    page = page_of(
        """
        Cordless drill with     2   80.00   160.00
        two batteries
        """
    )
    item = LineItem(description="Cordless drill with two batteries", total_price=Decimal(160))
    found = find_evidence(Invoice(line_items=(item,)), [page], {})
    assert len(found["line_items.0.description"].boxes) == 2
    assert found["line_items.0.total_price"].text == "160.00"


def test_a_name_on_one_line_is_preferred() -> None:
    """The end of one line and the start of the next only look like it."""
    found = find_value(
        INVOICE, "vendor_name", "Hexagon Tools", [page_of("by Hexagon\nTools and more\nHexagon Tools Ltd")]
    )
    assert found is not None
    assert [box.y0 for box in found.boxes] == [2 * LINE]


def test_totals_are_taken_from_the_end() -> None:
    """A line total that equals the grand total is not the grand total."""
    page = page_of("Hammer 12.00\n\nTotal 12.00")
    found = find_evidence(Invoice(total_amount=Decimal(12)), [page], {})
    assert found["total_amount"].boxes[0] == box_of(page_of("\n\nTotal 12.00"), "12.00")._replace(y0=28, y1=38)


def test_the_words_confidence_is_carried() -> None:
    """How sure the OCR was is part of the evidence."""
    found = find_value(INVOICE, "invoice_number", "INV-77", [page_of(TABLE, confidence=0.6)])
    assert found is not None
    assert found.ocr_confidence == 0.6


def test_words_with_blanks_inside_are_searched_too() -> None:
    """Some engines give a whole line as one word."""
    page = PageText(1, 100, 100, (Word("Total: 1 234,56 EUR", Box(0, 0, 90, 10)),), "test")
    assert find_value(INVOICE, "total_amount", Decimal("1234.56"), [page]) is not None
    assert find_value(INVOICE, "currency", "EUR", [page]) is not None


def test_no_pages_no_evidence() -> None:
    """A bare e-invoice has no page; an empty page has no words."""
    assert find_evidence(Invoice(invoice_number="1"), [], {}) == {}
    assert find_evidence(Invoice(invoice_number="1"), [PageText(1, 10, 10, (), "test")], {}) == {}


@settings(max_examples=150, deadline=None)
@given(
    st.decimals(-999_999, 999_999, places=2), st.sampled_from(["en", "de", "fr", "es", "it", "nl", "pt", "de_CH", "hi"])
)
def test_what_babel_prints_is_found(value: Decimal, locale: str) -> None:
    """Every amount in every locale's own notation."""
    printed = format_decimal(value, "#,##0.00", locale=locale)
    assert find_value(INVOICE, "total_amount", value, [page_of(f"Total {printed} EUR")]) is not None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=12), max_size=30),
    st.text(max_size=20),
    st.decimals(-(10**15) + 1, 10**15 - 1, places=10),
)
def test_any_words_and_any_values_are_borne(words: list[str], text: str, number: Decimal) -> None:
    """Words come from strangers' files: whatever they hold, the answer is evidence or none."""
    page = PageText(1, 100, 100, tuple(Word(word, Box(n, n, n + 1, n + 1)) for n, word in enumerate(words)), "test")
    item = LineItem(description=text, quantity=number, total_price=number)
    invoice = Invoice(
        invoice_number=text, vendor_name=text, billing_address=text, total_amount=number, line_items=(item,)
    )
    for found in find_evidence(invoice, [page], {}).values():
        assert 0 <= found.score <= 1
        assert found.boxes


def test_a_leading_zero_is_the_same_number() -> None:
    """Quantities are printed 01."""
    found = find_value(INVOICE, "line_items.0.quantity", Decimal(1), [page_of("01 Bolt 3.00")])
    assert found is not None
    assert found.text == "01"


@pytest.mark.parametrize("printed", ["CASHIER 18-03-201811:23", "11:2318-03-2018", "18 Mar 18 11:23:41 PM"])
def test_a_date_beside_its_time_is_found(printed: str) -> None:
    """A till glues the time of day to it, or prints two digits of the year."""
    assert find_value(INVOICE, "invoice_date", date(2018, 3, 18), [page_of(printed)]) is not None
