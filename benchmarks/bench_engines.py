"""The OCR engines side by side on the same scanned pages: time as a ratio to RapidOCR's, and character error rate."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.bench_ocr import typeset
from benchmarks.scans import error_rate
from core.documents.opening import open_document
from core.evidence import Word
from core.ocr import registry
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

PAGES = 3
RECIPE = OcrRecipe()


@dataclass(frozen=True)
class Scan:
    """How a page is spoilt: dots per inch, standard deviation of the noise (of 255 levels), skew in degrees."""

    name: str
    dpi: int
    noise: float
    skew: float


SCANS = (
    Scan("clean, 200 dpi", 200, 0, 0),
    Scan("noisy, slanted, 200 dpi", 200, 40, 0.4),
    Scan("noisy, 120 dpi", 120, 30, 0),
)


def spoilt(image: Image, scan: Scan) -> Image:
    """``image`` as ``scan`` says, at 200 dpi again."""
    from PIL import Image as Images
    from PIL import ImageChops

    small = tuple(round(side * scan.dpi / 200) for side in image.size)
    spoiled = image.resize((small[0], small[1]), Images.Resampling.LANCZOS)
    spoiled = spoiled.rotate(scan.skew, fillcolor="white", resample=Images.Resampling.BICUBIC)
    if scan.noise:
        noise = Images.effect_noise(spoiled.size, scan.noise).convert("RGB")
        spoiled = ImageChops.add(spoiled, noise, scale=1.2, offset=-60)
    return spoiled.resize(image.size, Images.Resampling.BICUBIC)


def text_of(words: list[Word]) -> str:
    """The words, with single blanks between."""
    return " ".join(word.text for word in words)


def pages_with_truth() -> list[tuple[Image, str]]:
    """Typeset pages at 200 dpi, with their words row by row."""
    document = open_document(typeset(PAGES), "typeset.pdf")
    found = []
    for number in range(1, PAGES + 1):
        page = document.page(number)
        words = sorted(page.text_layer().words, key=lambda word: (round(word.box.y1), word.box.x0))
        found.append((page.render(200).image, text_of(words)))
    return found


def main() -> None:
    """Print the table."""
    pages = pages_with_truth()
    names = [name for name in registry.ENGINES if dict(registry.availabilities())[name].usable]
    engines = {name: registry.create(name) for name in names}
    print(f"{f'median of {PAGES} pages':28s} {'engine':10s} {'seconds':>8s} {'ratio':>6s} {'character errors':>17s}")
    for scan in SCANS:
        pictures = [(spoilt(image, scan), truth) for image, truth in pages]
        seconds: dict[str, list[float]] = {name: [] for name in names}
        errors: dict[str, list[float]] = {name: [] for name in names}
        for engine in engines.values():
            engine.read(pictures[0][0], RECIPE)
        for image, truth in pictures:
            for name, engine in engines.items():
                started = time.perf_counter()
                words = engine.read(image, RECIPE)
                seconds[name].append(time.perf_counter() - started)
                errors[name].append(error_rate(truth, text_of(words)))
        first = statistics.median(seconds[names[0]])
        for name in names:
            taken = statistics.median(seconds[name])
            wrong = statistics.mean(errors[name])
            print(f"{scan.name:28s} {name:10s} {taken:8.2f} {taken / first:6.2f} {wrong:17.2%}")


if __name__ == "__main__":
    main()
