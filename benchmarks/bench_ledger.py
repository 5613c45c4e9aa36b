"""The values that people reviewed in a ledger of 100,000 runs: seconds, and how much more memory the process then needs."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sized
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice
from core.recipe import Recipe
from core.stores.records import Record
from storage.database import Database, open_database
from storage.ledger import SqlLedger
from storage.orders import SqlOrders
from storage.tables import FIELD_VALUES, RUNS

STARTED = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 2000


def fill(database: Database, count: int) -> None:
    """``count`` runs with a value a header field each; every second one's record is reviewed."""
    orders, recipe = SqlOrders(database), Recipe()
    kept = recipe.model_dump(mode="json")
    for first in range(0, count, _BATCH):
        numbers = range(first + 1, min(first + _BATCH, count) + 1)
        orders.add_all(Record(Invoice(), "reviewed" if n % 2 else "approved", n) for n in numbers)
        with database.write() as connection:
            connection.execute(insert(RUNS), [_run(number, recipe.digest, kept) for number in numbers])
            connection.execute(insert(FIELD_VALUES), [row for number in numbers for row in _values(number)])


def _run(number: int, digest: str, recipe: object) -> dict[str, object]:
    step = {"step": "extract", "state": "finished", "seconds": 0.1, "cached": False, "detail": ""}
    about = {"run_id": f"r{number:07}", "document": f"d{number:07}", "name": "a.pdf", "pages": [[1, 0]]}
    told = {"started_at": STARTED + timedelta(seconds=number), "seconds": 0.5, "extractor": "rules"}
    result = {"verdict": "approved", "recipe_name": "default", "recipe_digest": digest, "recipe": recipe}
    return (
        about
        | told
        | result
        | {"steps": [step], "cached_steps": 0, "findings": [], "confidences": {}}
        | _judged(number)
    )


def _judged(number: int) -> dict[str, int]:
    changed = sum(bool(row["changed"]) for row in _values(number))
    return {"right_values": len(INVOICE.header) - changed, "wrong_values": changed}


def _values(number: int) -> list[dict[str, object]]:
    known = {"run_id": f"r{number:07}", "order_id": number, "extracted": "x", "final": "x", "confidence": 0.9}
    return [
        known | {"path": info.name, "changed": (number + place) % 9 == 0} for place, info in enumerate(INVOICE.header)
    ]


def told(name: str, ask: Callable[[], Sized]) -> None:
    """Ask once and print what it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    rows = len(ask())
    seconds = time.perf_counter() - started
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name}: {rows:,} rows in {seconds:.2f} s, {more:,.0f} MB more")


def main() -> None:
    """Fill a ledger and ask it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'studio.db'}")
        fill(database, count)
        ledger = SqlLedger(database)
        told(f"reviewed values of {count:,} runs", lambda: range(sum(1 for _ in ledger.reviewed_values())))
        database.close()


if __name__ == "__main__":
    main()
