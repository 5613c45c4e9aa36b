"""Ten browser sessions at once, five with a scan and five with a PDF, in a real Chromium: how far a page stands behind its
run, how long the whole takes beside the work alone, how soon another page shows meanwhile, and what a click costs while
two scans are being read. Documents are made here; every one is new, so that no cache answers."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymupdf
from playwright.sync_api import Browser, sync_playwright

from benchmarks.bench_pages import studio_with
from benchmarks.scans import scan_pdf
from samples.generate import make_sample
from samples.scan import Scan
from tests.browser.driver import CHROMIUM_ARGS, PRESS, ROOT, Person, Server, chromium, new_page

SCANS = 5
#: Pages of each scan: one of one page is read before its person has looked twice.
SCAN_PAGES = 5
PDFS = 5
RECORDS = 200
CLICKS = 12
#: The pages are asked this often, in seconds.
LOOK = 0.5
GIVE_UP = 300.0
#: Notes in the page itself when its form first shows a value: asking from outside would wait for what else is asked.
WATCH = """() => {
  const watch = setInterval(() => {
    if (!document.querySelector(".st-key-field_invoice_number input")?.value) return;
    window.shownAt = Date.now();
    clearInterval(watch);
  }, 100);
}"""
#: Reads the files named one after another in a process of its own and prints the seconds that it took.
ALONE = (
    "import sys, time; from pathlib import Path; from core.entrypoints.bootstrap import build_studio;"
    "studio = build_studio(); papers = [studio.open(Path(p).read_bytes(), Path(p).name) for p in sys.argv[1:]];"
    "list(studio.extract(papers[0]));"
    "started = time.perf_counter(); [list(studio.extract(paper)) for paper in papers[1:]];"
    "print(time.perf_counter() - started)"
)

#: Promises the moment when the page's script has run once more and rests.
SETTLING = """() => {
  const app = document.querySelector(".stApp");
  window.settled = new Promise((done) => {
    let ran = false;
    new MutationObserver((_, observer) => {
      const state = app.dataset.testScriptState;
      if (state === "running") ran = true;
      else if (ran && state === "notRunning") { observer.disconnect(); done(true); }
    }).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  });
}"""

Paper = tuple[str, bytes]


def scan(seed: int) -> Paper:
    """Pages as a scanner makes them: 200 dpi, a little skewed and noisy."""
    with pymupdf.open() as whole:
        for page in range(SCAN_PAGES):
            data = scan_pdf(make_sample(seed + 1000 * page, "en").data, Scan(dpi=200, skew=0.5, noise=4), seed)
            with pymupdf.open(stream=data) as one:
                whole.insert_pdf(one)
        return f"scan-{seed}.pdf", whole.tobytes()


def digital(seed: int) -> Paper:
    """A page with its text layer."""
    return f"invoice-{seed}.pdf", make_sample(seed, "en").data


def work_alone(papers: list[Paper], folder: Path) -> float:
    """Seconds that the same work takes one after another, with nothing else going on; the first is read beforehand."""
    folder.mkdir()
    first_and_all = [scan(990), *papers]
    for name, data in first_and_all:
        (folder / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *(str(folder / name) for name, _ in first_and_all)],
        cwd=ROOT,
        env={"STUDIO_DATA_DIR": str(folder / "data"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


class Session:
    """One person with one document: when its run ended, and when its page showed it."""

    def __init__(self, browser: Browser, server: Server, paper: Paper) -> None:
        self.person = Person(new_page(browser), server)
        self.name, self.data = paper
        self.shown = 0.0

    def lay(self) -> None:
        """Open the studio and lay the document on the desk."""
        self.person.visit("/", "empty_state")
        self.person.upload((self.name, self.data))
        self.person.page.evaluate(WATCH)

    def start(self) -> None:
        """Press Extract and do not wait."""
        self.person.keyed("extract").locator("button").click(delay=PRESS, no_wait_after=True)

    def look(self) -> bool:
        """Whether the page shows the result, with a value in its form."""
        if not self.shown:
            self.shown = (self.person.page.evaluate("() => window.shownAt") or 0) / 1000
        return bool(self.shown)

    @property
    def ended(self) -> float:
        """When the run's result was kept; 0 where it was not."""
        run = self.person.page.url.partition("job=")[2].partition("&")[0]
        kept = self.person.server.data / "files" / "run" / f"{run}.json"
        return kept.stat().st_mtime if run and kept.exists() else 0.0

    def close(self) -> None:
        """Leave."""
        self.person.page.context.close()


def records_shown(browser: Browser, server: Server) -> float:
    """Seconds until a Records page that is opened now shows its table."""
    page = new_page(browser)
    started = time.perf_counter()
    page.goto(f"{server.url}/records", timeout=120_000)
    page.wait_for_selector("canvas[data-testid=data-grid-canvas]", timeout=120_000)
    took = time.perf_counter() - started
    page.context.close()
    return took


