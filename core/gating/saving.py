"""What passed the gate saves itself: once, nowhere but where it was chosen, and never what is stored already."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import StorageError
from core.extraction import Extraction
from core.gates import Gates
from core.person import Person
from core.records import Records
from core.stores.records import targets_of
from core.stores.reviews import Reviews
from core.stores.trail import Trail, TrailEvent

#: What the trail has as the gate's doing.
BY = "gate"
#: Who has a document at hand while it saves itself, and for how many seconds at most: nobody saves it meanwhile, also no second
#: attempt after this one's process was killed.
_WHO, _LEASE = "the gate", 90.0


@dataclass(frozen=True, slots=True)
class SavingParts:
    """What it is made of: ``gates`` as they are now, and who has what at hand."""

    records: Records
    trail: Trail
    reviews: Reviews
    gates: Callable[[], Gates]


class SelfSaving:
    """Thread-safe; several processes may look at one store."""

    def __init__(self, parts: SavingParts) -> None:
        self._parts = parts

    def save(self, run_id: str, extraction: Extraction, person: Person) -> int | None:
        """Save what a run gave, in the name of whoever had it read, where it passed and the gates say so; gives the number of the
        record that it is or was saved as by the gate, ``None`` where it is none of the gate's. Raises StorageError."""
        if extraction.verdict != "approved" or not targets_of(self._parts.gates().save_to):
            return None
        seat = f"gate-{uuid.uuid4().hex}"
        if self._parts.reviews.claim(run_id, _WHO, seat, _LEASE).seat != seat:
            return None  # a person has it at hand, or another attempt
        try:
            return self._save(run_id, extraction, person)
        finally:
            self._parts.reviews.release(seat, [run_id])

    def _save(self, run_id: str, extraction: Extraction, person: Person) -> int | None:
        happened = self._parts.trail.of_document(extraction.document)
        if done := _of_gate(happened, run_id):
            return done[0].order_id
        targets = targets_of(self._parts.gates().save_to)
        if _was_taken_back(happened) or self._parts.records.duplicates(
            extraction, extraction.values, targets_of(("database", *targets))
        ):
            return None

        def check() -> None:
            if _of_gate(self._parts.trail.of_document(extraction.document), run_id):
                raise StorageError("This document saved itself already.")

        saved = self._parts.records.by(person).save(
            extraction.values, targets, run_id=run_id, extraction=extraction, status="approved", by=BY, check=check
        )
        return saved.order_id


def _of_gate(happened: Sequence[TrailEvent], run_id: str) -> list[TrailEvent]:
    """The saves of a run by the gate; a person may have taken them back since."""
    return [event for event in happened if event.action == "saved" and event.by == BY and event.run_id == run_id]


def _was_taken_back(happened: Sequence[TrailEvent]) -> bool:
    """Whether somebody deleted what the gate had saved of this document: it is not put back over their heads."""
    mine = {event.order_id for event in happened if event.action == "saved" and event.by == BY}
    return any(event.action == "deleted" and event.order_id in mine for event in happened)
