"""Scanned pages: our page path beside the bare RapidOCR call, ways of spreading pages over processors with their peak
memory, and the text layer beside PyMuPDF's own words."""

from __future__ import annotations

import io
import multiprocessing
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core.cache import NoCache
from core.documents import Document, open_document
from core.evidence import PageText
from core.extraction import PageRef
from core.ocr import registry
from core.ocr.engine import Engine
from core.ocr.machine import processors
from core.ocr.rapid import RapidEngine, RapidOptions
from core.ocr.reader import CachedPageReader
from core.recipe import OcrRecipe

RECIPE = OcrRecipe(engine="rapid")
PROCESSORS = processors()
PAGES = 6
WORDS = (
    "Invoice Rechnung Menge Einzelpreis Betrag Lieferung Gesamtsumme Artikel Beschreibung Umsatzsteuer Zahlung "
    "innerhalb von Tagen ohne Abzug service consulting hours travel expenses licence support contract"
).split()


def typeset(pages: int, seed: int = 7) -> bytes:
    """A PDF of ``pages`` invoice-like pages: a head, and a table of 30 lines."""
    import pymupdf

    dice = random.Random(seed)
    pdf = pymupdf.open()
    for _ in range(pages):
        page = pdf.new_page(width=595, height=842)
        for row in range(8):
            page.insert_text((60, 60 + 16 * row), " ".join(dice.choices(WORDS, k=5)), fontsize=11)
        for row in range(30):
            y = 220 + 19 * row
            page.insert_text((60, y), str(row + 1), fontsize=10)
            page.insert_text((90, y), " ".join(dice.choices(WORDS, k=4)), fontsize=10)
            for x in (370, 430, 500):
                page.insert_text((x, y), f"{dice.uniform(1, 900):.2f}", fontsize=10)
    data: bytes = pdf.tobytes()
    return data


def scan(pages: int) -> Document:
    """The same pages as pictures in a PDF: 200 dpi, a little slanted and noisy."""
    import pymupdf
    from PIL import Image, ImageChops

    typeset_pages = open_document(typeset(pages), "typeset.pdf")
    pdf = pymupdf.open()
    for number in range(1, pages + 1):
        image = typeset_pages.page(number).render(200).image
        image = image.rotate(0.4, fillcolor="white", resample=Image.Resampling.BICUBIC)
        noise = Image.effect_noise(image.size, 24).convert("RGB")
        out = io.BytesIO()
        ImageChops.add(image, noise, scale=1.2, offset=-60).save(out, "JPEG", quality=70)
        pdf.new_page(width=595, height=842).insert_image(pymupdf.Rect(0, 0, 595, 842), stream=out.getvalue())
    return open_document(pdf.tobytes(), "scan.pdf")


def bare_rapid() -> Callable[[Any], object]:
    """RapidOCR called as its makers show it, with our recipe's settings."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.max_side_len": 4000,
            "Global.log_level": "critical",
            "Det.limit_type": "max",
            "Det.box_thresh": RapidOptions().least_box_score,
            "Det.limit_side_len": RECIPE.detection_side,
            "EngineConfig.onnxruntime.intra_op_num_threads": PROCESSORS,
        }
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def one_page(rounds: int = 3) -> None:
    """Our page path (document to words on the page) and the bare call on the same picture, in turns."""
    import numpy

    document = scan(1)
    pixels = numpy.asarray(document.page(1).render(RECIPE.dpi).image)[:, :, ::-1].copy()
    bare = bare_rapid()
    reader = CachedPageReader(NoCache(), registry.create)
    both = (lambda: bare(pixels), lambda: reader(document, [PageRef(1)], RECIPE))
    for work in both:
        work()
    seconds = [[timed(work) for work in both] for _ in range(rounds)]
    alone, ours = (statistics.median(row[side] for row in seconds) for side in (0, 1))
    print(f"{'one scanned page':44s} {'bare RapidOCR':>14s} {'page path':>10s} {'ratio':>7s}")
    print(f"{'':44s} {alone:12.2f} s {ours:8.2f} s {ours / alone:7.2f}   (at most 1.15)")


def peak_megabytes() -> float:
    """The most memory that this process held (the kernel's own count; getrusage would name a parent's peak)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1000


def read_share(data: bytes, numbers: list[int], at_once: int, threads: int) -> tuple[float, float]:
    """Seconds and peak megabytes of reading some pages, so many at once, each with so many threads. Runs in a process
    of its own."""
    document = open_document(data, "scan.pdf")
    engines: list[Engine] = [RapidEngine(RapidOptions(threads=threads)) for _ in range(at_once)]
    small = document.page(1).render(40).image
    for engine in engines:
        engine.read(small, RECIPE)

    def read(share: int) -> None:
        for number in numbers[share::at_once]:
            engines[share].read(document.page(number).render(RECIPE.dpi).image, RECIPE)

    with ThreadPoolExecutor(at_once) as pool:
        seconds = timed(lambda: list(pool.map(read, range(at_once))))
    return seconds, peak_megabytes()


def spread() -> None:
    """Processes × pages at once × threads a page, on the same scan."""
    data = scan(PAGES).data
    numbers = list(range(1, PAGES + 1))
    ways = [(1, 1, 1), (1, 1, PROCESSORS), (1, PROCESSORS, 1), (PROCESSORS, 1, 1)]
    print(
        f"\n{f'{PAGES}-page scan on {PROCESSORS} processors':44s} {'seconds':>10s} {'ratio':>7s} {'peak memory':>13s}"
    )
    first = None
    for processes, at_once, threads in dict.fromkeys(ways):
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            shares = [(data, numbers[share::processes], at_once, threads) for share in range(processes)]
            outcomes = pool.starmap(read_share, shares, chunksize=1)
        seconds = max(outcome[0] for outcome in outcomes)
        first = first or seconds
        memory = sum(outcome[1] for outcome in outcomes)
        way = f"{processes} process(es) × {at_once} page(s) × {threads} thread(s)"
        print(f"{way:44s} {seconds:8.1f} s {seconds / first:7.2f} {memory:10.0f} MB")


def text_layer(rounds: int = 30) -> None:
    """Our text layer path on a digital page beside PyMuPDF's own words."""
    import pymupdf

    data = typeset(1)

    def alone() -> object:
        with pymupdf.open(stream=data, filetype="pdf") as pdf:
            return pdf[0].get_text("words")

    reader = CachedPageReader(NoCache(), registry.create)

    def ours() -> tuple[PageText, ...]:
        return reader(open_document(data, "typeset.pdf"), [PageRef(1)], OcrRecipe()).texts

    medians = [statistics.median(timed(work) for _ in range(rounds)) * 1000 for work in (alone, ours)]
    print(f"\n{'one digital page':44s} {'PyMuPDF words':>14s} {'page path':>10s} {'ratio':>7s}")
    print(f"{'':44s} {medians[0]:11.2f} ms {medians[1]:7.2f} ms {medians[1] / medians[0]:7.2f}")


def main() -> None:
    """Print the tables."""
    one_page()
    spread()
    text_layer()


if __name__ == "__main__":
    main()
