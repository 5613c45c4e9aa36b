"""The Inbox as a person uses it: whatever comes is dropped at once, states move by themselves, and each row leads on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.driver import PRESS, Person, overflow
from tests.browser.papers import invoice_pdf
from tests.core.test_archives import zipped


def test_what_comes_in_is_read_handed_on_and_cleared_away(person: Person) -> None:
    """Files, a broken one and a zip: the rows move while two of them are chosen, a failed one is tried again, one is rejected and
    taken back, and a name leads to the Studio."""
    person.visit("/inbox", "inbox_empty")
    inside = zipped({f"in {number}.pdf": invoice_pdf(f"IZ-{number}") for number in range(3)})
    files = [(f"a {number}.pdf", invoice_pdf(f"IA-{number}")) for number in range(5)]
    payloads = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        for name, data in (*files, ("broken.pdf", b"%PDF-1.4 nothing"), ("papers.zip", inside))
    ]
    person.keyed("inbox_drop").locator("input[type=file]").set_input_files(payloads)  # type: ignore[arg-type]
    lines = person.page.locator(".inbox_line")
    expect(lines.first).to_be_visible()
    for number in (0, 1):
        lines.filter(has_text=f"a {number}.pdf").locator("input").check()
    expect(person.keyed("inbox_actions")).to_contain_text("2 chosen")
    expect(lines).to_have_count(9, timeout=30_000)
    expect(person.page.locator(".batch_head").first).to_contain_text("8 ready unseen · 1 failed", timeout=60_000)
    person.settle()
    expect(person.page.locator(".inbox_line.chosen")).to_have_count(2)
    expect(lines.filter(has_text="in 2.pdf")).to_contain_text("Woodshed Supplies Ltd")
    expect(lines.filter(has_text="broken.pdf")).to_contain_text("this PDF is damaged")
    expect(lines.first.locator("img")).to_be_visible()
    assert overflow(person.page) <= 0

    person.open_popover("inbox_reject", "inbox_reason")
    person.input("inbox_reason").fill("not ours")
    person.page.keyboard.press("Tab")
    person.settle()
    person.click("inbox_reject_now")
    expect(lines.filter(has_text="a 0.pdf")).to_contain_text("not ours")
    person.click("inbox_take_back")
    expect(lines.filter(has_text="a 0.pdf")).to_contain_text("ready")
    person.click("inbox_choose_none")
    person.click("inbox_retry_all")
    expect(lines.filter(has_text="broken.pdf")).to_contain_text("this PDF is damaged", timeout=20_000)

    chip = person.page.locator(".state_chip.s_failed")
    chip.evaluate("(chip) => { chip.stays = true; }")
    chip.click(delay=PRESS)
    expect(lines).to_have_count(1)
    assert chip.evaluate("(chip) => chip.stays")  # the very same one: a press is not lost to a redraw
    person.page.locator(".state_chip.s_failed").click(delay=PRESS)
    expect(lines).to_have_count(9)
    lines.filter(has_text="a 3.pdf").locator(".open").click(delay=PRESS)
    expect(person.input("field_invoice_number")).to_have_value("IA-3", timeout=20_000)
