"""Journeys on the Records page: find, open, correct, save, undo, download, delete."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from core.entrypoints.bootstrap import build_studio
from core.invoice.model import Invoice, LineItem
from core.settings import Settings
from tests.browser.conftest import NewPerson
from tests.browser.driver import Person, overflow

COUNT = 60


def invoice(number: int) -> Invoice:
    """Invoice ``number`` of the test's books."""
    net = Decimal(number * 10)
    line = LineItem(description=f"Crate {number}", quantity=Decimal(number), unit_price=Decimal(10), total_price=net)
    return Invoice(
        invoice_number=f"INV-{number:03}",
        invoice_date=date(2026, 1, 1 + number % 28),
        vendor_name="Harbour Goods Ltd" if number % 2 else "Mühlenwerk GmbH",
        customer_name="=HYPERLINK(1)",
        subtotal=net,
        tax=Decimal(0),
        total_amount=net,
        currency="EUR",
        line_items=(line,),
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with 60 records, the first ten in the workbook too."""
    folder = tmp_path_factory.mktemp("records")
    studio = build_studio(Settings(data_dir=folder, DATABASE_URL=None))
    for number in range(1, COUNT + 1):
        targets = ("database", "workbook") if number <= 10 else ("database",)
        studio.save(invoice(number), targets, status="needs review")
    return folder


def test_a_first_visit_to_the_records_has_the_frame(person: Person) -> None:
    """A server whose first visitor opens a page other than the first shows that page in its frame."""
    person.visit("/records", "records_bar")
    expect(person.page.get_by_role("link", name="Settings")).to_be_visible()


def test_find_open_correct_save_and_undo(person: Person) -> None:
    """The whole way of a correction: both stores get it, a reload keeps it, undo takes it back."""
    person.visit("/records", "records_bar")
    person.input("search").fill("INV-007")
    expect(person.page.get_by_text("1–1 of 1", exact=True)).to_be_visible()
    person.settle()
    person.choose_cell("records_split", x=150)
    expect(person.page.get_by_text("Order 7", exact=True)).to_be_visible()
    person.type_into("record_field_total_amount", "1.234,50")
    person.click("record_save")
    expect(person.page.get_by_text("Order 7 saved in the database and the Excel workbook.").first).to_be_visible()
    person.page.reload()
    expect(person.input("record_field_total_amount")).to_have_value("1234.50")
    sheet = openpyxl.load_workbook(person.server.data / "invoice_database.xlsx")["SalesOrderHeader"]
    heads = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] == 7)
    assert row[heads.index("TotalAmount")] == 1234.5


def test_undo_takes_a_save_back(person: Person) -> None:
    """The record and its status are as before, and the page says so."""
    person.visit("/records?record=8", "record_head")
    person.type_into("record_field_vendor_name", "Somebody Else")
    expect(person.input("record_status")).to_have_value("reviewed")
    person.click("record_save")
    person.click("record_undo")
    expect(person.page.get_by_text("Order 8 is as it was before.")).to_be_visible()
    expect(person.input("record_field_vendor_name")).to_have_value("Mühlenwerk GmbH")
    expect(person.input("record_status")).to_have_value("needs review")


def test_line_items_are_edited_in_the_table(person: Person) -> None:
    """A cell that breaks the line's sum is pointed out; saved, it is in the database."""
    person.visit("/records?record=9", "record_lines")
    person.edit_cell("record_lines", 0, 1, "4")
    expect(person.keyed("notes_record_lines")).to_contain_text("Line 1")
    person.click("record_save")
    kept = build_studio(Settings(data_dir=person.server.data, DATABASE_URL=None)).record(9)
    assert kept.values.line_items[0].quantity == Decimal(4)


def test_a_value_that_cannot_be_read_is_kept_and_explained(person: Person) -> None:
    """The typed text stays, the field says what is wrong, and saving waits."""
    person.visit("/records?record=11", "record_head")
    person.type_into("record_field_invoice_date", "someday")
    expect(person.page.get_by_text("“someday” is not a date")).to_be_visible()
    person.click("record_save")
    expect(person.page.get_by_text("Not saved yet: correct Invoice date first.")).to_be_visible()
    expect(person.input("record_field_invoice_date")).to_have_value("someday")


def test_arrow_keys_walk_through_the_records(person: Person) -> None:
    """From an open row, the arrow down opens the next record."""
    person.visit("/records?sort=order_id&order=ascending", "records_bar")
    person.choose_cell("records_split", x=150)
    expect(person.page.get_by_text("Order 1", exact=True)).to_be_visible()
    person.settle()
    person.page.keyboard.press("ArrowDown")
    expect(person.page.get_by_text("Order 2", exact=True)).to_be_visible()


def test_pages_follow_one_another(person: Person) -> None:
    """The second page begins where the first ended."""
    person.visit("/records?rows=25", "records_paging")
    expect(person.page.get_by_text("1–25 of 60", exact=True)).to_be_visible()
    person.press("Next page")
    expect(person.page.get_by_text("26–50 of 60", exact=True)).to_be_visible()


def test_a_deleted_record_comes_back_by_undo(person: Person) -> None:
    """Deleting asks first."""
    person.visit("/records?record=12", "record_head")
    person.click("record_delete")
    person.click("record_delete_yes")
    expect(person.page.get_by_text("Order 12 deleted from the database.").first).to_be_visible()
    person.click("record_undo")
    expect(person.input("record_field_invoice_number")).to_have_value("INV-012")


def test_downloads_of_a_search_hold_its_records(person: Person) -> None:
    """Excel, CSV and JSON give the same matches, with real numbers and dates, and no formula."""
    person.visit("/records?search=INV-02", "records_download")
    person.open_popover("records_download", "records_as_xlsx")
    book = openpyxl.load_workbook(io.BytesIO(person.download("records_as_xlsx").path().read_bytes()))
    rows = list(book["SalesOrderHeader"].iter_rows(values_only=True))
    heads, orders = list(rows[0]), rows[1:]
    assert sorted(row[heads.index("InvoiceNumber")] for row in orders) == [f"INV-{n:03}" for n in range(20, 30)]
    first = next(row for row in orders if row[heads.index("InvoiceNumber")] == "INV-025")
    assert first[heads.index("TotalAmount")] == 250
    assert isinstance(first[heads.index("InvoiceDate")], datetime)
    assert first[heads.index("CustomerName")] == "=HYPERLINK(1)"
    assert book["SalesOrderHeader"].cell(2, heads.index("CustomerName") + 1).data_type == "s"

    with zipfile.ZipFile(person.download("records_as_csv").path()) as archive:
        header = next(name for name in archive.namelist() if "header" in name)
        table = list(csv.DictReader(io.StringIO(archive.read(header).decode("utf-8-sig"))))
    assert len(table) == 10
    assert not any(row["CustomerName"].startswith("=") for row in table)

    records = json.loads(Path(person.download("records_as_json").path()).read_text(encoding="utf-8"))
    assert len(records) == 10


def test_one_record_can_be_downloaded(person: Person) -> None:
    """The open record alone."""
    person.visit("/records?record=13", "record_head")
    person.open_popover("record_download", "record_as_json")
    coming = person.download("record_as_json")
    assert coming.suggested_filename == "order-13.json"
    assert "INV-013" in Path(coming.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_wider_than_the_window(new_person: NewPerson, width: int, height: int, dark: bool) -> None:
    """List and open record fit, in both themes."""
    person = new_person(width=width, height=height, dark=dark)
    person.visit("/records?record=14", "record_lines")
    assert overflow(person.page) <= 0
    background = person.page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert (background == "rgb(21, 25, 27)") is dark
