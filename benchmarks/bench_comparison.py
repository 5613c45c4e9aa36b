"""A comparison of 20 documents x 5 offline recipes: beside the bare pipeline over the same cells, again from the cache, and
how long the page waits for its figures."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.comparison.report import report_of
from core.comparison.row import Row
from core.comparison.tables import tables_of
from core.documents import Document
from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.pipeline import RunOrder
from core.recipe import OcrRecipe, Recipe
from core.settings import Settings
from core.studio import Studio
from samples.generate import make_sample
from samples.invoices import Wishes

DOCUMENTS = 20
LANGUAGES = ("en", "de", "fr", "es", "it")
#: Five ways to read that share no result; pages carry their text, so that no time of OCR hides ours.
RECIPES = (
    Recipe(name="default"),
    Recipe(name="page only", extractors=("rules",)),
    Recipe(name="strict", extractors=("rules",), approve_at=0.9),
    Recipe(name="text layer", extractors=("rules",), ocr=OcrRecipe(engine="text-layer")),
    Recipe(name="fine", extractors=("rules",), ocr=OcrRecipe(dpi=300)),
)


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(studio: Studio, rows: list[Row]) -> str:
    """Run the whole comparison; gives its id."""
    comparison_id = studio.comparison.begin(rows, RECIPES)
    while any(
        cell.state in ("waiting", "running")
        for cell in studio.comparison.cells(studio.comparison.get(comparison_id)).values()
    ):
        time.sleep(0.05)
    return comparison_id


def bare(documents: list[Document]) -> None:
    """The same cells by the pipeline alone, one after another: nothing is kept."""
    from benchmarks.bench_pipeline import without_cache

    with tempfile.TemporaryDirectory() as folder:
        pipeline = without_cache(build_studio(Settings(data_dir=Path(folder))))
        for recipe in RECIPES:
            for document in documents:
                pages = tuple(PageRef(number + 1) for number in range(document.page_count))
                for _ in pipeline.run(
                    RunOrder(lambda held=document: held, document.name, document.sha256, pages, recipe)
                ):
                    pass


def one_by_one(documents: list[Document]) -> None:
    """The same cells as single runs of a studio, one after another: kept and in the ledger."""
    with tempfile.TemporaryDirectory() as folder:
        studio = build_studio(Settings(data_dir=Path(folder)))
        for recipe in RECIPES:
            for document in documents:
                list(studio.extract(document, None, recipe))


def figures(studio: Studio, comparison_id: str) -> None:
    """Everything that the page shows of a comparison."""
    kept = studio.comparison.get(comparison_id)
    studio.comparison.totals(kept, studio.comparison.documents(kept))


def exports(studio: Studio, comparison_id: str) -> None:
    """Excel workbook and HTML report."""
    kept = studio.comparison.get(comparison_id)
    documents = studio.comparison.documents(kept)
    totals = studio.comparison.totals(kept, documents)
    studio.export_tables(tables_of(kept, documents, totals), "xlsx")
    report_of(kept, documents, totals)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        studio = build_studio(Settings(data_dir=Path(folder)))
        documents = [
            studio.open(make_sample(number, LANGUAGES[number % 5], wishes=Wishes(lines=8)).data, f"{number}.pdf")
            for number in range(DOCUMENTS)
        ]
        rows = [
            Row(document.sha256, document.name, tuple(PageRef(number + 1) for number in range(document.page_count)))
            for document in documents
        ]
        ids: list[str] = []
        estimated = seconds(lambda: studio.comparison.estimate(rows, RECIPES))
        first = seconds(lambda: ids.append(compare(studio, rows)))
        again = seconds(lambda: ids.append(compare(studio, rows)))
        alone = seconds(lambda: bare(documents))
        single = seconds(lambda: one_by_one(documents))
        later = build_studio(studio.settings)
        print(f"{DOCUMENTS} documents x {len(RECIPES)} recipes, offline, pages with text")
        print(f"{'estimate':44s} {estimated:8.2f} s")
        print(f"{'bare pipeline, one cell after another':44s} {alone:8.2f} s")
        print(f"{'single runs of the studio, one after another':44s} {single:8.2f} s")
        print(f"{'comparison':44s} {first:8.2f} s   ratio to single runs {first / single:.2f}")
        print(f"{'the same again, from the cache':44s} {again:8.2f} s")
        print(f"{'figures of the page, first (from disk)':44s} {seconds(lambda: figures(later, ids[0])):8.2f} s")
        print(f"{'figures of the page, next':44s} {seconds(lambda: figures(later, ids[0])):8.3f} s")
        print(f"{'Excel and HTML':44s} {seconds(lambda: exports(later, ids[0])):8.2f} s")


if __name__ == "__main__":
    main()
