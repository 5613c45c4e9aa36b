"""What the Operation page asks of 10,000 and of 100,000 documents with twenty values each, a year's work: median milliseconds of each
question, for the last 30 days and for the whole year, and their growth. ``--postgres URL`` asks an empty PostgreSQL in place of SQLite."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from core.stores.operation import Which
from storage.database import Database, open_database
from storage.inbox import SqlInbox
from storage.operation import SqlOperation
from storage.tables import FIELD_VALUES, RUNS
from tests.storage.worked import item, run_row

_NOW, _BATCH, _FIELDS, _ASKED = datetime(2026, 11, 20, 12, tzinfo=UTC), 2000, 20, 5


def fill(database: Database, count: int, fields: int = _FIELDS) -> None:
    """``count`` documents, those that were read with so many values, over a year: a tenth failed, a third saved, of which each fifth has a value changed; 300 vendors."""
    inbox = SqlInbox(database)
    for first in range(0, count, _BATCH):
        items, runs, values = [], [], []
        for number in range(first, min(first + _BATCH, count)):
            at = _NOW - timedelta(seconds=int(number * 365 * 86_400 / count))
            if number % 10 == 0:
                failed = f"bill-{number}.pdf: it has no pages."
                items.append(item(number, at, state="failed", verdict=None, run_id=None, vendor="", sentence=failed))
                continue
            saved, changed = number % 3 == 0, number % 15 == 0
            order = number if saved else None
            items.append(
                item(
                    number, at, state="saved" if saved else "approved", order_id=order, vendor=f"Vendor {number % 300}"
                )
            )
            paths = ("vendor_name",) if changed else ()
            runs.append(run_row(number, at, right=fields - len(paths) if saved else None, changed=paths))
            values += [
                {
                    "run_id": f"r{number:06}",
                    "path": path,
                    "extracted": "x",
                    "final": "x",
                    "changed": path in paths if saved else None,
                }
                for path in ("vendor_name", *(f"line_items.{row}.quantity" for row in range(fields - 1)))
            ]
        inbox.add(items)
        with database.write() as connection:
            connection.execute(insert(RUNS), runs)
            connection.execute(insert(FIELD_VALUES), values)


def ask(database: Database) -> dict[str, float]:
    """Median milliseconds of each question."""
    store = SqlOperation(database)
    took: dict[str, float] = {}
    for name, days in (("30 days", 30), ("a year", 366)):
        time_of = (_NOW - timedelta(days=days), _NOW)
        questions: dict[str, Callable[[], object]] = {
            "total": lambda time_of=time_of: store.total(*time_of),  # type: ignore[misc]
            "days": lambda time_of=time_of: store.days(*time_of),  # type: ignore[misc]
            "vendors": lambda time_of=time_of: store.groups(*time_of, "vendor"),  # type: ignore[misc]
            "corrections": lambda time_of=time_of: store.corrections(*time_of),  # type: ignore[misc]
            "causes": lambda time_of=time_of: store.causes(*time_of),  # type: ignore[misc]
            "steps": lambda time_of=time_of: store.steps(*time_of, 500),  # type: ignore[misc]
            "documents of a vendor": lambda time_of=time_of: store.documents(
                Which(*time_of, grouping="vendor", key="Vendor 7")
            ),  # type: ignore[misc]
            "documents of a field": lambda time_of=time_of: store.documents(Which(*time_of, field="vendor_name")),  # type: ignore[misc]
        }
        took |= {f"{question}, {name}": _median(ask_it) for question, ask_it in questions.items()}
    return took | {"queue": _median(store.queue)}


def _median(question: Callable[[], object]) -> float:
    times = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        question()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Fill two databases and ask both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--postgres", metavar="URL", help="an empty PostgreSQL database, filled by this run")
    arguments = parser.parse_args()
    if arguments.postgres:
        database = open_database(arguments.postgres)
        fill(database, arguments.documents)
        for question, milliseconds in ask(database).items():
            print(f"{question:<34}{milliseconds:>9.1f} ms")
        return
    few = _of(arguments.documents // 10)
    many = _of(arguments.documents)
    for question, milliseconds in many.items():
        growth = milliseconds / few[question]
        print(f"{question:<34}{few[question]:>9.1f}{milliseconds:>9.1f} ms   {growth:>5.1f} x")


def _of(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'studio.db'}")
        fill(database, count)
        found = ask(database)
        database.close()
        return found


if __name__ == "__main__":
    main()
