"""The verbs of comparing: begin, watch, stop, go on, change a recipe, judge, vote."""

from __future__ import annotations

import copy
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from core.cancelling import IsCancelled
from core.comparison.estimate import ColumnEstimate, add_up
from core.comparison.foresight import Foresight
from core.comparison.reading import MEASURE, read_cell
from core.comparison.result import Measure, Result, fair_measures, measure, read_result
from core.comparison.row import Row
from core.comparison.sheet import compare_readings
from core.comparison.totals import Compared, RecipeTotals, score_results, total_of
from core.errors import CaseError, RecipeError, RecordMissing
from core.evaluation.cases import load_case
from core.events import STEPS, Event
from core.jobs.queue import Handler, Job, JobQueue, JobRequest
from core.person import STUDIO, Person, person_from
from core.recipe import Recipe
from core.runs import Runs
from core.schema.path import is_cell
from core.stores.calls import Calls
from core.stores.comparisons import Comparison, ComparisonCell, Comparisons, Vote
from core.stores.files import Files

#: Results kept in memory; the others are read again from the kept runs.
HELD = 2000
#: The kind of job that reads one cell.
CELL = "cell"

CellPlace = tuple[int, int]
State = Literal["waiting", "running", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one reading stands. ``step`` is the title of the step that runs, ``sentence`` why it failed."""

    state: State
    step: str = ""
    sentence: str = ""
    result: Result | None = None
    measure: Measure | None = None


class Comparator:
    """Documents x recipes, read in the background and judged. Thread-safe; one a studio."""

    def __init__(
        self, store: Comparisons, queue: JobQueue, runs: Runs, foresight: Foresight, files: Files, calls: Calls
    ) -> None:
        self._store = store
        self._queue = queue
        self._runs = runs
        self._foresight = foresight
        self._files = files
        self._calls = calls
        self._person = STUDIO
        self._lock = threading.Lock()
        self._jobs: dict[tuple[str, CellPlace], str] = {}
        self._looked_for: set[str] = set()
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._sheets: OrderedDict[Any, Compared] = OrderedDict()

    # --- running ---------------------------------------------------------------------------------------------------

    def by(self, person: Person) -> Comparator:
        """The same comparisons, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    def begin(self, rows: Sequence[Row], recipes: Sequence[Recipe], name: str = "") -> str:
        """Keep a new comparison and start to read; gives its id. Raises RecipeError for nothing to compare, or two
        recipes of one name."""
        if not rows or not recipes:
            raise RecipeError("Choose at least one document and one recipe to compare.")
        names = [recipe.name for recipe in recipes]
        if len(set(names)) < len(names):
            raise RecipeError("Two of these recipes have the same name: give each its own.")
        rows = tuple(dict.fromkeys(rows))
        kept = Comparison(
            uuid.uuid4().hex,
            name or describe(rows, recipes),
            datetime.now(UTC),
            tuple(row.to_mapping() for row in rows),
            tuple(recipes),
        )
        self._store.keep(kept)
        self._start(kept, _places(kept))
        return kept.comparison_id

    def go_on(self, comparison_id: str, *, failed: bool = False) -> None:
        """Read what was stopped or never begun, and with ``failed`` what failed too. Raises RecordMissing."""
        kept = self._store.get(comparison_id)
        wanted = ("stopped", "failed") if failed else ("stopped",)
        cells = self.cells(kept)
        self._start(kept, [place for place in _places(kept) if cells[place].state in wanted])

    def again(self, comparison_id: str, column: int | None = None) -> None:
        """Read a column (``None``: all) again. What has not changed since (a prompt that stands for its newest version,
        the studio itself) is answered from the cache; a cell shows what it had until it is read. Raises RecordMissing."""
        kept = self._store.get(comparison_id)
        self._start(kept, [place for place in _places(kept) if column is None or place[1] == column])

    def change(self, comparison_id: str, column: int, recipe: Recipe) -> None:
        """Put another recipe in a column and read that column only. Raises RecordMissing, and RecipeError where another
        column has its name."""
        kept = self._store.get(comparison_id)
        if any(other.name == recipe.name for place, other in enumerate(kept.recipes) if place != column):
            raise RecipeError(f"Another column is called “{recipe.name}”: give this recipe a name of its own.")
        recipes = [*kept.recipes]
        recipes[column : column + 1] = [recipe]
        self._replace_column(kept, column, tuple(recipes))

    def add(self, comparison_id: str, recipe: Recipe) -> None:
        """Put a recipe in a new column and read that column only. Raises as :meth:`change`."""
        self.change(comparison_id, len(self._store.get(comparison_id).recipes), recipe)

    def _replace_column(self, kept: Comparison, column: int, recipes: tuple[Recipe, ...]) -> None:
        self._cancel(kept, [place for place in _places(kept) if place[1] == column])
        cells = tuple(cell for cell in kept.cells if cell.column != column)
        changed = replace(kept, recipes=recipes, cells=cells)
        self._store.keep(changed)
        self._start(changed, [(row, column) for row in range(len(kept.rows))])

    def cancel(self, comparison_id: str) -> None:
        """Stop what is not read yet; what is read stays. Raises RecordMissing."""
        kept = self._store.get(comparison_id)
        self._cancel(kept, _places(kept))

    def _find_jobs(self, comparison_id: str) -> None:
        """Learn which cells an earlier process asked for that still wait or are being read."""
        if comparison_id in self._looked_for:
            return
        found = [request for request in self._queue.active(CELL) if request.payload["comparison"] == comparison_id]
        with self._lock:
            self._looked_for.add(comparison_id)
            for request in found:
                row, column = request.payload["place"]
                self._jobs.setdefault((comparison_id, (row, column)), request.job_id)

    def _cancel(self, kept: Comparison, places: Sequence[CellPlace]) -> None:
        self._find_jobs(kept.comparison_id)
        for place in places:
            if job_id := self._jobs.get((kept.comparison_id, place)):
                self._queue.cancel(job_id)

    def _start(self, kept: Comparison, places: Sequence[CellPlace]) -> None:
        """Queue cells column by column, so that recipes that read pages in the same way find them read."""
        for row, column in sorted(places, key=lambda place: (place[1], place[0])):
            run_id = uuid.uuid4().hex
            about, recipe = Row.from_mapping(kept.rows[row]), kept.recipes[column]
            with self._lock:
                self._jobs[kept.comparison_id, (row, column)] = run_id
            payload = {
                "comparison": kept.comparison_id,
                "place": [row, column],
                "row": dict(kept.rows[row]),
                "recipe": recipe.model_dump(mode="json"),
                "who": self._person.to_json(),
            }
            title = f"{about.name} · {recipe.name}"
            size = max(1, len(about.pages))
            self._queue.submit(JobRequest(CELL, run_id, title, payload, kept.comparison_id, "background", size))

    def handlers(self) -> dict[str, Handler]:
        """Who does the work of the kinds of job that are queued here."""
        return {CELL: self._read_cell}

    def _read_cell(self, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
        """Read one cell, in whichever process."""
        asked = request.payload
        recipe, (row, column) = Recipe.model_validate(asked["recipe"]), asked["place"]
        keep = partial(self._keep_cell, asked["comparison"], (row, column), request.job_id, recipe)
        about = Row.from_mapping(asked["row"])
        person = person_from(asked.get("who"))
        return read_cell(self._runs, self._files, about, recipe, request.job_id, keep, cancelled, person)

    def _keep_cell(self, comparison_id: str, place: CellPlace, run_id: str, recipe: Recipe, error: str | None) -> None:
        """Keep what a cell gave, unless the column was changed or the comparison dropped while it was read."""
        with self._lock:
            if self._jobs.get((comparison_id, place), run_id) != run_id:
                return
        try:
            recipes = self._store.get(comparison_id).recipes
        except RecordMissing:
            return
        if place[1] < len(recipes) and recipes[place[1]] == recipe:
            self._store.keep_cell(comparison_id, ComparisonCell(*place, run_id, error))

    # --- watching --------------------------------------------------------------------------------------------------

    def get(self, comparison_id: str) -> Comparison:
        """One comparison with its cells. Raises RecordMissing."""
        return self._store.get(comparison_id)

    def latest(self, limit: int = 20) -> list[Comparison]:
        """The newest comparisons, without their cells."""
        return self._store.latest(limit)

    def remove(self, comparison_id: str) -> None:
        """Stop and drop a comparison with its votes. Raises RecordMissing."""
        self.cancel(comparison_id)
        with self._lock:
            for key in [key for key in self._jobs if key[0] == comparison_id]:
                del self._jobs[key]
        self._store.remove(comparison_id)

    def cells(self, kept: Comparison) -> dict[CellPlace, Cell]:
        """Where every cell stands, by (row, column)."""
        self._find_jobs(kept.comparison_id)
        known = {(cell.row, cell.column): cell for cell in kept.cells}
        return {place: self._cell(kept.comparison_id, place, known.get(place)) for place in _places(kept)}

    def _cell(self, comparison_id: str, place: CellPlace, kept: ComparisonCell | None) -> Cell:
        job_id = self._jobs.get((comparison_id, place))
        job = self._queue.get(job_id) if job_id else None
        if job is not None and job.active:
            return Cell("running", _step_of(job)) if job.state == "running" else Cell("waiting")
        if kept is None and job is not None and job.state == "done":
            kept = ComparisonCell(*place, job.job_id)  # it ended since the comparison was looked up
        if kept is None:
            return (
                Cell("failed", sentence=job.error or "")
                if job and job.state in ("failed", "parked")
                else Cell("stopped")
            )
        if kept.error or kept.run_id is None:
            return Cell("failed", sentence=kept.error or "", measure=self._bill(kept.run_id))
        result = self._result(kept.run_id)
        if result is None:
            return Cell("failed", sentence="The result of this run is no longer kept: read it again.")
        if result.failure:
            return Cell("failed", sentence=result.failure, measure=result.measure)
        return Cell("done", result=result, measure=result.measure)

    def _bill(self, run_id: str | None) -> Measure | None:
        """What a run that gave no result cost."""
        return measure((), self._calls.of_run(run_id), cached=False) if run_id else None

    def _result(self, run_id: str) -> Result | None:
        with self._lock:
            if run_id in self._results:
                self._results.move_to_end(run_id)
                return self._results[run_id]
        measured = self._files.load_json(MEASURE, run_id)
        result = read_result(run_id, self._files.load_json("run", run_id), measured)
        if result is not None:
            with self._lock:
                self._results[run_id] = result
                while len(self._results) > HELD:
                    self._results.popitem(last=False)
        return result

    # --- judging ---------------------------------------------------------------------------------------------------

    def document(self, kept: Comparison, row: int, cells: Mapping[CellPlace, Cell], votes: Sequence[Vote]) -> Compared:
        """One document as far as it is read: its sheet, scores and measures."""
        own = [cells[row, column] for column in range(len(kept.recipes))]
        about = Row.from_mapping(kept.rows[row])
        mine = tuple(vote for vote in votes if vote.document == about.document)
        runs = tuple((cell.state, cell.result.run_id if cell.result else cell.sentence) for cell in own)
        key = (about, runs, mine)
        with self._lock:
            if key in self._sheets:
                self._sheets.move_to_end(key)
                return self._sheets[key]
        compared = _compare(own, truth_of(about), mine)
        with self._lock:
            self._sheets[key] = compared
            while len(self._sheets) > HELD:
                self._sheets.popitem(last=False)
        return compared

    def documents(self, kept: Comparison, cells: Mapping[CellPlace, Cell] | None = None) -> list[Compared]:
        """Every document, in order."""
        cells = cells if cells is not None else self.cells(kept)
        votes = self.votes(kept)
        return [self.document(kept, row, cells, votes) for row in range(len(kept.rows))]

    def totals(self, kept: Comparison, documents: Sequence[Compared]) -> list[RecipeTotals]:
        """Every recipe over ``documents``."""
        return [total_of(column, documents) for column in range(len(kept.recipes))]

    def votes(self, kept: Comparison) -> list[Vote]:
        """The votes in this comparison, and those on header fields of the same documents in earlier ones: what a person
        once found right stays right. (Lines are numbered anew in each comparison.)"""
        documents = {row["document"] for row in kept.rows}
        found: dict[tuple[str, str], Vote] = {}
        for vote in self._store.votes_on(documents):
            if vote.comparison_id != kept.comparison_id and not is_cell(vote.path):
                found[vote.document, vote.path] = vote
        for vote in self._store.votes(kept.comparison_id):
            found[vote.document, vote.path] = vote
        return list(found.values())

    def vote(self, comparison_id: str, document: str, path: str, value: str | None, recipe: str | None = None) -> None:
        """Keep what the person found right (``None``: it is not on the page); ``recipe`` is whose value was chosen."""
        self._store.vote(Vote(document, path, value, recipe, comparison_id, datetime.now(UTC)))

    def unvote(self, comparison_id: str, document: str, path: str) -> None:
        """Take a vote of this comparison back."""
        self._store.unvote(comparison_id, document, path)

    # --- before it runs --------------------------------------------------------------------------------------------

    def estimate(self, rows: Sequence[Row], recipes: Sequence[Recipe]) -> list[ColumnEstimate]:
        """What each recipe may use and cost, roughly; what is in the cache costs nothing."""
        return [self._estimate(rows, recipe) for recipe in recipes]

    def _estimate(self, rows: Sequence[Row], recipe: Recipe) -> ColumnEstimate:
        fresh = [row for row in rows if not self._foresight.has_kept(row, recipe)]
        asked = [self._foresight.estimate(row, choice) for row in fresh for choice in recipe.asked]
        return add_up(recipe, len(rows) - len(fresh), asked, len(rows), self._foresight.problem(recipe))


def describe(rows: Sequence[Row], recipes: Sequence[Recipe]) -> str:
    """A name for a comparison that the person gave none."""
    what = rows[0].name if len(rows) == 1 else f"{len(rows)} documents"
    return f"{what} × {', '.join(recipe.name for recipe in recipes)}"


def truth_of(row: Row) -> Mapping[str, Any] | None:
    """The truth of a row's case; ``None`` where it has none or its folder is gone."""
    try:
        return load_case(Path(row.truth)).truth if row.truth else None
    except CaseError:
        return None


def _places(kept: Comparison) -> list[CellPlace]:
    return [(row, column) for row in range(len(kept.rows)) for column in range(len(kept.recipes))]


def _compare(cells: Sequence[Cell], truth: Mapping[str, Any] | None, votes: Sequence[Vote]) -> Compared:
    results = tuple(cell.result for cell in cells)
    failures = tuple(cell.sentence if cell.state == "failed" else "" for cell in cells)
    measures = fair_measures(results)
    billed = tuple(found or cell.measure for found, cell in zip(measures, cells, strict=True))
    sheet = compare_readings([result.extraction if result else None for result in results], truth, votes)
    return Compared(results, failures, billed, sheet, score_results(results, failures, truth))


def _step_of(job: Job) -> str:
    return STEPS.get(job.events[-1].step, "") if job.events else ""
