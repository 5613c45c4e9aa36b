"""Page clean-up: character error rate and field F1 of spoilt pages with each step off and on, and what looking costs.

``python -m benchmarks.bench_imaging [--cases FOLDER] [--pages N] [--keep FOLDER]``: with a folder of cases (scans and
photos with their truth) the steps are measured on those too. ``--keep`` keeps what OCR read, by pixels, between runs.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.documents import Document
from core.documents.opening import open_document
from core.entrypoints.bootstrap import extractors
from core.evaluation import Case, Report, ScoredCase, load_cases, score_case
from core.events import RunFinished
from core.evidence import PageText, Word
from core.extraction import Extraction, PageRef
from core.extraction_json import to_json
from core.extractor import Availability
from core.imaging import clean
from core.ocr import registry
from core.ocr.engine import Engine
from core.ocr.reader import CachedPageReader
from core.pipeline import Pipeline, RunOrder
from core.recipe import Cleanup, OcrRecipe, Recipe
from samples.generate import make_sample
from samples.invoices import Wishes
from samples.scan import Scan, encoded, pictures, scanned
from tests.doubles.cache import NoCache

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
OFF = Cleanup(**dict.fromkeys(Cleanup.model_fields, False))
ALL = Cleanup(**dict.fromkeys(Cleanup.model_fields, True))
MILD: dict[str, Any] = {"skew": 0.0, "blur": 0.3, "noise": 3.0, "shading": 0.05}
#: What is wrong with the page, and the steps that are there for it.
DEFECTS: dict[str, tuple[Scan, tuple[str, ...]]] = {
    "nothing": (Scan(**MILD), ()),
    "turned by 90°": (Scan(**MILD, turn=90), ("orientation",)),
    "turned by 180°": (Scan(**MILD, turn=180), ("orientation",)),
    "turned by 270°": (Scan(**MILD, turn=270), ("orientation",)),
    "skew 1°": (Scan(**MILD | {"skew": 1.0}), ("deskew",)),
    "skew 2°": (Scan(**MILD | {"skew": 2.0}), ("deskew",)),
    "skew 3°": (Scan(**MILD | {"skew": -3.0}), ("deskew",)),
    "skew 7°": (Scan(**MILD | {"skew": 7.0}), ("deskew",)),
    "skew 15°": (Scan(**MILD | {"skew": -15.0}), ("deskew",)),
    "photo": (Scan(**MILD | {"skew": 2.0, "shading": 0.25}, photo=True), ("perspective", "deskew", "light")),
    "photo, aslant": (Scan(**MILD | {"skew": 5.0, "shading": 0.25}, photo=True), ("perspective", "deskew", "light")),
    "photo, upside down": (
        Scan(**MILD | {"skew": 3.0, "shading": 0.25}, photo=True, turn=180),
        ("perspective", "orientation", "deskew", "light"),
    ),
    "uneven light": (Scan(**MILD | {"shading": 0.6}), ("light",)),
    "shadow": (Scan(**MILD, shadow=0.6), ("light",)),
    "faint print": (Scan(**MILD | {"noise": 6.0}, fade=0.75), ("contrast",)),
    "grain": (Scan(**MILD | {"noise": 30.0, "shading": 0.2}, quality=40), ("denoise",)),
    "120 dpi, grain": (Scan(**MILD | {"noise": 15.0}, dpi=120, quality=40), ("denoise",)),
}


@dataclass
class Kept:
    """An engine whose words are kept on disk by the picture's pixels: a step that changes nothing costs nothing."""

    engine: Engine
    folder: Path
    name: str = "kept"

    def availability(self) -> Availability:
        """See :meth:`core.ocr.engine.Engine.availability`."""
        return self.engine.availability()

    def languages(self) -> tuple[str, ...]:
        """See :meth:`core.ocr.engine.Engine.languages`."""
        return self.engine.languages()

    def read(self, image: Any, recipe: OcrRecipe) -> list[Word]:
        """See :meth:`core.ocr.engine.Engine.read`."""
        digest = hashlib.sha256(image.tobytes())
        digest.update(f"{image.size} {recipe.detection_side}".encode())
        path = self.folder / digest.hexdigest()
        if not path.exists():
            path.write_bytes(pickle.dumps(self.engine.read(image, recipe)))
        words: list[Word] = pickle.loads(path.read_bytes())
        return words


@dataclass
class Tally:
    """What was measured of some pages under one choice of steps."""

    errors: int = 0
    characters: int = 0
    scored: list[ScoredCase] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)

    @property
    def row(self) -> str:
        """Character error rate and F1, in %."""
        summary = Report(tuple(self.scored)).summary
        cer = f"{100 * self.errors / self.characters:6.2f}" if self.characters else "     –"
        return f"{cer} {_percent(summary.header.f1)} {_percent(summary.items.f1)}"


class Bench:
    """Runs documents through the studio's own pipeline with the steps that are asked for."""

    def __init__(self, keep: Path) -> None:
        engine = Kept(registry.create("rapid", 0), keep)
        reader = CachedPageReader(NoCache(), lambda name, threads: engine, 1, clean=clean)
        self.pipeline = Pipeline(extractors(), reader, NoCache(), "bench")

    def extract(self, document: Document, pages: Iterable[int], cleanup: Cleanup) -> Extraction:
        """The document read from its picture with these steps."""
        recipe = Recipe(ocr=OcrRecipe(engine="rapid", cleanup=cleanup), extractors=("rules",))
        refs = tuple(PageRef(number) for number in pages)
        order = RunOrder(lambda: document, document.name, document.sha256, refs, recipe)
        *_, last = self.pipeline.run(order)
        assert isinstance(last, RunFinished)
        return last.extraction

    def measure(self, case: Case, document: Document, cleanup: Cleanup, tally: Tally, printed: list[str]) -> None:
        """Add one document to ``tally``."""
        pages = case.invoice_pages or range(1, document.page_count + 1)
        found = self.extract(document, pages, cleanup)
        tally.scored.append(ScoredCase(case, score_case(case.truth, to_json(found)["invoice"])))
        tally.errors += wrong_characters(printed, found.page_texts) if printed else 0
        tally.characters += sum(map(len, printed))
        for text in found.page_texts:
            tally.steps[text.note.split(". ", 1)[-1] if text.upright else "nothing moved"] += 1


