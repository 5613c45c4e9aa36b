"""Records of many types in one database as it grows: invoices with fields that a person added, and records of two types of their
own. The list, filters by any field, by who and how, records that are nearly the same, the search and the orders, each on 10,000 and on
100,000 records of the same mixture. ``python -m benchmarks.bench_records [URL]``: databases of PostgreSQL that are there, and called as
the URL with ``_10000`` and ``_100000``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, text

from benchmarks.bench_storage import STARTED, Figures, median_ms, order, print_growth
from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.document_types import type_declared
from core.stores.records import FieldFilter, Record, RecordQuery
from core.stores.trail import TrailEvent
from storage.database import Database, open_database
from storage.orders import SqlOrders
from storage.tables import RUNS
from storage.trail import SqlTrail

COUNTS = (10_000, 100_000)
ADDED = TypeDefinition(
    name="invoice",
    extends="invoice",
    title="Invoice",
    fields=(
        FieldDefinition(name="cost_centre", title="Cost centre", kind="identifier"),
        FieldDefinition(name="freight", title="Freight", kind="money"),
        FieldDefinition(name="booked_on", title="Booked on", kind="date"),
    ),
    tables=(
        TableDefinition(
            name="line_items", title="Line items", columns=(FieldDefinition(name="project", title="Project"),)
        ),
    ),
)
PAYSLIP = TypeDefinition(
    name="payslip",
    title="Payslip",
    fields=(
        FieldDefinition(name="employee", title="Employee", kind="name", required=True),
        FieldDefinition(name="number", title="Number", kind="identifier", required=True),
        FieldDefinition(name="paid_on", title="Paid on", kind="date"),
        FieldDefinition(name="net", title="Net", kind="money"),
    ),
)
TIMESHEET = TypeDefinition(
    name="timesheet",
    title="Timesheet",
    fields=(
        FieldDefinition(name="worker", title="Worker", kind="name", required=True),
        FieldDefinition(name="sheet", title="Sheet", kind="identifier", required=True),
        FieldDefinition(name="week", title="Week", kind="date"),
        FieldDefinition(name="hours", title="Hours", kind="quantity"),
    ),
)


def record(number: int) -> Record:
    """A made-up record: of ten six invoices with added fields, two payslips, two timesheets."""
    place = number % 10
    day, amount = date(2020, 1, 1) + timedelta(days=number % 2000), Decimal(number * 7919 % 1_000_003) / 100
    if place < 6:
        plain = order(number)
        kind = type_declared(ADDED)
        told = {name: getattr(plain.values, name) for name in type(plain.values).model_fields}
        rows = [{**dict(row), "project": f"P-{number % 311}"} for row in told["line_items"]]
        own = {"cost_centre": f"KST {number % 499}", "freight": amount / 10, "booked_on": day}
        values = kind.model.model_validate({**told, "line_items": rows, **own})
        return Record(values, plain.status, number, created_at=plain.created_at, updated_at=plain.updated_at)
    moment = STARTED + timedelta(seconds=number)
    name = f"Person {number % 997} Müller"
    if place < 8:
        values = {"employee": name, "number": f"P-{number:06d}", "paid_on": day, "net": amount}
        kind = type_declared(PAYSLIP)
    else:
        values = {"worker": name, "sheet": f"T-{number:06d}", "week": day, "hours": number % 60}
        kind = type_declared(TIMESHEET)
    return Record(kind.model.model_validate(values), "reviewed", number, created_at=moment, updated_at=moment)


def records(count: int) -> Iterator[Record]:
    """The first ``count`` records."""
    return (record(number) for number in range(1, count + 1))


def figures(store: SqlOrders, count: int) -> Figures:
    """Times of a first page of 50 among ``count`` records, in milliseconds."""
    own = ("cost_centre", "freight", "booked_on")
    queries = {
        "list, latest first": RecordQuery(added=own),
        "list, by vendor": RecordQuery(sort="vendor_name", descending=False, added=own),
        "list, by an added amount": RecordQuery(sort="freight", added=own),
        "list, by an added text": RecordQuery(sort="cost_centre", descending=False, added=own),
        "added text holds": RecordQuery(fields=(FieldFilter("cost_centre", "kst 471"),), added=own),
        "added amount in a range": RecordQuery(
            fields=(FieldFilter("freight", first=Decimal(10), last=Decimal(20)),), added=own
        ),
        "added day in a range": RecordQuery(
            fields=(FieldFilter("booked_on", first=date(2021, 1, 1), last=date(2021, 1, 31)),), added=own
        ),
        "search, one match": RecordQuery(text=f"inv-{count // 10 * 5 + 1:06d}", added=own),
        "search, an added text": RecordQuery(text="kst 471", added=own),
        "search, most match": RecordQuery(text="er", added=own),
        "payslips, latest first": RecordQuery(type_name="payslip"),
        "payslips, by amount": RecordQuery(type_name="payslip", sort="net"),
        "payslips, by day": RecordQuery(type_name="payslip", sort="paid_on"),
        "payslips, name holds": RecordQuery(type_name="payslip", fields=(FieldFilter("employee", "muller 471"),)),
        "payslips, amount in a range": RecordQuery(
            type_name="payslip", fields=(FieldFilter("net", first=Decimal(9000)),)
        ),
    }
    queries |= {
        "address holds": RecordQuery(fields=(FieldFilter("billing_address", "town"),), added=own),
        "tax id is empty": RecordQuery(fields=(FieldFilter("vendor_tax_id", empty=True),), added=own),
        "subtotal and day in ranges": RecordQuery(
            fields=(
                FieldFilter("subtotal", first=Decimal(100), last=Decimal(200)),
                FieldFilter("invoice_date", first=date(2021, 1, 1), last=date(2021, 6, 30)),
            ),
            added=own,
        ),
        "vendor and total": RecordQuery(vendor="vendor 471", total=(Decimal(10), None), added=own),
        "saved by one of ten": RecordQuery(who="Person 3", did="saved", added=own),
        "reviewed by one of ten": RecordQuery(who="Person 3", did="reviewed", added=own),
        "read with one of five recipes": RecordQuery(recipe="recipe 2", added=own),
        "sorted by address": RecordQuery(sort="billing_address", columns=("billing_address", "iban"), added=own),
    }
    found = {name: median_ms(lambda query=query: store.search(query)) for name, query in queries.items()}
    return found | {
        "the same or nearly, first page": median_ms(store.twins),
        "who saved or reviewed any": median_ms(lambda: store.choices("who")),
        "recipes": median_ms(lambda: store.choices("recipe")),
    }


def keep_history(database: Database, count: int) -> None:
    """Of every record that a person saved it and another reviewed it, and a run by one of five recipes for every second."""
    deeds = (("saved", 0), ("approved", 1))
    SqlTrail(database).add(
        TrailEvent(action, f"Person {(number + offset) % 10}", "typed", number)  # type: ignore[arg-type]
        for number in range(1, count + 1)
        for action, offset in deeds
    )
    plain = {"document": "d", "name": "a.pdf", "pages": [], "seconds": 1.0, "extractor": "rules", "verdict": "approved"}
    plain |= {"recipe_digest": "x", "recipe": {}, "steps": [], "cached_steps": 0, "findings": [], "confidences": {}}
    rows = [
        plain | {"run_id": f"run-{number}", "started_at": STARTED, "recipe_name": f"recipe {number % 5}"}
        for number in range(1, count + 1)
    ]
    with database.write() as connection:
        connection.execute(insert(RUNS), rows)
        connection.execute(text("UPDATE order_origin SET run_id = 'run-' || order_id"))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        found = []
        for count in COUNTS:
            database = open_database(
                f"{sys.argv[1]}_{count}" if len(sys.argv) > 1 else f"sqlite:///{Path(name) / f'{count}.db'}"
            )
            store = SqlOrders(database)
            store.add_all(records(count))
            keep_history(database, count)
            found.append(figures(store, count))
        print_growth(found[0], found[1], COUNTS)


if __name__ == "__main__":
    main()
