"""What whoever watches a job is shown, put together from what the store has."""

from __future__ import annotations

import threading
import time

from core.events import ReplyArrived, RunFinished
from core.jobs.queue import Job, Lane, reply_of
from core.jobs.store import JobRecord, JobStore, LaneState
from core.jobs.turns import ahead_of, pace, stack_of, time_left

#: Seconds for which what is known of a lane is true enough for whoever waits in it: many may be watching.
FRESH = 1.0


class Snapshots:
    """Where jobs stand. Thread-safe. A look costs the same however many wait: what all of a lane share is asked once a second."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._lanes: dict[Lane, tuple[float, LaneState]] = {}

    def of(self, job_id: str) -> Job | None:
        """Where a job stands; ``None`` for an unknown id."""
        record = self._store.get(job_id)
        if record is None:
            return None
        now = time.time()
        events = [event for _, event in self._store.events(job_id)]
        until = record.ended or now
        ahead, left = self._standing(record, now) if record.state in ("queued", "running") else (0, None)
        return Job(
            job_id,
            record.request.title,
            record.state,
            tuple(event for event in events if not isinstance(event, ReplyArrived | RunFinished)),
            reply_of(events),
            error=record.error,
            seconds=max(0.0, until - record.started) if record.started and record.state != "queued" else 0.0,
            ahead=ahead,
            left=left,
        )

    def forget(self) -> None:
        """Ask anew at the next look: something was queued or stopped here."""
        with self._lock:
            self._lanes.clear()

    def _standing(self, record: JobRecord, now: float) -> tuple[int, float | None]:
        """How many come before it, and about how many seconds until it is done."""
        lane = self._lane(record.request.lane)
        ahead, size = 0, 0
        if record.state == "queued":
            ahead, size = ahead_of(stack_of(record.request), self._store.before(record), lane.stacks)
        usual = pace(lane.done)
        if usual is None:
            return ahead, None
        return ahead, time_left(record, size, lane.running, usual, now)

    def _lane(self, lane: Lane) -> LaneState:
        with self._lock:
            kept = self._lanes.get(lane)
        if kept is not None and time.monotonic() - kept[0] < FRESH:
            return kept[1]
        state = self._store.lane(lane)
        with self._lock:
            self._lanes[lane] = (time.monotonic(), state)
        return state
