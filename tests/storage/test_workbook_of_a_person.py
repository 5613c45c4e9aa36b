"""What a save leaves alone in a workbook that a person, or another program, has changed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table

from core.errors import StorageError
from core.invoice.model import LineItem, TaxLine
from storage.workbook import Workbook
from tests.storage.books import DETAIL, HEADER, changed_by_a_person, line_owners, order, parts, rewrite


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """A workbook that does not exist yet."""
    return Workbook(tmp_path / "folder" / "invoice_database.xlsx")


def test_other_sheets_stay_byte_by_byte(book: Workbook) -> None:
    """A chart and formulas of the person's are the same parts after a save."""

    def add_things(opened: openpyxl.Workbook) -> None:
        notes = opened.create_sheet("Notes")
        notes["A1"] = "=SUM(B1:B3)"
        chart = BarChart()
        chart.add_data(Reference(notes, min_col=2, min_row=1, max_row=3))
        notes.add_chart(chart, "D4")

    book.save(order(1))
    changed_by_a_person(book, add_things)
    before = parts(book)
    book.save(order(2))
    after = parts(book)
    ours = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"}
    assert {name for name in before if before[name] != after.get(name)} <= ours
    assert openpyxl.load_workbook(book.path)["Notes"]["A1"].value == "=SUM(B1:B3)"
    assert book.get(1).values == order(1).values


def test_extra_columns_and_their_order_stay(book: Workbook) -> None:
    """A column of the person's before and behind ours, and the looks of a cell, survive new rows and changed ones."""

    def rearrange(opened: openpyxl.Workbook) -> None:
        sheet = opened["SalesOrderHeader"]
        sheet.insert_cols(1)
        sheet["A1"], sheet["A2"], sheet["AD1"], sheet["AD2"] = "Paid", "yes", "Note", "by cheque"
        sheet["C2"].fill = PatternFill("solid", fgColor="FFFF00")

    book.save(order(1))
    changed_by_a_person(book, rearrange)
    book.save(order(2))
    book.save(order(1, invoice_number="R-1b"))
    sheet = openpyxl.load_workbook(book.path)["SalesOrderHeader"]
    assert [cell.value for cell in sheet[1]] == ["Paid", *HEADER, "Note"]
    assert (sheet["A2"].value, sheet["C2"].value, sheet["AD2"].value) == ("yes", "R-1b", "by cheque")
    assert sheet["C2"].fill.fgColor.rgb == "00FFFF00"
    assert (sheet["A3"].value, sheet["B3"].value) == (None, 2)
    assert book.get(2) == order(2)


def test_a_workbook_of_an_earlier_version_gains_the_new_columns(book: Workbook) -> None:
    """They come behind what is there, the person's own columns included; older rows keep every value."""

    def as_it_was(opened: openpyxl.Workbook) -> None:
        sheet = opened["SalesOrderHeader"]
        sheet.delete_cols(18, len(HEADER) - 17)
        sheet["R1"], sheet["R2"] = "Note", "by cheque"

    book.save(order(1))
    changed_by_a_person(book, as_it_was)
    paid = {"paid_amount": Decimal("20.00"), "amount_due": Decimal("-1254.50")}
    second = replace(order(2), document_type="credit note", values=order(2).values.model_copy(update=paid))
    book.save(second)
    sheet = openpyxl.load_workbook(book.path)["SalesOrderHeader"]
    assert [cell.value for cell in sheet[1]] == [*HEADER[:17], "Note", *HEADER[17:]]
    assert [cell.value for cell in sheet[2]][17:] == ["by cheque", *[None] * len(HEADER[17:])]
    assert [cell.value for cell in sheet[3]][17:21] == [None, "credit note", 20, -1254.5]
    assert book.get(1) == order(1)
    assert book.get(2) == second


