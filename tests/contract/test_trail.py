"""The trail in SQLite and in PostgreSQL: it grows with what is done, and nothing changes a line of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core.errors import StorageError
from core.invoice.model import Invoice
from core.stores.records import Record
from core.stores.trail import TrailEvent
from storage.database import Database
from storage.ledger import SqlLedger
from storage.orders import SqlOrders
from storage.trail import SqlTrail


@pytest.fixture
def database(database_url: str, open_store: Callable[[str], Database]) -> Database:
    """An empty database."""
    return open_store(database_url)


def event(action: str = "saved", **more: object) -> TrailEvent:
    """Something that Ada did."""
    return TrailEvent(action, "Ada", "typed", **more)  # type: ignore[arg-type]


def test_what_happened_is_told_in_its_order(database: Database) -> None:
    """Of a record with its document's and its run's part, of a document with all that came of it, of all the newest first."""
    trail = SqlTrail(database)
    mine, other = "a" * 64, "b" * 64
    trail.add([event("came in", document=mine), event("read", document=mine, run_id="r1", by="default")])
    trail.add([event("read", document=mine, run_id="r2"), event("came in", document=other)])
    trail.add([event("saved", order_id=7, document=mine, run_id="r1", told={"status": [None, "reviewed"]})])
    assert [one.action for one in trail.of_order(7, mine, "r1")] == ["came in", "read", "saved"]
    assert [one.run_id for one in trail.of_document(mine)] == [None, "r1", "r2", "r1"]
    newest = trail.latest(1)[0]
    assert (newest.who, newest.known, newest.order_id, newest.told) == (
        "Ada",
        "typed",
        7,
        {"status": [None, "reviewed"]},
    )
    assert newest.at is not None
    assert datetime.now(UTC) - newest.at < timedelta(minutes=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail SET who = 'Eve'",
        "DELETE FROM trail",
        "UPDATE value_changes SET who = 'Eve'",
        "DELETE FROM value_changes",
        "UPDATE trail SET at = at WHERE event_id = 1",
    ],
)
def test_the_database_refuses_to_change_it(database: Database, statement: str) -> None:
    """Whoever asks, also past the app's own code."""
    trail, ledger = SqlTrail(database), SqlLedger(database)
    trail.add([event(order_id=7)])
    ledger.keep_changes(7, Invoice(invoice_number="1"), Invoice(invoice_number="2"), "saved", "Ada")
    with pytest.raises(StorageError), database.write() as connection:
        connection.execute(text(statement))
    assert [one.who for one in trail.of_order(7)] == ["Ada"]
    assert [one.who for one in ledger.changes(7)] == ["Ada"]


def test_a_postgresql_table_is_not_emptied_at_a_stroke(database: Database) -> None:
    """TRUNCATE passes by what looks at rows."""
    if database.dialect != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    SqlTrail(database).add([event(order_id=7)])
    with pytest.raises(StorageError), database.write() as connection:
        connection.execute(text("TRUNCATE trail"))
    assert len(SqlTrail(database).latest()) == 1


def test_it_is_written_with_the_change_or_not_at_all(database: Database) -> None:
    """Where the change breaks off, nothing is said to have happened."""
    orders, trail = SqlOrders(database), SqlTrail(database)

    def break_off() -> None:
        with database.write():
            orders.add(Record(Invoice(invoice_number="1"), "reviewed", 7))
            trail.add([event(order_id=7)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert trail.of_order(7) == []
