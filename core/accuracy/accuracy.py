"""The verbs of measuring: choose cases and recipes, run in the background, watch, stop, and read what it gave."""

from __future__ import annotations

import logging
import shlex
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.accuracy.figures import Figures, figures_json, figures_of
from core.accuracy.library import CaseLibrary
from core.accuracy.measured import DOCUMENTS, Measured
from core.accuracy.measuring import measure, unread
from core.accuracy.sets import CaseSet, CaseSets, SetName, Subject
from core.cancelling import IsCancelled
from core.documents import Document
from core.errors import Cancelled, CaseError, RecipeError, StudioError
from core.evaluation.report import to_json
from core.events import Event, RunFinished, StepFailed, StepFinished, StepProgressed
from core.extraction import Extraction, PageRef
from core.jobs.queue import Handler, Job, JobQueue, JobRequest
from core.recipe import Recipe
from core.runs import Runs
from core.settings import Defaults, Settings
from core.stores.evaluations import EvaluationRow, Evaluations
from core.stores.files import Files
from core.stores.records import RecordStore

log = logging.getLogger(__name__)

#: The step name of an evaluation's own progress; the steps of its documents are named by their case.
PROGRESS = "evaluate"
#: Under this kind the documents of an evaluation are kept beside its row.
KIND = "evaluation"
#: The kind of job that measures.
EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure on. ``folder`` is used where the set is one; ``invoice_pages`` reads only the pages that the truth
    names."""

    cases: SetName
    folder: str = ""
    invoice_pages: bool = True


@dataclass(frozen=True)
class Evaluated:
    """One recipe measured on a set of cases. ``documents`` is empty where only the summary (``report``) is still kept."""

    evaluation_id: str
    at: datetime
    name: str
    recipe: Recipe
    report: Mapping[str, Any]
    documents: tuple[Measured, ...]

    @cached_property
    def figures(self) -> Figures:
        """The figures of its documents."""
        return figures_of(self.documents)

    @property
    def command(self) -> str:
        """What to type to get the same figures without the page."""
        return str(self.report.get("command", ""))

    def document(self, case_id: str) -> Measured | None:
        """The case of this name."""
        return next((one for one in self.documents if one.case_id == case_id), None)


@dataclass(frozen=True, slots=True)
class AccuracyParts:
    """What it is made of; bootstrap puts it together. ``samples`` is the folder of the shipped cases."""

    runs: Runs
    queue: JobQueue
    evaluations: Evaluations
    orders: RecordStore
    files: Files
    samples: Path
    defaults: Callable[[], Defaults]


class Accuracy:
    """Measures recipes on cases with truth. Thread-safe."""

    def __init__(self, settings: Settings, parts: AccuracyParts) -> None:
        self._parts = parts
        self._sets = CaseSets(settings, parts.samples, parts.orders, parts.files)
        self.library = CaseLibrary(self._sets, parts.runs.shelf, lambda: parts.defaults().limits)

    # --- choosing --------------------------------------------------------------------------------------------------

    def sets(self) -> list[CaseSet]:
        """The sets of cases that can be chosen now."""
        return self._sets.sets()

    def recipes(self) -> dict[str, Recipe]:
        """The recipes that can be chosen, by name: the person's default first, the shipped ones, the person's own."""
        return self._parts.defaults().known_recipes()

    def recipe(self, name: str) -> Recipe | None:
        """What a run with the recipe of this name would use now; ``None`` where there is none."""
        found = self.recipes().get(name)
        return self._parts.runs.fix(found).model_copy(update={"name": name}) if found else None

    def subjects(self, choice: Choice) -> tuple[CaseSet, list[Subject]]:
        """The cases of a choice. Raises CaseError."""
        return self._sets.subjects(choice.cases, choice.folder)

    # --- running ---------------------------------------------------------------------------------------------------

    def start(self, choice: Choice, names: Sequence[str]) -> str:
        """Measure the recipes named, in the background; gives the id under which ``job`` finds the run. Raises CaseError,
        RecipeError."""
        recipes = {name: recipe for name in names if (recipe := self.recipe(name))}
        if not recipes:
            raise RecipeError("Choose at least one recipe to measure.")
        chosen, subjects = self.subjects(choice)
        job_id = uuid.uuid4().hex
        title = f"{chosen.title}: {', '.join(recipes)}"
        payload = {
            "choice": asdict(choice),
            "recipes": {name: recipe.model_dump(mode="json") for name, recipe in recipes.items()},
        }
        size = max(1, len(subjects) * len(recipes))
        self._parts.queue.submit(JobRequest(EVALUATION, job_id, title, payload, job_id, "background", size))
        return job_id

    def handlers(self) -> dict[str, Handler]:
        """Who does the work of the kinds of job that are queued here."""
        return {EVALUATION: self._measure}

    def _measure(self, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
        """Measure what :meth:`start` asked for, in whichever process."""
        choice = Choice(**request.payload["choice"])
        recipes = {name: Recipe.model_validate(kept) for name, kept in request.payload["recipes"].items()}
        chosen, subjects = self.subjects(choice)
        return _Run(self._parts, request.job_id, choice, chosen, subjects, recipes).work(cancelled)

    def job(self, job_id: str) -> Job | None:
        """Where a run stands; ``None`` for one that is no longer known."""
        return self._parts.queue.get(job_id)

    def cancel(self, job_id: str) -> None:
        """Stop a run; the recipes that it finished stay measured."""
        self._parts.queue.cancel(job_id)

    def results_of(self, job_id: str) -> list[EvaluationRow]:
        """What a run has given so far, a row a recipe, in the order of its recipes."""
        found = [row for row in self._parts.evaluations.latest() if row.evaluation_id.startswith(f"{job_id}-")]
        return sorted(found, key=lambda row: row.evaluation_id)

    # --- results ---------------------------------------------------------------------------------------------------

    def latest(self, limit: int = 50) -> list[EvaluationRow]:
        """The newest evaluations, with their summaries."""
        return self._parts.evaluations.latest(limit)

    def evaluated(self, evaluation_id: str) -> Evaluated:
        """One evaluation with its documents. Raises RecordMissing."""
        row = self._parts.evaluations.get(evaluation_id)
        kept = self._parts.files.load_json(KIND, evaluation_id)
        try:
            documents = DOCUMENTS.validate_json(kept) if kept else ()
        except ValidationError:  # written by another version of the studio
            documents = ()
        return Evaluated(row.evaluation_id, row.at, row.name, row.recipe, row.report, documents)

    def remove(self, evaluation_id: str) -> None:
        """Drop an evaluation. Raises RecordMissing."""
        self._parts.evaluations.remove(evaluation_id)
        self._parts.files.forget_json(KIND, evaluation_id)

    def bytes_of(self, evaluated: Evaluated, case_id: str) -> tuple[bytes, str]:
        """A measured document's bytes and name, to show its pages. Raises CaseError where the case is gone,
        StudioError."""
        if evaluated.document(case_id) is None:
            raise CaseError("This document was not measured here.")
        name: SetName = evaluated.report.get("set", "cases")
        subject = self._sets.subject(name, str(evaluated.report.get("folder", "")), case_id)
        try:
            return subject.load(), subject.name
        except OSError as error:
            raise CaseError("This document is no longer in its set: measure again to see its page.") from error


class _Run:
    """One evaluation on its way."""

    def __init__(
        self,
        parts: AccuracyParts,
        job_id: str,
        choice: Choice,
        chosen: CaseSet,
        subjects: Sequence[Subject],
        recipes: Mapping[str, Recipe],
    ) -> None:
        self._parts = parts
        self._job_id = job_id
        self._choice = choice
        self._chosen = chosen
        self._subjects = subjects
        self._recipes = recipes

    def work(self, cancelled: IsCancelled) -> Iterator[Event]:
        """Every document with every recipe; each recipe is kept as it ends."""
        started = time.perf_counter()
        total = len(self._subjects) * len(self._recipes)
        for place, (name, recipe) in enumerate(self._recipes.items()):
            documents: list[Measured] = []
            for subject in self._subjects:
                done = place * len(self._subjects) + len(documents)
                yield StepProgressed(PROGRESS, done, total, f"{subject.name} · {name}")
                measured = self._measure(subject, recipe, cancelled)
                documents.append(measured)
                yield _told(measured, name)
            self._keep(place, name, recipe, tuple(documents))
        yield StepFinished(PROGRESS, time.perf_counter() - started)

    def _measure(self, subject: Subject, recipe: Recipe, cancelled: IsCancelled) -> Measured:
        """One document; a failure is its status, and the others go on."""
        started = time.perf_counter()
        document: Document | None = None
        try:
            document = self._parts.runs.shelf.look(subject.load(), subject.name)
            extraction = self._extract(document, subject, recipe, cancelled)
            return measure(subject.case, extraction, seconds=time.perf_counter() - started)
        except Cancelled:
            raise
        except (StudioError, OSError) as error:
            status = str(error)
        except Exception as error:  # one document that breaks must not cost the others their scores
            log.exception("a case could not be read")
            status = f"something unexpected went wrong ({type(error).__name__}); the log has the details."
        seconds = time.perf_counter() - started
        sha256 = document.sha256 if document else None
        return unread(subject.case, subject.name, status, seconds=seconds, document=sha256)

    def _extract(self, document: Document, subject: Subject, recipe: Recipe, cancelled: IsCancelled) -> Extraction:
        pages = subject.pages if self._choice.invoice_pages else ()
        pages = pages or tuple(PageRef(number + 1) for number in range(document.page_count))
        runs = self._parts.runs
        recipe = runs.shelf.hiding(subject.case.read_with(recipe), document.sha256, pages)
        order = runs.order_as_is(lambda: document, document.sha256, document.name, pages, recipe, self._job_id)
        order = replace(order, remembers=False)
        for event in runs.pipeline.run(order, cancelled):
            if isinstance(event, RunFinished):
                return event.extraction
        raise AssertionError("a run that raises nothing ends in its result")

    def _keep(self, place: int, name: str, recipe: Recipe, documents: tuple[Measured, ...]) -> None:
        evaluation_id = f"{self._job_id}-{place}"
        figures = figures_of(documents)
        report = to_json(figures.report) | figures_json(figures)
        for long in ("cases", "by_vendor", "curve"):  # these follow from the documents, which are kept beside the row
            del report[long]
        about = {
            "command": self._command(name),
            "set": self._choice.cases,
            "folder": self._choice.folder,
            "seconds": round(sum(one.seconds for one in documents), 2),
        }
        self._parts.files.keep_json(KIND, evaluation_id, DOCUMENTS.dump_json(documents).decode())
        self._parts.evaluations.keep(
            EvaluationRow(
                evaluation_id,
                datetime.now(UTC),
                self._chosen.title,
                recipe,
                {**report, **about},
            )
        )

    def _command(self, recipe: str) -> str:
        pages = " --invoice-pages" if self._choice.invoice_pages else ""
        return f"python -m core evaluate {self._chosen.arguments} --recipe {shlex.quote(recipe)}{pages}"


def _told(measured: Measured, recipe: str) -> Event:
    """How one document went, as the fact that whoever watches sees."""
    if measured.status != "ok":
        return StepFailed(measured.case_id, measured.seconds, measured.status)
    count = len(measured.misses)
    misses = "all right" if not count else f"{count} miss{'' if count == 1 else 'es'}"
    return StepFinished(measured.case_id, measured.seconds, detail=f"{recipe} · {misses}")