def test_lines_and_taxes_of_an_earlier_workbook_gain_their_columns(book: Workbook) -> None:
    """Behind a person's own column; the sheet of taxes comes with the first row of one and goes on with the order."""

    def as_it_was(opened: openpyxl.Workbook) -> None:
        sheet = opened["SalesOrderDetail"]
        sheet.delete_cols(8, len(DETAIL) - 7)
        sheet["H1"], sheet["H2"] = "Shelf", "top"

    book.save(order(1))
    assert "SalesOrderTax" not in openpyxl.load_workbook(book.path).sheetnames
    changed_by_a_person(book, as_it_was)
    line = LineItem(description="Lamp", article_number="=A1", unit="pcs", tax_rate="19", discount="1.50")
    more = {"line_items": (line,), "taxes": (TaxLine(rate="19", base="10.00", amount="1.90"),)}
    second = replace(order(2), values=order(2).values.model_copy(update=more))
    book.save(second)
    opened = openpyxl.load_workbook(book.path)
    assert [cell.value for cell in opened["SalesOrderDetail"][1]] == [*DETAIL[:7], "Shelf", *DETAIL[7:]]
    assert opened["SalesOrderDetail"]["H2"].value == "top"
    assert [cell.value for cell in opened["SalesOrderTax"][2]] == [2, 1, 19, 10, 1.9]
    assert (book.get(1), book.get(2)) == (order(1), second)
    book.save(replace(second, values=order(2).values))
    assert book.get(2) == order(2)


def test_a_column_that_was_deleted_comes_back_at_the_right(book: Workbook) -> None:
    """Nothing of an order is dropped silently."""
    book.save(order(1))
    changed_by_a_person(book, lambda opened: opened["SalesOrderHeader"].delete_cols(8))
    book.save(order(2))
    assert [cell.value for cell in openpyxl.load_workbook(book.path)["SalesOrderHeader"][1]][-1] == "VendorName"
    assert book.get(2) == order(2)


def test_rows_that_a_formula_counts_on_are_not_moved(book: Workbook) -> None:
    """Fewer lines leave an empty row, more lines go to the end: row 4's formula still speaks of row 4."""

    def add_formula(opened: openpyxl.Workbook) -> None:
        opened["SalesOrderDetail"]["H4"] = "=F4*2"

    for number in (1, 2):
        book.save(order(number))
    changed_by_a_person(book, add_formula)
    book.save(order(1, lines=1))
    assert line_owners(book) == [1, None, 2, 2]
    book.save(order(1, lines=3))
    assert line_owners(book) == [1, None, 2, 2, 1, 1]
    assert openpyxl.load_workbook(book.path)["SalesOrderDetail"]["H4"].value == "=F4*2"
    assert book.get(1).values == order(1, lines=3).values


def test_our_sheets_are_added_to_a_persons_workbook(book: Workbook) -> None:
    """A workbook that has other sheets only keeps them first."""
    book.path.parent.mkdir()
    theirs = openpyxl.Workbook()
    theirs.active.title = "Budget"
    theirs["Budget"]["A1"] = 42
    theirs.save(book.path)
    book.save(order(1))
    opened = openpyxl.load_workbook(book.path)
    assert opened.sheetnames == ["Budget", "SalesOrderHeader", "SalesOrderDetail"]
    assert opened["Budget"]["A1"].value == 42
    assert opened["SalesOrderHeader"]["D2"].number_format == "yyyy-mm-dd"
    assert book.get(1) == order(1)


def test_a_sheet_of_that_name_with_other_things_is_not_touched(book: Workbook) -> None:
    """A sheet without an OrderID column is reported, not filled."""
    book.path.parent.mkdir()
    theirs = openpyxl.Workbook()
    theirs.active.title = "SalesOrderHeader"
    theirs.active["A1"] = "My list"
    theirs.save(book.path)
    before = book.path.read_bytes()
    with pytest.raises(StorageError, match="OrderID"):
        book.save(order(1))
    assert book.path.read_bytes() == before


