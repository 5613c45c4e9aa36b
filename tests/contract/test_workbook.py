"""What the Excel workbook does: our rows exact, the person's things untouched, and no state but whole files."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table

from core.errors import RecordMissing, StorageError, WorkbookDamaged, WorkbookLocked
from core.models import Invoice, LineItem
from core.stores import Order
from storage.workbook import Workbook

HEADER = [
    "OrderID",
    "InvoiceNumber",
    "OrderDate",
    "InvoiceDate",
    "DueDate",
    "CustomerID",
    "CustomerName",
    "VendorName",
    "BillingAddress",
    "ShippingAddress",
    "SubTotal",
    "Tax",
    "TotalAmount",
    "Currency",
    "Status",
    "CreatedAt",
    "UpdatedAt",
]
DETAIL = ["OrderID", "LineNumber", "ItemDescription", "Quantity", "UnitPrice", "LineTotal", "CreatedAt"]
MOMENT = datetime(2024, 3, 1, 12, 30, 15, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """A workbook that does not exist yet."""
    return Workbook(tmp_path / "folder" / "invoice_database.xlsx")


def order(order_id: int, lines: int = 2, **values: Any) -> Order:
    """An order with so many lines; ``values`` replace those of its invoice."""
    items = tuple(
        LineItem(description=f"Part {n} of {order_id}", quantity="1.5", unit_price="0.0375", total_price="10.10")
        for n in range(1, lines + 1)
    )
    told = {"invoice_number": f"R-{order_id}", "vendor_name": "Nordwind & Söhne <KG>", "line_items": items}
    told |= {"invoice_date": date(2024, 2, 29), "total_amount": "-1234.50", "currency": "EUR"}
    return Order(Invoice.model_validate(told | values), "reviewed", order_id, created_at=MOMENT, updated_at=MOMENT)


def rows(book: Workbook, sheet: str) -> list[tuple[Any, ...]]:
    """A sheet's rows as openpyxl reads them."""
    return list(openpyxl.load_workbook(book.path)[sheet].iter_rows(values_only=True))


def line_owners(book: Workbook) -> list[Any]:
    """Column A of the lines' sheet, without its title."""
    return [row[0] for row in rows(book, "SalesOrderDetail")[1:]]


def changed_by_a_person(book: Workbook, change: Callable[[openpyxl.Workbook], None]) -> None:
    """Open, change and save the workbook as a person would."""
    opened = openpyxl.load_workbook(book.path)
    change(opened)
    opened.save(book.path)


