"""What the Excel workbook does with our rows: exact values, real numbers and dates, text that stays text."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from core.errors import RecordMissing
from core.invoice.model import Invoice, LineItem
from core.stores.records import Record
from storage.workbook import Workbook
from tests.storage.books import DETAIL, HEADER, MOMENT, line_owners, order, parts, rows


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """A workbook that does not exist yet."""
    return Workbook(tmp_path / "folder" / "invoice_database.xlsx")


def test_an_order_comes_back_as_it_was_saved(book: Workbook) -> None:
    """Exact amounts, dates, lines in order, times."""
    book.save(order(7))
    assert book.get(7) == order(7)
    assert str(book.get(7).values.total_amount) == "-1234.50"


def test_an_empty_invoice_leaves_empty_cells(book: Workbook) -> None:
    """Never the words None or NaN."""
    book.save(Record(Invoice(line_items=(LineItem(),)), "needs review", 1))
    assert rows(book, "SalesOrderHeader")[1][1:14] == (None,) * 13
    assert rows(book, "SalesOrderDetail")[1][2:6] == (None,) * 4
    assert book.get(1).values == Invoice(line_items=(LineItem(),))


def test_the_sheets_have_the_named_columns(book: Workbook) -> None:
    """Two sheets, their titles exact, in view while scrolling, with a filter over all rows."""
    book.save(order(1))
    opened = openpyxl.load_workbook(book.path)
    assert opened.sheetnames == ["SalesOrderHeader", "SalesOrderDetail"]
    for sheet, titles in zip(opened, (HEADER, DETAIL), strict=True):
        assert [cell.value for cell in sheet[1]] == titles
        assert sheet.freeze_panes == "A2"
        assert sheet["A1"].font.b
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(titles)).column_letter}{sheet.max_row}"


def test_cells_are_real_numbers_and_dates(book: Workbook) -> None:
    """A person can sum and sort: numbers with money's format, days as yyyy-mm-dd."""
    book.save(order(1))
    opened = openpyxl.load_workbook(book.path)
    cells = {title: opened["SalesOrderHeader"].cell(2, place) for place, title in enumerate(HEADER, 1)}
    assert cells["TotalAmount"].value == -1234.5
    assert cells["TotalAmount"].number_format.startswith("#,##0.00")
    assert cells["InvoiceDate"].value == datetime(2024, 2, 29)
    assert cells["InvoiceDate"].number_format == "yyyy-mm-dd"
    assert cells["CreatedAt"].value == datetime(2024, 3, 1, 12, 30, 15)
    assert opened["SalesOrderDetail"]["E2"].value == 0.0375


@pytest.mark.parametrize("text", ["=1+1", "+41 44", "-x", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")', "007", "1E5"])
def test_text_stays_text(book: Workbook, text: str) -> None:
    """What begins like a formula or looks like a number is stored as text."""
    book.save(order(1, vendor_name=None, line_items=[{"description": "x" + text}], billing_address=f"{text}|"))
    book.save(order(2, vendor_name=text))
    cell = openpyxl.load_workbook(book.path)["SalesOrderHeader"]["H3"]
    assert cell.data_type == "s"
    assert cell.value == text.strip()
    assert b"<f" not in parts(book)["xl/worksheets/sheet1.xml"].replace(b"<family", b"")


def test_characters_that_xml_cannot_hold_are_left_out(book: Workbook) -> None:
    """Control characters of a broken text layer never make a damaged workbook; mark-up is text."""
    book.save(order(1, vendor_name="A\x00\x0b\x1f\ufffe\ud800B </t> & <b>", customer_name="ä 漢 😀 _x0041_"))
    values = rows(book, "SalesOrderHeader")[1]
    assert values[7] == "AB </t> & <b>"
    assert book.get(1).values.customer_name == "ä 漢 😀 _x0041_"


def test_a_text_longer_than_a_cell_is_cut(book: Workbook) -> None:
    """Excel would call the file damaged otherwise."""
    book.save(order(1, vendor_name="x" * 40_000))
    assert len(rows(book, "SalesOrderHeader")[1][7]) == 32_767


@pytest.mark.parametrize("day", [date(1899, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)])
def test_every_day_comes_back(book: Workbook, day: date) -> None:
    """Days that Excel cannot count are kept as text."""
    book.save(order(1, due_date=day))
    assert book.get(1).values.due_date == day


@pytest.mark.parametrize("lines", [0, 1, 2, 5])
def test_saving_again_replaces_an_orders_rows(book: Workbook, lines: int) -> None:
    """More or fewer lines: the order's rows stay together, those of the others and their order too, without gaps."""
    for number in (1, 2, 3):
        book.save(order(number))
    book.save(order(2, lines, invoice_number="new"))
    assert line_owners(book) == [1, 1, *[2] * lines, 3, 3]
    assert [row[1] for row in rows(book, "SalesOrderHeader")[1:]] == ["R-1", "new", "R-3"]
    assert [book.get(number).values for number in (1, 3)] == [order(1).values, order(3).values]


def test_a_removed_order_leaves_no_row(book: Workbook) -> None:
    """Its rows go, the others close up."""
    for number in (1, 2, 3):
        book.save(order(number))
    book.remove(2)
    assert [row[0] for row in rows(book, "SalesOrderHeader")[1:]] == [1, 3]
    assert line_owners(book) == [1, 1, 3, 3]
    with pytest.raises(RecordMissing):
        book.get(2)


def test_without_a_file_nothing_is_there(book: Workbook) -> None:
    """Reading makes no file; what is asked for is missing."""
    assert book.last_id() == 0
    assert book.duplicates(order(1).values) == []
    with pytest.raises(RecordMissing):
        book.get(1)
    with pytest.raises(RecordMissing):
        book.remove(1)
    assert not book.path.exists()


def test_the_greatest_id_is_told(book: Workbook) -> None:
    """Wherever it stands."""
    for number in (1, 20, 3):
        book.save(order(number))
    assert book.last_id() == 20


def test_the_same_invoice_is_noticed(book: Workbook) -> None:
    """The same vendor's same number, however written, the latest first."""
    for number in (1, 2, 3):
        book.save(order(number, invoice_number="r 5" if number != 2 else "R-6"))
    found = book.duplicates(Invoice(invoice_number="R-5", vendor_name="NORDWIND & SOHNE KG"))
    assert [(duplicate.order_id, duplicate.target) for duplicate in found] == [(3, "workbook"), (1, "workbook")]
    assert found[0].created_at == MOMENT
    assert book.duplicates(Invoice(invoice_number="R-5")) == []
