"""The calls to providers under way, in memory: for tests."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from core.stores.traffic import ASTRAY, LEASE, MINUTE, PATIENCE, CallNote, Circuit, Limits, NotNow, Outcome, Road


@dataclass
class _Known:
    """One provider's: notes with the moment until which they hold, and when calls began, newest first."""

    circuit: Circuit = field(default_factory=Circuit)
    notes: dict[str, tuple[CallNote, float]] = field(default_factory=dict)
    begun: list[float] = field(default_factory=list)


class MemoryTraffic:
    """Implements :class:`core.stores.traffic.Traffic` in memory, for one process."""

    def __init__(self, lease: float = LEASE, clock: Callable[[], float] = time.time) -> None:
        self._lease = lease
        self._clock = clock
        self._lock = threading.Lock()
        self._lines: defaultdict[str, _Known] = defaultdict(_Known)

    def begin(self, line: str, call_id: str, limits: Limits) -> NotNow | None:
        """See :meth:`core.stores.traffic.Traffic.begin`."""
        with self._lock:
            now, known = self._clock(), self._lines[line]
            known.notes = {
                name: (note, until)
                for name, (note, until) in known.notes.items()
                if until > now and max(note.asked, note.begun) <= now + ASTRAY
            }
            known.begun = [moment for moment in known.begun if now - MINUTE < moment <= now + ASTRAY]
            notes = [note for note, _ in known.notes.values()]
            note, not_now = Road(known.circuit, notes, known.begun).ask(call_id, limits, now)
            known.notes.pop(call_id, None)
            if not_now is None:
                known.notes[call_id] = (note, now + self._lease)
                if limits.per_minute:
                    known.begun.insert(0, now)
            elif not_now.why != "paused":
                known.notes[call_id] = (note, now + not_now.seconds + PATIENCE)
            return not_now

    def renew(self, call_ids: Collection[str]) -> None:
        """See :meth:`core.stores.traffic.Traffic.renew`."""
        with self._lock:
            for known in self._lines.values():
                for name in known.notes.keys() & set(call_ids):
                    note, until = known.notes[name]
                    known.notes[name] = (note, self._clock() + self._lease if note.begun else until)

    def end(self, line: str, call_id: str, outcome: Outcome) -> None:
        """See :meth:`core.stores.traffic.Traffic.end`."""
        with self._lock:
            known = self._lines[line]
            note, _ = known.notes.pop(call_id, (CallNote("", 0.0), 0.0))
            known.circuit = known.circuit.after(outcome, note.trial, self._clock())
