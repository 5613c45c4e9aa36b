"""What one cell gave: the reading without its pages' words, and what it took when it was first read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.call import Call, Usage
from core.extraction import Extraction, StepRecord


@dataclass(frozen=True, slots=True)
class Measure:
    """What a reading took when it was first done, also where it now came from the cache. ``steps`` has the seconds of
    each step, ``unmeasured`` the steps that came from the cache even then. ``cost`` is in US dollars and ``None`` where
    a model has no known price; ``cached``: the whole result came from the cache this time, at no cost."""

    steps: dict[str, float] = field(default_factory=dict)
    unmeasured: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = Decimal(0)
    cached: bool = False

    @property
    def seconds(self) -> float:
        """All steps together."""
        return sum(self.steps.values())

    @property
    def complete(self) -> bool:
        """Whether every step was measured."""
        return not self.unmeasured

    def to_json(self) -> str:
        """As kept beside the run."""
        return json.dumps(asdict(self), default=str)


_MEASURE = TypeAdapter(Measure)


def measure(steps: Iterable[StepRecord], calls: Iterable[Call], *, cached: bool) -> Measure:
    """What a run with these steps and calls took."""
    seconds: dict[str, float] = {}
    unmeasured: list[str] = []
    for step in steps:
        seconds[step.step] = seconds.get(step.step, 0.0) + step.seconds
        if step.cached:
            unmeasured.append(step.step)
    made = list(calls)
    costs = [call.cost for call in made]
    usage = sum((call.usage for call in made), Usage())
    cost = None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
    return Measure(seconds, tuple(dict.fromkeys(unmeasured)), usage, cost, cached)


def read_measure(text: str | None) -> Measure | None:
    """A measure that was kept; ``None`` where there is none or it cannot be read."""
    try:
        return _MEASURE.validate_json(text) if text else None
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class Result:
    """A cell's reading. ``extraction`` has no words of its pages; ``sizes`` has their width and height in page units, by
    page number."""

    run_id: str
    extraction: Extraction
    measure: Measure
    sizes: dict[int, tuple[float, float]]

    @property
    def failure(self) -> str:
        """Why no extractor gave a result, in a sentence; empty where one did."""
        if self.extraction.extractor:
            return ""
        found = [finding.message for finding in self.extraction.findings if finding.check == "extract"]
        return found[-1] if found else "No extractor of this recipe is for this document."


def read_result(run_id: str, kept: str | None, measured: str | None) -> Result | None:
    """The result from the JSON of a run and of its measure; ``None`` where the run cannot be read any more (it is gone,
    or was kept by another version)."""
    try:
        data: dict[str, Any] = json.loads(kept) if kept else {}
        pages: list[Mapping[str, Any]] = data.pop("page_texts", [])
        extraction = Extraction.model_validate(_lenient(data))
    except (ValueError, TypeError):
        return None
    sizes = {page["page"]: (page["width"], page["height"]) for page in pages}
    own = measure(extraction.steps, extraction.calls, cached=False)
    return Result(run_id, extraction, read_measure(measured) or own, sizes)


def _lenient(data: dict[str, Any]) -> dict[str, Any]:
    """Without the raw reply: a comparison does not show it, and it may be long."""
    return data | {"raw": ""}


def fair_measures(results: Sequence[Result | None]) -> tuple[Measure | None, ...]:
    """The measures of one document's results, each with the time that reading its pages took.

    Recipes that read the pages in the same way share one reading, and whoever comes second finds it in the cache: its
    time is counted for all of them, else the first would look slow and the others quick.
    """
    reading: dict[str, float] = {}
    for result in results:
        if result and "ocr" in result.measure.steps and "ocr" not in result.measure.unmeasured:
            digest = result.extraction.recipe.ocr.digest
            reading[digest] = max(reading.get(digest, 0.0), result.measure.steps["ocr"])
    return tuple(_with_reading(result, reading) if result else None for result in results)


def _with_reading(result: Result, reading: Mapping[str, float]) -> Measure:
    found = reading.get(result.extraction.recipe.ocr.digest)
    held = result.measure
    if found is None or "ocr" not in held.unmeasured:
        return held
    left = tuple(step for step in held.unmeasured if step != "ocr")
    return replace(held, steps={**held.steps, "ocr": found}, unmeasured=left)
