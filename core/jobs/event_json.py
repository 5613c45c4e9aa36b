"""Events to JSON values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.events import Event, ReplyArrived, StepFailed, StepFinished, StepProgressed, StepSkipped, StepStarted

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (StepStarted, StepProgressed, StepFinished, StepSkipped, StepFailed, ReplyArrived)
}


def event_to_json(event: Event) -> dict[str, Any]:
    """The event with its kind. A result does not travel so: its handler keeps it."""
    return {"kind": type(event).__name__, **asdict(event)}


def event_from_json(kept: Mapping[str, Any]) -> Event:
    """The event. Raises KeyError for a kind that nobody knows."""
    facts = dict(kept)
    made: Event = _KINDS[facts.pop("kind")](**facts)
    return made
