"""Work that goes on while a person looks at its page: what changes by itself, and what stands still meanwhile."""

from __future__ import annotations

from playwright.sync_api import Request, expect

from tests.browser.driver import PRESS, Person
from tests.browser.papers import invoice_pdf

#: Longer than the browser waits between two looks in ms, also after it told the page.
_A_LOOK = 4_500
#: Remembers every height that the row of open documents ever had.
_HEIGHTS = """
() => {
  window.heights = new Set();
  const look = () => {
    const bar = document.querySelector(".st-key-desk_bar");
    if (bar) window.heights.add(Math.round(bar.getBoundingClientRect().height));
    requestAnimationFrame(look);
  };
  look();
}
"""


def test_nothing_is_asked_once_the_work_is_over(person: Person) -> None:
    """A comparison that went through several states and was stopped is left alone, and so is its page."""
    person.visit("/compare", "compare_start")
    person.click("compare_start")
    expect(person.keyed("compare_bar")).to_contain_text("running", timeout=30_000)
    person.click("compare_cancel")
    expect(person.keyed("compare_go_on")).to_be_visible(timeout=60_000)
    person.settle()
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/watch/" in request.url:
            asked.append(request.url)

    person.page.on("request", note)
    person.page.wait_for_timeout(_A_LOOK)
    assert asked == []


def test_the_row_of_documents_keeps_its_height_while_they_are_read(person: Person) -> None:
    """Several are read, one after the other comes to its end, and the page below does not move."""
    person.visit("/", "empty_state")
    person.upload(*((f"WA {n}.pdf", invoice_pdf(f"WA-{n}", pages=8)) for n in range(1, 5)))
    expect(person.keyed("desk_list")).to_contain_text("1 of 4")
    person.page.evaluate(_HEIGHTS)
    person.keyed("extract_all").locator("button").click(delay=PRESS)
    expect(person.keyed("reading_batch")).to_be_visible()
    expect(person.keyed("reading_batch")).to_have_count(0, timeout=60_000)
    expect(person.keyed("documents")).not_to_contain_text("waiting")
    person.settle()
    heights = person.page.evaluate("() => [...window.heights]")
    assert max(heights) - min(heights) <= 1, heights


def test_the_bar_above_the_form_stands_in_one_line(person: Person) -> None:
    """What is open, the key for it and the way to the next one have one middle."""
    person.visit("/", "empty_state")
    person.upload(("WB.pdf", invoice_pdf("")))
    person.extract()
    middles = (
        person.keyed("walk_bar")
        .locator("p, button")
        .evaluate_all("all => all.map((each) => each.getBoundingClientRect()).map((box) => box.top + box.height / 2)")
    )
    assert len(middles) >= 3
    assert max(middles) - min(middles) <= 1.5, middles
