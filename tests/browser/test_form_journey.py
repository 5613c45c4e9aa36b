"""The form by keyboard, as only a browser shows it: where Tab stops, what keys do, what is in view, what can be read."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.conftest import NewPerson
from tests.browser.driver import PRESS, Person
from tests.browser.papers import LINES, invoice_pdf

#: The contrast of an element's words with its own ground, as the WCAG reckons it.
_CONTRAST = """
(element) => {
  const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => parts(colour).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const style = getComputedStyle(element);
  const [more, less] = [light(style.color), light(style.backgroundColor)].sort((one, other) => other - one);
  return (more + 0.05) / (less + 0.05);
}
"""
_WHERE = "() => document.activeElement.closest('[class*=st-key-]')?.className.match(/st-key-(\\S+)/)[1] ?? ''"
_IS_HELP = "() => !!document.activeElement.closest('.stTooltipIcon')"


def read(person: Person, number: str) -> None:
    """Upload an invoice of one page and have it read."""
    person.visit("/", "empty_state")
    person.upload((f"{number}.pdf", invoice_pdf(number)))
    person.extract()


def test_tab_goes_from_field_to_field(person: Person) -> None:
    """From the first field of the header to the last one no help icon holds Tab up."""
    read(person, "WS-31")
    person.input("field_invoice_number").focus()
    stops = []
    while not stops or (stops[-1] != "field_currency" and len(stops) < 40):
        assert not person.page.evaluate(_IS_HELP)
        stops.append(str(person.page.evaluate(_WHERE)))
        person.page.keyboard.press("Tab")
    assert len(stops) == 13


def test_keys_are_listed_by_a_question_mark(person: Person) -> None:
    """Outside of a field ? opens the list; in a field it is typed."""
    read(person, "WS-32")
    person.input("field_customer_id").click(delay=PRESS)
    person.page.keyboard.type("?")
    expect(person.input("field_customer_id")).to_have_value("?")
    expect(person.page.get_by_text("next open question")).to_have_count(0)
    person.page.keyboard.press("Control+a")
    person.page.keyboard.press("Delete")
    person.page.keyboard.press("Tab")
    person.settle()
    person.page.evaluate("() => document.activeElement.blur()")
    person.page.keyboard.press("?")
    expect(person.page.get_by_text("next open question")).to_be_visible()


def test_a_digit_takes_what_is_offered(person: Person) -> None:
    """With Alt while the cursor is in the field: the value goes in, and its place had been shown by pointing at it."""
    read(person, "WS-33")
    person.type_into("field_invoice_date", "")
    person.keyed("other_invoice_date_1").locator("button").first.hover()
    expect(person.keyed("page_view").locator(".offered")).to_be_visible()
    person.input("field_invoice_date").focus()
    person.page.keyboard.press("Alt+1", delay=PRESS)
    person.settle()
    expect(person.input("field_invoice_date")).to_have_value("2026-03-14")


def test_the_next_question_is_in_view_with_its_field(person: Person) -> None:
    """Alt+N brings the field and what is asked about it between the bar and the lower edge."""
    read(person, "WS-34")
    person.type_into("field_total_amount", "130.00")
    person.page.locator(".stMain").evaluate("(main) => main.scrollTo(0, 0)")
    person.page.keyboard.press("Alt+n", delay=PRESS)
    person.settle()
    question = person.page.get_by_text("but the total is").first
    expect(question).to_be_in_viewport(ratio=1)
    assert str(person.page.evaluate(_WHERE)).startswith("field_")


def test_saving_by_key_goes_on(person: Person) -> None:
    """Ctrl+Enter in the field just typed into saves what stands on the screen and opens the other document."""
    person.visit("/", "empty_state")
    person.upload(("WS-35.pdf", invoice_pdf("WS-35")), ("WS-36.pdf", invoice_pdf("WS-36")))
    person.click("extract_all")
    expect(person.keyed("save_next")).to_be_visible(timeout=60_000)
    person.settle()
    first = person.input("field_invoice_number").input_value()
    person.input("field_customer_id").click(delay=PRESS)
    person.page.keyboard.type("K-35")
    person.page.keyboard.press("Control+Enter", delay=PRESS)
    other = {"WS-35": "WS-36", "WS-36": "WS-35"}[first]
    expect(person.input("field_invoice_number")).to_have_value(other, timeout=20_000)
    expect(person.keyed("documents")).to_contain_text("saved as order")


def test_the_lines_need_no_sideways_scroll(person: Person) -> None:
    """At 1280 pixels all columns are in view."""
    read(person, "WS-37")
    wide = "(table) => table.scrollWidth - table.clientWidth"
    assert person.keyed("table_rows").locator(".dvn-scroller").evaluate(wide) <= 0


def test_what_is_typed_at_once_goes_into_the_new_line(person: Person) -> None:
    """After *Add a line* one types on without looking, where the browser is slow too; a line put between others likewise."""
    read(person, "WS-39")
    window = person.page.context.new_cdp_session(person.page)
    window.send("Emulation.setCPUThrottlingRate", {"rate": 3})
    person.keyed("add_line").locator("button").first.click(delay=PRESS)
    person.page.keyboard.type("Clear varnish 2 l", delay=30)
    person.page.keyboard.press("Tab")
    person.page.keyboard.type("3", delay=30)
    person.page.keyboard.press("Enter")
    expect(person.keyed("lines_changed")).to_contain_text("Line 4 description", timeout=20_000)
    expect(person.keyed("lines_changed")).to_contain_text("Line 4 quantity")
    person.settle()
    person.click("insert_line")
    person.input("insert_words").fill("Delivery")
    person.keyed("insert_submit").locator("button").first.click(delay=PRESS)
    person.page.keyboard.type("7", delay=30)
    person.page.keyboard.press("Enter")
    person.settle()
    person.page.wait_for_timeout(300)
    person.settle()
    person.page.get_by_role("tab", name="Raw JSON").click(delay=PRESS)
    person.settle()
    lines = json.loads(person.download("download_json").path().read_text())["invoice"]["line_items"]
    assert [(line["description"], line["quantity"]) for line in lines] == [
        ("Delivery", "7"),
        *((words, quantity) for words, quantity, _, _ in LINES),
        ("Clear varnish 2 l", "3"),
    ]


def test_white_on_the_accent_can_be_read(new_person: NewPerson) -> None:
    """The words of a primary button stand out at 4.5 to 1 on dark ground, also while it is pointed at; what stands outside of the
    page, such as dialogs, is dark too."""
    person = new_person(dark=True)
    read(person, "WS-38")
    assert person.page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "dark"
    button = person.keyed("save").locator("button").first
    assert button.evaluate(_CONTRAST) >= 4.5
    button.hover()
    person.page.wait_for_timeout(400)
    assert button.evaluate(_CONTRAST) >= 4.5


def test_the_arrows_between_documents_have_a_spoken_name(person: Person) -> None:
    """They show an arrow alone; a screen reader says what they do."""
    person.visit("/", "empty_state")
    person.upload(("WS-41.pdf", invoice_pdf("WS-41")), ("WS-42.pdf", invoice_pdf("WS-42")))
    for name in ("Document before this", "Document after this"):
        arrow = person.page.get_by_role("button", name=name).first
        expect(arrow).to_be_visible()
        assert (arrow.bounding_box() or {})["width"] < 60
