"""Jobs in this process's memory: the same contract with nothing kept, and the turns as they are meant."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from core.cancelling import CANCELLED
from core.events import Event
from core.jobs.queue import JobRequest, Lane
from core.jobs.routes import queue_of
from core.jobs.store import NUMBERS, Ended, JobEvents, JobRecord, LaneState, Stack, after_loss
from core.jobs.turns import in_turn, stack_of

#: Ended jobs that stay known.
KEPT = 200


class MemoryEvents:
    """Implements :class:`core.jobs.store.JobEvents`. Who holds a job it is told by what was begun last."""

    def __init__(self) -> None:
        self._events: dict[str, list[tuple[int, Event]]] = defaultdict(list)
        self._claims: dict[str, int] = {}

    def begin(self, record: JobRecord) -> None:
        """See :meth:`core.jobs.store.JobEvents.begin`."""
        self._claims[record.job_id] = record.claims
        self._events[record.job_id] = []

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """See :meth:`core.jobs.store.JobEvents.note`."""
        if self._claims.get(record.job_id) == record.claims:
            kept = self._events[record.job_id]
            first = (record.claims - 1) * NUMBERS + len(kept) + 1
            kept += enumerate(events, start=first)

    def read(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobEvents.read`."""
        return [(number, event) for number, event in self._events.get(job_id, ()) if number > after]

    def forget(self, job_ids: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobEvents.forget`."""
        for job_id in job_ids:
            self._events.pop(job_id, None)


class MemoryJobs:
    """Implements :class:`core.jobs.store.JobStore`."""

    def __init__(self, events: JobEvents | None = None) -> None:
        self._lock = threading.RLock()
        self._records: dict[str, JobRecord] = {}
        self._events = events or MemoryEvents()
        self._leases: dict[str, float] = {}

    def add(self, request: JobRequest) -> None:
        """See :meth:`core.jobs.store.JobStore.add`."""
        with self._lock:
            self._records.setdefault(request.job_id, JobRecord(request, created=time.time()))
            ended = [key for key, record in self._records.items() if record.ended]
            for key in ended[: max(0, len(ended) - KEPT)]:
                del self._records[key]
                self._events.forget([key])

    def claim(self, worker: str, lines: Sequence[str], lease: float) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.claim`."""
        with self._lock:
            self.lost()
            for line in lines:
                for stack in self._stacks(line):
                    found = min(self._waiting(line, stack.name), key=lambda record: record.created)
                    counts = {"attempt": found.attempt + 1, "claims": found.claims + 1}
                    taken = replace(found, state="running", worker=worker, started=time.time(), cancelled=0.0, **counts)
                    self._records[taken.job_id] = taken
                    self._leases[taken.job_id] = time.time() + lease
                    self._events.begin(taken)
                    return taken
            return None

    def _waiting(self, line: str, stack: str | None = None) -> list[JobRecord]:
        return [
            one
            for one in self._records.values()
            if one.state == "queued"
            and line in (one.request.lane, queue_of(one.request))
            and stack in (None, stack_of(one.request))
        ]

    def _stacks(self, line: str) -> list[Stack]:
        served: dict[str, float] = defaultdict(float)
        for record in self._records.values():
            served[record.request.owner] = max(served[record.request.owner], record.started)
        found = []
        for name in {stack_of(one.request) for one in self._waiting(line)}:
            lying = self._waiting(line, name)
            size = sum(one.request.size for one in lying)
            oldest = min(one.created for one in lying)
            found.append(Stack(name, len(lying), size, oldest, served[lying[0].request.owner]))
        return in_turn(found)

    def beat(self, record: JobRecord, lease: float) -> bool:
        """See :meth:`core.jobs.store.JobStore.beat`."""
        with self._lock:
            held = self._held(record)
            if held is not None:
                self._leases[record.job_id] = time.time() + lease
            return held is not None and not held.cancelled

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """See :meth:`core.jobs.store.JobStore.note`."""
        with self._lock:
            if self._held(record):
                self._events.note(record, events)

    def finish(self, record: JobRecord, state: Ended, error: str | None = None) -> bool:
        """See :meth:`core.jobs.store.JobStore.finish`."""
        with self._lock:
            held = self._held(record)
            if held is None:
                return False
            self._records[record.job_id] = replace(held, state=state, error=error, ended=time.time())
            return True

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.store.JobStore.cancel`."""
        with self._lock:
            record = self._records.get(job_id)
            if record is None or record.ended:
                return
            now = time.time()
            if record.state == "queued":
                record = replace(record, state="cancelled", ended=now, error=CANCELLED)
            self._records[job_id] = replace(record, cancelled=record.cancelled or now)

    def give_back(self, workers: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobStore.give_back`."""
        with self._lock:
            for key, record in self._records.items():
                if record.state == "running" and record.worker in workers:
                    self._records[key] = replace(record, state="queued", worker="", attempt=record.attempt - 1)

    def lost(self, workers: Sequence[str] = ()) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.lost`."""
        with self._lock:
            now = time.time()
            gone = [
                record
                for key, record in self._records.items()
                if record.state == "running" and (record.worker in workers or self._leases[key] < now)
            ]
            changed = [after_loss(record, now) for record in gone]
            self._records.update({record.job_id: record for record in changed})
            return changed

    def again(self, job_id: str) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.again`."""
        with self._lock:
            found = self._records.get(job_id)
            if found is None or found.state not in ("failed", "parked", "cancelled"):
                return None
            fresh = replace(found, state="queued", attempt=0, worker="", ended=0.0, cancelled=0.0, error=None)
            self._records[job_id] = replace(fresh, created=time.time())
            return self._records[job_id]

    def get(self, job_id: str) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.get`."""
        with self._lock:
            return self._records.get(job_id)

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobStore.events`."""
        with self._lock:
            return self._events.read(job_id, after)

    def forget(self, job_ids: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobStore.forget`."""
        self._events.forget(job_ids)

    def active(self, kind: str | None = None) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.active`."""
        with self._lock:
            found = [record for record in self._records.values() if not record.ended]
        return [record for record in found if kind in (None, record.request.kind)]

    def running(self) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.running`."""
        return [record for record in self.active() if record.state == "running"]

    def waits(self, lanes: Sequence[Lane]) -> bool:
        """See :meth:`core.jobs.store.JobStore.waits`."""
        with self._lock:
            return any(self._waiting(lane) for lane in lanes)

    def waiting(self) -> dict[str, int]:
        """See :meth:`core.jobs.store.JobStore.waiting`."""
        return dict(Counter(queue_of(one.request) for one in self.active() if one.state == "queued"))

    def lane(self, lane: Lane) -> LaneState:
        """See :meth:`core.jobs.store.JobStore.lane`."""
        with self._lock:
            mine = [one for one in self._records.values() if one.request.lane == lane]
            done = sorted((one for one in mine if one.state == "done"), key=lambda one: one.ended, reverse=True)
            return LaneState(self._stacks(lane), [one for one in mine if one.state == "running"], done[:20])

    def before(self, record: JobRecord) -> int:
        """See :meth:`core.jobs.store.JobStore.before`."""
        with self._lock:
            lying = self._waiting(record.request.lane, stack_of(record.request))
            return sum(one.created < record.created for one in lying)

    def _held(self, record: JobRecord) -> JobRecord | None:
        """The job as it is now, where the claim still holds it."""
        now = self._records.get(record.job_id)
        mine = now is not None and (now.state, now.worker, now.claims) == ("running", record.worker, record.claims)
        return now if mine else None