def many_sessions(browser: Browser, server: Server, papers: list[Paper]) -> None:
    """Ten sessions at once."""
    alone = work_alone(papers, server.data / "alone")
    sessions = [Session(browser, server, paper) for paper in papers]
    for session in sessions:
        session.lay()
    quiet = records_shown(browser, server)
    started = time.time()
    for session in sessions:
        session.start()
    opened = time.time() - started
    records = [records_shown(browser, server) for _ in range(3)]
    while sum(session.look() for session in sessions) < len(sessions) and time.time() - started < GIVE_UP:
        time.sleep(LOOK)
    last = max(session.ended for session in sessions)
    lags = [session.shown - session.ended if session.shown and session.ended else GIVE_UP for session in sessions]
    print(f"ten sessions: pressed within {opened:.1f} s, all runs ended after {last - started:.1f} s; the work alone")
    print(f"  takes {alone:.1f} s: × {(last - started) / alone:.2f}")
    for kind, chosen in (("scans", range(SCANS)), ("PDFs", range(SCANS, SCANS + PDFS))):
        ends = [f"{sessions[place].ended - started:.1f}" for place in chosen]
        print(f"  {kind}: ended after {', '.join(ends)} s")
    print(f"  page behind its run: median {statistics.median(lags):.1f} s, worst {max(lags):.1f} s")
    print(
        f"  Records page meanwhile: {', '.join(f'{each:.1f}' for each in records)} s; with nothing read {quiet:.1f} s"
    )
    log = (server.data / "server.log").read_text(errors="replace")
    print(f"  “The fragment … does not exist anymore” in the log: {log.count('does not exist anymore')}")
    for session in sessions:
        session.close()


def click_times(browser: Browser, server: Server, seed: int) -> tuple[float, float]:
    """Seconds from an edit to its settled page: with nothing read, and while two scans are being read; medians."""
    editor = Session(browser, server, digital(seed))
    editor.lay()
    editor.start()
    while not editor.look():
        time.sleep(LOOK)
    editor.person.settle()
    _edits(editor.person, 3)
    quiet = statistics.median(_edits(editor.person, CLICKS))
    with _reading(browser, server, [scan(seed + 1 + place) for place in range(2)]):
        busy = statistics.median(_edits(editor.person, CLICKS))
    editor.close()
    return quiet, busy


@contextmanager
def _reading(browser: Browser, server: Server, papers: list[Paper]) -> Iterator[None]:
    """Other sessions read; several copies of each, so that it lasts."""
    sessions = [Session(browser, server, paper) for paper in papers]
    for session in sessions:
        session.lay()
    for session in sessions:
        session.start()
    yield
    still = sum(not session.ended for session in sessions)
    print(f"  ({still} of {len(sessions)} scans were still being read at the end of the edits)")
    for session in sessions:
        session.close()


def _edits(person: Person, count: int) -> list[float]:
    times = []
    for number in range(count):
        person.input("field_customer_name").fill(f"Customer {time.time()} {number}")
        person.page.evaluate(SETTLING)
        started = time.perf_counter()
        person.page.keyboard.press("Tab")
        person.page.evaluate("() => window.settled")
        times.append(time.perf_counter() - started)
        person.page.keyboard.press("Escape")
    return times


def memory(server: Server) -> str:
    """What the studio's processes hold now (resident set, MB), the page's first."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            environment = (status.parent / "environ").read_bytes()
            text = status.read_text()
        except OSError:
            continue
        if f"STUDIO_DATA_DIR={server.data}".encode() in environment:
            found.append(int(text.partition("VmRSS:")[2].split()[0]) // 1000)
    return " + ".join(map(str, sorted(found))) + f" = {sum(found)} MB"


def main() -> None:
    """Print the figures. A name chooses one: ``sessions``, ``clicks``."""
    if chromium() is None:
        print("no Chromium here: sudo apt-get install chromium")
        return
    wanted = sys.argv[1:] or ["sessions", "clicks"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        with studio_with(Path(place) / "data", RECORDS) as server:
            if "sessions" in wanted:
                many_sessions(
                    browser, server, [*map(scan, range(900, 900 + SCANS)), *map(digital, range(950, 950 + PDFS))]
                )
                print(f"  memory afterwards: {memory(server)}", flush=True)
            if "clicks" in wanted:
                quiet, busy = click_times(browser, server, 970)
                print(
                    f"an edit: {quiet * 1000:.0f} ms with nothing read, {busy * 1000:.0f} ms while two scans are read: "
                    f"× {busy / quiet:.2f}"
                )
        browser.close()


if __name__ == "__main__":
    main()
