"""Scanned pages for measuring OCR, and how well they were read."""

from __future__ import annotations

import io
import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymupdf
from PIL import Image
from rapidfuzz.distance import Levenshtein

from core.documents import Document
from core.documents.opening import open_document
from core.evidence import Word
from core.ocr.lines import Quad, in_reading_order
from core.ocr.machine import processors
from core.ocr.text_layer import judge_text_layer
from samples.design import make_design
from samples.invoices import make_invoice
from samples.layout import draw
from samples.scan import Scan, encoded, pictures, scanned

#: A language and how its page is scanned: from a clean picture to little resolution, noise and skew.
GENERATED = {
    "en": Scan(dpi=200, skew=0, blur=0, noise=0, shading=0, quality=85),
    "de": Scan(dpi=170),
    "fr": Scan(dpi=150, skew=0.5, blur=0.4, noise=6, quality=60),
    "es": Scan(dpi=120, skew=0.3, blur=0.3, quality=70),
    "it": Scan(dpi=300, skew=0.7, quality=75),
    "nl": Scan(dpi=200, skew=-0.9, blur=0.7, noise=12, shading=0.2, quality=50),
    "pt": Scan(dpi=170, skew=1.0, blur=0.4, noise=4, shading=0.2),
}
_SUFFIXES = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}


@dataclass(frozen=True)
class Placed:
    """A piece of text and the corners of its place on the page."""

    text: str
    quad: Quad

    @property
    def height(self) -> float:
        """The longer of its two upright sides."""
        a, b, c, d = self.quad
        return max(math.dist(a, d), math.dist(b, c))


@dataclass(frozen=True)
class ScannedPage:
    """The first page of ``document``, and what it says (empty where nobody knows)."""

    name: str
    document: Document
    truth: str


def generated(seed: int = 100) -> Iterator[ScannedPage]:
    """A page of the samples' generator in each language."""
    for number, (language, scan) in enumerate(GENERATED.items(), seed):
        invoice = make_invoice(number, language)
        pdf = draw(invoice, make_design(number, invoice)).data()
        yield _scan_of(f"generated, {language}, {scan.dpi} dpi", pdf, scan, number)


def of_cases(folder: Path, most: int) -> Iterator[ScannedPage]:
    """Pages of a folder of cases: digital ones are scanned first, so that what they say is known."""
    for number, case in enumerate(sorted(path for path in folder.iterdir() if path.is_dir())[:most]):
        path = next(file for file in sorted(case.glob("document.*")) if file.suffix.lower() in _SUFFIXES)
        document = open_document(path.read_bytes(), path.name)
        if path.suffix == ".pdf" and judge_text_layer(document.page(1).text_layer()).usable:
            yield _scan_of(case.name, document.data, list(GENERATED.values())[number % len(GENERATED)], number)
        else:
            yield ScannedPage(case.name, document, "")


def joined(pieces: Sequence[Placed]) -> str:
    """What the pieces say in reading order, without blanks: those are not every engine's business."""
    return "".join("".join(piece.text.split()) for piece in in_reading_order(pieces))


def placed(word: Word) -> Placed:
    """A word with the corners of its box."""
    box = word.box
    return Placed(word.text, ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)))


def error_rate(truth: str, read: str) -> float:
    """The least number of characters to insert, delete or replace, per character of the truth."""
    return Levenshtein.distance(truth, read) / max(1, len(truth))


def unordered_error_rate(truth: str, read: str) -> float:
    """The same where any order of the characters counts as right: tables and columns may be read in either way."""
    wanted, found = Counter(truth), Counter(read)
    return max((wanted - found).total(), (found - wanted).total()) / max(1, len(truth))


@dataclass
class Tally:
    """What one way of reading took, in seconds a page, and how it read the pages whose text is known."""

    seconds: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    unordered: list[float] = field(default_factory=list)

    def add(self, seconds: float, truth: str, read: str) -> None:
        """One page."""
        self.seconds.append(seconds)
        if truth:
            self.errors.append(error_rate(truth, read))
            self.unordered.append(unordered_error_rate(truth, read))


def summarise(tallies: dict[str, Tally]) -> None:
    """Print what all pages together took and how they were read, beside the first way."""
    first = next(iter(tallies.values()))
    print(
        f"\n{f'{len(first.seconds)} pages on {processors()} processors':30s} {'pages/s':>8s} {'× the first':>12s} "
        f"{'median page':>12s} {'character errors':>17s} {'in any order':>13s}"
    )
    for name, tally in tallies.items():
        faster = sum(first.seconds) / sum(tally.seconds)
        usual = statistics.median(a / b for a, b in zip(first.seconds, tally.seconds, strict=True))
        wrong = [f"{statistics.mean(rates):.2%}" if rates else "–" for rates in (tally.errors, tally.unordered)]
        speed = len(tally.seconds) / sum(tally.seconds)
        print(f"{name:30s} {speed:8.2f} {faster:10.1f} × {usual:10.1f} × {wrong[0]:>17s} {wrong[1]:>13s}")


def _scan_of(name: str, pdf: bytes, scan: Scan, seed: int) -> ScannedPage:
    page = open_document(pdf, "typeset.pdf").page(1)
    truth = joined([placed(word) for word in page.text_layer().words])
    return ScannedPage(name, open_document(scan_pdf(pdf, scan, seed), "scan.pdf"), truth)


def scan_pdf(pdf: bytes, scan: Scan, seed: int) -> bytes:
    """The first page of a PDF as scanners make it: a PDF whose page is the picture at its own size."""
    picture = scanned(pictures(pdf, scan.dpi)[0], scan, seed)
    data = encoded(picture, scan.quality)
    width, height = (side * 72 / scan.dpi for side in Image.open(io.BytesIO(data)).size)
    pdf: Any = pymupdf.open()
    pdf.new_page(width=width, height=height).insert_image(pymupdf.Rect(0, 0, width, height), stream=data)
    return bytes(pdf.tobytes())
