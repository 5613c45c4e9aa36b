"""The desk as a person uses it: many open documents, Back and Forward, closing and taking it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driver import PRESS, Person, overflow
from tests.browser.papers import PASSWORD, invoice_pdf

MANY = 10


def open_many(person: Person, count: int, kind: str) -> None:
    """Open several documents; the first is shown."""
    person.visit("/", "empty_state")
    person.upload(
        *((f"{kind} {n} with quite a long name.pdf", invoice_pdf(f"{kind}-{n}")) for n in range(1, count + 1))
    )
    expect(person.keyed("desk_list")).to_contain_text(f"1 of {count}")


def test_every_open_document_is_within_reach(person: Person) -> None:
    """Ten documents at 1280: a count, the keys, and a list that names all; the chosen one's chip is in sight."""
    open_many(person, MANY, "DA")
    assert overflow(person.page) <= 0
    person.page.keyboard.press("Alt+PageUp", delay=PRESS)
    person.settle()
    expect(person.keyed("desk_list")).to_contain_text(f"{MANY} of {MANY}")
    last = person.keyed(f"doc_{MANY - 1}").locator("button").first
    expect(last).to_be_in_viewport(ratio=0.9)
    bar = person.keyed("desk_bar").bounding_box()
    assert bar is not None
    assert bar["height"] < 60
    person.click("desk_list")
    person.keyed("list_doc_4").locator("button").click(delay=PRESS)
    person.settle()
    expect(person.keyed("desk_list")).to_contain_text(f"5 of {MANY}")


def test_back_leads_to_the_document_and_the_page_before(person: Person) -> None:
    """One press is one step, over documents and over pages of the app, there and back."""
    open_many(person, 3, "DB")
    person.keyed("doc_1").locator("button").first.click(delay=PRESS)
    expect(person.keyed("desk_list")).to_contain_text("2 of 3")
    person.settle()
    person.extract()
    person.page.get_by_role("link", name="Cost").click(delay=PRESS)
    expect(person.keyed("desk_list")).to_have_count(0)
    person.settle()
    person.page.go_back()
    expect(person.input("field_invoice_number")).to_have_value("DB-2", timeout=20_000)
    person.settle()
    person.page.go_back()
    expect(person.keyed("desk_list")).to_contain_text("1 of 3")
    person.settle()
    person.page.go_forward()
    expect(person.input("field_invoice_number")).to_have_value("DB-2", timeout=20_000)


def test_a_page_is_seen_while_it_is_read(person: Person) -> None:
    """Its picture stands before the run ends."""
    person.visit("/", "empty_state")
    person.upload(("DC.pdf", invoice_pdf("DC-1", pages=150)))
    person.keyed("extract").locator("button").click(delay=PRESS)
    expect(
        person.keyed("page_view").and_(person.page.locator(":root:has(.st-key-cancel) .st-key-page_view"))
    ).to_be_visible()
    expect(person.keyed("page_view").locator(".picture")).to_be_visible(timeout=20_000)
    expect(person.keyed("tabs")).to_be_visible(timeout=60_000)


def test_closing_is_taken_back_with_the_edits(person: Person) -> None:
    """Nothing is asked, and nothing is lost."""
    person.visit("/", "empty_state")
    person.upload(("DD.pdf", invoice_pdf("DD-1")))
    person.extract()
    person.type_into("field_vendor_name", "Typed & Kept")
    person.click("close_document")
    expect(person.keyed("empty_state")).to_be_visible()
    person.click("reopen_document")
    expect(person.input("field_vendor_name")).to_have_value("Typed & Kept")


def test_a_file_that_waits_for_its_password_survives_a_reload(person: Person) -> None:
    """It is asked for again, and opens."""
    person.visit("/", "empty_state")
    person.upload(("DE.pdf", invoice_pdf("DE-1", password=PASSWORD)))
    expect(person.page.get_by_role("textbox", name="Password")).to_be_visible()
    person.page.reload()
    box = person.page.get_by_role("textbox", name="Password")
    expect(box).to_be_visible(timeout=20_000)
    box.fill(PASSWORD)
    person.press("Open")
    expect(person.keyed("extract")).to_be_visible()


def test_a_click_on_a_samples_picture_opens_it(person: Person) -> None:
    """The whole card is the button."""
    person.visit("/", "empty_state")
    picture = person.keyed("samples").locator("img").first.bounding_box()
    assert picture is not None
    person.page.mouse.click(picture["x"] + 40, picture["y"] + 40, delay=PRESS)
    expect(person.keyed("extract")).to_be_visible()


@pytest.mark.parametrize("by_key", [False, True])
def test_a_thumbnail_is_looked_at_in_large(person: Person, by_key: bool) -> None:
    """By mouse and by keyboard; the choice of pages stays as it is."""
    person.visit("/", "empty_state")
    person.upload(("DF.pdf", invoice_pdf("DF-1", pages=2)))
    look = person.keyed("look_2").locator("button").first
    if by_key:
        look.focus()
        person.page.keyboard.press("Enter", delay=PRESS)
    else:
        person.keyed("thumb_2").hover()
        look.click(delay=PRESS)
    picture = person.page.get_by_role("dialog").locator(".picture")
    expect(picture).to_be_visible()
    size = picture.bounding_box()
    assert size is not None
    assert size["width"] > 800
    person.page.keyboard.press("Escape")
    expect(person.keyed("pick_2").get_by_role("checkbox")).to_be_checked()
