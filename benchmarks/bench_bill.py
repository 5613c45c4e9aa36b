"""What the Cost and Prompts pages ask of 100,000 runs that each asked a model: seconds, and how much more memory the process then
needs."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert

from benchmarks.bench_ledger import STARTED, fill, told
from core.settings import Budget
from core.spending import Period, Spending
from core.stores.holds import Cap
from storage.bills import SqlBills
from storage.calls import SqlCalls
from storage.database import Database, open_database
from storage.holds import SqlHolds
from storage.tables import CALLS

_BATCH = 2000
_MODELS = (("groq", "llama"), ("openai", "gpt"), ("mistral", "small"))


def fill_calls(database: Database, count: int) -> None:
    """A call a run of ``fill``, each with a question of four thousand characters."""
    for first in range(1, count + 1, _BATCH):
        rows = [_call(number) for number in range(first, min(first + _BATCH, count + 1))]
        with database.write() as connection:
            connection.execute(insert(CALLS), rows)


def _call(number: int) -> dict[str, object]:
    provider, model = _MODELS[number % 3]
    about = {"call_id": f"c{number}", "run_id": f"r{number:07}", "document": f"d{number:07}"}
    asked = {"at": STARTED + timedelta(seconds=number), "provider": provider, "model": model}
    told = {"purpose": "repair" if number % 9 == 0 else "extract", "prompt": f"invoice@{number % 4}"}
    tokens = {"input_tokens": 1200, "output_tokens": 300, "cached_tokens": 0, "written_tokens": 0}
    cost = Decimal(number * 7919 % 10_000_000).scaleb(-10)
    went = {"cost": cost, "seconds": 0.7, "outcome": "ok", "attempts": 1, "request_id": ""}
    return about | asked | told | tokens | went | {"sent": {"system": "x" * 4000}}


def main() -> None:
    """Fill the books and ask them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'studio.db'}")
        fill(database, count)
        fill_calls(database, count)
        _ask(database, count)
        database.close()


def _ask(database: Database, count: int) -> None:
    calls, bills, holds = SqlCalls(database), SqlBills(database), SqlHolds(database)
    now = STARTED + timedelta(seconds=count)
    spending = Spending(calls, bills, Budget, lambda: now)
    time = Period(STARTED, now + timedelta(seconds=1))
    told("the bill, in groups", lambda: spending.bill(time).groups)
    told("what was saved", lambda: [spending.savings(time)])
    told("the forecast", lambda: [spending.forecast()])
    told("the latest 500 calls", lambda: list(spending.calls(time, 500)))
    told("every call, for the download", lambda: range(sum(1 for _ in spending.calls(time))))
    told("the records of four prompts", lambda: bills.prompts([f"invoice@{number}" for number in range(4)]))
    told("what was spent", lambda: [calls.spent(STARTED)])
    cap = Cap("this month’s", STARTED, Decimal(1000))

    def stop() -> list[object]:
        found = holds.hold("x", Decimal("0.01"), [cap], datetime.now(UTC), timedelta(minutes=1))
        holds.release("x")
        return [found]

    told("the stop before a call", stop)


if __name__ == "__main__":
    main()
