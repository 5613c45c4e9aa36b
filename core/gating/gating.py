"""The verbs of the gates: what they are, what others would have done to the latest documents, and changing them."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from core.errors import StudioError
from core.extraction import Extraction
from core.gates import Gates
from core.gating.words import describe_change
from core.notation.writing import text_of
from core.person import STUDIO, Person
from core.preferences import Preferences
from core.review.stops import stops
from core.settings import Defaults
from core.spot_checks.drawing import DRAWN
from core.stores.ledger import JudgedRun, Ledger
from core.stores.trail import Trail, TrailEvent
from core.stores.unit import Unit
from core.validation.gate import gated_by, pass_gate

#: Readings that are remembered without their pages: they never change.
_REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class GatingParts:
    """What the gates are made of: ``unit`` is one transaction over trail and preferences (where both are in one database),
    ``judged`` gives what a run gave, without its pages."""

    preferences: Preferences
    ledger: Ledger
    trail: Trail
    unit: Unit
    judged: Callable[[str], Extraction | None]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A document before two gates: whether it ``passed`` the one in force and ``passes`` the one that is proposed, and what that one
    would ask first (``asks``; empty: nothing). ``changed`` is how many of its values a person changed since (``None``: nobody
    saved it)."""

    run_id: str
    name: str
    type_title: str
    vendor: str
    number: str
    total: str
    currency: str
    read_at: datetime
    order_id: int | None
    passed: bool
    passes: bool
    asks: str
    changed: int | None
    rejected: bool

    @property
    def corrected(self) -> bool:
        """Whether a person found it wrong: changed values of it, or rejected it."""
        return bool(self.changed) or self.rejected


class Gating:
    """Thread-safe; several processes may look at one store."""

    def __init__(self, parts: GatingParts, person: Person = STUDIO) -> None:
        self._parts = parts
        self._person = person
        self._readings: OrderedDict[str, Extraction] = OrderedDict()
        self._lock = Lock()

    def by(self, person: Person) -> Gating:
        """The same gates, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    @property
    def now(self) -> Gates:
        """The gates that are in force."""
        return self._parts.preferences.now.gates

    def foresee(self, proposed: Gates, last: int) -> list[Foreseen]:
        """What ``proposed`` would have said of the last so many documents that were read, the newest first. Raises StorageError."""
        now = self.now
        rows = [(run, self._reading(run.run_id)) for run in self._parts.ledger.judged(last)]
        return [_foreseen(run, read, now, proposed) for run, read in rows if read is not None]

    def change(self, gates: Gates, seen: Gates) -> None:
        """Keep ``gates`` in place of those that were ``seen``, and note that in the trail. Raises StudioError where somebody changed
        them meanwhile."""
        who, told = self._person, describe_change(seen, gates)

        def changed(now: Defaults) -> Defaults:
            if now.gates != seen:
                raise StudioError(
                    "Somebody else changed the gates meanwhile: look at them as they are now, and change them again."
                )
            return now.model_copy(update={"gates": gates})

        with self._parts.unit():
            self._parts.preferences.change(changed)
            self._parts.trail.add([TrailEvent("gates changed", who.name, who.known, told={"changes": told})])

    def changes(self, limit: int = 20) -> Sequence[TrailEvent]:
        """The latest changes of the gates, newest first."""
        return self._parts.trail.of_action("gates changed", limit)

    def _reading(self, run_id: str) -> Extraction | None:
        with self._lock:
            found = self._readings.get(run_id)
        if found is None and (found := self._parts.judged(run_id)) is not None:
            found = _not_drawn(found)
            with self._lock:
                self._readings[run_id] = found
                while len(self._readings) > _REMEMBERED:
                    self._readings.popitem(last=False)
        return found


def _not_drawn(read: Extraction) -> Extraction:
    """A reading as if no spot check had held it back: it would have passed."""
    findings = tuple(finding for finding in read.findings if finding.check != DRAWN)
    return read if findings == read.findings else pass_gate(read.model_copy(update={"findings": findings}))


def _foreseen(run: JudgedRun, read: Extraction, now: Gates, proposed: Gates) -> Foreseen:
    kind, after = read.type, gated_by(proposed, read)
    held = {part: text_of(read.value_at(name)) for part, name in kind.parts.items()}
    passes = after.verdict == "approved"
    return Foreseen(
        run.run_id,
        run.name,
        kind.title,
        read.vendor or held.get("issuer", ""),
        held.get("identifier", ""),
        held.get("total", ""),
        held.get("currency", ""),
        run.started_at,
        run.order_id,
        gated_by(now, read).verdict == "approved",
        passes,
        "" if passes else next((stop.sentence for stop in stops(after)), ""),
        run.changed,
        run.rejected,
    )
