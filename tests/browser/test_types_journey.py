"""A type that nobody coded, made on the Document types page from one example, then read offline in other layouts."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from core.entrypoints.bootstrap import build_studio
from core.evidence import Box, PageText
from core.settings import Settings
from tests.browser.conftest import NewPerson
from tests.browser.driver import Person, Server, overflow
from tests.core.declared.papers import PAYSLIP, UTILITY, Kind, paper, text_on
from tests.core.declared.test_reading import box_of, from_example, pages_of, score

#: The layout of the example, by kind.
EXAMPLES = {"payslip": 3, "utility_bill": 1}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty data folder."""
    return tmp_path_factory.mktemp("types")


def draw(person: Person, page: PageText, box: Box) -> None:
    """Draw a box on the example, as a hand does, and wait until the page has answered."""
    sheet = person.keyed("type_pages").locator(".sheet").first
    around = sheet.bounding_box()
    assert around is not None

    def at(x: float, y: float) -> tuple[float, float]:
        return around["x"] + x / page.width * around["width"], around["y"] + y / page.height * around["height"]

    person.drag(at(box.x0 - 2, box.y0 - 2), at(box.x1 + 2, box.y1 + 2))
    person.settle()


def make(person: Person, kind: Kind) -> dict[str, str]:
    """Make a type from one example by drawing a box around each value and one around the table; the names by field."""
    layout = EXAMPLES[kind.name]
    one = paper(kind, layout)
    page = pages_of(one)[0]
    person.page.set_viewport_size({"width": 1280, "height": 1250})  # the whole example is on the screen
    person.visit("/document_types", "type_list")
    person.open_popover("type_new", "type_new_title")
    person.input("type_new_title").fill(kind.heading)
    person.click("type_new_make")
    if person.keyed("type_add_example").count():
        person.open_popover("type_add_example", "add_files")
    person.upload((one.name, one.data))
    if person.keyed("type_example").locator("input").input_value() != one.name:
        person.choose("type_example", one.name)
    expect(person.keyed("type_pages").locator(".sheet")).to_be_visible()
    names: dict[str, str] = {}
    for number, (name, value) in enumerate(one.truth.items()):
        text = text_on(value, layout)
        same = [other for other, known in one.truth.items() if text_on(known, layout) == text]
        in_table = any(value in row.values() for row in one.rows)
        draw(person, page, box_of(page, text, last=same.index(name) > 0 or in_table))
        expect(person.keyed(f"type_read_{number}")).to_be_visible()
        names[name] = name
    person.keyed("type_draw_mode").get_by_text("A table", exact=True).click()
    person.settle()
    head = box_of(page, kind.columns[0].title)
    foot = box_of(page, text_on(one.rows[-1][kind.columns[-1].name], layout))
    draw(person, page, Box(30, head.y0 - 1, page.width - 20, foot.y1 + 1))
    count = len(one.rows)
    expect(person.page.get_by_text(f"Rows · {count} {'row' if count == 1 else 'rows'}")).to_be_visible()
    person.click("type_save")
    expect(person.page.get_by_text("is saved as version 1")).to_be_visible()
    return names


def test_a_type_made_from_one_example_reads_the_next_nine(person: Person, data: Path) -> None:
    """Header F1 of 0.90 or more, offline, in nine other layouts; nothing of the page runs over its edge. (The other kinds
    of paper, made without a hand: ``tests/core/declared/test_reading.py``.)"""
    kind = UTILITY
    make(person, kind)
    assert overflow(person.page) == 0
    (definition,) = build_studio(Settings(data_dir=person.server.data, DATABASE_URL=None)).types.declared()
    names = dict(zip(paper(kind, 0).truth, (field.name for field in definition.fields), strict=True))
    layouts = [layout for layout in range(10) if layout != EXAMPLES[kind.name]]
    header, cells = score(definition, names, kind, layouts)
    assert (header.f1 >= 0.90, cells.f1 >= 0.90) == (True, True), (header, cells)


def test_a_document_of_a_type_is_known_read_saved_and_found(new_person: NewPerson, server: Server) -> None:
    """Dropped in the Studio it is read as its type by itself; its record stands in the list and in sheets of its own."""
    studio = build_studio(Settings(data_dir=server.data, DATABASE_URL=None))
    definition, names = from_example(PAYSLIP, EXAMPLES["payslip"])
    studio.types.keep(definition)
    person = new_person()
    one = paper(PAYSLIP, 6)
    person.visit("/", "empty_state")
    person.upload((one.name, one.data))
    expect(person.keyed("read_as").locator("input")).to_have_value("What the page says")
    expect(person.page.get_by_text("Payslip: ").first).to_be_visible()
    person.extract()
    expect(person.input(f"field_{names['net']}")).to_have_value(str(one.truth["net"]))
    person.click("save")
    expect(person.page.get_by_text("Saved as order").first).to_be_visible()
    person.visit("/records", "records_paging")
    person.choose("type", "payslip")
    expect(person.page.get_by_text("1–1 of 1")).to_be_visible()
    workbook = openpyxl.load_workbook(studio.workbook_path)
    assert workbook["PayslipHeader"]["B2"].value == one.truth["employer"]
    assert workbook["PayslipDetail"].max_row == len(one.rows) + 1