def test_a_table_grows_with_its_rows(book: Workbook) -> None:
    """An Excel table over our rows takes in the new ones."""

    def make_table(opened: openpyxl.Workbook) -> None:
        opened["SalesOrderDetail"].auto_filter.ref = None
        opened["SalesOrderDetail"].add_table(Table(displayName="Lines", ref="A1:G3"))

    book.save(order(1))
    changed_by_a_person(book, make_table)
    book.save(order(2))
    assert openpyxl.load_workbook(book.path)["SalesOrderDetail"].tables["Lines"].ref == "A1:G5"


def test_values_typed_by_a_person_are_read(book: Workbook) -> None:
    """Numbers as text, a date as text, a number as a name, and nonsense as nothing."""

    def type_in(opened: openpyxl.Workbook) -> None:
        sheet = opened["SalesOrderHeader"]
        sheet["B2"], sheet["D2"], sheet["E2"], sheet["K2"] = 4711, "2024-05-01", "soon", "12.30"
        sheet["L2"], sheet["M2"], sheet["N2"], sheet["O2"] = "n/a", 0.1 + 0.2, "Euro", "paid"

    book.save(order(1))
    changed_by_a_person(book, type_in)
    held = book.get(1)
    assert (held.values.invoice_number, held.values.invoice_date, held.values.due_date) == (
        "4711",
        date(2024, 5, 1),
        None,
    )
    assert (held.values.subtotal, held.values.tax, held.values.currency) == (Decimal("12.30"), None, None)
    assert (held.values.total_amount, held.status) == (Decimal("0.3"), "reviewed")


def test_empty_formatted_rows_are_used(book: Workbook) -> None:
    """A person who painted a hundred rows finds the next order right below the last, painted."""

    def paint(opened: openpyxl.Workbook) -> None:
        for number in range(2, 100):
            opened["SalesOrderHeader"][f"B{number}"].fill = PatternFill("solid", fgColor="00FF00")

    book.save(order(1))
    changed_by_a_person(book, paint)
    book.save(order(2))
    sheet = openpyxl.load_workbook(book.path)["SalesOrderHeader"]
    assert (sheet["A3"].value, sheet["B3"].fill.fgColor.rgb) == (2, "0000FF00")


@pytest.mark.parametrize("form", ["prefix", "positions", "comment", "utf-16"])
def test_unusual_xml_is_understood(book: Workbook, form: str) -> None:
    """Prefixes, cells without positions, comments, another encoding: the same rows."""

    def strange(name: str, data: bytes) -> bytes:
        if "worksheets/sheet" not in name:
            return data
        if form == "prefix":
            data = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", data)
            return data.replace(b"xmlns=", b"xmlns:x=").replace(b" xml:space", b" xml:space")
        if form == "positions":
            return re.sub(rb' r="[A-Z]*\d+"', b"", data)
        if form == "comment":
            return data.replace(b"<sheetData>", b'<sheetData><!-- <row r="9"> --><?x y?>')
        return data.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    book.save(order(1, vendor_name=None, customer_id="c", order_date="2024-01-01", due_date="2024-01-01"))
    held = book.get(1)
    rewrite(book, strange)
    if form != "positions":  # without positions, empty cells cannot be told
        assert book.get(1) == held
    book.save(order(2))
    assert book.get(2) == order(2)
    assert line_owners(book) == [1, 1, 2, 2]


def test_days_from_1904_are_understood(book: Workbook) -> None:
    """Workbooks of an old Mac count days from 1904."""
    book.save(order(1))
    rewrite(book, lambda name, data: data.replace(b"<bookViews>", b'<workbookPr date1904="1"/><bookViews>'))
    book.save(order(2))
    assert book.get(2) == order(2)
    assert openpyxl.load_workbook(book.path)["SalesOrderHeader"]["D3"].value == datetime(2024, 2, 29)
