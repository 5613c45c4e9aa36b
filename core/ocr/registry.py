"""The OCR engines that there are. To add one, write its file and a row here; its imports happen in its function.

The order is the order of preference of “auto” on a page that has to be recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from core.errors import EngineUnavailable
from core.extractor import Availability
from core.ocr import text_layer
from core.ocr.engine import Engine

#: Makes an engine that uses so many threads (0: as many as there are processors).
Factory = Callable[[int], Engine]

AUTO = "auto"


def _rapid(threads: int) -> Engine:
    from core.ocr.rapid import RapidEngine, RapidOptions

    return RapidEngine(RapidOptions(threads=threads))


ENGINES: dict[str, Factory] = {
    "rapid": _rapid,
}


def names() -> tuple[str, ...]:
    """What a recipe may name as its engine."""
    return (AUTO, text_layer.NAME, *ENGINES)


def availabilities() -> list[tuple[str, Availability]]:
    """Every way of reading a page with whether it can be used here, and what is missing. Loads no model."""
    digital = Availability(True, "Takes the text that a digital PDF carries; no recognition at all.")
    return [(text_layer.NAME, digital), *((name, _availability(name)) for name in ENGINES)]


@cache
def _availability(name: str) -> Availability:
    return ENGINES[name](1).availability()


def create(name: str, threads: int = 0) -> Engine:
    """An engine of its own for one thread; ``auto`` takes the first that is usable. Raises EngineUnavailable with what
    is missing."""
    if name == AUTO:
        usable = (engine for engine in ENGINES if _availability(engine).usable)
        name = next(usable, next(iter(ENGINES)))
    if name not in ENGINES:
        raise EngineUnavailable(name, f"there is no such engine here; choose one of {', '.join(names())}.")
    usable_here = _availability(name)
    if not usable_here.usable:
        raise EngineUnavailable(name, usable_here.reason)
    return ENGINES[name](threads)
