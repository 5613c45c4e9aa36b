"""Jobs in the database: a row each is the truth, whichever process asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, func, literal_column, or_, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from core.cancelling import CANCELLED
from core.events import Event
from core.jobs.queue import JobRequest, Lane
from core.jobs.routes import QUEUES, queue_of
from core.jobs.store import Ended, JobEvents, JobRecord, LaneState, Stack, after_loss
from core.jobs.turns import in_turn, stack_of
from storage.database import Database, clock_of, insert_new
from storage.job_events import TableEvents, held
from storage.tables import JOB_EVENTS, JOBS

#: Ended jobs that stay known, and those whose events do; what a run gave is kept elsewhere. They are counted once in so many new ones.
KEPT, KEPT_EVENTS, COUNTED = 5000, 1000, 100
#: Jobs of one's own stack that are counted at most to say how many come before.
MOST_BEFORE = 1000
#: How many jobs that were done last tell how long the next may take.
_LATEST = 20

_REQUEST = ("kind", "job_id", "title", "payload", "owner", "lane", "size", "seconds", "priority")
_STATE = ("state", "created", "started", "ended", "attempt", "worker", "cancelled", "error", "claims")
_COLUMNS = [JOBS.c[name] for name in (*_REQUEST, *_STATE)]
# As they stand in the conditions of the indexes over what waits and what runs: no parameter, or those would not be used.
_WAITS = JOBS.c.state == literal_column("'queued'")
_RUNS = JOBS.c.state == literal_column("'running'")
#: The stacks of a line, each found by one step in the index over what waits however many lie on it.
_STACKS = """
WITH RECURSIVE stacks (stack) AS (
  SELECT (SELECT stack FROM jobs WHERE place = :place AND {line} = :line AND state = 'queued' ORDER BY stack LIMIT 1)
  UNION ALL
  SELECT (SELECT jobs.stack FROM jobs WHERE place = :place AND {line} = :line AND state = 'queued' AND jobs.stack > stacks.stack
    ORDER BY jobs.stack LIMIT 1) FROM stacks WHERE stacks.stack IS NOT NULL)
SELECT stack,
  (SELECT created FROM jobs WHERE place = :place AND {line} = :line AND state = 'queued' AND jobs.stack = stacks.stack
    ORDER BY created LIMIT 1) AS oldest,
  COALESCE((SELECT started FROM jobs WHERE place = :place AND owner = SUBSTR(stacks.stack, 2) ORDER BY started DESC LIMIT 1), 0)
    AS served
