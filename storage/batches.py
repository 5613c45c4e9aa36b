"""Batches of records as rows: one a batch, one a record of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from core.errors import RecordMissing
from core.stores.batches import Batch, BatchItem, ItemState
from core.stores.receipt import SaveReceipt
from storage.database import Database
from storage.tables import BATCH_ITEMS, BATCHES

_RECEIPT = TypeAdapter(SaveReceipt)
#: Batches that one question names.
_AT_ONCE = 500
_NOTED = ("version", "state", "sentence", "run_id", "document", "receipt")


class SqlBatches:
    """Implements :class:`core.stores.batches.BatchStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, batch: Batch, items: Sequence[BatchItem]) -> None:
        """See :meth:`core.stores.batches.BatchStore.begin`."""
        row = {name: getattr(batch, name) for name in ("batch_id", "deed", "who", "known", "at")}
        with self._database.write() as connection:
            connection.execute(insert(BATCHES).values(**row, told=dict(batch.told)))
            self.add(batch.batch_id, items)

    def add(self, batch_id: str, items: Sequence[BatchItem]) -> None:
        """See :meth:`core.stores.batches.BatchStore.add`."""
        if items:
            told = [{"batch_id": batch_id, "order_id": item.order_id, **_row(item)} for item in items]
            with self._database.write() as connection:
                connection.execute(insert(BATCH_ITEMS), told)

    def get(self, batch_id: str) -> Batch:
        """See :meth:`core.stores.batches.BatchStore.get`."""
        with self._database.read() as connection:
            found = connection.execute(select(BATCHES).where(BATCHES.c.batch_id == batch_id)).mappings().first()
            if found is None:
                raise RecordMissing("This batch is no longer kept.")
            return _batch(found, _counts(connection, [batch_id]))

    def latest(self, limit: int = 20) -> list[Batch]:
        """See :meth:`core.stores.batches.BatchStore.latest`."""
        newest = select(BATCHES).order_by(BATCHES.c.at.desc(), BATCHES.c.batch_id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(newest).mappings().all()
            counts = _counts(connection, [row["batch_id"] for row in rows])
        return [_batch(row, counts) for row in rows]

    def items(self, batch_id: str, states: Collection[ItemState], limit: int = 1000, after: int = 0) -> list[BatchItem]:
        """See :meth:`core.stores.batches.BatchStore.items`."""
        chosen = select(BATCH_ITEMS).where(
            BATCH_ITEMS.c.batch_id == batch_id, BATCH_ITEMS.c.state.in_(states), BATCH_ITEMS.c.order_id > after
        )
        with self._database.read() as connection:
            rows = connection.execute(chosen.order_by(BATCH_ITEMS.c.order_id).limit(limit)).mappings()
            return [_item(row) for row in rows]

    def note(self, batch_id: str, items: Sequence[BatchItem]) -> None:
        """See :meth:`core.stores.batches.BatchStore.note`."""
        if not items:
            return
        mine = (BATCH_ITEMS.c.batch_id == bindparam("mine")) & (BATCH_ITEMS.c.order_id == bindparam("which"))
        change = update(BATCH_ITEMS).where(mine).values({name: bindparam(f"now_{name}") for name in _NOTED})
        rows = [
            {f"now_{name}": value for name, value in _row(item).items()} | {"which": item.order_id} for item in items
        ]
        with self._database.write() as connection:
            connection.execute(change, [row | {"mine": batch_id} for row in rows])

    def forget(self, before: datetime) -> int:
        """See :meth:`core.stores.batches.BatchStore.forget`."""
        with self._database.write() as connection:
            old = connection.execute(select(BATCHES.c.batch_id).where(BATCHES.c.at < before)).scalars().all()
            for start in range(0, len(old), _AT_ONCE):
                for table in (BATCH_ITEMS, BATCHES):
                    connection.execute(delete(table).where(table.c.batch_id.in_(old[start : start + _AT_ONCE])))
            return len(old)


def _row(item: BatchItem) -> dict[str, Any]:
    receipt = _RECEIPT.dump_python(item.receipt, mode="json") if item.receipt else None
    return {
        "version": item.version,
        "state": item.state,
        "sentence": item.sentence,
        "run_id": item.run_id,
        "document": item.document,
        "receipt": receipt,
    }


def _item(row: RowMapping) -> BatchItem:
    receipt = _RECEIPT.validate_python(row["receipt"]) if row["receipt"] else None
    told = {name: row[name] for name in ("order_id", "version", "state", "sentence", "run_id", "document")}
    return BatchItem(**told, receipt=receipt)


def _batch(row: RowMapping, counts: Mapping[str, dict[ItemState, int]]) -> Batch:
    told = {name: row[name] for name in ("batch_id", "deed", "told", "who", "known", "at")}
    return Batch(**told, counts=counts.get(row["batch_id"], {}))


def _counts(connection: Connection, batch_ids: Sequence[str]) -> dict[str, dict[ItemState, int]]:
    """How many records of each batch are in each state."""
    table = BATCH_ITEMS.c
    chosen = select(table.batch_id, table.state, func.count()).where(table.batch_id.in_(batch_ids))
    found: dict[str, dict[ItemState, int]] = {}
    for batch_id, state, count in connection.execute(chosen.group_by(table.batch_id, table.state)):
        found.setdefault(batch_id, {})[state] = count
    return found
