"""A queue of documents with their truth, reviewed in a real Chromium by the keys of the Review page and, beside it, on the Studio page:
what is asked and right is accepted, what is wrong is corrected. Counted are keys, letters typed, clicks, looks and the seconds
that the machine takes; nobody thinks in between. ``python -m benchmarks.bench_review FOLDER [COUNT]``: a folder of cases."""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from core.entrypoints.bootstrap import build_studio
from core.evaluation import Case, load_cases
from core.evaluation.assignment import pair
from core.evaluation.scoring import true_lines
from core.events import RunFinished
from core.extraction import Extraction
from core.inbox.facts import facts_of_extraction
from core.notation.sameness import is_right
from core.review.edits import as_text, rows_of
from core.review.stops import Stop, stops
from core.runs import new_run_id
from core.schema.path import Path as ValuePath
from core.settings import Settings
from core.stores.inbox import InboxItem
from tests.browser.driver import CHROMIUM_ARGS, ROOT, Person, chromium, new_page, serve

SAMPLES = ROOT / "samples" / "cases"
COUNT = 20
#: Questions of one document that are answered at most: a script that goes round in circles ends.
MOST = 60
_IDLE = "() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
#: Notes how long each key takes until what it drew is painted.
_TIMES = """() => {
  window.keyTimes = [];
  window.addEventListener("keydown", () => {
    const pressed = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.keyTimes.push(performance.now() - pressed), 0));
  }, true);
}"""
_AT = """(root) => {
  const walker = root.window;
  if (!walker.walk) return null;
  const stop = walker.stop;
  return { run: walker.walk.run, id: walker.at, stop, asking: Boolean(walker.asking), path: walker.value?.path ?? null, text: walker.value?.text ?? "", open: walker.open().length };
}"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that needs somebody, with its truth."""

    case: Case
    run_id: str
    extraction: Extraction

    def wanted(self, path: str, shown: str) -> str | None:
        """What is to be typed at ``path`` in place of ``shown``; ``None`` where that is right, or nobody knows better."""
        place, kind = ValuePath.parse(path), self.extraction.type
        if place.is_cell:
            return self._wanted_in_row(place, shown)
        visible = self.case.truth["meta"]["visible"].get(path)
        if visible == "absent":
            return "" if shown else None
        if visible is not True:
            return None
        others = (self.case.truth["meta"].get("alternatives") or {}).get(path, ())
        right = is_right(kind.field_of(path), self.case.truth.get(path), shown, others)
        return None if right else as_text(self.case.truth.get(path))

    def _wanted_in_row(self, place: ValuePath, shown: str) -> str | None:
        kind = self.extraction.type
        table = kind.table(place.table)
        if not isinstance(self.case.truth["meta"]["visible"].get(table.name), list):
            return None
        lines, rows = true_lines(self.case.truth, table), rows_of(self.extraction.values, table)
        pairs = {row: line for line, row in pair([[line.similarity(row) for row in rows] for line in lines]).items()}
        line = lines[pairs[place.row]] if place.row in pairs else None
        if line is None or line.visible.get(place.field) is not True:
            return None
        info, wanted = kind.field_of(str(place)), line.values.get(place.field)
        return None if is_right(info, wanted, shown, line.alternatives(info)) else as_text(wanted)


@dataclass(slots=True)
class Effort:
    """What one document took."""

    asked: int = 0
    keys: int = 0
    letters: int = 0
    clicks: int = 0
    looks: int = 0
    corrections: int = 0
    seconds: float = 0.0
    seen: set[str] = field(default_factory=set)


def main(folder: Path, count: int) -> int:
    """Measure and print."""
    program = chromium()
    if program is None:
        print("no Chromium here")
        return 1
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="bench-review-") as place:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGS))
        for name, walk in (("Review page", on_review), ("Studio page", on_studio)):
            data = Path(place) / name.split()[0]
            papers = prepare(data, folder, count)
            print(f"\n{name}: {len(papers)} documents", flush=True)
            with serve(data) as server:
                efforts, told = walk(browser, Person(new_page(browser), server), papers)
            report(efforts, told, data)
        browser.close()
    return 0


