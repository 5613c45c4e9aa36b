"""The verbs of spot checks: how many, what they say, and that the gate asks more where they say that too much is wrong."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from core.extraction import Extraction
from core.person import STUDIO, Person
from core.preferences import Preferences
from core.settings import Defaults, SpotChecks
from core.spot_checks.bound import enough_right, wrong_at_most
from core.spot_checks.drawing import hold_back, was_drawn
from core.stores.spot_checks import SpotCheckStore
from core.stores.trail import Trail, TrailEvent
from core.stores.unit import Unit
from core.validation.gate import CRITICAL, lowest_confidence

#: The gate asks for no more than this: beyond, confidence tells right from wrong no better.
_MOST_ASKED = 0.9975
#: By this a threshold comes nearer to certainty each time that the gate asks more.
_NEARER = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """What spot checks say of the gate as it is: ``seen`` documents were drawn and looked at, ``wrong`` of them had a wrong amount,
    number or date (or were ``rejected``, and are among them), ``waiting`` are still to be looked at. Only those count that pass the
    gate as it is now."""

    choices: SpotChecks
    seen: int
    wrong: int
    rejected: int
    waiting: int

    @property
    def most(self) -> float | None:
        """The share (0 to 1) of what passes that is wrong at most, with a certainty of 95 %; ``None``: nothing was looked at yet."""
        return wrong_at_most(self.wrong, self.seen) if self.seen else None

    @property
    def allowed(self) -> float | None:
        """The share that a person allows."""
        return None if self.choices.most_wrong is None else self.choices.most_wrong / 1000

    @property
    def holds(self) -> bool:
        """Whether no more is wrong than allowed, with a certainty of 95 %."""
        return self.allowed is not None and self.most is not None and self.most <= self.allowed

    @property
    def is_broken(self) -> bool:
        """Whether a wrong one came up and it can no longer be said that no more is wrong than allowed."""
        return self.allowed is not None and self.wrong > 0 and not self.holds

    @property
    def lacking(self) -> int:
        """How many more are to be found right until it can be said, where none was wrong so far."""
        return max(0, enough_right(self.allowed) - self.seen) if self.allowed else 0


class SpotChecking:
    """Spot checks of one installation. Thread-safe."""

    def __init__(
        self,
        preferences: Preferences,
        store: SpotCheckStore,
        approve_at: Callable[[], float],
        trail: Trail,
        unit: Unit,
        person: Person = STUDIO,
    ) -> None:
        """``approve_at`` is the threshold that the default recipe asks for, ``unit`` one transaction over trail and preferences."""
        self._preferences = preferences
        self._store = store
        self._approve_at = approve_at
        self._trail = trail
        self._unit = unit
        self._person = person

    def by(self, person: Person) -> SpotChecking:
        """The same spot checks, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    @property
    def choices(self) -> SpotChecks:
        """What a person chose."""
        return self._preferences.now.spot_checks

    # --- as documents are read ------------------------------------------------------------------------------------------

    def inspect(self, extraction: Extraction) -> Extraction:
        """What was read, held back where somebody is to look at it though it would pass."""
        choices = self.choices
        return hold_back(choices, extraction) if choices.share or choices.asks else extraction

    def note(self, run_id: str, extraction: Extraction) -> None:
        """Note a document that was drawn."""
        if was_drawn(extraction):
            sure = lowest_confidence(extraction.values, extraction.confidences)
            self._store.note(run_id, extraction.document, sure)

    # --- what they say --------------------------------------------------------------------------------------------------

    def standing(self) -> Standing:
        """What they say of the gate as it is now."""
        choices = self.choices
        rows = [row for row in self._store.all() if row.sure >= (choices.asks or 0.0)]
        seen = [row for row in rows if row.is_settled]
        rejected = sum(row.rejected for row in seen)
        wrong = sum(row.rejected or bool(row.changed & CRITICAL) for row in seen)
        return Standing(choices, len(seen), wrong, rejected, len(rows) - len(seen))

    def look(self) -> bool:
        """Have the gate ask more where more is wrong than allowed; gives whether it does so now."""
        choices = self.choices
        if choices.most_wrong is None or not self.standing().is_broken:
            return False
        before = max(choices.asks or 0.0, self._approve_at())
        asks = round(min(_MOST_ASKED, 1 - (1 - before) * _NEARER), 5)
        if choices.asks is not None and asks <= choices.asks:
            return False
        return self._change(
            f"more certainty is asked for ({100 * asks:g} %): spot checks found more wrong than {choices.most_wrong} of 1,000",
            lambda now: now if now.asks != choices.asks else now.model_copy(update={"asks": asks}),
        )

    def warning(self) -> str:
        """A sentence where somebody is to be told: the gate asks more than it did, or more is wrong than allowed; else empty."""
        found = self.standing()
        if found.choices.asks is None and not found.is_broken:
            return ""
        if found.is_broken:
            told = f"{found.wrong} of {found.seen} spot-checked documents were wrong"
            return f"{told}, and the gate can ask for no more: look at them." if found.choices.asks else f"{told}."
        return (
            f"The gate asks for {100 * (found.choices.asks or 0):g} %: spot checks had found more documents wrong than "
            f"{found.choices.most_wrong or 'so many'} of 1,000."
        )

    # --- a person's -----------------------------------------------------------------------------------------------------

    def choose(self, share: float, most_wrong: int | None) -> None:
        """Draw this share (0 to 0.05) of what passes, and allow so many wrong ones of 1,000 (``None``: no limit). Raises StorageError."""
        seed = self.choices.seed or secrets.token_hex(16)
        wish = {"share": share, "most_wrong": most_wrong}
        self._change(
            f"spot checks: {100 * share:g} % of what passes, {most_wrong or 'any number'} of 1,000 may be wrong",
            lambda now: SpotChecks.model_validate({**now.model_dump(), **wish, "seed": now.seed or seed}),
        )

    def loosen(self) -> None:
        """Have the gate ask for no more than recipe and gates say. Raises StorageError."""
        self._change(
            "no more certainty is asked for because of spot checks", lambda now: now.model_copy(update={"asks": None})
        )

    def _change(self, told: str, change: Callable[[SpotChecks], SpotChecks]) -> bool:
        before, who = self.choices, self._person

        def changed(now: Defaults) -> Defaults:
            return now.model_copy(update={"spot_checks": change(now.spot_checks)})

        with self._unit():
            is_changed = self._preferences.change(changed).spot_checks != before
            if is_changed:
                self._trail.add([TrailEvent("gates changed", who.name, who.known, told={"changes": [told]})])
        return is_changed
