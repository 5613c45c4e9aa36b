"""One cell being read: a run like any other, whose measure is kept beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.cancelling import IsCancelled, stop_if
from core.comparison.result import Measure, measure
from core.comparison.row import Row
from core.errors import Cancelled, StudioError
from core.events import Event, RunFinished
from core.extraction import Extraction
from core.pages_read import seconds_of_pages
from core.person import Person
from core.pipeline import RunOrder
from core.recipe import Recipe
from core.runs import Runs
from core.stores.files import Files

#: Under this kind a run's measure is kept.
MEASURE = "measure"


def order_of(runs: Runs, row: Row, recipe: Recipe, run_id: str = "") -> RunOrder:
    """What reading a row is to do."""
    return runs.order(row.document, row.name, row.pages, recipe, run_id)


def read_cell(
    runs: Runs,
    files: Files,
    row: Row,
    recipe: Recipe,
    run_id: str,
    keep: Callable[[str | None], None],
    cancelled: IsCancelled,
    person: Person,
) -> Iterator[Event]:
    """The events of reading a row with a recipe under ``run_id``. ``keep`` is called as soon as the cell is known: with
    ``None``, or the sentence on why it failed. A stopped cell is not kept, so that it can go on."""
    stop_if(cancelled)
    try:
        first = runs.pipeline.kept(order_of(runs, row, recipe))
        for event in runs.keep(run_id, order_of(runs, row, recipe, run_id), cancelled, person, trial=True):
            if isinstance(event, RunFinished):
                _keep_measure(files, run_id, event.extraction, first)
                keep(None)
            yield event
    except Cancelled:
        raise
    except StudioError as error:
        keep(str(error))
        raise


def _keep_measure(files: Files, run_id: str, extraction: Extraction, first: Extraction | None) -> None:
    """What it took: this time, or when what the cache answered with was first read."""
    told = first or extraction
    found = _with_pages_read(measure(told.steps, told.calls, cached=first is not None), files, told)
    if found != measure(extraction.steps, extraction.calls, cached=False):  # else the run itself tells as much
        files.keep_json(MEASURE, run_id, found.to_json())


def _with_pages_read(found: Measure, files: Files, extraction: Extraction) -> Measure:
    """``found`` with the time of reading the pages, where it was kept and they came from the cache."""
    took = seconds_of_pages(files, extraction) if "ocr" in found.unmeasured else None
    if took is None:
        return found
    left = tuple(step for step in found.unmeasured if step != "ocr")
    return replace(found, steps={**found.steps, "ocr": took}, unmeasured=left)
