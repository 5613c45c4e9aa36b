"""The calls to providers of models that are under way, and the providers that are left alone for a while: what every process
that asks one must know of the others. How it is decided stands here, once for all that keep it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

#: Failures in a row that open the circuit of a provider, and seconds until one call may try again.
FAILURES = 5
PAUSE = 30.0
#: Seconds for which a call under way counts when nobody renews it: its process is dead then.
LEASE = 45.0
#: Seconds for which one that waits keeps its place when it does not ask again in time.
PATIENCE = 5.0
#: Seconds until one that waits for a free place asks again.
LOOK = 0.2
MINUTE = 60.0
#: What was noted so many seconds in the future was noted by a clock that was put back since: it no longer counts.
ASTRAY = 1.0

#: What a call says of its provider: it works, it failed, or nothing (the call was not made, or was stopped).
Outcome = Literal["works", "failed", "nothing"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many calls of one provider may be under way at once, and how many may begin in any minute (0: no limit)."""

    at_once: int
    per_minute: int = 0


@dataclass(frozen=True, slots=True)
class NotNow:
    """Why a call may not begin yet, and after how many seconds to ask again: its provider is ``paused``; as many calls as may
    be are under way, or are before it (``busy``); or have begun in the last ``minute``."""

    why: Literal["paused", "busy", "minute"]
    seconds: float


@dataclass(frozen=True, slots=True)
class Circuit:
    """How a provider has done lately: failures in a row, and when they became too many (seconds since the epoch)."""

    failed: int = 0
    opened: float | None = None

    def pause_left(self, now: float) -> float:
        """Seconds for which it is still left alone; 0 where one call may try."""
        passed = PAUSE if self.opened is None else now - self.opened
        return max(PAUSE - passed, 0.0) if passed > -ASTRAY else 0.0

    def after(self, outcome: Outcome, trial: bool, now: float) -> Circuit:
        """As it is once a call has ended. While it is open only the one call that tries (``trial``) says anything."""
        if outcome == "nothing" or (self.opened is not None and not trial):
            return self
        if outcome == "works":
            return Circuit()
        failed = self.failed + 1
        return Circuit(failed, now if trial or failed >= FAILURES else None)


@dataclass(frozen=True, slots=True)
class CallNote:
    """A call as it is noted: its id, when it first asked and when it began (seconds since the epoch, 0: it waits), whether it
    tries a provider that failed."""

    call_id: str
    asked: float
    begun: float = 0.0
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Road:
    """What is on the way to one provider: its circuit, the calls that run or wait, and those, newest first, that began in the
    last minute (moments, as far as they are asked for)."""

    circuit: Circuit
    notes: Sequence[CallNote]
    begun: Sequence[float] = ()

    def ask(self, call_id: str, limits: Limits, now: float) -> tuple[CallNote, NotNow | None]:
        """The call's note as it is to be kept from now on, and why it may not begin yet (``None``: it begins)."""
        asked = next((note.asked for note in self.notes if note.call_id == call_id), now)
        not_now = self._not_now((asked, call_id), limits, now)
        if not_now:
            return CallNote(call_id, asked), not_now
        return CallNote(call_id, asked, now, self.circuit.opened is not None), None

    def _not_now(self, mine: tuple[float, str], limits: Limits, now: float) -> NotNow | None:
        running = [note for note in self.notes if note.begun]
        before = sum(1 for note in self.notes if not note.begun and (note.asked, note.call_id) < mine)
        if self.circuit.opened is not None:
            left = self.circuit.pause_left(now)
            if left or any(note.trial for note in running):
                return NotNow("paused", max(left, 1.0))
        if len(running) + before >= limits.at_once:
            return NotNow("busy", LOOK)
        if limits.per_minute and len(self.begun) + before >= limits.per_minute:
            last = limits.per_minute - before
            return NotNow("minute", self.begun[last - 1] + MINUTE - now if 0 < last <= len(self.begun) else LOOK)
        return None


class Traffic(Protocol):
    """The calls under way of every process that shares the books. A ``line`` is one provider at one address."""

    def begin(self, line: str, call_id: str, limits: Limits) -> NotNow | None:
        """Note that a call begins, and give ``None``; else why it cannot yet. One that is told to wait keeps its place in the
        queue while it asks again in time, whichever process it is of."""

    def renew(self, call_ids: Collection[str]) -> None:
        """These calls are still under way: one of which nobody says so within :data:`LEASE` seconds counts no longer."""

    def end(self, line: str, call_id: str, outcome: Outcome) -> None:
        """A call has ended, or waits no longer; nothing happens where it is not known."""
