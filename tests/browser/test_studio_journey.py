"""The whole journey of a document: upload, pick pages, run, look, draw, edit, save, reopen, read what was stored."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from core.entrypoints.bootstrap import build_studio
from core.settings import Settings
from core.stores.records import RecordQuery
from core.studio import Studio
from tests.browser.conftest import NewPerson
from tests.browser.driver import PRESS, Person, Server, overflow
from tests.browser.papers import PASSWORD, invoice_pdf


def stores(server: Server) -> Studio:
    """What the studio under test has stored, seen from another process."""
    return build_studio(Settings(data_dir=server.data, DATABASE_URL=None))


def read(person: Person, number: str = "WS-4711") -> None:
    """Upload an invoice of one page and have it read."""
    person.visit("/", "empty_state")
    person.upload((f"{number}.pdf", invoice_pdf(number)))
    person.extract()


def test_pages_are_picked_and_read(person: Person) -> None:
    """Of three pages the first is chosen by range; its values stand in the form and every step says how it went."""
    person.visit("/", "empty_state")
    person.upload(("three pages.pdf", invoice_pdf("WS-1", pages=3)))
    expect(person.keyed("pick_3")).to_be_visible()
    person.type_into("page_range", "1")
    expect(person.keyed("pick_2").get_by_role("checkbox")).not_to_be_checked()
    person.extract()
    for name, value in (("invoice_number", "WS-1"), ("invoice_date", "2026-03-14"), ("total_amount", "120.00")):
        expect(person.input(f"field_{name}")).to_have_value(value)
    expect(person.keyed("page_view")).to_contain_text("Page 1")


def test_a_range_that_cannot_be_is_explained(person: Person) -> None:
    """A page that is not there is named, and nothing is lost."""
    person.visit("/", "empty_state")
    person.upload(("two pages.pdf", invoice_pdf("WS-2", pages=2)))
    person.type_into("page_range", "1,9")
    expect(person.page.locator(".stMain")).to_contain_text("9")
    expect(person.input("page_range")).to_have_value("1,9")


def test_boxes_and_fields_light_each_other_up(person: Person) -> None:
    """A click on a box goes to its field; being in a field lights its box."""
    read(person)
    person.box("Total").click(delay=PRESS)
    expect(person.input("field_total_amount")).to_be_focused()
    person.input("field_vendor_name").focus()
    expect(person.box("Vendor")).to_have_class(re.compile(r"\blit\b"))
    expect(person.box("Total")).not_to_have_class(re.compile(r"\blit\b"))


def test_a_shortcut_types_nothing_into_the_table(person: Person) -> None:
    """Alt+N in a cell goes on to the next doubtful value and leaves the cell's own as it is."""
    read(person, "WS-10")
    person.type_into("field_invoice_date", "")
    person.choose_cell("table_rows", x=120)
    for _ in range(2):
        person.page.keyboard.press("ArrowRight")
    person.page.wait_for_timeout(300)
    person.page.keyboard.press("Alt+n", delay=PRESS)
    person.settle()
    expect(person.input("field_invoice_date")).to_be_focused()
    person.page.keyboard.press("Tab")
    person.settle()
    expect(person.keyed("lines_changed")).to_have_count(0)


