"""Deletion on request and backups, on every kind of database."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.invoice.model import Invoice
from core.notation.mention import Mention
from core.stores.api import ApiTask
from core.stores.records import Record
from core.stores.retention import KINDS
from core.stores.trail import TrailEvent
from storage.api import SqlApi
from storage.backup import Place, restore_backup, write_backup
from storage.database import Database, open_database
from storage.erasure import SqlErasure
from storage.orders import SqlOrders
from storage.retention import SqlRetention
from storage.trail import SqlTrail

ACME = Mention("acme CORP")
DOCUMENT = "a" * 64


def keep_one(database: Database) -> int:
    """A record of a document, a line of its trail, and one of another's that mentions the same name."""
    orders, now = SqlOrders(database), datetime.now(UTC)
    number = orders.reserve_id()
    orders.add(Record(Invoice(vendor_name="Acme Corp"), "reviewed", number, DOCUMENT, (), "r1", now, now))
    told = {"reason": "Acme Corp asked"}
    SqlTrail(database).add(
        [TrailEvent("saved", "Ada", "typed", number), TrailEvent("rejected", "Ada", "typed", told=told)]
    )
    return number


def test_a_name_is_taken_out_of_the_tables(database_url: str) -> None:
    """Its record goes with the lines of its trail; a line of something else stays without the name."""
    database = open_database(database_url)
    number = keep_one(database)
    erasure = SqlErasure(database)
    found = erasure.closure(erasure.holding(ACME))
    assert (found.orders, found.documents) == ({number}, {DOCUMENT})
    with database.write():
        erasure.erase(found)
        assert erasure.cut(ACME) == 1
    erasure.scrub()
    assert not erasure.holding(ACME)
    assert [dict(event.told) for event in SqlTrail(database).latest()] == [{"reason": "… asked"}]
    database.close()


def test_a_backup_brings_the_tables_back(database_url: str, tmp_path: Path) -> None:
    """With PostgreSQL's own programs, where it is that."""
    if database_url.startswith("postgres") and not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    database = open_database(database_url)
    number = keep_one(database)
    folder = tmp_path / "data"
    folder.mkdir()
    place = Place(folder, database_url, folder / "book.xlsx")
    write_backup(place, tmp_path / "safe.zip")
    SqlOrders(database).remove(number)
    database.close()
    restore_backup(tmp_path / "safe.zip", place)
    database = open_database(database_url)
    assert SqlOrders(database).get(number).document == DOCUMENT
    database.close()


def test_rows_over_their_days_are_found_and_taken(database_url: str) -> None:
    """Kind by kind; of a record that is kept no line of its trail goes, and what is done is found no more."""
    database = open_database(database_url)
    number, now = keep_one(database), datetime.now(UTC)
    store, tasks = SqlRetention(database, database), SqlApi(database)
    for order, task in ((number, "t1"), (None, "t2")):
        tasks.add_task(ApiTask(task, "key", DOCUMENT, "extraction", 1, now, save=("database",), order_id=order))
    later = now + timedelta(days=1)
    assert all(store.aged(kind, now - timedelta(days=1)).counts.get("tasks", 0) == 0 for kind in KINDS)
    assert store.aged("originals", later).keys == (DOCUMENT,)
    assert store.aged("tasks", later).counts["tasks"] == 1  # the other's record is still to be saved
    assert store.aged("trail", later).counts["lines of the trail"] == 1  # the other is of a record that is kept
    for kind in KINDS:
        store.take(kind, later, store.aged(kind, later).keys)
    assert tasks.task("t1") is None
    assert tasks.task("t2") is not None
    assert [event.action for event in SqlTrail(database).latest()] == ["saved"]
    SqlOrders(database).remove(number)
    store.take("trail", later, ())
    assert SqlTrail(database).latest() == []
    database.close()