FROM stacks WHERE stack IS NOT NULL
"""
_STACKS_OF = {line: text(_STACKS.format(line=line)) for line in ("lane", "queue")}


class SqlJobs:
    """Implements :class:`core.jobs.store.JobStore` on SQLite and PostgreSQL."""

    def __init__(
        self,
        database: Database,
        place: str = "",
        failed: Callable[[JobRecord, str], None] = lambda record, error: None,
        events: JobEvents | None = None,
    ) -> None:
        """Only jobs of the same ``place`` (where the documents lie that they need) are claimed. Whoever is told of a job that
        ``failed`` gets it with the sentence, inside the transaction in which it ends. ``events`` carries what happens in jobs; ``None``: a
        table of the same database."""
        self._database = database
        self._place = place
        self._failed = failed
        self._events = events or TableEvents(database)
        self._added = itertools.count()

    def add(self, request: JobRequest) -> None:
        """See :meth:`core.jobs.store.JobStore.add`."""
        facts = {name: getattr(request, name) for name in _REQUEST} | {"payload": dict(request.payload)}
        facts |= {"stack": stack_of(request), "queue": queue_of(request)}
        blank = {"started": 0.0, "ended": 0.0, "attempt": 0, "worker": "", "lease": 0.0, "cancelled": 0.0, "claims": 0}
        with self._database.write() as connection:
            row = {**facts, **blank, "place": self._place, "state": "queued", "created": clock_of(connection)}
            connection.execute(insert_new(connection, JOBS).values(**row))
            if next(self._added) % COUNTED == 0:
                _forget_old(connection)

    def claim(self, worker: str, lines: Sequence[str], lease: float) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.claim`."""
        if not self._anything(lines):
            return None
        with self._database.write(lasting=False) as connection:  # whoever held it is gone with the machine
            now = clock_of(connection)
            self._give_up(connection, JOBS.c.lease < now)
            for line in lines:
                for stack in self._stacks(connection, line):
                    if found := self._take(connection, line, stack.name, worker, now, lease):
                        self._events.begin(found)
                        return found
        return None

    def beat(self, record: JobRecord, lease: float) -> bool:
        """See :meth:`core.jobs.store.JobStore.beat`."""
        with self._database.write(lasting=False) as connection:
            until = clock_of(connection) + lease
            renewed = update(JOBS).where(held(record)).values(lease=until).returning(JOBS.c.cancelled)
            found = connection.execute(renewed).one_or_none()
        return found is not None and not found.cancelled

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """See :meth:`core.jobs.store.JobStore.note`."""
        self._events.note(record, events)

    def finish(self, record: JobRecord, state: Ended, error: str | None = None) -> bool:
        """See :meth:`core.jobs.store.JobStore.finish`."""
        # One that is done and whose end a crash of the machine forgets is claimed anew: its result is kept by then.
        with self._database.write(lasting=state != "done") as connection:
            ended = update(JOBS).where(held(record)).values(state=state, error=error, ended=clock_of(connection))
            mine = connection.execute(ended).rowcount > 0
            if mine and state == "failed":
                self._failed(record, error or "")
            return mine

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.store.JobStore.cancel`."""
        mine = JOBS.c.job_id == job_id
        with self._database.write() as connection:
            now = clock_of(connection)
            ended = {"state": "cancelled", "ended": now, "cancelled": now, "error": CANCELLED}
            connection.execute(update(JOBS).where(mine, _WAITS).values(ended))
            connection.execute(update(JOBS).where(mine, _RUNS, JOBS.c.cancelled == 0).values(cancelled=now))

    def give_back(self, workers: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobStore.give_back`."""
        theirs = _RUNS & JOBS.c.worker.in_(workers)
        with self._database.write() as connection:
            connection.execute(update(JOBS).where(theirs).values(state="queued", worker="", attempt=JOBS.c.attempt - 1))

    def lost(self, workers: Sequence[str] = ()) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.lost`."""
        with self._database.look() as connection:
            gone = or_(JOBS.c.worker.in_(workers), JOBS.c.lease < clock_of(connection))
            if connection.execute(select(JOBS.c.job_id).where(_RUNS, gone).limit(1)).first() is None:
                return []
        with self._database.write() as connection:
            return self._give_up(connection, gone)

    def again(self, job_id: str) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.again`."""
        over = (JOBS.c.job_id == job_id) & JOBS.c.state.in_(("failed", "parked", "cancelled"))
        with self._database.write() as connection:
            fresh = {"state": "queued", "attempt": 0, "worker": "", "ended": 0.0, "cancelled": 0.0, "error": None}
            anew = update(JOBS).where(over).values(**fresh, created=clock_of(connection)).returning(*_COLUMNS)
            row = connection.execute(anew).one_or_none()
        return _record(row) if row else None

    def get(self, job_id: str) -> JobRecord | None:
        """See :meth:`core.jobs.store.JobStore.get`."""
        with self._database.look() as connection:
            row = connection.execute(select(*_COLUMNS).where(JOBS.c.job_id == job_id)).one_or_none()
        return _record(row) if row else None

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobStore.events`."""
        return self._events.read(job_id, after)

    def forget(self, job_ids: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobStore.forget`."""
        self._events.forget(job_ids)

    def active(self, kind: str | None = None) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.active`."""
        here = [JOBS.c.state.in_(("queued", "running")), JOBS.c.place == self._place]
        if kind is not None:
            here.append(JOBS.c.kind == kind)
        return self._records(select(*_COLUMNS).where(*here).order_by(JOBS.c.created))

    def running(self) -> list[JobRecord]:
        """See :meth:`core.jobs.store.JobStore.running`."""
        return self._records(select(*_COLUMNS).where(_RUNS, JOBS.c.place == self._place))

    def waits(self, lanes: Sequence[Lane]) -> bool:
        """See :meth:`core.jobs.store.JobStore.waits`."""
        with self._database.look() as connection:
            return connection.execute(self._first_waiting(lanes)).first() is not None

    def waiting(self) -> dict[str, int]:
        """See :meth:`core.jobs.store.JobStore.waiting`."""
        query = select(JOBS.c.queue, func.count()).where(_WAITS, JOBS.c.place == self._place).group_by(JOBS.c.queue)
        with self._database.look() as connection:
            return {row.queue: row.count_1 for row in connection.execute(query)}

    def lane(self, lane: Lane) -> LaneState:
        """See :meth:`core.jobs.store.JobStore.lane`."""
        here = (JOBS.c.place == self._place) & (JOBS.c.lane == lane)
        done = select(*_COLUMNS).where(here, JOBS.c.state == "done").order_by(JOBS.c.ended.desc()).limit(_LATEST)
        sums = select(JOBS.c.stack, func.count().label("count"), func.sum(JOBS.c.size).label("size")).where(
            here, _WAITS
        )
        with self._database.look() as connection:
            counted = {row.stack: row for row in connection.execute(sums.group_by(JOBS.c.stack))}
            stacks = [
                replace(stack, count=row._mapping["count"], size=int(row.size))
                for stack in self._stacks(connection, lane)
                if (row := counted.get(stack.name))
            ]
            return LaneState(
                stacks,
                [_record(row) for row in connection.execute(select(*_COLUMNS).where(here, _RUNS))],
                [_record(row) for row in connection.execute(done)],
            )

    def before(self, record: JobRecord) -> int:
        """See :meth:`core.jobs.store.JobStore.before`."""
        request = record.request
        stack = (JOBS.c.place == self._place) & (JOBS.c.lane == request.lane) & (JOBS.c.stack == stack_of(request))
        older = select(JOBS.c.job_id).where(stack, _WAITS, JOBS.c.created < record.created).limit(MOST_BEFORE)
        with self._database.look() as connection:
            return connection.execute(select(func.count()).select_from(older.subquery())).scalar_one()

    def _records(self, query: Any) -> list[JobRecord]:
        with self._database.look() as connection:
            return [_record(row) for row in connection.execute(query)]

    def _first_waiting(self, lines: Sequence[str]) -> Any:
        waits = or_(*(_column(line) == line for line in lines))
        return select(JOBS.c.job_id).where(_WAITS, JOBS.c.place == self._place, waits).limit(1)

    def _anything(self, lines: Sequence[str]) -> bool:
        """Whether a look under a write's lock is worth it."""
        with self._database.look() as connection:
            if connection.execute(self._first_waiting(lines)).first() is not None:
                return True
            gone = (JOBS.c.place == self._place) & (JOBS.c.lease < clock_of(connection))
            return connection.execute(select(JOBS.c.job_id).where(_RUNS, gone).limit(1)).first() is not None

    def _stacks(self, connection: Connection, line: str) -> list[Stack]:
        """What waits in a line, in the order of its turns; nothing of it is counted."""
        rows = connection.execute(_STACKS_OF[_column(line).name], {"place": self._place, "line": line})
        return in_turn([Stack(row.stack, 0, 0, row.oldest, row.served) for row in rows if row.oldest is not None])

    def _take(
        self, connection: Connection, line: str, stack: str, worker: str, now: float, lease: float
    ) -> JobRecord | None:
        """Take the oldest of a stack that another process is not just taking."""
        lies = (JOBS.c.place == self._place) & (_column(line) == line) & (JOBS.c.stack == stack)
        oldest = select(JOBS.c.job_id).where(lies, _WAITS).order_by(JOBS.c.created, JOBS.c.job_id).limit(1)
        free = oldest.with_for_update(skip_locked=True).scalar_subquery()  # SQLite's write has its lock
        running = {"state": "running", "worker": worker, "started": now, "lease": now + lease, "cancelled": 0.0}
        counted = {"attempt": JOBS.c.attempt + 1, "claims": JOBS.c.claims + 1}
        taken = update(JOBS).where(JOBS.c.job_id == free, _WAITS).values(**running, **counted).returning(*_COLUMNS)
        row = connection.execute(taken).one_or_none()
        return _record(row) if row else None

    def _give_up(self, connection: Connection, gone: ColumnElement[bool]) -> list[JobRecord]:
        """Running jobs that nobody works on any more wait again, or end."""
        lost = _RUNS & (JOBS.c.place == self._place) & gone
        rows = connection.execute(select(*_COLUMNS).where(lost).with_for_update(skip_locked=True)).all()
        before = [_record(row) for row in rows]
        now = clock_of(connection) if before else 0.0
        changed = [after_loss(record, now) for record in before]
        for record, after in zip(before, changed, strict=True):
            values = {name: getattr(after, name) for name in _STATE}
            connection.execute(update(JOBS).where(held(record)).values(**values))
            if after.state == "parked":
                self._failed(after, after.error or "")
        return changed


def _column(line: str) -> Any:
    """What names a line: a queue, or a lane."""
    return JOBS.c.queue if line in QUEUES else JOBS.c.lane


def _record(row: Any) -> JobRecord:
    facts = row._mapping
    return JobRecord(JobRequest(**{name: facts[name] for name in _REQUEST}), **{name: facts[name] for name in _STATE})


def _forget_old(connection: Connection) -> None:
    for table, kept in ((JOB_EVENTS, KEPT_EVENTS), (JOBS, KEPT)):
        newer = select(JOBS.c.ended).where(JOBS.c.ended > 0).order_by(JOBS.c.ended.desc()).offset(kept).limit(1)
        since = connection.execute(newer).scalar()
        if since is not None:
            old = select(JOBS.c.job_id).where(JOBS.c.ended > 0, JOBS.c.ended <= since)
            connection.execute(delete(table).where(table.c.job_id.in_(old)))
