"""A digital PDF from bytes to validated invoice, beside what PyMuPDF alone needs to give the words; and again, from
the cache."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.documents.opening import open_document
from core.entrypoints.bootstrap import build_studio
from core.events import RunFinished
from core.extraction import PageRef
from core.pipeline import Pipeline, RunOrder
from core.recipe import Recipe
from core.settings import Settings
from core.studio import Studio

SAMPLES = Path(__file__).parent.parent / "samples" / "cases"
ROUNDS = 30


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of ``work`` in milliseconds, after one warm-up."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def words_alone(data: bytes) -> None:
    """What PyMuPDF needs to open the file and give the words of its pages."""
    import pymupdf

    with pymupdf.open(stream=data, filetype="pdf") as pdf:
        for page in pdf:
            page.get_text("words")


def whole_path(pipeline: Pipeline, data: bytes, name: str) -> None:
    """Bytes to validated invoice, nothing from the cache."""
    document = open_document(data, name)
    pages = tuple(PageRef(number + 1) for number in range(document.page_count))
    order = RunOrder(lambda: document, name, document.sha256, pages, Recipe(extractors=("rules",)))
    assert any(isinstance(event, RunFinished) for event in pipeline.run(order))


def without_cache(studio: Studio) -> Pipeline:
    """The studio's pipeline with nothing kept between runs."""
    from core.entrypoints.bootstrap import extractors
    from core.ocr import registry
    from core.ocr.reader import CachedPageReader
    from tests.doubles.cache import NoCache

    return Pipeline(extractors(), CachedPageReader(NoCache(), registry.create), NoCache(), "bench")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        studio = build_studio(Settings(data_dir=Path(folder)))
        pipeline = without_cache(studio)
        print(f"{'digital PDF':32s} {'PyMuPDF words':>14s} {'whole path':>12s} {'ratio':>7s} {'again, cached':>14s}")
        totals = []
        for path in sorted(SAMPLES.glob("*/document.pdf")):
            data, name = path.read_bytes(), path.parent.name
            alone = median_ms(lambda data=data: words_alone(data))
            whole = median_ms(lambda data=data, name=name: whole_path(pipeline, data, name))
            document = studio.open(data, f"{name}.pdf")
            again = median_ms(lambda document=document: list(studio.extract(document)))
            totals.append(whole)
            print(f"{name:32s} {alone:11.2f} ms {whole:9.2f} ms {whole / alone:7.1f} {again:11.2f} ms")
        print(f"documents a minute on one core: {60_000 / statistics.mean(totals):.0f}")


if __name__ == "__main__":
    main()
