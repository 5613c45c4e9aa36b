"""What whoever watches a job is shown, put together from what the store has."""

from __future__ import annotations

import time

from core.events import ReplyArrived, RunFinished
from core.jobs.queue import Job, reply_of
from core.jobs.store import JobRecord, JobStore
from core.jobs.turns import in_lanes, pace, served_of, time_left


def snapshot(store: JobStore, job_id: str) -> Job | None:
    """Where a job stands; ``None`` for an unknown id."""
    record = store.get(job_id)
    if record is None:
        return None
    now = time.time()
    events = [event for _, event in store.events(job_id)]
    until = record.ended or now
    ahead, left = _standing(store, record, now) if record.state in ("queued", "running") else (0, None)
    return Job(
        job_id,
        record.request.title,
        record.state,
        tuple(event for event in events if not isinstance(event, ReplyArrived | RunFinished)),
        reply_of(events),
        error=record.error,
        seconds=until - record.started if record.started else 0.0,
        ahead=ahead,
        left=left,
    )


def _standing(store: JobStore, record: JobRecord, now: float) -> tuple[int, float | None]:
    """How many come before it, and about how many seconds until it is done."""
    lane = record.request.lane
    active = [other for other in store.active() if other.request.lane == lane]
    done = store.latest(lane)
    order = [other.job_id for other in in_lanes(active, (lane,), served_of([*active, *done]))]
    ahead = order.index(record.job_id) if record.job_id in order else 0
    usual = pace(done)
    if usual is None:
        return ahead, None
    known = {other.job_id: other for other in active}
    before = [known[job_id] for job_id in order[:ahead]]
    running = [other for other in active if other.state == "running"]
    return ahead, time_left(record, before, running, usual, now)
