"""Takes the README's screenshots from the real studio with the shipped samples: ``python docs/make_screenshots.py``."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core.call import Call, Purpose, Usage  # noqa: E402
from core.entrypoints.bootstrap import build_studio  # noqa: E402 - the project is not an installed package
from core.events import RunFinished  # noqa: E402
from core.inbox.facts import facts_of_extraction  # noqa: E402
from core.invoice.model import Invoice  # noqa: E402
from core.settings import AlertRules, Budget, Settings  # noqa: E402
from core.stores.inbox import InboxItem  # noqa: E402
from core.stores.records import Status  # noqa: E402
from samples.generate import make_sample  # noqa: E402
from storage.calls import SqlCalls  # noqa: E402
from storage.database import open_database  # noqa: E402
from tests.browser.driver import CHROMIUM_ARGS, Person, Server, chromium, new_page, serve  # noqa: E402
from tests.core.declared.papers import PAYSLIP, paper  # noqa: E402
from tests.core.declared.test_reading import from_example  # noqa: E402
from tests.storage.worked import keep_weeks  # noqa: E402

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


def fill_bill(folder: Path) -> None:
    """Calls to models of the last weeks, and an edited prompt, so that their pages have something to show."""
    studio = build_studio(Settings(data_dir=folder))
    calls = SqlCalls(open_database(f"sqlite:///{folder / 'studio.db'}"))
    now, dice = datetime.now(UTC), random.Random(7)  # noqa: S311 - an example, no secret
    models = (
        ("groq", "llama-4-scout-17b", "0.0006"),
        ("openai", "gpt-5-mini", "0.004"),
        ("anthropic", "claude-haiku", "0.009"),
    )
    for number in range(160):
        provider, model, price = dice.choice(models)
        cost = (Decimal(price) * Decimal(str(round(dice.uniform(0.6, 1.5), 2)))).quantize(Decimal("0.000001"))
        at = now - timedelta(days=dice.randrange(min(now.day, 21)), minutes=dice.randrange(600))
        usage = Usage(dice.randrange(900, 3200), dice.randrange(200, 800), dice.choice((0, 900)))
        purpose: Purpose = dice.choice(("extract", "extract", "extract", "repair", "second opinion"))
        call = Call(
            f"call{number}", at, provider, model, purpose, usage, cost, dice.uniform(0.5, 4), prompt="invoice@0"
        )
        calls.keep_call(call, f"run{number}", f"document{number}")
    shipped = studio.prompts.get("invoice", 0)
    better = shipped.system.replace("Copy, never invent.", "Copy what is printed; never invent, never complete.")
    studio.prompts.keep(shipped.model_copy(update={"system": better, "notes": "A clearer first rule"}))
    studio.configure(budget=Budget(month=Decimal(2)))


def fill_inbox(person: Person) -> None:
    """A batch of made-up invoices with a broken file among them, two of them ticked."""
    person.visit("/inbox", "inbox_drop")
    files = [
        (f"invoice {seed}.pdf", make_sample(seed, language).data)
        for seed, language in enumerate(("en", "de", "fr", "es") * 3)
    ]
    payloads = [
        {"name": name, "mimeType": "application/pdf", "buffer": data}
        for name, data in [*files, ("statement.pdf", b"%PDF-1.4 cut off")]
    ]
    person.keyed("inbox_drop").locator("input[type=file]").set_input_files(payloads)  # type: ignore[arg-type]
    expect(person.page.locator(".batch_head").first).to_contain_text("of reading", timeout=120_000)
    for place in (1, 3):
        person.page.locator(".inbox_line input").nth(place).check()


def fill_queue(folder: Path) -> None:
    """The samples with doubts that they do not have: a queue to review."""
    studio = build_studio(Settings(data_dir=folder, workers="threads"))
    unsure = {"due_date": 0.4, "total_amount": 0.6, "line_items.1.quantity": 0.5}
    for place, name in enumerate(("italian-two-pages", "english-studio", "german-einvoice")):
        document = studio.open(sample(name)[1], sample(name)[0])
        run_id, now = f"queue{place}", datetime.now(UTC)
        *_, finished = studio.extract(document, run_id=run_id)
        assert isinstance(finished, RunFinished)
        read = finished.extraction
        read = read.model_copy(update={"confidences": {**read.confidences, **unsure}})
        studio._parts.files.keep_json("run", run_id, read.model_dump_json())
        item = InboxItem(run_id, document.sha256, document.name, now, now, run_id=run_id)
        studio.inbox._store.add([replace(item, **facts_of_extraction(read), state="needs review")])
    studio.close()


def review_queue(person: Person) -> None:
    """At the second question of the first document."""
    person.visit("/review")
    for text in ("Ana", ""):
        person.page.keyboard.type(text)
        person.page.keyboard.press("Enter")
        expect(person.page.locator(".review .card .field")).to_be_focused()


def keep_type(folder: Path) -> None:
    """A document type made from an example."""
    definition, names = from_example(PAYSLIP, 3)
    check = f"{names['gross']} - {names['deductions']} = {names['net']}"
    build_studio(Settings(data_dir=folder)).types.keep(definition.model_copy(update={"checks": (check,)}))


def fill_weeks(folder: Path) -> None:
    """Twelve weeks of work, and rules by which somebody is told."""
    studio = build_studio(Settings(data_dir=folder))
    studio.preferences.put(alerts=AlertRules(queue_hours=24, corrected_percent=7.1))
    database = open_database(f"sqlite:///{folder / 'studio.db'}")
    keep_weeks(database, 12, (folder / "place").read_text(), datetime.now(UTC))
    database.close()
    studio.close()


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
        fill_bill(data)
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
            person = Person(new_page(browser), server)
            fill_inbox(person)
            shoot(person, "inbox")
            fill_queue(data)
            person = Person(new_page(browser), server)
            review_queue(person)
            shoot(person, "review")
            person.visit("/compare")
            person.press("Compare 5 documents × 2 recipes")
            expect(person.page.get_by_text("10 of 10 read")).to_be_visible(timeout=120_000)
            shoot(person, "compare")
            person.visit("/accuracy")
            person.press("Measure on the 5 shipped samples")
            expect(person.page.get_by_role("tab", name="Overview")).to_be_visible(timeout=120_000)
            shoot(person, "accuracy")
            person.visit("/prompts", "prompt_head")
            person.page.get_by_role("tab", name="Versions").click(delay=80)
            shoot(person, "prompts")
            person.visit("/cost", "cost_figures")
            shoot(person, "cost")
            slip = paper(PAYSLIP, 3)
            person = Person(new_page(browser), server)
            keep_type(data)
            person.visit("/document_types", "type_list")
            person.upload((slip.name, slip.data))
            expect(person.keyed("type_pages").locator(".box").first).to_be_visible()
            shoot(person, "types")
        worked = data / "worked"
        fill_weeks(worked)
        with serve(worked) as server:
            person = Person(new_page(browser), server)
            person.visit("/operation", "operation_figures")
            shoot(person, "operation")
        browser.close()


if __name__ == "__main__":
    main()