def prepare(data: Path, folder: Path, count: int) -> list[Paper]:
    """Read the cases of ``folder`` until ``count`` of them need somebody, and put those into the queue."""
    studio = build_studio(Settings(data_dir=data, workers="threads"))
    found: list[Paper] = []
    cases = load_cases(folder)
    for case in sorted(cases, key=lambda each: bool(each.truth["meta"].get("variant_of"))):  # originals first
        if case.document is None or len(found) == count:
            continue
        document = studio.open(case.document.read_bytes(), f"{case.case_id}{case.document.suffix}")
        run_id = new_run_id()
        recipe = case.read_with(studio.defaults.recipe)
        *_, finished = studio.extract(document, case.invoice_refs or None, recipe, run_id)
        assert isinstance(finished, RunFinished)
        extraction = finished.extraction
        if extraction.verdict == "approved":
            continue
        now = datetime.now(UTC)
        item = InboxItem(run_id, document.sha256, document.name, now, now, run_id=run_id)
        studio.inbox._store.add([replace(item, **facts_of_extraction(extraction), state="needs review")])
        found.append(Paper(case, run_id, extraction))
    studio.close()
    return found


# --- the Review page -------------------------------------------------------------------------------------------------


def on_review(browser: Browser, person: Person, papers: Sequence[Paper]) -> tuple[list[Effort], Mapping[str, Any]]:
    """Walk the whole queue by keys."""
    page = person.page
    by_run = {paper.run_id: paper for paper in papers}
    person.visit("/review")
    page.evaluate(_TIMES)
    page.locator(".review .who").fill("Ana")
    page.keyboard.press("Enter")
    page.locator(".review .card .name-of").wait_for()
    efforts: dict[str, Effort] = {}
    root = page.locator(".review")
    for _ in range(MOST * len(papers)):
        at = root.evaluate(_AT)
        if at is None:
            break
        effort = efforts.setdefault(at["run"], Effort(asked=len(stops(by_run[at["run"]].extraction))))
        if effort.keys > MOST:
            card = page.locator(".review .card").inner_text()
            raise RuntimeError(f"{by_run[at['run']].case.case_id} does not come to an end: {card}")
        _answer(person, by_run[at["run"]], at, effort)
        page.wait_for_timeout(120)  # what was done is told, as it is while a person reads the next question
    times = page.evaluate("() => window.keyTimes")
    return list(efforts.values()), {"key to what it drew, ms": times}


def _answer(person: Person, paper: Paper, at: Mapping[str, Any], effort: Effort) -> None:
    page, stop, path = person.page, at["stop"], at["path"]
    if at["asking"]:
        _press(page, effort, "k")
    elif at["id"] is None:
        if at["open"]:  # a value is needed that nobody knows
            _press(page, effort, "Control+Enter")
            page.wait_for_timeout(120)
            _press(page, effort, "Control+Enter")
        else:
            _press(page, effort, "Enter")
    if at["asking"] or at["id"] is None:
        return
    effort.seen.add(at["id"])
    suspects = [
        *(stop["paths"] if stop else []),
        *(each["path"] for each in (stop["members"] if stop else []) if each["path"]),
    ]
    for other in dict.fromkeys(suspects):
        shown = page.locator(".review").evaluate("(root, path) => root.window.valueAt(path)?.text ?? ''", other)
        wanted = paper.wanted(other, shown) if other != path else None
        if wanted is not None and f"{other}!" not in effort.seen:
            effort.seen |= {f"{other}!", other}
            effort.corrections += 1
            effort.clicks += 1
            page.locator(f".review .values [data-path='{other}']").click()
            _type(page, effort, wanted)
            _press(page, effort, "Enter")
            return
    wanted = paper.wanted(path, at["text"]) if path else None
    if wanted is None or f"{path}!" in effort.seen:
        _press(page, effort, "Enter")
        return
    effort.seen.add(f"{path}!")
    effort.corrections += 1
    offers = [each for each in stop["offers"] if each["path"] == path] if stop else []
    other_values = [each for each in offers if each["value"] != at["text"]]
    right = next((each for each in offers if wanted and paper.wanted(path, each["value"]) is None), None)
    proposed = stop["proposed"] if stop else None
    if right is not None and (right["value"] == proposed or (not at["text"] and right is other_values[0])):
        _press(page, effort, "Tab")
    elif right is not None:
        _press(page, effort, str(stop["offers"].index(right) + 1))
        _press(page, effort, "Enter")
    else:
        _type(page, effort, wanted)
        _press(page, effort, "Enter")


def _press(page: Any, effort: Effort, key: str) -> None:
    effort.keys += 1
    page.keyboard.press(key)


def _type(page: Any, effort: Effort, text: str) -> None:
    if not text:
        _press(page, effort, "Delete")
        return
    effort.letters += len(text)
    page.keyboard.type(text)


# --- the Studio page -------------------------------------------------------------------------------------------------


