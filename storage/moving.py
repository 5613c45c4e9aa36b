"""All records from one database to another, with their page texts and history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Table, insert, select

from core.stores.moving import Direction, MovePreview
from core.stores.records import Record, RecordQuery
from storage.database import Database, open_database
from storage.full_text import page_texts
from storage.orders import SqlOrders
from storage.tables import TRAIL, VALUE_CHANGES

#: Records that are looked at, and rows that are written, in one go.
_BATCH = 500
#: Letters of the longest page text.
_WHOLE_TEXT = 1_000_000_000
_EVERYTHING = RecordQuery(descending=False)
#: What tells a record's history, with the key that every database gives by itself.
_HISTORY: Mapping[Table, str] = {TRAIL: "event_id", VALUE_CHANGES: "change_id"}


@dataclass(frozen=True, slots=True)
class _Plan:
    """A record that goes, and its number where it goes; ``None``: it is there already."""

    record: Record
    number: int | None


class SqlMoving:
    """Implements :class:`core.stores.moving.Moving` between SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def preview(self, url: str, direction: Direction) -> MovePreview:
        """See :meth:`core.stores.moving.Moving.preview`."""
        with self._both(url, direction) as (source, target):
            return _counted(_plans(SqlOrders(source), SqlOrders(target)))

    def move(self, url: str, direction: Direction) -> MovePreview:
        """See :meth:`core.stores.moving.Moving.move`."""
        with self._both(url, direction) as (source, target):
            plans = _plans(SqlOrders(source), SqlOrders(target))
            done: list[_Plan] = []
            with target.write():
                while portion := list(islice(plans, _BATCH)):
                    _write(source, target, [plan for plan in portion if plan.number is not None])
                    done += [replace(plan, record=replace(plan.record, values=None)) for plan in portion]
            return _counted(iter(done))

    @contextmanager
    def _both(self, url: str, direction: Direction) -> Iterator[tuple[Database, Database]]:
        other = open_database(url)
        try:
            yield (other, self._database) if direction == "in" else (self._database, other)
        finally:
            other.close()


def _plans(source: SqlOrders, target: SqlOrders) -> Iterator[_Plan]:
    """What is to become of every record, in the order of their numbers."""
    records = source.each(_EVERYTHING)
    free = 0
    while portion := list(islice(records, _BATCH)):
        held = {record.order_id: record for record in target.some([record.order_id or 0 for record in portion])}
        for record in portion:
            other = held.get(record.order_id)
            if other == record or _is_there(target, record):
                yield _Plan(record, None)
            elif other is None:
                yield _Plan(record, record.order_id)
            else:
                free = max(free + 1, _greatest(source, target) + 1)
                yield _Plan(record, free)


def _is_there(target: SqlOrders, record: Record) -> bool:
    """Whether the record came there before, under another number."""
    same = target.duplicates(None, (), record.values)
    return any(found.created_at == record.created_at and found.order_id != record.order_id for found in same)


def _greatest(source: SqlOrders, target: SqlOrders) -> int:
    newest = [store.search(RecordQuery(size=1)).rows for store in (source, target)]
    return max((row.order_id for rows in newest for row in rows), default=0)


def _counted(plans: Iterator[_Plan]) -> MovePreview:
    new = there = renumbered = 0
    for plan in plans:
        there += plan.number is None
        new += plan.number is not None
        renumbered += plan.number not in (None, plan.record.order_id)
    return MovePreview(new, there, renumbered)


def _write(source: Database, target: Database, plans: Sequence[_Plan]) -> None:
    """Write the records, the texts of the pages that they were read from, and who did what with them."""
    numbers = {plan.record.order_id: plan.number for plan in plans}
    runs = [plan.record.run_id for plan in plans if plan.record.run_id]
    with source.read() as connection:
        texts = page_texts(connection, runs, _WHOLE_TEXT)
        history = {
            table: [
                dict(row) for row in connection.execute(select(table).where(table.c.order_id.in_(numbers))).mappings()
            ]
            for table in _HISTORY
        }
    orders = SqlOrders(target)
    for run_id, text in texts.items():
        orders.keep_page_text(run_id, text)
    orders.add_all(replace(plan.record, order_id=plan.number) for plan in plans)
    with target.write() as connection:
        for table, key in _HISTORY.items():
            rows = [
                {name: value for name, value in row.items() if name != key} | {"order_id": numbers[row["order_id"]]}
                for row in history[table]
            ]
            if rows:
                connection.execute(insert(table), rows)
