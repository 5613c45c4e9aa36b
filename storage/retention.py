"""What is kept only for so many days, in rows: a question and a deletion a kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, func, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from core.stores.retention import Aged, Kind
from storage.database import Database
from storage.erasure import permitted
from storage.orders import index_again
from storage.tables import (
    API_CALLS,
    API_DOCUMENTS,
    API_TASKS,
    BATCH_ITEMS,
    BATCHES,
    CALLS,
    DOCUMENT,
    DOCUMENTS,
    FIELD_VALUES,
    HEADER,
    INBOX_BATCHES,
    INBOX_ITEMS,
    JOB_EVENTS,
    JOBS,
    ORIGIN,
    REVIEW_CLAIMS,
    REVIEW_EDITS,
    RUN_TEXT,
    RUNS,
    TRAIL,
    UNSAVED,
    VALUE_CHANGES,
    WEBHOOK_DELIVERIES,
    WEBHOOK_MESSAGES,
)

#: Documents that are looked through at once, and ids that one question names.
_MOST, _AT_ONCE = 1000, 500
#: States of an item that somebody, or the studio, has still to do with.
_OPEN = ("waiting", "reading", "approved", "needs review")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SqlRetention:
    """Implements :class:`core.stores.retention.RetentionStore` on SQLite and PostgreSQL. ``shared`` has the calls to models."""

    def __init__(self, database: Database, shared: Database) -> None:
        self._database = database
        self._shared = shared

    def aged(self, kind: Kind, before: datetime) -> Aged:
        """See :meth:`core.stores.retention.RetentionStore.aged`."""
        with self._of(kind).read() as connection:
            return _AGED[kind](connection, before)

    def orders_of(self, runs: Collection[str]) -> list[int]:
        """See :meth:`core.stores.retention.RetentionStore.orders_of`."""
        with self._database.read() as connection:
            return _orders_of(connection, runs)

    def take(self, kind: Kind, before: datetime, keys: Collection[str]) -> None:
        """See :meth:`core.stores.retention.RetentionStore.take`."""
        with self._of(kind).write() as connection, permitted(connection):
            _TAKE[kind](connection, before, keys)

    def _of(self, kind: Kind) -> Database:
        return self._shared if kind == "sent" else self._database


# --- what is old ---------------------------------------------------------------------------------------------------


def _documents(connection: Connection, before: datetime) -> Aged:
    item, run, task = INBOX_ITEMS.c, RUNS.c, API_TASKS.c
    touched = (
        _of(item.document, item.state.in_(_OPEN) | (item.changed_at >= before)),
        _of(run.document, run.started_at >= before),
        _of(task.document, task.created_at >= before),
        _of(ORIGIN.c.document),
        _of(DOCUMENT.c.document),
    )
    found: list[str] = []
    for key, at in ((DOCUMENTS.c.sha256, DOCUMENTS.c.created_at), (item.document, item.arrived_at)):
        old = select(key).where(at < before, *(key.not_in(each) for each in touched)).order_by(at).limit(_MOST)
        found += connection.execute(old).scalars()
    keys = tuple(dict.fromkeys(found))[:_MOST]
    return Aged(keys, counts={"documents": len(keys)})


def _originals(connection: Connection, before: datetime) -> Aged:
    """Of documents all whose records are old; whether their files are still there is for whoever keeps them to say."""
    joined = select(ORIGIN.c.document, HEADER.c.updated_at).join(HEADER, HEADER.c.order_id == ORIGIN.c.order_id)
    records = joined.union_all(select(DOCUMENT.c.document, DOCUMENT.c.updated_at)).subquery()
    old = select(records.c.document).where(records.c.document.is_not(None)).group_by(records.c.document)
    last = func.max(records.c.updated_at)
    return Aged(tuple(connection.execute(old.having(last < before).order_by(last)).scalars()))


def _texts(connection: Connection, before: datetime) -> Aged:
    keys = tuple(connection.execute(select(RUN_TEXT.c.run_id).where(_old_text(before))).scalars())
    return Aged(keys, len(_orders_of(connection, keys)), {"page texts": len(keys)})


def _old_text(before: datetime) -> ColumnElement[bool]:
    return RUN_TEXT.c.run_id.in_(_of(RUNS.c.run_id, RUNS.c.started_at < before))


def _runs(connection: Connection, before: datetime) -> Aged:
    """Whether their results are still there is for whoever keeps the files to say."""
    open_ones = _of(INBOX_ITEMS.c.run_id, INBOX_ITEMS.c.state.in_(_OPEN))
    old = select(RUNS.c.run_id).where(RUNS.c.started_at < before, RUNS.c.run_id.not_in(open_ones))
    return Aged(tuple(connection.execute(old.order_by(RUNS.c.started_at)).scalars()))


def _sent(connection: Connection, before: datetime) -> Aged:
    """``keys`` are the pictures that went with these calls and with no younger one."""
    count, pictures = 0, set[str]()
    for sent in connection.execute(select(CALLS.c.sent).where(_old_call(before))).scalars():
        count += 1
        pictures |= set(_SHA256.findall(json.dumps(sent)))
    if pictures:
        for sent in connection.execute(select(CALLS.c.sent).where(CALLS.c.at >= before)).scalars():
            pictures -= set(_SHA256.findall(json.dumps(sent)))
    return Aged(tuple(sorted(pictures)), counts={"sent texts": count})


def _old_call(before: datetime) -> ColumnElement[bool]:
    return (CALLS.c.at < before) & (CALLS.c.sent != {})


def _inbox(connection: Connection, before: datetime) -> Aged:
    return Aged(counts={"inbox items": _count(connection, INBOX_ITEMS, _old_item(before))})


def _old_item(before: datetime) -> ColumnElement[bool]:
    return INBOX_ITEMS.c.state.in_(("saved", "rejected")) & (INBOX_ITEMS.c.changed_at < before)


def _tasks(connection: Connection, before: datetime) -> Aged:
    counts = {title: _count(connection, table, where) for title, table, where in _old_tasks(before)}
    owned = API_TASKS.c.order_id > 0
    return Aged((), _count(connection, API_TASKS, _old_task(before) & owned), counts)


def _old_task(before: datetime) -> ColumnElement[bool]:
    active = _of(JOBS.c.job_id, JOBS.c.ended == 0)
    return (API_TASKS.c.created_at < before) & text(f"NOT ({UNSAVED})") & API_TASKS.c.task_id.not_in(active)


def _old_tasks(before: datetime) -> Iterator[tuple[str, Table, ColumnElement[bool]]]:
    yield "tasks", API_TASKS, _old_task(before)
    young = _of(API_TASKS.c.document, API_TASKS.c.created_at >= before)
    yield (
        "documents brought by programs",
        API_DOCUMENTS,
        (API_DOCUMENTS.c.at < before) & API_DOCUMENTS.c.document.not_in(young),
    )
    delivery = WEBHOOK_DELIVERIES.c
    yield "messages", WEBHOOK_DELIVERIES, (delivery.created_at < before) & (delivery.state != "waiting")
    yield "calls of programs", API_CALLS, API_CALLS.c.at < before
    yield "messages of others", WEBHOOK_MESSAGES, WEBHOOK_MESSAGES.c.at < before


def _trail(connection: Connection, before: datetime) -> Aged:
    counts = {title: _count(connection, table, where) for title, table, where in _old_lines(before)}
    return Aged(counts=counts)


def _old_lines(before: datetime) -> Iterator[tuple[str, Table, ColumnElement[bool]]]:
    """Lines of what is no longer here."""
    for title, table in (("lines of the trail", TRAIL), ("changes", VALUE_CHANGES)):
        order = table.c.order_id
        gone = order.is_(None) | (order.not_in(_of(HEADER.c.order_id)) & order.not_in(_of(DOCUMENT.c.order_id)))
        kept = _of(DOCUMENTS.c.sha256).union(_of(INBOX_ITEMS.c.document))
        if "action" in table.c:  # by which gates a record passed is told as long as there are records
            gone &= table.c.action != "gates changed"
        if "document" in table.c:
            gone &= table.c.document.is_(None) | table.c.document.not_in(kept)
        # A line of a run alone is about its document.
        run = table.c.run_id
        gone &= run.is_(None) | run.not_in(_of(RUNS.c.run_id, RUNS.c.document.in_(kept)))
        yield title, table, (table.c.at < before) & gone
    yield "batches of changes", BATCHES, BATCHES.c.at < before


# --- taken away ----------------------------------------------------------------------------------------------------


def _take_texts(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    for part in _parts(keys):
        connection.execute(delete(RUN_TEXT).where(RUN_TEXT.c.run_id.in_(part)))
    for some in _parts(_orders_of(connection, keys)):
        index_again(connection, some)


def _take_runs(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    for part in _parts(keys):
        for table in (REVIEW_EDITS, REVIEW_CLAIMS):
            connection.execute(delete(table).where(table.c.run_id.in_(part)))
        unsaved = FIELD_VALUES.c.run_id.in_(part) & FIELD_VALUES.c.order_id.is_(None)
        connection.execute(delete(FIELD_VALUES).where(unsaved))
        for table in (JOB_EVENTS, JOBS):
            connection.execute(delete(table).where(table.c.job_id.in_(part)))


def _take_sent(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    connection.execute(update(CALLS).where(_old_call(before)).values(sent={}))


def _take_inbox(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    connection.execute(delete(INBOX_ITEMS).where(_old_item(before)))
    batch = INBOX_BATCHES.c
    empty = batch.batch_id.not_in(_of(INBOX_ITEMS.c.batch_id))
    connection.execute(delete(INBOX_BATCHES).where(empty, batch.arrived_at < before))


def _take_tasks(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    for _, table, where in reversed(list(_old_tasks(before))):
        connection.execute(delete(table).where(where))


def _take_trail(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    for _, table, where in _old_lines(before):
        connection.execute(delete(table).where(where))
    connection.execute(delete(BATCH_ITEMS).where(BATCH_ITEMS.c.batch_id.not_in(_of(BATCHES.c.batch_id))))


def _nothing(connection: Connection, before: datetime, keys: Collection[str]) -> None:
    """Their files go, or deletion on request takes them."""


def _orders_of(connection: Connection, runs: Iterable[str]) -> list[int]:
    found: list[int] = []
    for part in _parts(runs):
        for table in (ORIGIN, DOCUMENT):
            found += connection.execute(select(table.c.order_id).where(table.c.run_id.in_(part))).scalars()
    return found


def _of(column: Column[Any], *where: ColumnElement[bool]) -> Any:
    """The values of a column, as a question within another."""
    return select(column).where(column.is_not(None), *where)


def _count(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(where)).scalar_one())


def _parts(ids: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(ids)
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))


_AGED: dict[Kind, Callable[[Connection, datetime], Aged]] = {
    "documents": _documents,
    "originals": _originals,
    "texts": _texts,
    "runs": _runs,
    "sent": _sent,
    "inbox": _inbox,
    "tasks": _tasks,
    "trail": _trail,
}
_TAKE: dict[Kind, Callable[[Connection, datetime, Collection[str]], None]] = {
    "documents": _nothing,
    "originals": _nothing,
    "texts": _take_texts,
    "runs": _take_runs,
    "sent": _take_sent,
    "inbox": _take_inbox,
    "tasks": _take_tasks,
    "trail": _take_trail,
}
