"""Scanned pages: our page path beside RapidOCR's own call with character error rates, ways of spreading pages over
processors with their peak memory, and the text layer beside PyMuPDF's own words.

``python -m benchmarks.bench_ocr --cases FOLDER`` reads pages of a folder of cases (digital ones are scanned first).
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.scans import (
    Placed,
    ScannedPage,
    Tally,
    generated,
    joined,
    of_cases,
    summarise,
)
from core.documents import Document
from core.documents.opening import open_document
from core.evidence import PageText
from core.extraction import PageRef
from core.imaging import clean
from core.ocr import registry
from core.ocr.cutting import cut_out, quads_of, search_side
from core.ocr.engine import Engine
from core.ocr.machine import processors
from core.ocr.networks import Detector, Recogniser
from core.ocr.paddle_models import wheel_files
from core.ocr.rapid import DETECTOR, RECOGNISER, RapidEngine, RapidOptions
from core.ocr.reader import CachedPageReader
from core.recipe import OcrRecipe
from tests.doubles.cache import NoCache

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


def rapid(*, as_set_here: bool) -> Callable[[Any], Any]:
    """RapidOCR called as its makers show it: as it comes, or with our recipe's settings."""
    from rapidocr import RapidOCR

    params: dict[str, Any] = {"Global.log_level": "critical"}
    if as_set_here:
        params |= {
            "Global.use_cls": False,
            "Global.max_side_len": 4000,
            "Det.limit_type": "max",
            "Det.box_thresh": RapidOptions().least_box_score,
            "Det.limit_side_len": RECIPE.detection_side,
            "EngineConfig.onnxruntime.intra_op_num_threads": PROCESSORS,
        }
    return RapidOCR(params=params)


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def beside_rapid(pages: Sequence[ScannedPage], rounds: int) -> None:
    """RapidOCR as it comes, RapidOCR set as we set it, and our page path (rendering and clean-up included), in turns
    on the same rendered pages."""
    import numpy

    reader = CachedPageReader(NoCache(), registry.create, clean=clean)

    def call(ocr: Callable[[Any], Any], page: ScannedPage) -> Callable[[], str]:
        image = page.document.page(1).render(RECIPE.dpi).image
        pixels = numpy.asarray(image.convert("RGB"))[:, :, ::-1].copy()
        return lambda: text_of(ocr(pixels))

    def ours(page: ScannedPage) -> Callable[[], str]:
        return lambda: "".join(word.text for word in reader(page.document, [PageRef(1)], RECIPE).texts[0].words)

    as_it_comes, as_set = rapid(as_set_here=False), rapid(as_set_here=True)
    ways: dict[str, Callable[[ScannedPage], Callable[[], str]]] = {
        "RapidOCR() as it comes": lambda page: call(as_it_comes, page),
        "RapidOCR with our settings": lambda page: call(as_set, page),
        "page path": ours,
    }
    for way in ways.values():
        way(pages[0])()
    tallies = {name: Tally() for name in ways}
    print(f"{'a page: seconds, character errors':44s}" + "".join(f"{name:>28s}" for name in ways))
    for page in pages:
        works = {name: way(page) for name, way in ways.items()}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        read: dict[str, str] = {}
        for _ in range(rounds):
            for name, work in works.items():
                started = time.perf_counter()
                read[name] = work()
                taken[name].append(time.perf_counter() - started)
        for name, tally in tallies.items():
            tally.add(statistics.median(taken[name]), page.truth, read[name])
        cells = [
            f"{tally.seconds[-1]:19.2f} s " + (f"{tally.errors[-1]:6.2%}" if page.truth else "     –")
            for tally in tallies.values()
        ]
        print(f"{page.name:44s}" + "".join(f"{cell:>28s}" for cell in cells), flush=True)
    summarise(tallies)


def text_of(result: Any) -> str:
    """What RapidOCR read, in our reading order."""
    if result.boxes is None:
        return ""
    return joined([Placed(text, quad) for text, quad in zip(result.txts, quads_of(result.boxes), strict=True)])


def parts(pages: Sequence[ScannedPage], rounds: int) -> None:
    """Where the time of the page path goes."""
    import numpy

    found = wheel_files()
    detector = Detector(found[DETECTOR], PROCESSORS, RapidOptions().least_box_score)
    recogniser = Recogniser(found[RECOGNISER])
    seconds: dict[str, list[float]] = {name: [] for name in ("render", "clean up", "search", "cut out", "read")}
    with ThreadPoolExecutor(PROCESSORS) as pool:
        for page in list(pages) * rounds:
            marks = [time.perf_counter()]
            image = page.document.page(1).render(RECIPE.dpi).image
            marks.append(time.perf_counter())
            image = clean(image, RECIPE.cleanup).image
            marks.append(time.perf_counter())
            pixels = numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1])
            quads = detector.find(pixels, search_side(image.size, RECIPE.detection_side))
            marks.append(time.perf_counter())
            cuts = [cut_out(pixels, quad) for quad in quads]
            marks.append(time.perf_counter())
            list(pool.map(recogniser.read, cuts))
            marks.append(time.perf_counter())
            for name, start, end in zip(seconds, marks, marks[1:], strict=False):
                seconds[name].append(end - start)
    print(
        "\nthe page path by part, median: " + ", ".join(f"{n} {statistics.median(t):.3f} s" for n, t in seconds.items())
    )


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
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_ocr", description=__doc__)
    parser.add_argument("--cases", type=Path, help="read pages of a folder of cases in place of generated ones")
    parser.add_argument("--pages", type=int, default=1000, help="at most so many of them")
    parser.add_argument("--rounds", type=int, default=2, help="how often each page is read each way")
    chosen = parser.parse_args()
    pages = list(of_cases(chosen.cases, chosen.pages) if chosen.cases else generated())
    beside_rapid(pages, chosen.rounds)
    parts(pages, chosen.rounds)
    if not chosen.cases:
        spread()
        text_layer()


if __name__ == "__main__":
    main()
