"""A person adds a field to the invoice by drawing it, reads and corrects it, saves it to both stores and finds it again."""

from __future__ import annotations

import openpyxl
import pymupdf
from playwright.sync_api import expect

from core.documents.opening import open_document
from core.entrypoints.bootstrap import build_studio
from core.evidence import TEXT_LAYER, Box, PageText
from core.settings import Settings
from tests.browser.conftest import NewPerson
from tests.browser.driver import PRESS, Person, Server, overflow
from tests.browser.test_types_journey import draw
from tests.core.declared.test_own_fields import paper


def page_and_box(data: bytes, words: str) -> tuple[PageText, Box]:
    """The first page of a document, and where words stand on it."""
    page = open_document(data, "a.pdf").page(1)
    (found, *_) = pymupdf.open(stream=data)[0].search_for(words)
    return PageText(1, page.width, page.height, (), TEXT_LAYER), Box(found.x0, found.y0, found.x1, found.y1)


def test_a_field_that_is_drawn_on_an_invoice_is_read_corrected_saved_and_filtered_by(
    new_person: NewPerson, server: Server
) -> None:
    """From the Document types page over the form to the workbook and the list of records."""
    data = paper()
    person = new_person(height=1250)
    person.visit("/document_types", "type_list")
    person.press("Invoice")
    person.page.get_by_role("tab", name="Add a field").click()
    person.settle()
    person.upload(("birch.pdf", data))
    expect(person.keyed("type_pages").locator(".sheet")).to_be_visible()
    draw(person, *page_and_box(data, "4711-B"))
    expect(person.keyed("type_read_0")).to_contain_text("Cost centre")
    expect(person.keyed("type_read_0")).to_contain_text("4711-B")
    assert overflow(person.page) == 0
    person.click("type_save")
    expect(person.page.get_by_text("are saved as version 1")).to_be_visible()
    person.page.get_by_role("link", name="Studio").first.click()
    expect(person.keyed("desk_bar")).to_be_visible()
    person.settle()
    person.extract()
    expect(person.input("field_cost_centre")).to_have_value("4711-B")
    person.type_into("field_cost_centre", "4712-B")
    person.click("save")
    expect(person.page.get_by_text("Saved as order").first).to_be_visible()
    studio = build_studio(Settings(data_dir=server.data, DATABASE_URL=None))
    header = openpyxl.load_workbook(studio.workbook_path)["SalesOrderHeader"]
    titles = [cell.value for cell in header[1]]
    assert header[2][titles.index("CostCentre")].value == "4712-B"
    person.page.get_by_role("link", name="Records").click()
    expect(person.page.get_by_text("1–1 of 1")).to_be_visible()
    person.open_popover("records_field", "field")
    person.choose("field", "Cost centre")
    person.type_into("holds", "4711")
    expect(person.keyed("records_no_match")).to_be_visible()
    person.type_into("holds", "4712")
    expect(person.page.get_by_text("1–1 of 1")).to_be_visible()
    assert overflow(person.page) == 0
    assert "field=Cost+centre&holds=4712" in person.page.url


def test_a_click_on_the_box_of_a_further_table_leads_to_its_cell(person: Person) -> None:
    """The taxes of an e-invoice are a table of their own below the lines."""
    person.visit("/", "empty_state")
    person.click("sample_1")
    person.extract()
    person.keyed("page_view").locator(".box[data-path='taxes.0.amount']").click(delay=PRESS)
    person.page.wait_for_function(
        "() => document.activeElement?.closest('.st-key-table_rows_taxes') && document.activeElement.id === 'glide-cell-3-0'"
    )
