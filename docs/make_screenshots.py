"""Takes the README's screenshots from the real studio with the shipped samples: ``python docs/make_screenshots.py``."""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core.entrypoints.bootstrap import build_studio  # noqa: E402 - the project is not an installed package
from core.models import Invoice  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.stores import Status  # noqa: E402
from tests.browser.driver import CHROMIUM_ARGS, Person, Server, chromium, new_page, serve  # noqa: E402

DOCS = ROOT / "docs"
SAMPLES = ROOT / "samples" / "cases"
STATUSES: tuple[Status, ...] = ("approved", "reviewed", "needs review")


def sample(name: str) -> tuple[str, bytes]:
    """A shipped sample's file name and bytes."""
    entry = next(entry for entry in json.loads((SAMPLES / "samples.json").read_text()) if entry["id"] == name)
    return entry["name"], (SAMPLES / entry["file"]).read_bytes()


def fill_books(folder: Path) -> None:
    """Records for the list: the samples' invoices, month after month."""
    studio = build_studio(Settings(data_dir=folder))
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*/truth.json"))]
    for month in range(6):
        for place, truth in enumerate(truths):
            known = {name: value for name, value in truth.items() if name in Invoice.model_fields}
            invoice = Invoice.model_validate(known)
            dated = {
                name: day + timedelta(days=30 * month)
                for name in ("invoice_date", "due_date")
                if (day := getattr(invoice, name)) is not None
            }
            changed = {"invoice_number": f"{invoice.invoice_number}-{month + 1}", **dated}
            studio.save(invoice.model_copy(update=changed), ("database",), status=STATUSES[(month + place) % 3])


def shoot(person: Person, name: str) -> None:
    """Keep what the window shows."""
    person.settle()
    person.page.mouse.move(0, 799)
    person.page.wait_for_timeout(1200)
    person.page.screenshot(path=DOCS / f"{name}.png")


def read_sample(browser: Browser, server: Server, name: str, *, dark: bool = False) -> Person:
    """A person with a sample that has been read, its total lit up."""
    person = Person(new_page(browser, dark=dark), server)
    person.visit("/", "empty_state")
    person.upload(sample(name))
    person.extract()
    person.input("field_invoice_number").focus()
    return person


def main() -> None:
    """Take all of them."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        data = Path(place)
        fill_books(data)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        with serve(data) as server:
            person = read_sample(browser, server, "english-studio")
            shoot(person, "studio")
            person.page.get_by_role("tab", name="Checks").click(delay=80)
            shoot(person, "checks")
            shoot(read_sample(browser, server, "german-einvoice", dark=True), "studio-dark")
            person = Person(new_page(browser), server)
            person.visit("/", "empty_state")
            person.upload(sample("italian-two-pages"))
            shoot(person, "pages")
            person = read_sample(browser, server, "english-studio")
            person.click("save")
            person.visit("/records", "records_paging")
            person.choose_cell("records_split", x=150)
            shoot(person, "records")
        browser.close()


if __name__ == "__main__":
    main()
