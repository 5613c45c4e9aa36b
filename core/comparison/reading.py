"""One cell being read: a run like any other, whose measure is kept beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from core.cancelling import IsCancelled, stop_if
from core.comparison.result import Measure, measure
from core.comparison.row import Row
from core.errors import Cancelled, StudioError
from core.events import Event, RunFinished
from core.extraction import Extraction
from core.llm.provider import Estimate
from core.recipe import ModelChoice, Recipe
from core.stores.files import Files

#: Under these kinds a run's measure is kept, and how long a document's pages took to read in one way.
MEASURE, PAGES_READ = "measure", "pages-read"


class Runner(Protocol):
    """How one cell is read: what a studio does for any run."""

    def run(self, run_id: str, row: Row, recipe: Recipe, cancelled: IsCancelled) -> Iterator[Event]:
        """The events of a run, kept and noted in the ledger under ``run_id``. Raises a StudioError."""

    def kept(self, row: Row, recipe: Recipe) -> Extraction | None:
        """What the cache would answer with, as it was first read; ``None`` where the row has to be read."""

    def has_kept(self, row: Row, recipe: Recipe) -> bool:
        """Whether the cache would answer."""

    def estimate(self, row: Row, choice: ModelChoice) -> Estimate:
        """What asking a model may use and cost, roughly."""

    def problem(self, recipe: Recipe) -> str:
        """A line on why the recipe cannot be used here, or an empty text."""


class Reading:
    """Reads one row with one recipe under ``run_id``."""

    def __init__(self, runner: Runner, files: Files, row: Row, recipe: Recipe, run_id: str) -> None:
        self._runner = runner
        self._files = files
        self._row = row
        self._recipe = recipe
        self._run_id = run_id

    def events(self, keep: Callable[[str | None], None], cancelled: IsCancelled) -> Iterator[Event]:
        """The run's events. ``keep`` is called as soon as the cell is known: with ``None``, or the sentence on why it
        failed. A stopped cell is not kept, so that it can go on."""
        stop_if(cancelled)
        try:
            first = self._runner.kept(self._row, self._recipe)
            for event in self._runner.run(self._run_id, self._row, self._recipe, cancelled):
                if isinstance(event, RunFinished):
                    self._keep_measure(event.extraction, first)
                    keep(None)
                yield event
        except Cancelled:
            raise
        except StudioError as error:
            keep(str(error))
            raise

    def _keep_measure(self, extraction: Extraction, first: Extraction | None) -> None:
        """What it took: this time, or when what the cache answered with was first read."""
        told = first or extraction
        found = measure(told.steps, told.calls, cached=first is not None)
        found = with_pages_read(found, self._files, told)
        if found != measure(extraction.steps, extraction.calls, cached=False):  # else the run itself tells as much
            self._files.keep_json(MEASURE, self._run_id, found.to_json())


def note_pages_read(files: Files, extraction: Extraction) -> None:
    """Keep how long the pages of a run took to read, if they did not come from the cache: the next run finds them there,
    and should not look quicker for it."""
    took = sum(step.seconds for step in extraction.steps if step.step == "ocr" and not step.cached)
    if took:
        files.keep_json(PAGES_READ, _pages_key(extraction), json.dumps(took))


def with_pages_read(found: Measure, files: Files, extraction: Extraction) -> Measure:
    """``found`` with the time of reading the pages, where it was kept and they came from the cache."""
    kept = files.load_json(PAGES_READ, _pages_key(extraction)) if "ocr" in found.unmeasured else None
    if kept is None:
        return found
    left = tuple(step for step in found.unmeasured if step != "ocr")
    return replace(found, steps={**found.steps, "ocr": float(json.loads(kept))}, unmeasured=left)


def _pages_key(extraction: Extraction) -> str:
    pages = ",".join(f"{page.number}r{page.rotation}" for page in extraction.pages)
    return hashlib.sha256(f"{extraction.document}:{pages}:{extraction.recipe.ocr.digest}".encode()).hexdigest()
