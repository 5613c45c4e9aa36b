"""``evaluate``: the extraction scored on a folder of cases, or predictions that exist."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.accuracy import Choice, Measured, figures_of
from core.accuracy.figures import figures_json, render_figures
from core.accuracy.measuring import measure, unread
from core.accuracy.sets import Subject, subject_of
from core.atomic import write_atomically
from core.entrypoints.console import StepLines, json_text, print_json, warn
from core.errors import CaseError, StudioError
from core.evaluation import Report, ScoredCase, choose_cases, load_cases, load_prediction, render, score_case, to_json
from core.extraction import Extraction
from core.settings import Settings

if TYPE_CHECKING:
    from core.studio import Studio

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prediction:
    """The values of a case, and the extraction that it came from where one was made here."""

    values: Mapping[str, Any]
    extraction: Extraction | None = None


#: Gives the prediction of a case; raises StudioError with the reason why there is none.
Predict = Callable[[Subject], Prediction]


def run(arguments: argparse.Namespace) -> int:
    """Score every case and print the tables. Raises CaseError."""
    subjects = _subjects(arguments)
    if arguments.learn:
        return _learn(arguments, subjects)
    if arguments.stress:
        return _stress(arguments, subjects)
    predict = _given(arguments.pred) if arguments.pred else _extracting(arguments)
    lines = StepLines(arguments.quiet)
    scored: list[ScoredCase] = []
    measured: list[Measured] = []
    for number, subject in enumerate(subjects, 1):
        one, details = _score(subject, predict)
        scored.append(one)
        measured += [details] if details else []
        lines.title(f"[{number}/{len(subjects)}] {one.case.case_id}: {one.seconds:.2f} s, {one.status}")
    report = Report(tuple(scored))
    for one in scored:
        if one.status != "ok":
            warn(f"{one.case.case_id}: {one.status}")
    figures = None if arguments.pred else figures_of(measured)
    if arguments.json:
        print_json(to_json(report) | (figures_json(figures) if figures else {}))
    else:
        text = render(report, cases=arguments.cases, errors=arguments.errors, vendors=arguments.vendors)
        sys.stdout.write(f"{text}\n" + (f"\n{render_figures(figures)}\n" if figures else ""))
    return 0


def _learn(arguments: argparse.Namespace, subjects: Sequence[Subject]) -> int:
    """Read every vendor's documents in order, each one's truth revealed as its correction, beside reading without memory."""
    from core.accuracy.schooling import attend, places_json, render_places
    from core.entrypoints.commands.reading import open_studio

    settings = Settings()
    studio = open_studio(_apart(settings), settings)
    studio.memory.forget_all()  # of a measurement that broke off
    read = _reader(arguments, studio)
    subject_by_case = {subject.case.case_id: subject for subject in subjects}
    lines = StepLines(arguments.quiet)
    plain = {}
    for number, subject in enumerate(subjects, 1):
        plain[subject.case.case_id] = read(subject)
        lines.title(f"[{number}/{len(subjects)}] {subject.case.case_id}, without memory")
    try:
        places = attend(
            studio.memory,
            [subject.case for subject in subjects],
            lambda case: plain[case.case_id],
            lambda case: read(subject_by_case[case.case_id]),
            arguments.wrong,
            lines.title,
        )
    finally:
        studio.memory.forget_all()  # other measurements are without
    if arguments.json:
        print_json({"places": places_json(places)})
    else:
        sys.stdout.write(f"{render_places(places)}\n")
    return 0


def _stress(arguments: argparse.Namespace, subjects: Sequence[Subject]) -> int:
    """Read every document's words as they are and altered, by the rules alone: invoice XML would answer for the page."""
    from core.accuracy.stress import Paper
    from core.accuracy.stressed import FixedPages, render_stressed, stress, stressed_json
    from core.entrypoints.bootstrap import extractors
    from core.entrypoints.commands.reading import open_studio
    from core.events import RunFinished
    from core.pipeline import Pipeline, RunOrder
    from core.recipe import Recipe
    from storage.disk_cache import DiskCache

    settings = Settings()
    studio = open_studio(_apart(settings), settings)
    read = _reader(arguments, studio)
    lines = StepLines(arguments.quiet)
    as_read: dict[str, Extraction] = {}
    by_id = {subject.case.case_id: subject for subject in subjects}
    for number, subject in enumerate(subjects, 1):
        lines.title(f"[{number}/{len(subjects)}] {subject.case.case_id}, its words")
        try:
            as_read[subject.case.case_id] = read(subject)
        except (StudioError, OSError) as error:
            warn(f"{subject.case.case_id}: {error}")
    papers = {
        case_id: Paper(tuple(page.as_read() for page in found.page_texts), by_id[case_id].case.truth)
        for case_id, found in as_read.items()
        if found.page_texts
    }
    fixed = FixedPages()
    opened = lru_cache(maxsize=1)(lambda case_id: studio.open(by_id[case_id].load(), by_id[case_id].name))
    with tempfile.TemporaryDirectory() as nowhere:
        pipeline = Pipeline(extractors(), fixed, DiskCache(Path(nowhere), 0), "stress")

        def read_paper(case_id: str, paper: Paper) -> Extraction:
            fixed.pages = paper.pages
            found = as_read[case_id]
            recipe = by_id[case_id].case.read_with(Recipe(extractors=("rules",)))
            order = RunOrder(lambda: opened(case_id), found.name, found.document, found.pages, recipe)
            return next(event.extraction for event in pipeline.run(order) if isinstance(event, RunFinished))

        rows = stress(papers, read_paper, arguments.stress, lines.title)
    if arguments.json:
        print_json({"stress": stressed_json(rows)})
    else:
        sys.stdout.write(f"{render_stressed(rows)}\n")
    return 0


