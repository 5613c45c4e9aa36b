"""A journey with a model: choose it, hide something, watch the reply, see what was sent and what it cost; and a prompt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driver import PRESS, Person, Server, serve
from tests.browser.papers import invoice_pdf
from tests.conftest import SampleFile
from tests.mock_models import MockModels

EMAIL = "E-mail addresses"


@pytest.fixture(scope="module")
def server(data: Path, mock_server: MockModels) -> Iterator[Server]:
    """The real studio, its providers led to the server that plays them."""
    mock_server.reset()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in mock_server.environment("groq").items():
            patch.setenv(name, value)
        with serve(data) as running:
            yield running


def slow_reply(mock: MockModels, sample: SampleFile) -> None:
    """Have the model answer with the truth, piece by piece, in about two seconds."""
    values = {"order_date": None, "customer_id": None} | {k: v for k, v in sample.truth.items() if k != "meta"}
    text = json.dumps({"document_type": "invoice", "language": "en", "invoice": values}, indent=1)
    mock.replies(text, pause=50, piece=max(1, len(text) // 40), usage={"prompt_tokens": 1800, "completion_tokens": 400})


def open_with_model(person: Person, sample: SampleFile) -> None:
    """Drop a document in and choose to have it read by a model."""
    person.visit("/", "empty_state")
    person.upload((sample.name, sample.data))
    person.choose("recipe", "A language model")


def test_a_model_reads_while_the_person_watches_and_the_bill_says_so(
    person: Person, mock_server: MockModels, digital_pdf: SampleFile
) -> None:
    """Fields stand there before the reply is whole; afterwards the form, what was sent, and the call's cost."""
    slow_reply(mock_server, digital_pdf)
    open_with_model(person, digital_pdf)
    expect(person.keyed("sending")).to_contain_text("Sends its text to Groq")
    person.keyed("extract").locator("button").click(delay=PRESS)
    expect(person.page.locator(".arriving b").first).to_be_visible(timeout=20_000)
    expect(person.keyed("tabs")).to_be_visible(timeout=60_000)
    person.settle()
    assert person.input("field_invoice_number").input_value() == digital_pdf.truth["invoice_number"]
    expect(person.box("Total")).to_be_visible()
    person.page.get_by_role("tab", name="Raw JSON").click(delay=PRESS)
    person.page.get_by_text("What was sent").first.click(delay=PRESS)
    expect(person.page.get_by_text("BEGIN DOCUMENT").first).to_be_visible()
    person.visit("/cost", "cost_figures")
    expect(person.keyed("cost_figures")).to_contain_text("$0.000")


def test_what_the_person_hides_is_not_sent(
    person: Person, mock_server: MockModels, einvoice_pdf: SampleFile, scan_png: SampleFile
) -> None:
    """A kind of data for every document, a drawn place for this one: kept over a reload, and gone from the question."""
    mock_server.reset()
    slow_reply(mock_server, scan_png)
    open_with_model(person, scan_png)
    person.open_popover("hide", "hide_kinds")
    person.keyed("hide_names").locator("input").first.fill(scan_png.truth["vendor_name"])
    person.page.keyboard.press("Enter")
    person.settle()
    person.click("hide_draw")
    canvas = person.page.locator("[role=dialog] canvas").last
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box is not None
    person.drag((box["x"] + 10, box["y"] + 10), (box["x"] + box["width"] - 10, box["y"] + 60))
    person.click("hide_keep")
    expect(person.keyed("hide")).to_contain_text("Hidden: 2")
    person.extract()
    sent = json.dumps(mock_server.requests()[-1]["body"], ensure_ascii=False)
    assert "[HIDDEN-1]" in sent or "[NAME-1]" in sent
    assert scan_png.truth["vendor_name"] not in sent
    assert person.input("field_vendor_name").input_value() == scan_png.truth["vendor_name"]


def test_places_drawn_on_one_page_stay_while_another_is_shown(person: Person) -> None:
    """A box on each of two pages, kept with one press: both are hidden."""
    person.visit("/", "empty_state")
    person.upload(("two pages.pdf", invoice_pdf("WS-77", pages=2)))
    person.choose("recipe", "A language model")
    person.open_popover("hide", "hide_kinds")
    person.click("hide_draw")
    for page in ("1", "2"):
        person.choose("hide_page", page)
        canvas = person.page.locator("[role=dialog] canvas").last
        expect(canvas).to_be_visible()
        box = canvas.bounding_box()
        assert box is not None
        person.drag((box["x"] + 50, box["y"] + 50), (box["x"] + 250, box["y"] + 90))
        expect(person.page.get_by_role("dialog")).to_contain_text(f"{page} place")
    person.click("hide_keep")
    person.open_popover("hide", "hide_kinds")
    expect(person.page.get_by_text("2 places hidden.")).to_be_visible()


def test_a_prompt_is_edited_kept_and_compared(person: Person) -> None:
    """The new version stands beside the one that ships, with its difference; what was typed survives another page."""
    person.visit("/prompts", "prompt_head")
    person.type_into("prompt_invoice_0_notes", "shorter names")
    person.type_into("prompt_invoice_0_system", "Read the document. Names without their legal form.")
    person.page.get_by_role("link", name="Cost").click(delay=PRESS)
    person.settle()
    person.page.get_by_role("link", name="Prompts").click(delay=PRESS)
    person.settle()
    expect(person.input("prompt_invoice_0_notes")).to_have_value("shorter names")
    person.click("prompt_keep")
    person.page.get_by_role("tab", name="Versions").click(delay=PRESS)
    expect(person.page.locator(".diff-new").first).to_be_visible()
    assert "Names without their legal form" in person.words()
