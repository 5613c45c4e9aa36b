"""What every store of batches does: SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.errors import RecordMissing
from core.invoice.model import Invoice, LineItem
from core.stores.batches import Batch, BatchItem
from core.stores.ledger import Finals
from core.stores.receipt import SaveReceipt
from core.stores.records import Record, RecordQuery
from storage.batches import SqlBatches
from storage.database import Database
from storage.orders import SqlOrders

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, open_store: Callable[[str], Database]) -> Database:
    """An empty database of each kind."""
    return open_store(database_url)


def batch(batch_id: str = "b1", at: datetime = NOW) -> Batch:
    """A batch that sets a field."""
    return Batch(batch_id, "edit", {"path": "currency", "text": "EUR"}, "Ada", "typed", at)


def receipt(order_id: int) -> SaveReceipt:
    """A receipt with all that a record can hold."""
    line = LineItem(description="=1+1", quantity=Decimal("1.50"))
    order = Record(Invoice(vendor_name="Å", total_amount=Decimal("9.90"), line_items=(line,)), "reviewed", order_id)
    stored = replace(order, version=3, created_at=NOW, updated_at=NOW)
    return SaveReceipt(
        order_id, ("database",), {"database": order}, {"database": stored}, "r1", Finals(1, {"tax": None})
    )


def test_a_batch_and_its_records_come_back_as_they_were_kept(database: Database) -> None:
    """With the receipt to the last zero, and its records counted by state."""
    store = SqlBatches(database)
    store.begin(batch(), [BatchItem(2, 7, document="d" * 64), BatchItem(5, 1)])
    assert store.get("b1") == replace(batch(), counts={"waiting": 2})
    done = BatchItem(2, 7, "done", "", "r9", "d" * 64, receipt(2))
    store.note("b1", [done, BatchItem(5, 1, "left", "Why")])
    assert store.items("b1", ["done", "left"]) == [done, BatchItem(5, 1, "left", "Why")]
    assert store.items("b1", ["done", "left"], limit=1, after=2) == [BatchItem(5, 1, "left", "Why")]
    assert store.get("b1").counts == {"done": 1, "left": 1}


def test_old_batches_are_forgotten(database: Database) -> None:
    """With their records; the others stay, the newest first."""
    store = SqlBatches(database)
    for number, days in enumerate((40, 2, 1)):
        store.begin(batch(f"b{number}", NOW - timedelta(days=days)), [BatchItem(1)])
    assert store.forget(NOW - timedelta(days=30)) == 1
    assert [each.batch_id for each in store.latest()] == ["b2", "b1"]
    with pytest.raises(RecordMissing):
        store.get("b0")
    assert store.items("b0", ["waiting"]) == []


def test_versions_are_told_of_records_of_every_type(database: Database) -> None:
    """By number, and for the matches of a search in its order."""
    from core.receipt.model import Receipt

    orders = SqlOrders(database)
    for number in (1, 2):
        orders.add(Record(Invoice(vendor_name=f"V{number}"), "reviewed", number))
    orders.add(Record(Receipt(vendor_name="V3"), "reviewed", 3))
    orders.update(Record(Invoice(vendor_name="W"), "reviewed", 2))
    assert orders.versions([1, 2, 3, 9]) == {1: 1, 2: 2, 3: 1}
    assert list(orders.picked(RecordQuery(), 2).items()) == [(3, 1), (2, 2)]
    with database.write():
        assert orders.versions([3, 2], hold=True) == {2: 2, 3: 1}
    assert [record.order_id for record in orders.some([3, 9, 1])] == [3, 1]
    assert {row.order_id: row.version for row in orders.search(RecordQuery()).rows} == {1: 1, 2: 2, 3: 1}
