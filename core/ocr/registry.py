"""The OCR engines that there are. To add one, write its file and a row here; its imports happen in its function.

The order is the order of preference of “auto” on a page that has to be recognised. On a processor RapidOCR is first:
it reads as well as PaddleOCR in less time, and better than Tesseract; on a GPU PaddleOCR is, which alone uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from core.errors import EngineUnavailable
from core.extractor import Availability
from core.ocr import text_layer
from core.ocr.engine import Engine
from core.ocr.gpu import gpu

#: Makes an engine that uses so many threads (0: as many as there are processors).
Factory = Callable[[int], Engine]

AUTO = "auto"


def _rapid(threads: int) -> Engine:
    from core.ocr.rapid import RapidEngine, RapidOptions

    return RapidEngine(RapidOptions(threads=threads))


def _paddle(threads: int) -> Engine:
    from core.ocr.paddle import PaddleEngine, PaddleOptions

    return PaddleEngine(PaddleOptions(threads=threads))


def _tesseract(threads: int) -> Engine:
    from core.ocr.tesseract import TesseractEngine

    return TesseractEngine()


ENGINES: dict[str, Factory] = {
    "rapid": _rapid,
    "paddle": _paddle,
    "tesseract": _tesseract,
}


def names() -> tuple[str, ...]:
    """What a recipe may name as its engine."""
    return (AUTO, text_layer.NAME, *ENGINES)


def availabilities() -> list[tuple[str, Availability]]:
    """Every way of reading a page with whether it can be used here, and what is missing. Loads no model."""
    digital = Availability(True, "Takes the text that a digital PDF carries; no recognition at all.")
    return [(text_layer.NAME, digital), *((name, _availability(name)) for name in ENGINES)]


def preferred() -> list[str]:
    """The engines in the order in which “auto” tries them here."""
    return sorted(ENGINES, key=lambda name: name != "paddle") if gpu().usable else list(ENGINES)


@cache
def _availability(name: str) -> Availability:
    return ENGINES[name](1).availability()


def create(name: str, threads: int = 0) -> Engine:
    """An engine of its own for one thread; ``auto`` takes the first that is usable. Raises EngineUnavailable with what
    is missing."""
    if name == AUTO:
        order = preferred()
        name = next((engine for engine in order if _availability(engine).usable), order[0])
    if name not in ENGINES:
        raise EngineUnavailable(name, f"there is no such engine here; choose one of {', '.join(names())}.")
    usable_here = _availability(name)
    if not usable_here.usable:
        raise EngineUnavailable(name, usable_here.reason)
    return ENGINES[name](threads)
