"""The review by keys alone, as only a browser shows it: three documents, accepted, corrected, and one that somebody else changed too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.entrypoints.bootstrap import build_studio
from core.events import RunFinished
from core.inbox.facts import facts_of_extraction
from core.review.edits import Edits
from core.settings import Settings
from core.stores.inbox import InboxItem
from core.studio import Studio
from tests.browser.conftest import NewPerson
from tests.browser.papers import invoice_pdf

#: What is unsure in each document, the surest last: the most is at stake in the first.
UNSURE = {
    "WS-71": {"total_amount": 0.1, "due_date": 0.1},
    "WS-72": {"total_amount": 0.2},
    "WS-73": {"total_amount": 0.4},
}


@pytest.fixture(scope="module")
def studio(data: Path) -> Iterator[Studio]:
    """A second studio on the same data, with the documents in its queue."""
    made = build_studio(Settings(data_dir=data, workers="threads"))
    for number, unsure in UNSURE.items():
        bring(made, number, unsure)
    yield made
    made.close()


def bring(made: Studio, number: str, unsure: dict[str, float]) -> None:
    """Put an invoice into the queue with these values unsure."""
    document = made.open(invoice_pdf(number), f"{number}.pdf")
    *_, finished = made.extract(document, run_id=number.replace("-", ""))
    assert isinstance(finished, RunFinished)
    sure = dict.fromkeys(finished.extraction.confidences, 0.99)
    read = finished.extraction.model_copy(update={"confidences": sure | unsure, "findings": ()})
    run_id, now = number.replace("-", ""), datetime.now(UTC)
    made._parts.files.keep_json("run", run_id, read.model_dump_json())
    item = InboxItem(run_id, document.sha256, document.name, now, now, run_id=run_id)
    made.inbox._store.add([replace(item, **facts_of_extraction(read), state="needs review")])


def test_three_documents_are_reviewed_by_keys_alone(studio: Studio, new_person: NewPerson) -> None:
    """The place is shown beside the field, a reload loses nothing, nobody else is handed the same document, and where another
    changed the same value the choice is asked."""
    ana, ben = new_person(), new_person()
    for person, name in ((ana, "Ana"), (ben, "Ben")):
        person.visit("/review")
        person.page.keyboard.type(name)
        person.page.keyboard.press("Enter")
        expect(person.page.locator(".review .card .field")).to_be_focused()
    notice = ana.page.locator(".review .notice")
    page, card, title = ana.page, ana.page.locator(".review .card"), ana.page.locator(".review .head .title")
    expect(title).to_contain_text("WS-71")
    expect(ben.page.locator(".review .head .title")).to_contain_text("WS-73")  # the second is made ready for Ana
    ben.visit("/")  # he leaves

    expect(card.locator(".name-of")).to_have_text("Due date")
    expect(card.locator(".crop img")).to_be_visible()
    page.keyboard.press("Enter")
    expect(card.locator(".name-of")).to_have_text("Total")
    page.keyboard.press("Shift+Enter")
    expect(card.locator(".name-of")).to_have_text("Due date")
    page.keyboard.type("2026-04-15")
    page.reload()
    expect(card.locator(".field")).to_have_value("2026-04-15")
    page.keyboard.press("Enter")
    expect(card.locator(".name-of")).to_have_text("Total")
    page.keyboard.press("Enter")
    expect(card.locator(".name-of")).to_have_text("Nothing is left to ask")
    page.keyboard.press("Enter")

    expect(title).to_contain_text("WS-72")
    page.locator(".review .sheet").click(position=_middle_of(page, "GBP", 2))
    page.keyboard.press("Escape")
    expect(card.locator(".field")).to_have_value("120.00")
    page.keyboard.type("121.00")
    page.keyboard.press("Control+Enter")
    expect(notice).to_contain_text("1 question is open")  # the sum does not come out now
    page.keyboard.press("Control+Enter")

    expect(title).to_contain_text("WS-73")
    theirs = Edits(texts={"total_amount": "122.00"})
    studio._parts.reviews.keep_edits("WS73", theirs.to_json(), 0, "Ben")
    page.keyboard.type("123.00")
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("somebody else put “122.00” there, yours is “123.00”")
    notice.get_by_role("button", name="Keep mine").click()
    page.keyboard.press("Control+Enter")
    expect(notice).to_contain_text("1 question is open")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The queue is empty")).to_be_visible()
    expect(page.get_by_text("WS-73 is saved as order")).to_be_visible()

    expect(page.locator(".review .pace")).to_contain_text("3 reviews")  # all that was under way has ended
    found = {run: studio.reviewing.edits(run)[0].saved for run in ("WS71", "WS72", "WS73")}
    assert [str(each.due_date) for each in found.values() if each] == ["2026-04-15", "2026-04-13", "2026-04-13"]
    totals = [each.total_amount for each in found.values() if each]
    assert totals == [Decimal("120.00"), Decimal("121.00"), Decimal("123.00")]


def _middle_of(page: object, word: str, nth: int) -> dict[str, float]:
    """Where on the sheet the ``nth`` word that reads so stands, in pixels."""
    return page.locator(".review").evaluate(  # type: ignore[attr-defined, no-any-return]
        """(root, [word, nth]) => {
          const [, x0, y0, x1, y1] = root.window.pageAt().words.filter((each) => each[0] === word)[nth];
          const sheet = root.querySelector(".sheet");
          return { x: ((x0 + x1) / 2) * sheet.clientWidth, y: ((y0 + y1) / 2) * sheet.clientHeight };
        }""",
        [word, nth],
    )


def test_one_field_of_several_documents_is_answered_by_keys(studio: Studio, new_person: NewPerson) -> None:
    """Each beside its place: found right, corrected, left; a document with nothing left to ask is saved from there."""
    for number in ("WS-81", "WS-82", "WS-83"):
        bring(studio, number, {"total_amount": 0.2})
    ana = new_person()
    ana.visit("/review")
    page = ana.page
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page.locator(".review .card .field")).to_be_focused()
    page.locator(".review .show-column").click()
    rows = page.locator(".review .column .cell")
    expect(rows).to_have_count(3)
    expect(rows.locator(".crop img")).to_have_count(3)
    numbers = [words.split(" ")[0].strip() for words in rows.locator(".of span").all_inner_texts()]
    expect(rows.nth(0).locator(".field")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator(".field")).to_be_focused()
    page.keyboard.type("77.00")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+S")
    expect(rows.nth(0).locator(".state")).to_have_text("nothing left to ask")
    expect(rows.nth(2).locator(".state")).to_have_text("left open")
    page.keyboard.press("Control+Enter")
    expect(rows.nth(0).locator(".state")).to_contain_text("saved as order")
    saved = studio.inbox.of_run(numbers[0].replace("-", ""))[0]
    assert saved.order_id is not None
    assert studio.record(saved.order_id).status == "reviewed"
    assert "77.00" in str(studio.reviewing.edits(numbers[1].replace("-", ""))[0].texts)
    page.keyboard.press("Escape")
    expect(page.locator(".review .card .field")).to_be_focused()