def test_from_an_edit_to_both_stores_and_back(person: Person) -> None:
    """An edit survives a reload, shows what was extracted, is saved to database and workbook, and undo takes it out."""
    read(person, "WS-5")
    person.type_into("field_customer_name", "Quayside Joinery")
    expect(person.keyed("was_customer_name")).to_contain_text("Harbour Joinery")
    person.page.reload()
    expect(person.input("field_customer_name")).to_have_value("Quayside Joinery", timeout=20_000)
    person.settle()
    person.click("save")
    saved = person.page.get_by_text(re.compile(r"Saved as order \d+")).first
    expect(saved).to_be_visible()
    order_id = int(re.findall(r"\d+", saved.inner_text())[0])
    assert stores(person.server).record(order_id).values.customer_name == "Quayside Joinery"
    sheet = openpyxl.load_workbook(person.server.data / "invoice_database.xlsx")["SalesOrderHeader"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    heads = [cell.value for cell in sheet[1]]
    assert rows[order_id][heads.index("CustomerName")] == "Quayside Joinery"
    assert rows[order_id][heads.index("TotalAmount")] == 120
    person.click("undo")
    expect(person.keyed("save")).to_be_visible()
    assert stores(person.server).search(RecordQuery(text="WS-5")).total == 0


def test_what_is_stored_already_is_noticed(person: Person) -> None:
    """Saving the same invoice again asks: update, keep both, or cancel."""
    read(person, "WS-6")
    person.click("save")
    expect(person.page.get_by_text(re.compile(r"Saved as order \d+")).first).to_be_visible()
    read(person, "WS-6")
    person.click("save")
    dialog = person.page.get_by_role("dialog")
    expect(dialog).to_contain_text("already stored")
    person.click("cancel_save")
    expect(dialog).not_to_be_visible()
    assert stores(person.server).search(RecordQuery(text="WS-6")).total == 1
    person.click("save")
    person.click("keep_both")
    expect(person.page.get_by_text(re.compile(r"Saved as order \d+")).first).to_be_visible()
    assert stores(person.server).search(RecordQuery(text="WS-6")).total == 2


def test_a_saved_record_leads_back_to_its_page(person: Person) -> None:
    """From the record list, Open in Studio shows the document with its values again."""
    read(person, "WS-7")
    person.click("save")
    expect(person.page.get_by_text(re.compile(r"Saved as order \d+")).first).to_be_visible()
    person.visit("/records?search=WS-7", "records_paging")
    person.choose_cell("records_split", x=150)
    expect(person.input("record_field_invoice_number")).to_have_value("WS-7")
    person.settle()
    person.page.get_by_role("button", name="Open in Studio").click(delay=PRESS)
    expect(person.input("field_invoice_number")).to_have_value("WS-7", timeout=20_000)
    expect(person.box("Total")).to_be_visible()


def test_a_page_switch_loses_nothing(person: Person) -> None:
    """Result and edits are there when the person comes back from another page."""
    read(person, "WS-8")
    person.type_into("field_vendor_name", "Woodshed & Sons")
    person.page.get_by_role("link", name="Settings").click(delay=PRESS)
    expect(person.keyed("settings_bar")).to_be_visible()
    person.settle()
    person.page.get_by_role("link", name="Studio").click(delay=PRESS)
    expect(person.input("field_vendor_name")).to_have_value("Woodshed & Sons", timeout=20_000)


def test_a_sample_is_read_by_keyboard_alone(person: Person) -> None:
    """From the sample to the saved record without a mouse."""
    person.visit("/", "empty_state")
    keyboard = person.page.keyboard
    for key in ("sample_0", "extract"):
        expect(person.keyed(key)).to_be_visible(timeout=20_000)
        person.settle()
        tab_to(person, key)
        keyboard.press("Enter", delay=PRESS)
        person.page.wait_for_timeout(500)
    expect(person.keyed("tabs")).to_be_visible(timeout=60_000)
    person.settle()
    tab_to(person, "field_customer_id")
    keyboard.type("K-99")
    keyboard.press("Tab")
    person.settle()
    keyboard.press("Control+s", delay=PRESS)
    expect(person.page.get_by_text(re.compile(r"Saved as order \d+")).first).to_be_visible()
    assert stores(person.server).search(RecordQuery()).rows[0].order_id


def tab_to(person: Person, key: str) -> None:
    """Press Tab until the widget has the focus."""
    inside = f"() => !!document.activeElement.closest('.st-key-{key}')"
    for _ in range(90):
        if person.page.evaluate(inside):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"{key} cannot be reached by Tab")


def test_an_encrypted_file_asks_for_its_password(person: Person) -> None:
    """A wrong password is told so; the right one opens the document."""
    person.visit("/", "empty_state")
    person.upload(("locked.pdf", invoice_pdf(password=PASSWORD)))
    for password in ("guess", PASSWORD):
        box = person.page.get_by_role("textbox", name="Password")
        expect(box).to_be_visible()
        box.fill(password)
        person.press("Open")
        if password != PASSWORD:
            expect(person.page.get_by_text("does not open")).to_be_visible()
    expect(person.keyed("extract")).to_be_visible()


def test_files_that_cannot_be_read_say_why(person: Person) -> None:
    """Each bad file gets its own sentence with its name; the good one among them opens."""
    person.visit("/", "empty_state")
    person.upload(
        ("empty.pdf", b""),
        ("broken.pdf", b"%PDF-1.7\nnothing of a document"),
        ("letter.png", invoice_pdf()),
        ("good.pdf", invoice_pdf("WS-9")),
    )
    refused = person.keyed("refused")
    for name in ("empty.pdf", "broken.pdf"):
        expect(refused).to_contain_text(name)
    expect(person.keyed("extract")).to_be_visible()


def test_the_samples_are_there_for_a_first_run(person: Person) -> None:
    """An empty Studio offers documents of ours, with pictures."""
    person.visit("/", "empty_state")
    assert person.keyed("samples").locator("img").count() >= 3


@pytest.mark.parametrize(("width", "height", "dark"), [(1280, 800, True), (1920, 1080, False)])
def test_the_result_fits_the_window(new_person: NewPerson, width: int, height: int, dark: bool) -> None:
    """Page and form stand side by side without sideways scrolling."""
    person = new_person(width=width, height=height, dark=dark)
    read(person)
    assert overflow(person.page) <= 0
    page, form = person.keyed("page_view").bounding_box(), person.keyed("tabs").bounding_box()
    assert page is not None
    assert form is not None
    assert page["x"] + page["width"] <= form["x"]