def parts(book: Workbook) -> dict[str, bytes]:
    """The package's parts."""
    with zipfile.ZipFile(book.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(book: Workbook, change: Callable[[str, bytes], bytes]) -> None:
    """Change the package's parts byte by byte."""
    held = parts(book)
    with zipfile.ZipFile(book.path, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, change(name, data))


# --- our rows ----------------------------------------------------------------------------------------------------------


def test_an_order_comes_back_as_it_was_saved(book: Workbook) -> None:
    """Exact amounts, dates, lines in order, times."""
    book.save(order(7))
    assert book.get(7) == order(7)
    assert str(book.get(7).invoice.total_amount) == "-1234.50"


def test_an_empty_invoice_leaves_empty_cells(book: Workbook) -> None:
    """Never the words None or NaN."""
    book.save(Order(Invoice(line_items=(LineItem(),)), "needs review", 1))
    assert rows(book, "SalesOrderHeader")[1][1:14] == (None,) * 13
    assert rows(book, "SalesOrderDetail")[1][2:6] == (None,) * 4
    assert book.get(1).invoice == Invoice(line_items=(LineItem(),))


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
    assert book.get(1).invoice.customer_name == "ä 漢 😀 _x0041_"


def test_a_text_longer_than_a_cell_is_cut(book: Workbook) -> None:
    """Excel would call the file damaged otherwise."""
    book.save(order(1, vendor_name="x" * 40_000))
    assert len(rows(book, "SalesOrderHeader")[1][7]) == 32_767


@pytest.mark.parametrize("day", [date(1899, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)])
def test_every_day_comes_back(book: Workbook, day: date) -> None:
    """Days that Excel cannot count are kept as text."""
    book.save(order(1, due_date=day))
    assert book.get(1).invoice.due_date == day


@pytest.mark.parametrize("lines", [0, 1, 2, 5])
def test_saving_again_replaces_an_orders_rows(book: Workbook, lines: int) -> None:
    """More or fewer lines: the order's rows stay together, those of the others and their order too, without gaps."""
    for number in (1, 2, 3):
        book.save(order(number))
    book.save(order(2, lines, invoice_number="new"))
    assert line_owners(book) == [1, 1, *[2] * lines, 3, 3]
    assert [row[1] for row in rows(book, "SalesOrderHeader")[1:]] == ["R-1", "new", "R-3"]
    assert [book.get(number).invoice for number in (1, 3)] == [order(1).invoice, order(3).invoice]


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
    assert book.duplicates(order(1).invoice) == []
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
    assert book.duplicates(Invoice(invoice_number="R-5")) == []


# --- the person's things -----------------------------------------------------------------------------------------------


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
    assert book.get(1).invoice == order(1).invoice


def test_extra_columns_and_their_order_stay(book: Workbook) -> None:
    """A column of the person's before and behind ours, and the looks of a cell, survive new rows and changed ones."""

    def rearrange(opened: openpyxl.Workbook) -> None:
        sheet = opened["SalesOrderHeader"]
        sheet.insert_cols(1)
        sheet["A1"], sheet["A2"], sheet["S1"], sheet["S2"] = "Paid", "yes", "Note", "by cheque"
        sheet["C2"].fill = PatternFill("solid", fgColor="FFFF00")

    book.save(order(1))
    changed_by_a_person(book, rearrange)
    book.save(order(2))
    book.save(order(1, invoice_number="R-1b"))
    sheet = openpyxl.load_workbook(book.path)["SalesOrderHeader"]
    assert [cell.value for cell in sheet[1]] == ["Paid", *HEADER, "Note"]
    assert (sheet["A2"].value, sheet["C2"].value, sheet["S2"].value) == ("yes", "R-1b", "by cheque")
    assert sheet["C2"].fill.fgColor.rgb == "00FFFF00"
    assert (sheet["A3"].value, sheet["B3"].value) == (None, 2)
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
    assert book.get(1).invoice == order(1, lines=3).invoice


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
    assert (held.invoice.invoice_number, held.invoice.invoice_date, held.invoice.due_date) == (
        "4711",
        date(2024, 5, 1),
        None,
    )
    assert (held.invoice.subtotal, held.invoice.tax, held.invoice.currency) == (Decimal("12.30"), None, None)
    assert (held.invoice.total_amount, held.status) == (Decimal("0.3"), "reviewed")


# --- other programs' files ---------------------------------------------------------------------------------------------


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


# --- locks and damage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", ["~$invoice_database.xlsx", ".~lock.invoice_database.xlsx#"])
def test_a_workbook_open_elsewhere_is_not_saved(book: Workbook, owner: str) -> None:
    """Excel's and LibreOffice's own lock files are honoured; reading goes on."""
    book.save(order(1))
    book.path.with_name(owner).touch()
    with pytest.raises(WorkbookLocked, match="close it"):
        book.save(order(2))
    with pytest.raises(WorkbookLocked):
        book.remove(1)
    assert book.last_id() == 1


def damaged_forms(whole: bytes) -> dict[str, bytes]:
    """Ways in which a workbook is none."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    middle = len(whole) // 2
    return {
        "empty": b"",
        "text": b"OrderID;InvoiceNumber\n",
        "cut": whole[:middle],
        "flipped": whole[: middle - 50] + bytes(100) + whole[middle + 50 :],
        "zip": stream.getvalue(),
        "protected": b"\xd0\xcf\x11\xe0" + bytes(600),
    }


@pytest.mark.parametrize("form", sorted(damaged_forms(b"")))
def test_a_damaged_workbook_is_told_and_left_as_it_is(book: Workbook, form: str) -> None:
    """Every verb says so, and none writes."""
    for number in range(30):
        book.save(order(number + 1))
    damaged = damaged_forms(book.path.read_bytes())[form]
    book.path.write_bytes(damaged)
    for verb in (lambda: book.save(order(99)), lambda: book.get(1), lambda: book.remove(1)):
        with pytest.raises((WorkbookDamaged, RecordMissing)):
            verb()
    assert book.path.read_bytes() == damaged


SAVE = """
import sys
from pathlib import Path
from core.models import Invoice, LineItem
from core.stores import Order
from storage.database import open_database
from storage.orders import SqlOrders
from storage.workbook import Workbook
path, url, name, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
orders, book = SqlOrders(open_database(url)), Workbook(path)
for number in range(count):
    order_id = orders.reserve_id(book.last_id() + 1)
    item = LineItem(description=f"{name} {number}")
    order = Order(Invoice(invoice_number=f"{name}-{number}", line_items=(item, item)), "reviewed", order_id)
    orders.add(order)
    book.save(order)
    print(order_id, flush=True)
"""


def saver(book: Workbook, url: str, name: str, count: int) -> subprocess.Popen[str]:
    """A process that saves so many orders into the workbook and the database, and prints the id of each one saved."""
    command = [sys.executable, "-c", SAVE, str(book.path), url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_lose_nothing(book: Workbook, database_url: str, open_store: Callable[[str], Any]) -> None:
    """2 x 15 saves at the same time into one workbook and one database: 30 orders, 60 lines, in both."""
    from core.stores import OrderQuery
    from storage.orders import SqlOrders

    running = [saver(book, database_url, name, 15) for name in ("a", "b")]
    ids = {int(line) for process in running for line in process.communicate(timeout=120)[0].split()}
    assert len(ids) == 30
    assert {row[0] for row in rows(book, "SalesOrderHeader")[1:]} == ids
    assert sorted(line_owners(book)) == sorted([*ids, *ids])
    stored = list(SqlOrders(open_store(database_url)).each(OrderQuery()))
    assert {order.order_id for order in stored} == ids
    assert {order.invoice.invoice_number for order in stored} == {f"{n}-{i}" for n in "ab" for i in range(15)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_during_a_save_leaves_a_whole_file(book: Workbook, tmp_path: Path) -> None:
    """Whenever the process dies, the workbook opens and has every order that was reported as saved."""
    saved: set[int] = set()
    for attempt in range(4):
        process = saver(book, f"sqlite:///{tmp_path / 'kill.db'}", str(attempt), 10_000)
        assert process.stdout is not None
        saved.add(int(process.stdout.readline()))
        time.sleep(0.05 + 0.07 * attempt)
        process.send_signal(signal.SIGKILL)
        saved |= {int(line) for line in process.communicate()[0].split()}
        assert saved <= {row[0] for row in rows(book, "SalesOrderHeader")[1:]}
    book.save(order(100_000))
    assert book.last_id() == 100_000
