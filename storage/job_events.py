"""What happens in jobs, as rows of the database: where there is no Redis."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, String, bindparam, delete, func, insert, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from core.events import Event
from core.jobs.event_json import event_from_json, event_to_json
from core.jobs.store import NUMBERS, JobRecord
from storage.columns import Facts
from storage.database import Database
from storage.tables import JOB_EVENTS, JOBS

#: Claims whose count of events is remembered; of any other the database is asked.
_REMEMBERED = 256


def held(record: JobRecord) -> ColumnElement[bool]:
    """The job's row, where this claim still holds it."""
    job = JOBS.c
    mine = (job.job_id == record.job_id) & (job.state == literal_column("'running'")) & (job.worker == record.worker)
    return mine & (job.claims == record.claims)


class TableEvents:
    """Implements :class:`core.jobs.store.JobEvents` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._last: dict[tuple[str, int], int] = {}

    def begin(self, record: JobRecord) -> None:
        """See :meth:`core.jobs.store.JobEvents.begin`; joins the transaction of the claim."""
        self._remember(record, first_number(record) - 1)
        if record.claims > 1:
            self.forget([record.job_id])

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """See :meth:`core.jobs.store.JobEvents.note`."""
        last = self._last_of(record)
        named = [("job_id", String), ("number", Integer), ("event", Facts)]
        row: Any = select(*(bindparam(f"the_{name}", type_=kind) for name, kind in named)).where(
            select(JOBS.c.job_id).where(held(record)).exists()
        )
        told = [
            {"the_job_id": record.job_id, "the_number": number, "the_event": event_to_json(event)}
            for number, event in enumerate(events, start=last + 1)
        ]
        with self._database.write(lasting=False) as connection:  # after a crash it is done again
            connection.execute(insert(JOB_EVENTS).from_select([name for name, _ in named], row), told)
        self._remember(record, last + len(told))

    def read(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobEvents.read`."""
        query = select(JOB_EVENTS.c.number, JOB_EVENTS.c.event).where(JOB_EVENTS.c.job_id == job_id)
        with self._database.look() as connection:
            rows = connection.execute(query.where(JOB_EVENTS.c.number > after).order_by(JOB_EVENTS.c.number)).all()
        return [(row.number, event_from_json(row.event)) for row in rows]

    def forget(self, job_ids: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobEvents.forget`."""
        with self._database.write(lasting=False) as connection:
            connection.execute(delete(JOB_EVENTS).where(JOB_EVENTS.c.job_id.in_(job_ids)))

    def _last_of(self, record: JobRecord) -> int:
        with self._lock:
            known = self._last.get((record.job_id, record.claims))
        if known is not None:
            return known
        mine = (JOB_EVENTS.c.job_id == record.job_id) & (JOB_EVENTS.c.number >= first_number(record))
        with self._database.read() as connection:
            last = connection.execute(select(func.max(JOB_EVENTS.c.number)).where(mine)).scalar_one()
        return first_number(record) - 1 if last is None else int(last)

    def _remember(self, record: JobRecord, last: int) -> None:
        with self._lock:
            self._last.pop((record.job_id, record.claims), None)
            self._last[record.job_id, record.claims] = last
            while len(self._last) > _REMEMBERED:
                del self._last[next(iter(self._last))]


def first_number(record: JobRecord) -> int:
    """The number of the first event of a claim."""
    return (record.claims - 1) * NUMBERS + 1
