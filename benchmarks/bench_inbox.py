"""The Inbox: what its page asks of 100,000 items beside 10,000; and 200 PDFs dropped at once in a real Chromium, until every row is
shown and until all are read, and what a click on the page costs meanwhile."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from benchmarks.bench_storage import STARTED, Figures, median_ms
from core.stores.inbox import ITEM_STATES, Batch, InboxItem, InboxQuery
from samples.generate import make_sample
from storage.database import open_database
from storage.inbox import SqlInbox
from tests.browser.driver import CHROMIUM_ARGS, Person, chromium, new_page, serve

COUNTS = (10_000, 100_000)
FILES = 200
GIVE_UP = 300_000
MOST_CLICKS = 40
_BATCH = 200


def item(number: int) -> InboxItem:
    """A made-up item; every two hundred came together."""
    state = ITEM_STATES[(number * 5) % len(ITEM_STATES)]
    moment = STARTED + timedelta(minutes=number)
    return InboxItem(
        f"{number:030d}",
        f"{number:064x}",
        f"scan {number * 7919 % 99_991} of March.pdf",
        moment,
        moment,
        batch_id=f"b{number // _BATCH}",
        who=("", "Ann", "Bob", "Cleo")[number % 4],
        state=state,
        page_count=1,
        run_id=f"r{number}",
        type_name=("invoice", "receipt", "delivery note")[number % 3],
        vendor=f"Vendor {number * 31 % 997} Société",
        number=f"R-{number:06d}",
        total=Decimal(number * 7919 % 1_000_003) / 100,
        currency="EUR",
        doubts=number % 5,
        worst="Total “119.00” is only 71 % sure: is it right?",
        verdict="approved",
        seconds=1.0,
    )


def figures(folder: Path, count: int) -> Figures:
    """Medians in milliseconds on ``count`` items."""
    database = open_database(f"sqlite:///{folder / f'{count}.db'}")
    store = SqlInbox(database, "here")
    for first in range(0, count, 5_000):
        store.add([item(number) for number in range(first, min(first + 5_000, count))])
    for number in range(count // _BATCH):
        store.keep_batch(Batch(f"b{number}", f"Batch {number}", STARTED + timedelta(minutes=number * _BATCH)))
    asked = {
        "first page, latest first": InboxQuery(size=100),
        "last page": InboxQuery(size=100, page=count // 100 - 1),
        "by vendor": InboxQuery(size=100, sort="vendor", descending=False),
        "by total": InboxQuery(size=100, sort="total"),
        "by state": InboxQuery(size=100, sort="state"),
        "by doubts": InboxQuery(size=100, sort="doubts"),
        "by name": InboxQuery(size=100, sort="name", descending=False),
        "one state": InboxQuery(size=100, states=("failed",)),
        "one vendor": InboxQuery(size=100, vendor="Vendor 31 Société"),
        "one batch": InboxQuery(size=100, batch_id="b7"),
        "one type, one person": InboxQuery(size=100, type_name="receipt", who="Ann"),
        "search, one match": InboxQuery(size=100, text="r-000777"),
        "search, all match": InboxQuery(size=100, text="march societe"),
    }
    found = {f"list: {name}": median_ms(lambda q=query: store.search(q)) for name, query in asked.items()}
    found["counts by state"] = median_ms(lambda: store.counts(InboxQuery()))
    found["counts of a search"] = median_ms(lambda: store.counts(asked["search, all match"]))
    found["vendors to choose from"] = median_ms(lambda: store.choices("vendor"))
    found["types to choose from"] = median_ms(lambda: store.choices("type_name"))
    found["people to choose from"] = median_ms(lambda: store.choices("who"))
    found["reports of 30 batches"] = median_ms(lambda: store.reports(30))
    found["whether anything is queued"] = median_ms(store.is_idle)
    found["the next of a queue"] = median_ms(lambda: store.take("short", 12))
    found["what became of a run"] = median_ms(lambda: store.of_run("r777"))
    database.close()
    return found


def growth() -> None:
    """Print what is asked of few and of many."""
    with tempfile.TemporaryDirectory() as name:
        small, large = (figures(Path(name), count) for count in COUNTS)
    print(f"{'':34s} {COUNTS[0]:>9,d} items {COUNTS[1]:>9,d} items")
    for name, before in small.items():
        print(f"{name:34s} {before:12.1f} ms {large[name]:12.1f} ms")
    print(f"slowest: {max(large.values()):.0f} ms")


def dropped(dark: bool = False, shots: Path | None = None) -> None:
    """Drop 200 PDFs and print what that took; pictures of it go to ``shots``."""
    papers = [(f"invoice {seed}.pdf", make_sample(seed, "en").data) for seed in range(FILES)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        with serve(Path(place) / "data") as server:
            person = Person(new_page(browser, dark=dark, width=1440, height=900), server)
            person.page.set_default_timeout(GIVE_UP)
            person.visit("/inbox", "inbox_empty")
            if shots:
                person.page.screenshot(path=shots / "inbox-empty.png")
            payloads = [{"name": name, "mimeType": "application/pdf", "buffer": data} for name, data in papers]
            started = time.perf_counter()
            person.keyed("inbox_drop").locator("input[type=file]").set_input_files(payloads)  # type: ignore[arg-type]
            person.page.wait_for_selector(".inbox_line", timeout=GIVE_UP)
            person.page.wait_for_function(
                "() => document.querySelectorAll('.inbox_line').length >= 100", timeout=GIVE_UP
            )
            print(
                f"{FILES} PDFs: first hundred rows (and the count of all) shown after {time.perf_counter() - started:.1f} s"
            )
            clicks = []
            done = "() => [...document.querySelectorAll('.batch_head span')].some((at) => at.innerText.includes('of reading'))"
            while not person.page.evaluate(done) and time.perf_counter() - started < GIVE_UP / 1000:
                if len(clicks) < MOST_CLICKS:
                    before = time.perf_counter()
                    person.page.locator(".inbox_line input").nth(len(clicks)).click()
                    told = f"{len(clicks) + 1} chosen"
                    expect(person.keyed("inbox_actions")).to_contain_text(told, timeout=60_000)
                    clicks.append(time.perf_counter() - before)
                if shots and len(clicks) == 5:
                    person.page.screenshot(path=shots / "inbox-reading.png")
                person.page.wait_for_timeout(700)
            print(f"  all read after {time.perf_counter() - started:.1f} s")
            if clicks:
                print(
                    f"  a click meanwhile: median {statistics.median(clicks):.2f} s, worst {max(clicks):.2f} s of {len(clicks)}"
                )
            person.settle()
            print(f"  rows on the page: {person.page.locator('.inbox_line').count()}")
            print(f"  still chosen: {person.page.locator('.inbox_line.chosen').count()} rows")
            if shots:
                person.page.mouse.wheel(0, 0)
                person.page.screenshot(path=shots / "inbox-done.png")
        browser.close()


def main() -> None:
    """Print the figures. A name chooses one: ``growth``, ``dropped``."""
    wanted = sys.argv[1:] or ["growth", "dropped"]
    if "growth" in wanted:
        growth()
    if "dropped" in wanted:
        if chromium() is None:
            print("no Chromium here: sudo apt-get install chromium")
        else:
            dropped()


if __name__ == "__main__":
    main()