def on_studio(browser: Browser, person: Person, papers: Sequence[Paper]) -> tuple[list[Effort], Mapping[str, Any]]:
    """Answer the same questions of each document in its form. Opening a document is not counted."""
    efforts, failed = [], 0
    for paper in papers:
        person.visit(f"/?job={paper.run_id}", "field_" + paper.extraction.type.header[0].name)
        effort = Effort(asked=len(stops(paper.extraction)))
        started = time.perf_counter()
        try:
            _fill(person, paper, effort)
            _save(person, effort)
        except PlaywrightError:
            failed += 1
            continue
        effort.seconds = time.perf_counter() - started
        efforts.append(effort)
    return efforts, {"could not be scripted": [failed]}


def _fill(person: Person, paper: Paper, effort: Effort) -> None:
    for stop in _each_stop(paper):
        suspects = dict.fromkeys((*stop.paths, *(member.path for member in stop.members if member.path)))
        shown = {path: as_text(paper.extraction.value_at(path)) for path in suspects}
        wrong = {path: text for path in suspects if (text := paper.wanted(path, shown[path])) is not None}
        _chord(person, effort, "Alt+n")
        effort.seen.add(stop.path or stop.check)
        if not wrong and stop.answers:
            if stop.path is None:
                effort.clicks += 1
                person.keyed(f"confirm_document_{stop.check}").locator("button").first.click()
                _wait(person)
            else:
                _chord(person, effort, "Alt+y")
            continue
        for path, text in wrong.items():
            effort.corrections += 1
            effort.seen.add(path)
            if ValuePath.parse(path).is_cell:
                effort.clicks += 1
                person.keyed("page_view").locator(f".box[data-path='{path}']").first.click(timeout=3000)
                person.page.wait_for_timeout(250)
                effort.letters += len(text)
                person.page.keyboard.type(text)
                _chord(person, effort, "Enter")
                continue
            if path != stop.path:
                effort.clicks += 1
                person.input(f"field_{path}").click()
            effort.keys += 1
            person.page.keyboard.press("Control+a")
            effort.letters += len(text)
            person.page.keyboard.type(text) if text else person.page.keyboard.press("Delete")
            _chord(person, effort, "Tab")


def _each_stop(paper: Paper) -> Iterator[Stop]:
    yield from stops(paper.extraction)


def _save(person: Person, effort: Effort) -> None:
    _chord(person, effort, "Control+s")
    for key in ("save_anyway", "update_order", "keep_both"):
        if person.keyed(key).count() and person.keyed(key).is_visible():
            effort.clicks += 1
            person.keyed(key).locator("button").first.click()
            _wait(person)
    person.page.get_by_text("Saved as order").first.wait_for(timeout=10_000)


def _chord(person: Person, effort: Effort, key: str) -> None:
    effort.keys += 1
    person.page.keyboard.press(key)
    _wait(person)


def _wait(person: Person) -> None:
    """Until the page's script has run and rests."""
    person.page.wait_for_timeout(60)
    person.page.wait_for_function(_IDLE, timeout=60_000, polling=20)


# --- the figures -----------------------------------------------------------------------------------------------------


def report(efforts: Sequence[Effort], told: Mapping[str, Sequence[float]], data: Path) -> None:
    """Print means a document and medians."""
    for effort in efforts:
        effort.looks = effort.looks or len({each for each in effort.seen if not each.endswith("!")})
    with sqlite3.connect(data / "studio.db") as database:
        rows = database.execute("SELECT seconds, first_look, looks, outcome FROM reviews").fetchall()
    print(f"  documents saved: {sum(row[3] == 'saved' for row in rows) or len(efforts)}")
    for name in ("asked", "keys", "letters", "clicks", "looks", "corrections"):
        values = [getattr(effort, name) for effort in efforts]
        print(f"  {name} a document: mean {statistics.mean(values):.2f}, median {statistics.median(values):g}")
    asked = sum(effort.asked for effort in efforts)
    print(f"  keys beyond one a question: {(sum(e.keys for e in efforts) - asked) / len(efforts):.2f} a document")
    seconds = [row[0] for row in rows] or [effort.seconds for effort in efforts]
    print(f"  seconds a document: mean {statistics.mean(seconds):.2f}, median {statistics.median(seconds):.2f}")
    if rows:
        first = [row[1] * 1000 for row in rows]
        print(f"  a document to its first field, ms: median {statistics.median(first):.0f}, largest {max(first):.0f}")
    for name, values in told.items():
        if len(values) > 1:
            ordered = sorted(values)
            print(
                f"  {name}: median {statistics.median(values):.0f}, 95 % {ordered[int(len(ordered) * 0.95)]:.0f}, largest {max(values):.0f}"
            )
        else:
            print(f"  {name}: {values[0]:g}")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    raise SystemExit(main(chosen, int(sys.argv[2]) if len(sys.argv) > 2 else COUNT))
