"""What monitors ask for, added up by the database."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, func, select

from core.stores.figures import Figures
from storage.columns import summed, total
from storage.database import Database
from storage.tables import CALLS, INBOX_ITEMS, JOBS, RUNS, WEBHOOK_DELIVERIES

#: Runs whose steps are looked at, causes that are named, and letters of a cause.
_RUNS, _CAUSES, _LETTERS = 20_000, 20, 160


class SqlFigures:
    """Implements :class:`core.stores.figures.FigureStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database, shared: Database | None = None) -> None:
        """``shared`` holds the calls, where they lie elsewhere."""
        self._database, self._shared = database, shared or database

    def ping(self) -> None:
        """See :meth:`core.stores.figures.FigureStore.ping`."""
        self._rows(select(1))

    def since(self, moment: datetime) -> Figures:
        """See :meth:`core.stores.figures.FigureStore.since`."""
        began, count = RUNS.c.started_at >= moment, func.count()
        oldest = select(func.min(JOBS.c.created)).where(JOBS.c.state == "queued")
        ((created,),) = self._rows(oldest)
        people = select(count).where(INBOX_ITEMS.c.state.in_(("needs review", "approved")))
        return Figures(
            documents=dict(self._rows(select(RUNS.c.verdict, count).where(began).group_by(RUNS.c.verdict))),
            steps=self._steps(moment),
            calls=self._calls(moment),
            queues={(queue, state): number for queue, state, number in self._rows(self._waiting())},
            oldest=max(0.0, time.time() - created) if created else 0.0,
            failed=self._failed(),
            for_a_person=self._rows(people)[0][0],
            messages=dict(self._rows(select(WEBHOOK_DELIVERIES.c.state, count).group_by(WEBHOOK_DELIVERIES.c.state))),
        )

    def _waiting(self) -> Executable:
        where = JOBS.c.state.in_(("queued", "running"))
        return select(JOBS.c.queue, JOBS.c.state, func.count()).where(where).group_by(JOBS.c.queue, JOBS.c.state)

    def _steps(self, moment: datetime) -> dict[str, list[float]]:
        query = select(RUNS.c.steps).where(RUNS.c.started_at >= moment, RUNS.c.from_cache.is_(False))
        found: defaultdict[str, list[float]] = defaultdict(list)
        for (steps,) in self._rows(query.order_by(RUNS.c.started_at).limit(_RUNS)):
            for step in steps:
                found[step["step"]].append(float(step["seconds"]))
        return dict(found)

    def _calls(self, moment: datetime) -> dict[tuple[str, str], tuple[int, Any]]:
        cost = total(CALLS.c.cost, self._shared.dialect)
        query = select(CALLS.c.provider, CALLS.c.outcome, func.count(), cost).where(CALLS.c.at >= moment)
        with self._shared.read() as connection:
            rows = connection.execute(query.group_by(CALLS.c.provider, CALLS.c.outcome))
            return {(provider, outcome): (number, summed(spent)) for provider, outcome, number, spent in rows}

    def _failed(self) -> dict[str, int]:
        """By the sentence, without the name of the file."""
        cause = func.substr(func.replace(JOBS.c.error, JOBS.c.title, "…"), 1, _LETTERS)
        query = select(cause, func.count()).where(JOBS.c.state.in_(("failed", "parked")), JOBS.c.error.is_not(None))
        return dict(self._rows(query.group_by(cause).order_by(func.count().desc(), cause).limit(_CAUSES)))

    def _rows(self, query: Executable) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(query))
