"""The pages in a real Chromium: start to first paint, from an edit to the settled page, and the records page with
100,000 records; each beside a bare Streamlit page in the same run. And what heavy libraries a start brings in."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.bench_storage import orders
from storage.database import open_database
from storage.orders import SqlOrders
from tests.browser.driver import CHROMIUM_ARGS, ROOT, Person, Server, chromium, new_page, serve

ROUNDS = 7
STARTS = 3
RECORDS = 100_000
SAMPLE = ROOT / "samples" / "cases" / "english-studio" / "document.pdf"
#: A page that does nothing but what every Streamlit page does.
BARE = 'import streamlit as st\nwith st.container(key="bare"):\n    text = st.text_input("Text", key="text")\nst.markdown(f"echo {text}")\n'
HEAVY = ("rapidocr", "cv2", "onnxruntime", "plotly", "pandas", "numpy", "openpyxl", "pymupdf", "lxml", "babel", "PIL")
#: Builds a studio and prints the heavy libraries that came with it, beyond those of Streamlit itself.
START = (
    "import sys, streamlit; bare = set(sys.modules); from core.entrypoints.bootstrap import build_studio;"
    "import pages.shared.frame, pages.shared.pictures; build_studio();"
    "print(' '.join(name for name in sys.argv[1:] if name in sys.modules and name not in bare))"
)


@contextmanager
def studio_with(folder: Path, count: int) -> Iterator[Server]:
    """A studio with ``count`` records."""
    folder.mkdir()
    database = open_database(f"sqlite:///{folder / 'studio.db'}")
    SqlOrders(database).add_all(orders(count))
    database.close()
    with serve(folder) as server:
        yield server


@contextmanager
def bare_page(folder: Path) -> Iterator[Server]:
    """The bare page, served."""
    folder.mkdir()
    script = folder / "bare.py"
    script.write_text(BARE, encoding="utf-8")
    with serve(folder, script) as server:
        yield server


def seconds(work: Callable[[], None]) -> float:
    """How long ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def start_to_paint(browser: Browser, open_server: Callable[[Path], object], key: str, folder: Path) -> float:
    """Seconds from the command to what a first visitor sees; the median of several starts."""
    times = []
    for number in range(STARTS):
        started = time.perf_counter()
        with open_server(folder / f"{key}{number}") as server:  # type: ignore[attr-defined]
            page = new_page(browser)
            page.goto(server.url)
            expect(page.locator(f".st-key-{key}").first).to_be_visible(timeout=60_000)
            times.append(time.perf_counter() - started)
            page.context.close()
    return statistics.median(times)


def rows_shown(browser: Browser, server: Server) -> tuple[float, float, float]:
    """Seconds to the first rows, to the next page of rows, and to the rows of a search; medians."""
    first, following, search = [], [], []
    for number in range(ROUNDS + 1):
        person = Person(new_page(browser), server)
        first.append(seconds(lambda person=person: _open_records(person)))  # type: ignore[misc]
        person.settle()
        following.append(seconds(lambda person=person: _next_rows(person)))  # type: ignore[misc]
        person.settle()
        search.append(seconds(lambda person=person, number=number: _search(person, number)))  # type: ignore[misc]
        person.page.context.close()
    return statistics.median(first[1:]), statistics.median(following[1:]), statistics.median(search[1:])


def _open_records(person: Person) -> None:
    person.page.goto(f"{person.server.url}/records")
    person.page.wait_for_selector(".st-key-records_paging")
    person.page.wait_for_selector("canvas[data-testid=data-grid-canvas]")


def _next_rows(person: Person) -> None:
    person.page.get_by_role("button", name="Next page").click()
    expect(person.keyed("records_paging")).to_contain_text("51–100")


def _search(person: Person, number: int) -> None:
    person.input("search").fill(f"{12 + number:06}")
    person.input("search").press("Enter")
    expect(person.keyed("records_paging")).not_to_contain_text("51–100")
    person.page.wait_for_function("() => document.querySelector('.stApp').dataset.testScriptState === 'notRunning'")


def edit_to_settled(browser: Browser, server: Server) -> float:
    """Seconds from leaving an edited field to the page that shows the edit taken; the median."""
    person = Person(new_page(browser), server)
    person.visit("/", "empty_state")
    person.upload((SAMPLE.name, SAMPLE.read_bytes()))
    person.extract()
    times = []
    for number in range(ROUNDS + 1):
        text = f"Customer {number}"
        person.input("field_customer_name").fill(text)
        times.append(seconds(lambda text=text: _leave(person, "was_customer_name", "was")))  # type: ignore[misc]
        person.settle()
        person.click("revert_customer_name")
    person.page.context.close()
    return statistics.median(times[1:])


def bare_edit(browser: Browser, server: Server) -> float:
    """The same on the bare page."""
    person = Person(new_page(browser), server)
    person.visit("/", "bare")
    times = []
    for number in range(ROUNDS + 1):
        person.input("text").fill(f"text {number}")
        started = time.perf_counter()
        person.input("text").press("Tab")
        expect(person.page.get_by_text(f"echo text {number}")).to_be_visible()
        times.append(time.perf_counter() - started)
    person.page.context.close()
    return statistics.median(times[1:])


def _leave(person: Person, key: str, words: str) -> None:
    person.page.keyboard.press("Tab")
    expect(person.keyed(key)).to_contain_text(words)
    person.page.wait_for_function("() => document.querySelector('.stApp').dataset.testScriptState === 'notRunning'")


def heavy_at_start(folder: Path) -> str:
    """The heavy libraries that building the studio and importing the frame brings into memory."""
    done = subprocess.run(
        [sys.executable, "-c", START, *HEAVY], cwd=ROOT, env={"STUDIO_DATA_DIR": str(folder)}, capture_output=True
    )
    return done.stdout.decode().strip() if done.returncode == 0 else done.stderr.decode()[-300:]


def main() -> None:
    """Print the tables."""
    if chromium() is None:
        print("no Chromium here: sudo apt-get install chromium")
        return
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        print(f"{'in Chromium (medians)':46s} {'studio':>10s} {'bare page':>10s} {'ratio':>6s}")
        ours = start_to_paint(browser, serve, "empty_state", folder)
        line("command to first paint", ours, start_to_paint(browser, bare_page, "bare", folder))
        with bare_page(folder / "bare") as bare, studio_with(folder / "few", 100) as few:
            line("an edit to the settled page", edit_to_settled(browser, few), bare_edit(browser, bare))
            small = rows_shown(browser, few)
        with studio_with(folder / "many", RECORDS) as many:
            large = rows_shown(browser, many)
        print(f"\n{'records page (medians)':46s} {f'{RECORDS:,}':>10s} {'100':>10s} {'ratio':>6s}")
        for name, ours, other in zip(
            ("to the first rows", "to the next page", "to a search's rows"), large, small, strict=True
        ):
            line(name, ours, other)
        browser.close()
        print(f"\nheavy libraries that a start brings in: {heavy_at_start(folder / 'start') or 'none'}")


def line(name: str, ours: float, other: float) -> None:
    """Print one row of a table."""
    print(f"{name:46s} {ours * 1000:7.0f} ms {other * 1000:7.0f} ms {ours / other:6.1f}", flush=True)


if __name__ == "__main__":
    main()
