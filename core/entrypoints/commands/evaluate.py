"""``evaluate``: the extraction scored on a folder of cases, or predictions that exist."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.entrypoints.console import StepLines, json_text, print_json, warn
from core.errors import CaseError, StudioError
from core.evaluation import Case, Report, ScoredCase, load_cases, load_prediction, render, score_case, to_json
from core.settings import Settings, write_atomically

log = logging.getLogger(__name__)

#: Gives the invoice of a case; raises StudioError with the reason why there is none.
Predict = Callable[[Case], Mapping[str, Any]]


def run(arguments: argparse.Namespace) -> int:
    """Score every case and print the tables. Raises CaseError."""
    cases = load_cases(arguments.folder, arguments.kind, arguments.language)
    predict = _given(arguments.pred) if arguments.pred else _extracting(arguments)
    lines = StepLines(arguments.quiet)
    scored = []
    for number, case in enumerate(cases, 1):
        scored.append(_score(case, predict))
        lines.title(f"[{number}/{len(cases)}] {case.case_id}: {scored[-1].seconds:.2f} s, {scored[-1].status}")
    report = Report(tuple(scored))
    for one in scored:
        if one.status != "ok":
            warn(f"{one.case.case_id}: {one.status}")
    if arguments.json:
        print_json(to_json(report))
    else:
        sys.stdout.write(f"{render(report, cases=arguments.cases, errors=arguments.errors)}\n")
    return 0


def _score(case: Case, predict: Predict) -> ScoredCase:
    """A case whose prediction fails is scored as empty, with the reason."""
    started = time.perf_counter()
    status = "ok"
    invoice: Mapping[str, Any] = {}
    try:
        invoice = predict(case)
    except (StudioError, OSError) as error:
        status = str(error)
    except Exception as error:  # one case that breaks must not cost the others their scores
        log.debug("evaluation of %s failed", case.case_id, exc_info=True)
        status = f"something unexpected went wrong ({type(error).__name__}: {error})"
    return ScoredCase(case, score_case(case.truth, invoice), status, time.perf_counter() - started)


def _given(folder: Path) -> Predict:
    if not folder.is_dir():
        raise CaseError(f"{folder} is not a folder: name one that holds <case id>.json files.")

    def predict(case: Case) -> Mapping[str, Any]:
        prediction = load_prediction(folder, case.case_id)
        if prediction is None:
            raise CaseError(f"there is no readable {case.case_id}.json in {folder}.")
        return prediction

    return predict


def _extracting(arguments: argparse.Namespace) -> Predict:
    """Reads each case's document with the person's recipe or the one named."""
    from core.entrypoints.bootstrap import build_studio
    from core.entrypoints.commands.reading import extract_document, open_file
    from core.extraction_json import to_json as extraction_to_json
    from core.recipe import load_recipe

    settings = _apart(Settings())
    studio = build_studio(settings)
    recipe = load_recipe(arguments.recipe, studio.defaults.recipe) if arguments.recipe else None
    silent = StepLines(quiet=True)

    def predict(case: Case) -> Mapping[str, Any]:
        if case.document is None:
            raise CaseError("its folder holds no document.pdf nor a picture.")
        document = open_file(studio, case.document)
        pages = case.invoice_pages if arguments.invoice_pages else None
        result = extraction_to_json(extract_document(studio, document, pages or None, recipe, silent))
        if arguments.out:
            write_atomically(arguments.out / f"{case.case_id}.json", f"{json_text(result, indent=2)}\n".encode())
        invoice: Mapping[str, Any] = result["invoice"]
        return invoice

    return predict


def _apart(settings: Settings) -> Settings:
    """Settings with a data folder of its own: cached as usual, but the person's records and runs stay theirs."""
    apart = settings.model_copy(update={"data_dir": settings.data_dir / "evaluation", "database_url": None})
    apart.keep_defaults(settings.defaults())
    return apart