def _subjects(arguments: argparse.Namespace) -> list[Subject]:
    """The cases to score: those of a folder, or the reviewed records."""
    if arguments.folder and not arguments.records:
        return [subject_of(case) for case in load_cases(arguments.folder, arguments.kind, arguments.language)]
    if arguments.folder or not arguments.records:
        raise CaseError("Name either a folder of cases or --records.")
    from core.entrypoints.bootstrap import build_studio

    _, subjects = build_studio(Settings()).accuracy.subjects(Choice("records"))
    cases = {
        case.case_id for case in choose_cases([each.case for each in subjects], arguments.kind, arguments.language)
    }
    return [each for each in subjects if each.case.case_id in cases]


def _score(subject: Subject, predict: Predict) -> tuple[ScoredCase, Measured | None]:
    """A case whose prediction fails is scored as empty, with the reason."""
    started = time.perf_counter()
    status = "ok"
    case = subject.case
    read: Prediction = Prediction({})
    try:
        read = predict(subject)
    except (StudioError, OSError) as error:
        status = str(error)
    except Exception as error:  # one case that breaks must not cost the others their scores
        log.debug("evaluation of %s failed", case.case_id, exc_info=True)
        status = f"something unexpected went wrong ({type(error).__name__}: {error})"
    seconds = time.perf_counter() - started
    scored = ScoredCase(case, score_case(case.truth, read.values), status, seconds)
    if status != "ok":
        return scored, unread(case, subject.name, status, seconds=seconds)
    return scored, measure(case, read.extraction, seconds=seconds) if read.extraction else None


def _given(folder: Path) -> Predict:
    if not folder.is_dir():
        raise CaseError(f"{folder} is not a folder: name one that holds <case id>.json files.")

    def predict(subject: Subject) -> Prediction:
        case_id = subject.case.case_id
        prediction = load_prediction(folder, case_id, subject.case.type)
        if prediction is None:
            raise CaseError(f"there is no readable {case_id}.json in {folder}.")
        return Prediction(prediction)

    return predict


def _extracting(arguments: argparse.Namespace) -> Predict:
    """Reads each case's document with the person's recipe or the one named."""
    from core.entrypoints.commands.reading import open_studio
    from core.extraction_json import to_json as extraction_to_json

    settings = Settings()
    read = _reader(arguments, open_studio(_apart(settings), settings))

    def predict(subject: Subject) -> Prediction:
        case = subject.case
        extraction = read(subject)
        result = extraction_to_json(extraction)
        if arguments.out:
            write_atomically(arguments.out / f"{case.case_id}.json", f"{json_text(result, indent=2)}\n".encode())
        return Prediction(result[extraction.type.key], extraction)

    return predict


def _reader(arguments: argparse.Namespace, studio: Studio) -> Callable[[Subject], Extraction]:
    """Reads a case's document as the arguments say."""
    from core.entrypoints.commands.reading import extract_document, open_file
    from core.recipe import load_recipe

    recipe = load_recipe(arguments.recipe, studio.defaults.known_recipes()) if arguments.recipe else None
    silent = StepLines(quiet=True)

    def read(subject: Subject) -> Extraction:
        case = subject.case
        document = open_file(studio, case.document) if case.document else studio.open(subject.load(), subject.name)
        pages = subject.pages if arguments.invoice_pages else ()
        chosen = case.read_with(recipe or studio.defaults.recipe)
        return extract_document(studio, document, pages or None, chosen, silent)

    return read


def _apart(settings: Settings) -> Settings:
    """Settings with a data folder of its own: cached as usual, but the person's records and runs stay theirs."""
    return settings.model_copy(update={"data_dir": settings.data_dir / "evaluation", "database_url": None})
