"""100,000 records with their page texts and 2,000,000 field rows in one database, beside a tenth of them: median milliseconds of what the
pages ask — the search, every filter of Records, the Inbox and its queue, the review queue, every figure of Operation — and the growth.
``--postgres URL URL`` asks two empty databases of PostgreSQL in place of SQLite, ``--kept FOLDER`` keeps the SQLite files for another time."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text, update

from benchmarks import bench_full_text, bench_operation
from benchmarks.bench_storage import Figures, median_ms, print_growth
from core.stores.inbox import InboxQuery
from core.stores.records import RecordQuery
from storage.database import Database, open_database
from storage.inbox import SqlInbox
from storage.orders import SqlOrders
from storage.reviews import SqlReviews
from storage.tables import FIELD_VALUES, HEADER, INBOX_ITEMS, RUN_TEXT

COUNTS = (10_000, 100_000)
_AIM = 300.0
#: Values of a document that was read, nine of ten are: two million of 100,000.
_VALUES = 23


def fill(database: Database, count: int) -> None:
    """``count`` records with their texts, and as many items of the Inbox with their field rows; a fifth needs a person."""
    bench_full_text.fill(database, count)
    bench_operation.fill(database, count, _VALUES)
    waits = (INBOX_ITEMS.c.state == "approved") & INBOX_ITEMS.c.item_id.like("%7")
    with database.write() as connection:
        changed = {"state": "needs review", "verdict": "needs review", "doubts": 2}
        connection.execute(
            update(INBOX_ITEMS).where(waits).values(changed | {"stake": func.length(INBOX_ITEMS.c.name)})
        )
        if database.dialect == "postgresql":  # as its own housekeeping does after a while
            connection.execute(text("ANALYZE"))


def rows_of(database: Database) -> str:
    """How much there is."""
    with database.read() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (HEADER, FIELD_VALUES, RUN_TEXT, INBOX_ITEMS)
        ]
    return "{:,} records, {:,} field rows, {:,} page texts, {:,} inbox items".format(*counts)


def filters() -> dict[str, RecordQuery]:
    """Every filter of Records by itself, and some together."""
    day, now = date(2022, 1, 1), datetime(2024, 1, 1, 12, tzinfo=UTC)
    return {
        "all, latest first": RecordQuery(),
        "all, by vendor": RecordQuery(sort="vendor_name", descending=False),
        "all, by amount": RecordQuery(sort="total_amount"),
        "all, by date": RecordQuery(sort="invoice_date"),
        "far page": RecordQuery(page=150),
        "status": RecordQuery(status="reviewed"),
        "kind of document": RecordQuery(document_type="credit note"),
        "type": RecordQuery(type_name="invoice"),
        "invoiced in a month": RecordQuery(invoiced=(day, day + timedelta(days=30))),
        "saved in an hour": RecordQuery(saved=(now, now + timedelta(hours=1))),
        "status and month, by amount": RecordQuery(
            status="reviewed", invoiced=(day, day + timedelta(days=30)), sort="total_amount"
        ),
        "a vendor's words and status": RecordQuery(text="vendor 471", status="approved"),
    }


def ask(database: Database, count: int) -> Figures:
    """Median milliseconds of each question."""
    orders, inbox, reviews = SqlOrders(database), SqlInbox(database), SqlReviews(database)
    waiting = InboxQuery(states=("needs review",), sort="stake", size=60)
    asked: dict[str, Callable[[], object]] = {
        f"records: {name}": lambda query=query: orders.search(query)  # type: ignore[misc]
        for name, query in filters().items()
    }
    asked |= {
        "inbox: first page": lambda: inbox.search(InboxQuery(size=100)),
        "inbox: a vendor": lambda: inbox.search(InboxQuery(size=100, vendor="Vendor 7")),
        "inbox: a search": lambda: inbox.search(InboxQuery(size=100, text="bill-777")),
        "inbox: counts by state": lambda: inbox.counts(InboxQuery()),
        "inbox: vendors to choose from": lambda: inbox.choices("vendor"),
        "inbox: is anything queued": inbox.is_idle,
        "review: the queue, worst first": lambda: inbox.search(waiting),
        "review: its claims": lambda: reviews.claims([row.run_id or "" for row in inbox.search(waiting).rows]),
        "review: the pace": reviews.pace,
    }
    found = {name: median_ms(work) for name, work in asked.items()}
    found |= {f"search: {name}": took for name, took in bench_full_text.figures(database, count).items()}
    return found | {f"operation: {name}": took for name, took in bench_operation.ask(database).items()}


def main() -> None:
    """Print the table, and what is slower than it is to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", nargs=2, metavar="URL")
    parser.add_argument("--kept", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.kept or Path(folder)
        urls = given.postgres or [f"sqlite:///{place / f'scale-{count}.db'}" for count in COUNTS]
        found = []
        for url, count in zip(urls, COUNTS, strict=True):
            database, began = open_database(url), time.perf_counter()
            if not SqlOrders(database).search(RecordQuery()).total:
                fill(database, count)
                print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
            print(rows_of(database), flush=True)
            found.append(ask(database, count))
            database.close()
        print_growth(found[0], found[1], COUNTS)
        slow = {name: round(took) for name, took in found[1].items() if took > _AIM}
        print(f"slower than {_AIM:.0f} ms: {slow or 'nothing'}")


if __name__ == "__main__":
    main()
