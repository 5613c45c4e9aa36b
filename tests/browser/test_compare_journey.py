"""A journey on the Compare page: from the first click to a vote that stays."""

from __future__ import annotations

import time
from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import FilePayload, Locator, expect

from core.comparison.row import Row
from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.recipe import BUILT_IN
from core.settings import Settings
from tests.browser.conftest import NewPerson
from tests.browser.driver import PRESS, ROOT, Person, overflow

SAMPLES = ROOT / "samples" / "cases"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a comparison whose recipes differ on the customer's number: the XML has none, the page does."""
    folder = tmp_path_factory.mktemp("compare")
    studio = build_studio(Settings(data_dir=folder, DATABASE_URL=None))
    rows = []
    for name in ("german-einvoice", "english-studio"):
        document = studio.open((SAMPLES / name / "document.pdf").read_bytes(), f"{name}.pdf")
        rows.append(Row(document.sha256, document.name, (PageRef(1),)))
    comparison_id = studio.comparison.begin(rows, [BUILT_IN["default"], BUILT_IN["page-only"]], "Two ways")
    for _ in range(3000):
        cells = studio.comparison.cells(studio.comparison.get(comparison_id))
        if all(cell.state == "done" for cell in cells.values()):
            return folder
        time.sleep(0.01)
    raise AssertionError("the comparison does not end")


def value(person: Person, title: str, recipe: str) -> Locator:
    """The button of a recipe's value."""
    return person.keyed("compare_view").locator(f".value[aria-label^='{title}, {recipe}:']")


def open_comparison(person: Person) -> None:
    """Open the comparison of the fixture from the list."""
    person.visit("/compare", "compare_earlier")
    person.switch_on("compare_everybodys")
    person.keyed("compare_earlier").get_by_role("combobox").click(delay=PRESS)
    person.page.get_by_role("option").filter(has_text="Two ways").click(delay=PRESS)
    expect(person.keyed("compare_view")).to_be_visible(timeout=30_000)
    person.settle()


def test_see_the_difference_choose_the_right_value_and_come_back(person: Person) -> None:
    """The customer's number differs; a click chooses a value, which stands there after a reload and counts for its recipe."""
    open_comparison(person)
    view = person.keyed("compare_view")
    expect(view.locator("tr.differs").filter(has_text="Customer no.")).to_have_count(1)
    expect(view.locator(".box").first).to_be_visible()  # the page has the number
    right = value(person, "Customer no.", "page-only")
    right.click(delay=PRESS)
    expect(right).to_have_attribute("aria-pressed", "true")
    person.page.reload()
    expect(value(person, "Customer no.", "page-only")).to_have_attribute("aria-pressed", "true", timeout=30_000)
    person.settle()
    person.page.get_by_role("tab", name="Recipes").click(delay=PRESS)
    expect(person.page.get_by_text("the share of your 1 vote")).to_be_visible()


def test_type_a_value_that_no_recipe_has(person: Person) -> None:
    """What is no date is explained and can be corrected in place; the value then stands in the last column."""
    open_comparison(person)
    view = person.keyed("compare_view")
    row = view.locator("tr", has=person.page.get_by_text("Due date", exact=True))
    row.hover()
    row.get_by_role("button", name="type the right value").click(delay=PRESS)
    view.get_by_label("Right value of Due date").fill("tomorrow")
    view.get_by_label("Right value of Due date").press("Enter")
    expect(person.page.locator(".stAlert").first).to_contain_text("Due date")
    view.get_by_label("Right value of Due date").fill("2026-05-04")
    view.get_by_label("Right value of Due date").press("Enter")
    expect(row.locator(".mine")).to_contain_text("2026-05-04")


def test_walk_the_documents_and_narrow_to_disagreements(person: Person) -> None:
    """The second document has none, and says so."""
    open_comparison(person)
    person.click("compare_next")
    expect(person.keyed("compare_document_bar")).to_contain_text("english-studio.pdf")
    person.keyed("compare_only").locator("label").first.click(delay=PRESS)
    expect(person.page.get_by_text("The recipes agree on every value of this document.")).to_be_visible()


def test_a_new_comparison_begins_with_a_file_of_ones_own(person: Person) -> None:
    """The file is listed and ticked beside what was ticked."""
    open_comparison(person)
    person.click("compare_new")
    expect(person.keyed("compare_start")).to_contain_text("Compare 5 documents")
    person.open_popover("compare_add", "compare_files_0")
    data = (SAMPLES / "english-studio" / "document.pdf").read_bytes() + b"\n% another file"
    upload: FilePayload = {"name": "mine.pdf", "mimeType": "application/pdf", "buffer": data}
    person.keyed("compare_files_0").locator("input[type=file]").set_input_files([upload])
    expect(person.keyed("compare_start")).to_contain_text("Compare 6 documents")


def test_take_the_report_away(person: Person) -> None:
    """One file that needs no network."""
    open_comparison(person)
    person.open_popover("compare_download", "compare_as_html")
    report = Path(person.download("compare_as_html").path()).read_text()
    assert "Two ways" in report
    assert "http" not in report.replace("http-equiv", "")


def long_scan() -> bytes:
    """A PDF of pictures that takes minutes to read: what is stopped must not be over by itself before."""
    with pymupdf.open(SAMPLES / "english-studio" / "document.pdf") as digital, pymupdf.open() as scan:
        picture = digital[0].get_pixmap(dpi=110).tobytes("jpeg")
        for _ in range(60):
            scan.new_page().insert_image(scan[-1].rect, stream=picture)
        data: bytes = scan.tobytes()
        return data


def test_the_first_comparison_survives_a_reload_and_can_be_stopped(person: Person) -> None:
    """Its id is in the address; what was not read can go on later."""
    person.visit("/compare", "compare_start")
    person.open_popover("compare_add", "compare_files_0")
    upload: FilePayload = {"name": "long.pdf", "mimeType": "application/pdf", "buffer": long_scan()}
    person.keyed("compare_files_0").locator("input[type=file]").set_input_files([upload])
    expect(person.keyed("compare_start")).to_contain_text("Compare 5 documents")
    person.settle()
    person.click("compare_start")
    expect(person.keyed("compare_cancel")).to_be_visible()
    person.page.reload()
    expect(person.keyed("compare_cancel")).to_be_visible(timeout=30_000)
    person.click("compare_cancel")
    expect(person.keyed("compare_go_on")).to_be_visible(timeout=60_000)


def test_the_page_fits_both_widths(new_person: NewPerson) -> None:
    """No sideways scrolling at 1280 and 1920 pixels."""
    for width, height, dark in ((1280, 800, True), (1920, 1080, False)):
        person = new_person(width=width, height=height, dark=dark)
        open_comparison(person)
        assert overflow(person.page) <= 0
