"""The bill: every call to a model, in rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.call import Call, ModelName, Usage
from core.errors import RecordMissing
from core.stores.calls import CallRow
from storage.columns import day_of, summed, total
from storage.database import Database, insert_new
from storage.tables import CALLS, RUNS

#: Rows that are read in one go.
_BATCH = 2000


class SqlCalls:
    """Implements :class:`core.stores.calls.Calls` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_call(self, call: Call, run_id: str | None = None, document: str | None = None) -> None:
        """See :meth:`core.stores.calls.Calls.keep_call`."""
        values = {
            "call_id": call.call_id,
            "run_id": run_id,
            "document": document,
            "at": call.at,
            "provider": call.provider,
            "model": call.model,
            "purpose": call.purpose,
            "prompt": call.prompt,
            "input_tokens": call.usage.input,
            "output_tokens": call.usage.output,
            "cached_tokens": call.usage.cached,
            "written_tokens": call.usage.written,
            "cost": call.cost,
            "seconds": call.seconds,
            "outcome": call.outcome,
            "attempts": call.attempts,
            "request_id": call.request_id,
            "sent": dict(call.sent),
        }
        with self._database.write() as connection:
            connection.execute(insert_new(connection, CALLS).values(values))

    def spent(self, since: datetime, until: datetime | None = None) -> Decimal:
        """See :meth:`core.stores.calls.Calls.spent`."""
        query = select(total(CALLS.c.cost, self._database.dialect)).where(CALLS.c.at >= since)
        if until is not None:
            query = query.where(CALLS.c.at < until)
        with self._database.read() as connection:
            return summed(connection.scalar(query))

    def by_day(self, since: datetime) -> dict[date, Decimal]:
        """See :meth:`core.stores.calls.Calls.by_day`."""
        kind = self._database.dialect
        day = day_of(CALLS.c.at, kind)
        query = select(day, total(CALLS.c.cost, kind)).where(CALLS.c.at >= since).group_by(day)
        with self._database.read() as connection:
            return {date.fromisoformat(name): summed(cost) for name, cost in connection.execute(query)}

    def rows(self, since: datetime, until: datetime, limit: int | None = None) -> Iterator[CallRow]:
        """See :meth:`core.stores.calls.Calls.rows`."""
        columns = [column for column in CALLS.c if column.name != "sent"]
        query = select(*columns, RUNS.c.recipe_name).join(RUNS, RUNS.c.run_id == CALLS.c.run_id, isouter=True)
        query = query.where(CALLS.c.at >= since, CALLS.c.at < until)
        query = query.order_by(CALLS.c.at.desc(), CALLS.c.call_id.desc()).limit(limit)
        with self._database.read() as connection:
            for row in connection.execute(query, execution_options={"yield_per": _BATCH}).mappings():
                yield CallRow(_call(row), row["run_id"], row["document"], row["recipe_name"])

    def get(self, call_id: str) -> Call:
        """See :meth:`core.stores.calls.Calls.get`."""
        with self._database.read() as connection:
            row = connection.execute(select(CALLS).where(CALLS.c.call_id == call_id)).mappings().first()
        if row is None:
            raise RecordMissing("This call is no longer in the books.")
        return _call(row)

    def of_run(self, run_id: str) -> list[Call]:
        """See :meth:`core.stores.calls.Calls.of_run`."""
        query = select(CALLS).where(CALLS.c.run_id == run_id).order_by(CALLS.c.at, CALLS.c.call_id)
        with self._database.read() as connection:
            return [_call(row) for row in connection.execute(query).mappings()]

    def unpriced(self, since: datetime) -> list[ModelName]:
        """See :meth:`core.stores.calls.Calls.unpriced`."""
        query = select(CALLS.c.provider, CALLS.c.model).where(CALLS.c.at >= since, CALLS.c.cost.is_(None)).distinct()
        with self._database.read() as connection:
            return sorted(ModelName(*row) for row in connection.execute(query))


def _call(row: Any) -> Call:
    return Call(
        row["call_id"],
        row["at"],
        row["provider"],
        row["model"],
        row["purpose"],
        Usage(row["input_tokens"], row["output_tokens"], row["cached_tokens"], row["written_tokens"]),
        row["cost"],
        row["seconds"],
        row["outcome"],
        row["attempts"],
        row["request_id"],
        row["prompt"],
        row.get("sent") or {},
    )