def wrong_characters(printed: list[str], pages: tuple[PageText, ...]) -> int:
    """Letters to insert, remove or change so that the words read become the words printed, in whatever order: equal
    words go together, the others with the most similar that is left."""
    from rapidfuzz.distance import Levenshtein

    wanted = Counter(printed)
    read = Counter(word.text for page in pages for word in page.words)
    missed, other = list((wanted - read).elements()), list((read - wanted).elements())
    errors = 0
    for word in sorted(missed, key=len, reverse=True):
        best = min(other, key=lambda one: Levenshtein.distance(word, one), default="")
        errors += min(len(word), Levenshtein.distance(word, best))
        if best and Levenshtein.distance(word, best) < len(word):
            other.remove(best)
    return errors


def settings(steps: tuple[str, ...]) -> Iterator[tuple[str, Cleanup]]:
    """No clean-up, each of ``steps`` alone, the default, and everything."""
    yield "off", OFF
    for step in steps:
        yield f"{step} only", OFF.model_copy(update={step: True})
    yield "default", Cleanup()
    yield "all", ALL


def spoilt_pages(bench: Bench, pages: int, only: list[str]) -> None:
    """Every defect on some generated invoices, whose printed words and values are known."""
    print(f"{f'{pages} generated pages each':24s} {'steps':18s} {'CER %':>6s} {'header':>6s} {'items':>6s}")
    for name, (scan, steps) in DEFECTS.items():
        if only and not any(part in name for part in only):
            continue
        tallies: dict[str, Tally] = {}
        for number in range(pages):
            sample = make_sample(500 + number, LANGUAGES[number % len(LANGUAGES)], wishes=Wishes(lines=5))
            printed = [word.text for word in open_document(sample.data, "a.pdf").page(1).words()]
            picture = encoded(scanned(pictures(sample.data, scan.dpi)[0], scan, number), scan.quality)
            document = open_document(picture, "a.jpg")
            case = Case(f"{name}-{number}", sample.truth, None)
            for title, cleanup in settings(steps):
                bench.measure(case, document, cleanup, tallies.setdefault(title, Tally()), printed)
        for title, tally in tallies.items():
            print(f"{name:24s} {title:18s} {tally.row}", flush=True)


def real_pages(bench: Bench, folder: Path) -> None:
    """The scans and photos of a folder of cases."""
    cases = [case for case in load_cases(folder, ("scan", "scan-sim")) if case.document]
    print(f"\n{f'{len(cases)} scans of {folder.name}':24s} {'steps':18s} {'CER %':>6s} {'header':>6s} {'items':>6s}")
    for title, cleanup in settings(tuple(Cleanup.model_fields)):
        tallies: dict[str, Tally] = {}
        for case in cases:
            assert case.document
            document = open_document(case.document.read_bytes(), case.document.name)
            bench.measure(case, document, cleanup, tallies.setdefault(case.kind, Tally()), [])
        for kind, tally in sorted(tallies.items()):
            print(
                f"{kind:24s} {title:18s} {tally.row}  {sum(tally.steps.values()) - tally.steps['nothing moved']} moved"
            )


def overhead(rounds: int = 9) -> None:
    """Looking at a clean page beside reading it."""
    page = pictures(make_sample(500, "en").data, 200)[0]
    engine, recipe = registry.create("rapid", 0), OcrRecipe()
    engine.read(page, recipe)
    seconds: dict[str, list[float]] = {}
    for _ in range(rounds):
        for title, work in (
            ("read", lambda: engine.read(page, recipe)),
            ("default", lambda: clean(page, Cleanup(), lambda image: engine.read(image, recipe))),
            ("all", lambda: clean(page, ALL, lambda image: engine.read(image, recipe))),
        ):
            started = time.perf_counter()
            work()
            seconds.setdefault(title, []).append(time.perf_counter() - started)
    read, default, everything = (statistics.median(seconds[title]) for title in ("read", "default", "all"))
    print(f"\n{'a clean page':24s} {'seconds':>8s} {'of OCR':>7s}")
    print(f"{'reading it':24s} {read:8.3f}")
    print(f"{'looking, default steps':24s} {default:8.3f} {default / read:7.1%}   (at most 3%)")
    print(f"{'looking, every step':24s} {everything:8.3f} {everything / read:7.1%}")


def _percent(share: float | None) -> str:
    return "     –" if share is None else f"{100 * share:6.1f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2, help="generated pages for each defect (default: %(default)s)")
    parser.add_argument("--only", action="append", default=[], help="only defects whose name has this in it")
    parser.add_argument("--cases", type=Path, help="a folder of cases")
    parser.add_argument("--keep", type=Path, help="where what OCR read is kept between runs")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keep = chosen.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        bench = Bench(keep)
        spoilt_pages(bench, chosen.pages, chosen.only)
        if chosen.cases:
            real_pages(bench, chosen.cases)
    overhead()


if __name__ == "__main__":
    main()
