"""Jobs in this process's memory: the same contract with nothing kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from core.cancelling import CANCELLED
from core.events import Event
from core.jobs.queue import JobRequest, Lane
from core.jobs.store import Ended, JobRecord, after_loss
from core.jobs.turns import in_lanes, served_of

#: Ended jobs that stay known.
KEPT = 200


class MemoryJobs:
    """Implements :class:`core.jobs.store.JobStore`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[str, JobRecord] = {}
        self._events: dict[str, list[Event]] = {}
        self._leases: dict[str, float] = {}

    def add(self, request: JobRequest) -> None:
        """See :meth:`core.jobs.store.JobStore.add`."""
        with self._lock:
            self._records.setdefault(request.job_id, JobRecord(request, created=time.time()))
            self._events.setdefault(request.job_id, [])
            ended = [key for key, record in self._records.items() if record.ended]
            for key in ended[: max(0, len(ended) - KEPT)]:
                del self._records[key], self._events[key]

    def claim(self, worker: str, lanes: Sequence[Lane], lease: float) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.claim`."""
        with self._lock:
            self.lost()
            records = list(self._records.values())
            found = next(iter(in_lanes(records, lanes, served_of(records))), None)
            if found is None:
                return None
            taken = replace(found, state="running", worker=worker, attempt=found.attempt + 1, started=time.time())
            self._records[taken.job_id], self._events[taken.job_id] = taken, []
            self._leases[taken.job_id] = time.time() + lease
            return taken

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
                self._events[record.job_id] += events

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

    def get(self, job_id: str) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.get`."""
        with self._lock:
            return self._records.get(job_id)

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobStore.events`."""
        with self._lock:
            return list(enumerate(self._events.get(job_id, ()), start=1))[after:]

    def active(self) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.active`."""
        with self._lock:
            return [record for record in self._records.values() if not record.ended]

    def latest(self, lane: Lane, limit: int = 20) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.latest`."""
        with self._lock:
            done = [one for one in self._records.values() if one.state == "done" and one.request.lane == lane]
        return sorted(done, key=lambda record: record.ended, reverse=True)[:limit]

    def _held(self, record: JobRecord) -> JobRecord | None:
        """The job as it is now, where the attempt still holds it."""
        now = self._records.get(record.job_id)
        mine = now is not None and (now.state, now.worker, now.attempt) == ("running", record.worker, record.attempt)
        return now if mine else None
