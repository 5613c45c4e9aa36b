"""Jobs in the database: a row each is the truth, whichever process asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from core.cancelling import CANCELLED
from core.events import Event
from core.jobs.event_json import event_from_json, event_to_json
from core.jobs.queue import JobRequest, Lane
from core.jobs.store import Ended, JobRecord, after_loss
from core.jobs.turns import in_lanes
from storage.database import Database, insert_new
from storage.tables import JOB_EVENTS, JOBS

#: Ended jobs that stay known; what a run gave is kept elsewhere.
KEPT = 1000

_REQUEST = ("kind", "job_id", "title", "payload", "owner", "lane", "size", "seconds")
_STATE = ("state", "created", "started", "ended", "attempt", "worker", "cancelled", "error")
_COLUMNS = [JOBS.c[name] for name in (*_REQUEST, *_STATE)]


class SqlJobs:
    """Implements :class:`core.jobs.store.JobStore` on SQLite and PostgreSQL."""

    def __init__(
        self, database: Database, place: str = "", failed: Callable[[JobRecord, str], None] = lambda record, error: None
    ) -> None:
        """Only jobs of the same ``place`` (a data folder, whose documents they need) are claimed. Whoever is told of a job that
        ``failed`` gets it with the sentence, inside the transaction in which it ends."""
        self._database = database
        self._place = place
        self._failed = failed

    def add(self, request: JobRequest) -> None:
        """See :meth:`core.jobs.store.JobStore.add`."""
        facts = {name: getattr(request, name) for name in _REQUEST} | {"payload": dict(request.payload)}
        blank = {"started": 0.0, "ended": 0.0, "attempt": 0, "worker": "", "lease": 0.0, "cancelled": 0.0}
        row = {**facts, **blank, "place": self._place, "state": "queued", "created": time.time()}
        with self._database.write() as connection:
            connection.execute(insert_new(connection, JOBS).values(**row))
            _forget_old(connection)

    def claim(self, worker: str, lanes: Sequence[Lane], lease: float) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.claim`."""
        if not self._anything(lanes):
            return None
        with self._database.write(lasting=False) as connection:  # whoever held it is gone with the machine
            self._give_up(connection, JOBS.c.lease < time.time())
            for record in in_lanes(self._queued(connection, lanes), lanes, self._served(connection)):
                if self._take(connection, record, worker, lease):
                    return _record(connection.execute(select(*_COLUMNS).where(JOBS.c.job_id == record.job_id)).one())
        return None

    def beat(self, record: JobRecord, lease: float) -> bool:
        """See :meth:`core.jobs.store.JobStore.beat`."""
        with self._database.write(lasting=False) as connection:
            held = update(JOBS).where(_held(record)).values(lease=time.time() + lease).returning(JOBS.c.cancelled)
            found = connection.execute(held).one_or_none()
        return found is not None and not found.cancelled

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """See :meth:`core.jobs.store.JobStore.note`."""
        mine = JOB_EVENTS.c.job_id == record.job_id
        with self._database.write(lasting=False) as connection:  # after a crash it is done again
            if connection.execute(select(JOBS.c.job_id).where(_held(record))).one_or_none() is None:
                return
            last = connection.execute(select(func.coalesce(func.max(JOB_EVENTS.c.number), 0)).where(mine)).scalar_one()
            rows = [
                {"job_id": record.job_id, "number": number, "event": event_to_json(event)}
                for number, event in enumerate(events, start=last + 1)
            ]
            connection.execute(insert(JOB_EVENTS), rows)

    def finish(self, record: JobRecord, state: Ended, error: str | None = None) -> bool:
        """See :meth:`core.jobs.store.JobStore.finish`."""
        ended = update(JOBS).where(_held(record)).values(state=state, error=error, ended=time.time())
        with self._database.write() as connection:
            mine = connection.execute(ended).rowcount > 0
            if mine and state == "failed":
                self._failed(record, error or "")
            return mine

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.store.JobStore.cancel`."""
        now = time.time()
        waits = (JOBS.c.job_id == job_id) & (JOBS.c.state == "queued")
        runs = (JOBS.c.job_id == job_id) & (JOBS.c.state == "running") & (JOBS.c.cancelled == 0)
        with self._database.write() as connection:
            connection.execute(
                update(JOBS).where(waits).values(state="cancelled", ended=now, cancelled=now, error=CANCELLED)
            )
            connection.execute(update(JOBS).where(runs).values(cancelled=now))

    def give_back(self, workers: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobStore.give_back`."""
        held = (JOBS.c.state == "running") & JOBS.c.worker.in_(workers)
        with self._database.write() as connection:
            connection.execute(update(JOBS).where(held).values(state="queued", worker="", attempt=JOBS.c.attempt - 1))

    def lost(self, workers: Sequence[str] = ()) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.lost`."""
        gone = or_(JOBS.c.worker.in_(workers), JOBS.c.lease < time.time())
        with self._database.read() as connection:
            running = select(JOBS.c.job_id).where(JOBS.c.state == "running", gone).limit(1)
            if connection.execute(running).first() is None:
                return []
        with self._database.write() as connection:
            return self._give_up(connection, gone)

    def get(self, job_id: str) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.get`."""
        with self._database.read() as connection:
            row = connection.execute(select(*_COLUMNS).where(JOBS.c.job_id == job_id)).one_or_none()
        return _record(row) if row else None

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobStore.events`."""
        query = select(JOB_EVENTS.c.number, JOB_EVENTS.c.event).where(JOB_EVENTS.c.job_id == job_id)
        with self._database.read() as connection:
            rows = connection.execute(query.where(JOB_EVENTS.c.number > after).order_by(JOB_EVENTS.c.number)).all()
        return [(row.number, event_from_json(row.event)) for row in rows]

    def active(self) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.active`."""
        here = JOBS.c.state.in_(("queued", "running")) & (JOBS.c.place == self._place)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(select(*_COLUMNS).where(here).order_by(JOBS.c.created))]

    def latest(self, lane: Lane, limit: int = 20) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.latest`."""
        done = (JOBS.c.state == "done") & (JOBS.c.lane == lane) & (JOBS.c.place == self._place)
        query = select(*_COLUMNS).where(done).order_by(JOBS.c.ended.desc()).limit(limit)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def _anything(self, lanes: Sequence[Lane]) -> bool:
        """Whether a look under a write's lock is worth it."""
        waits = (JOBS.c.state == "queued") & JOBS.c.lane.in_(lanes)
        gone = (JOBS.c.state == "running") & (JOBS.c.lease < time.time())
        query = select(JOBS.c.job_id).where(JOBS.c.place == self._place, or_(waits, gone)).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def _queued(self, connection: Connection, lanes: Sequence[Lane]) -> list[JobRecord]:
        waits = (JOBS.c.state == "queued") & JOBS.c.lane.in_(lanes) & (JOBS.c.place == self._place)
        return [_record(row) for row in connection.execute(select(*_COLUMNS).where(waits))]

    def _served(self, connection: Connection) -> dict[str, float]:
        """When each owner was served last, of those whose jobs are still known."""
        query = select(JOBS.c.owner, func.max(JOBS.c.started).label("last")).where(JOBS.c.place == self._place)
        return {row.owner: row.last for row in connection.execute(query.group_by(JOBS.c.owner))}

    def _take(self, connection: Connection, record: JobRecord, worker: str, lease: float) -> bool:
        """Take one job; another process may just be taking it."""
        free = (JOBS.c.job_id == record.job_id) & (JOBS.c.state == "queued")
        locked = select(JOBS.c.job_id).where(free).with_for_update(skip_locked=True)  # SQLite's write has its lock
        if connection.execute(locked).one_or_none() is None:
            return False
        now = time.time()
        held = {
            "state": "running",
            "worker": worker,
            "attempt": JOBS.c.attempt + 1,
            "started": now,
            "lease": now + lease,
        }
        connection.execute(update(JOBS).where(free).values(**held))
        connection.execute(delete(JOB_EVENTS).where(JOB_EVENTS.c.job_id == record.job_id))
        return True

    def _give_up(self, connection: Connection, gone: ColumnElement[bool]) -> list[JobRecord]:
        """Running jobs that nobody works on any more wait again, or end."""
        lost = (JOBS.c.state == "running") & (JOBS.c.place == self._place) & gone
        rows = connection.execute(select(*_COLUMNS).where(lost).with_for_update(skip_locked=True)).all()
        before = [_record(row) for row in rows]
        changed = [after_loss(record, time.time()) for record in before]
        for record, after in zip(before, changed, strict=True):
            values = {name: getattr(after, name) for name in _STATE}
            connection.execute(update(JOBS).where(_held(record)).values(**values))
            if after.state == "failed":
                self._failed(after, after.error or "")
        return changed


def _held(record: JobRecord) -> ColumnElement[bool]:
    """The job's row, where this attempt still holds it."""
    job = JOBS.c
    mine = (job.job_id == record.job_id) & (job.state == "running") & (job.worker == record.worker)
    return mine & (job.attempt == record.attempt)


def _record(row: Any) -> JobRecord:
    facts = row._mapping
    return JobRecord(JobRequest(**{name: facts[name] for name in _REQUEST}), **{name: facts[name] for name in _STATE})


def _forget_old(connection: Connection) -> None:
    ended = select(JOBS.c.job_id).where(JOBS.c.ended > 0).order_by(JOBS.c.ended.desc()).offset(KEPT)
    old = [job_id for (job_id,) in connection.execute(ended)]
    for table in (JOB_EVENTS, JOBS) if old else ():
        connection.execute(delete(table).where(table.c.job_id.in_(old)))
