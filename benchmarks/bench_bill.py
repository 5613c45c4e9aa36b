"""How long the bill takes at 100,000 calls: what is spent, by day, and the stop before a call under a hard budget."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert

from core.stores.holds import Cap
from storage.calls import SqlCalls
from storage.database import Database, open_database
from storage.holds import SqlHolds
from storage.tables import CALLS

COUNT = 100_000
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def fill(database: Database) -> None:
    """Calls of thirty days, each with a question of four thousand characters."""
    same = {
        "provider": "groq",
        "model": "llama",
        "purpose": "extract",
        "prompt": "invoice@1",
        "input_tokens": 1200,
        "output_tokens": 300,
        "cached_tokens": 0,
        "written_tokens": 0,
        "cost": Decimal("0.000123"),
        "seconds": 0.7,
        "outcome": "ok",
        "attempts": 1,
        "request_id": "",
        "sent": {"system": "x" * 4000},
    }
    rows = ({"call_id": f"c{n}", "at": NOW - timedelta(seconds=25 * n), **same} for n in range(COUNT))
    with database.write() as connection:
        connection.execute(insert(CALLS), list(rows))


def timed(name: str, work: Callable[[], object]) -> None:
    """The median of five."""
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    print(f"{name:<32} {1000 * sorted(seconds)[2]:8.1f} ms")


def main() -> None:
    """Print a line a question."""
    since = NOW - timedelta(days=31)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'studio.db'}")
        fill(database)
        calls, holds = SqlCalls(database), SqlHolds(database)
        timed("spent this month", lambda: calls.spent(since))
        timed("by day", lambda: calls.by_day(since))
        cap = Cap("this month’s", since, Decimal(1000))

        def one() -> None:
            holds.hold("x", Decimal("0.01"), [cap], NOW, timedelta(minutes=1))
            holds.release("x")

        timed("held and released for a call", one)
        timed("every row, as the table of calls", lambda: calls.rows(since))
        database.close()


if __name__ == "__main__":
    main()
