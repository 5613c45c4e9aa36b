"""How the work is going: what came in, added up by the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, and_, case, func, or_, select

from core.schema.path import Path
from core.stores.operation import Day, Grouping, ProviderState, Queue, Tally, Told, Which
from storage.columns import day_of, summed, total
from storage.database import Database
from storage.tables import CALLS, FIELD_VALUES, INBOX_ITEMS, RUNS

_ITEM, _RUN, _VALUE, _CALL = INBOX_ITEMS.c, RUNS.c, FIELD_VALUES.c, CALLS.c
_BY: dict[Grouping, ColumnElement[Any]] = {
    "type": _ITEM.type_name,
    "vendor": _ITEM.vendor,
    "recipe": _ITEM.recipe,
    "who": _ITEM.who,
}
_READY = _ITEM.verdict == "approved"
_FAILED = _ITEM.state == "failed"
_FOR_A_PERSON = _ITEM.state.in_(("needs review", "approved"))


class SqlOperation:
    """Implements :class:`core.stores.operation.OperationStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database, place: str = "", shared: Database | None = None) -> None:
        """Only what came in at the same ``place`` (a data folder) is counted; ``shared`` holds the calls, where they lie elsewhere."""
        self._database, self._shared = database, shared or database
        self._here = _ITEM.place == place

    def total(self, since: datetime, until: datetime) -> Tally:
        """See :meth:`core.stores.operation.OperationStore.total`."""
        ((*sums,),) = self._rows(self._tallied(select(*self._sums()), since, until))
        return _tally("", sums)

    def days(self, since: datetime, until: datetime) -> list[Day]:
        """See :meth:`core.stores.operation.OperationStore.days`."""
        day = day_of(_ITEM.arrived_at, self._database.dialect)
        query = select(day.label("day"), func.count(), _count(_READY), _count(_FAILED))
        query = query.where(self._came(since, until)).group_by(day).order_by(day)
        return [Day(date.fromisoformat(key), *counts) for key, *counts in self._rows(query)]

    def groups(self, since: datetime, until: datetime, by: Grouping, limit: int = 50) -> list[Tally]:
        """See :meth:`core.stores.operation.OperationStore.groups`."""
        key = _BY[by]
        query = self._tallied(select(key, *self._sums()), since, until)
        query = query.group_by(key).order_by(func.count().desc(), key).limit(limit)
        return [_tally(row[0] or "", row[1:]) for row in self._rows(query)]

    def corrections(self, since: datetime, until: datetime) -> dict[str, int]:
        """See :meth:`core.stores.operation.OperationStore.corrections`."""
        # What was changed is little and stands together: gone through once, it is asked of each whether it belongs to the time.
        mine = {
            run_id
            for (run_id,) in self._rows(
                select(_ITEM.run_id).where(self._came(since, until), _ITEM.order_id.is_not(None))
            )
        }
        changed = self._rows(select(_VALUE.run_id, _VALUE.path).where(_VALUE.changed))
        seen = {(run_id, _without_row(path)) for run_id, path in changed if run_id in mine}
        return dict(Counter(field for _, field in seen).most_common())

    def causes(self, since: datetime, until: datetime, limit: int = 20) -> dict[str, int]:
        """See :meth:`core.stores.operation.OperationStore.causes`."""
        cause = _cause()
        query = select(cause, func.count()).where(self._came(since, until), _FAILED)
        return dict(self._rows(query.group_by(cause).order_by(func.count().desc(), cause).limit(limit)))

    def steps(self, since: datetime, until: datetime, latest: int) -> list[dict[str, float]]:
        """See :meth:`core.stores.operation.OperationStore.steps`."""
        query = select(_RUN.steps).join(INBOX_ITEMS, _ITEM.run_id == _RUN.run_id)
        query = query.where(self._came(since, until), _RUN.from_cache.is_(False))
        rows = self._rows(query.order_by(_ITEM.arrived_at.desc()).limit(latest))
        return [_seconds(steps) for (steps,) in rows]

    def queue(self) -> Queue:
        """See :meth:`core.stores.operation.OperationStore.queue`."""
        at_work = _ITEM.state.in_(("waiting", "reading"))
        oldest = func.min(case((_FOR_A_PERSON, _ITEM.arrived_at)))
        ((waiting, people, since),) = self._rows(
            select(_count(at_work), _count(_FOR_A_PERSON), oldest).where(self._here, or_(at_work, _FOR_A_PERSON))
        )
        return Queue(waiting or 0, people or 0, since)

    def providers(self, since: datetime) -> list[ProviderState]:
        """See :meth:`core.stores.operation.OperationStore.providers`."""
        query = select(_CALL.provider, func.count(), _count(_CALL.outcome != "ok")).where(_CALL.at >= since)
        with self._shared.read() as connection:
            return [ProviderState(*row) for row in connection.execute(query.group_by(_CALL.provider))]

    def documents(self, which: Which, limit: int = 200) -> Sequence[Told]:
        """See :meth:`core.stores.operation.OperationStore.documents`."""
        names = ("item_id", "name", "vendor", "number", "state", "arrived_at", "order_id", "sentence")
        query = select(*(_ITEM[name] for name in names)).where(*self._meant(which))
        return [Told(*row) for row in self._rows(query.order_by(_ITEM.arrived_at.desc(), _ITEM.item_id).limit(limit))]

    def _meant(self, which: Which) -> list[ColumnElement[bool]]:
        since, until = which.since, which.until
        if which.day is not None:
            since = datetime(which.day.year, which.day.month, which.day.day, tzinfo=since.tzinfo)
            until = min(until, since + timedelta(days=1))
        if which.waiting:
            return [self._here, _FOR_A_PERSON]
        meant = [self._came(since, until)]
        if which.grouping is not None:
            meant.append(func.coalesce(_BY[which.grouping], "") == which.key)
        if which.field:
            like = (
                _VALUE.path.like(f"{which.field.replace('.', '.%.')}")
                if "." in which.field
                else _VALUE.path == which.field
            )
            meant.append(_ITEM.run_id.in_(select(_VALUE.run_id).where(_VALUE.changed, like)))
        if which.cause:
            meant.append(and_(_FAILED, _cause() == which.cause))
        if which.ready:
            meant.append(_READY)
        return meant

    def _came(self, since: datetime, until: datetime) -> ColumnElement[bool]:
        return and_(self._here, _ITEM.arrived_at >= since, _ITEM.arrived_at < until)

    def _tallied(self, query: Select[Any], since: datetime, until: datetime) -> Select[Any]:
        return (
            query.select_from(INBOX_ITEMS)
            .join(RUNS, _RUN.run_id == _ITEM.run_id, isouter=True)
            .where(self._came(since, until))
        )

    def _sums(self) -> list[ColumnElement[Any]]:
        return [
            func.count(),
            _count(_READY),
            _count(_FAILED),
            _count(_ITEM.order_id.is_not(None)),
            func.sum(_RUN.right_values),
            func.sum(_RUN.wrong_values),
            _count(_RUN.from_cache.is_(True)),
            func.sum(_ITEM.seconds),
            total(_ITEM.cost, self._database.dialect),
        ]

    def _rows(self, query: Executable) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(query))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _cause() -> ColumnElement[str]:
    """Why a document failed, without the name of its file, with which the sentence begins."""
    return func.replace(_ITEM.sentence, _ITEM.name.concat(": "), "")


def _tally(key: str, sums: Sequence[Any]) -> Tally:
    documents, ready, failed, saved, right, wrong, cached, seconds, cost = sums
    counts = (documents, ready or 0, failed or 0, saved or 0, int(right or 0), int(wrong or 0), cached or 0)
    return Tally(key, *counts, float(seconds or 0), summed(cost))


def _without_row(path: str) -> str:
    place = Path.parse(path)
    return f"{place.table}.{place.field}" if place.is_cell else path


def _seconds(steps: Sequence[dict[str, Any]]) -> dict[str, float]:
    found: Counter[str] = Counter()
    for step in steps:
        found[step["step"]] += step["seconds"]
    return dict(found)
