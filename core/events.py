"""What happens in a run, as small frozen facts in the past tense. They serialise, so that a thread and a distant
worker look alike to whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.extraction import Extraction

#: The steps of a run, in order, with the words the person sees.
STEPS: dict[str, str] = {
    "load": "Load document",
    "einvoice": "E-invoice check",
    "ocr": "Read text",
    "type": "Choose the type",
    "extract": "Extract fields",
    "evidence": "Find evidence",
    "validate": "Validate",
}

#: The steps that every run has. The type is chosen only where neither a person nor the recipe says it.
ALWAYS = frozenset(STEPS) - {"type"}

#: The piece that says: what came so far is void, the reply begins anew (a stream broke and is asked for again, or
#: another model was asked). No piece of a reply holds this character: JSON has it only escaped.
RESTART = "\f"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began."""

    step: str


@dataclass(frozen=True, slots=True)
class StepProgressed:
    """``done`` of ``total`` parts of a step are ready (pages, for OCR)."""

    step: str
    done: int
    total: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step ended well after ``seconds``; ``cached`` when its result came from the cache."""

    step: str
    seconds: float
    cached: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step had nothing to do, and why."""

    step: str
    detail: str


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step failed after ``seconds`` with an error's sentence."""

    step: str
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class ReplyArrived:
    """A piece of an extractor's raw reply arrived (a streaming model sends many)."""

    extractor: str
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run's result."""

    extraction: Extraction


StepEvent = StepStarted | StepProgressed | StepFinished | StepSkipped | StepFailed
Event = StepEvent | ReplyArrived | RunFinished
