"""The page view as a person uses it: words drawn into fields, and pictures that belong to their boxes."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.driver import PRESS, Person
from tests.browser.papers import invoice_pdf
from tests.browser.test_studio_journey import read

#: The page of the test's invoice in points, and where its tax and its total stand.
PAGE_WIDTH = 595
TAX_AT = (470, 345, 545, 361)
TOTAL_AT = (470, 361, 545, 377)


def drag_over(person: Person, place: tuple[int, int, int, int]) -> None:
    """Draw a box over a place of the page, in its points."""
    sheet = person.keyed("page_view").locator(".sheet").bounding_box()
    assert sheet is not None
    x0, y0, x1, y1 = (at * sheet["width"] / PAGE_WIDTH for at in place)
    person.drag((sheet["x"] + x0, sheet["y"] + y0), (sheet["x"] + x1, sheet["y"] + y1))


def looks(person: Person) -> tuple[str, int]:
    """Zoom and number of boxes of the page view."""
    view = person.keyed("page_view")
    return view.locator(".percent").inner_text(), view.locator(".box:visible").count()


def test_a_drag_fills_the_field_at_hand_and_undo_puts_it_back(person: Person) -> None:
    """With the pen taken one drag is all; neither zoom nor boxes change, and the way back stands at the box."""
    read(person, "WS-3")
    person.type_into("field_tax", "7")
    person.input("field_tax").click(delay=PRESS)
    view = person.keyed("page_view")
    before = looks(person)
    view.locator(".draw").click(delay=PRESS)
    expect(view.locator(".target")).to_contain_text("Tax")
    assert looks(person) == before
    drag_over(person, TAX_AT)
    expect(person.input("field_tax")).to_have_value("20.00")
    expect(view.locator(".note")).to_contain_text("Tax: 20.00")
    undo = view.locator(".undo").bounding_box()
    assert undo is not None
    assert undo["y"] + undo["height"] <= 800
    view.locator(".undo").click(delay=PRESS)
    expect(person.input("field_tax")).to_have_value("7")
    expect(view.locator(".note")).to_have_count(0)


def test_shift_draws_without_the_pen(person: Person) -> None:
    """Holding a key is enough; a click still goes to a box's field."""
    read(person, "WS-31")
    person.input("field_customer_id").click(delay=PRESS)
    person.page.keyboard.down("Shift")
    drag_over(person, TOTAL_AT)
    person.page.keyboard.up("Shift")
    expect(person.input("field_customer_id")).to_have_value(re.compile("120.00"))
    person.box("Vendor").click(delay=PRESS)
    expect(person.input("field_vendor_name")).to_be_focused()


def test_a_box_without_words_says_so(person: Person) -> None:
    """Nothing is put anywhere."""
    read(person, "WS-32")
    person.keyed("page_view").locator(".draw").click(delay=PRESS)
    person.input("field_vendor_name").click(delay=PRESS)
    drag_over(person, (300, 430, 330, 440))
    expect(person.keyed("page_view").locator(".note")).to_contain_text("No words")
    expect(person.input("field_vendor_name")).to_have_value("Woodshed Supplies Ltd")


def test_no_other_pages_picture_stands_under_the_boxes(person: Person) -> None:
    """While the picture of the document that was chosen is on its way, the former one is not shown."""
    read(person, "WS-33")
    person.open_popover("add_more", "add_files")
    person.upload(("WS-34.pdf", invoice_pdf("WS-34")))
    person.extract()
    picture = person.keyed("page_view").locator(".picture")
    expect(picture).to_be_visible()

    def late(route: Route) -> None:
        person.page.wait_for_timeout(1500)
        route.continue_()

    person.page.route("**/page-picture/**", late)
    person.keyed("doc_0").locator("button").first.click(delay=PRESS)
    expect(person.input("field_invoice_number")).to_have_value("WS-33")
    expect(picture).to_be_hidden(timeout=1000)
    expect(picture).to_be_visible(timeout=15_000)
