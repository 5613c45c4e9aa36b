"""A hard budget shared by processes, in memory, on SQLite and on PostgreSQL: what is spent is never above it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from subprocess import PIPE

import pytest

from core.call import Call, Usage
from core.stores.holds import Cap, Holds
from storage.calls import SqlCalls
from storage.database import Database
from storage.holds import SqlHolds
from tests.doubles.holds import MemoryHolds

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = Cap("today’s", NOW.replace(hour=0), Decimal(1))

#: A process that asks a made provider, four questions at a time, until its budget stops it. Each costs as much as it may, and
#: lasts so long that those of the other processes are in flight beside it.
_SPENDS = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from core.errors import BudgetExceeded
from core.call import Usage
from core.llm.provider import Reply
from core.llm.tokens import count_question
from tests.doubles.replay import ReplayProvider
from core.settings import Budget
from storage.calls import SqlCalls
from storage.database import open_database
from storage.holds import SqlHolds
from tests.llm.boards import ask_of, make_board

database = open_database(sys.argv[1])

def answer(question, model):
    time.sleep(0.3)
    return Reply("{}", Usage(count_question(question), 20))

provider = ReplayProvider(answer, "one")
place = make_board(provider, budget=Budget(day=Decimal(4), hard=True))
place.board._guard._holds = SqlHolds(database)
place.board._guard._sleep = time.sleep
note = SqlCalls(database).keep_call

def spend(_):
    try:
        while True:
            place.board.ask(ask_of("one", longest=20), note=note)
    except BudgetExceeded:
        return

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as pool:
    list(pool.map(spend, range(4)))
"""


def make_call(name: str, cost: str, at: datetime = NOW) -> Call:
    """A call that went well."""
    return Call(name, at, "groq", "llama", "extract", Usage(12, 3), Decimal(cost))


@pytest.fixture
def database(database_url: str, open_store: Callable[[str], Database]) -> Database:
    """An empty database."""
    return open_store(database_url)


@pytest.fixture(params=["memory", "database"])
def holds(request: pytest.FixtureRequest, database: Database) -> Holds:
    """Each kind of holds, over the same books."""
    return MemoryHolds(SqlCalls(database).spent) if request.param == "memory" else SqlHolds(database)


def test_what_is_held_counts_until_it_is_released(holds: Holds) -> None:
    """A second call waits for the first, one that is too dear alone has nothing to wait for."""
    assert holds.hold("a", Decimal("0.60"), [DAY], NOW, MINUTE) is None
    over = holds.hold("b", Decimal("0.60"), [DAY], NOW, MINUTE)
    assert over is not None
    assert (over.cap, over.spent, over.alone) == (DAY, Decimal(0), False)
    dear = holds.hold("c", Decimal("1.01"), [DAY], NOW, MINUTE)
    assert dear is not None
    assert dear.alone
    holds.release("a")
    assert holds.hold("b", Decimal("0.60"), [DAY], NOW, MINUTE) is None


def test_what_the_books_have_counts_to_the_last_digit(holds: Holds, database: Database) -> None:
    """A tenth ten times is one; yesterday's calls are another day's."""
    calls = SqlCalls(database)
    calls.keep_call(make_call("early", "5", NOW - timedelta(days=1)))
    for number in range(9):
        calls.keep_call(make_call(str(number), "0.1"))
    calls.keep_call(make_call("small", "0.000000000001"))
    assert calls.spent(DAY.since) == Decimal("0.900000000001")
    assert holds.hold("a", Decimal("0.1"), [DAY], NOW, MINUTE) is not None
    assert holds.hold("a", Decimal("0.099999999999"), [DAY], NOW, MINUTE) is None


def test_what_a_dead_process_held_lapses(holds: Holds) -> None:
    """After the longest time that its call can last."""
    assert holds.hold("a", Decimal(1), [DAY], NOW, MINUTE) is None
    assert holds.hold("b", Decimal(1), [DAY], NOW + MINUTE - timedelta(seconds=1), MINUTE) is not None
    assert holds.hold("b", Decimal(1), [DAY], NOW + MINUTE, MINUTE) is None


def test_three_processes_never_spend_more_than_the_hard_budget(database: Database, database_url: str) -> None:
    """Twelve threads in three processes ask at once until the budget of four dollars stops them all: it is used, and kept."""
    command = [sys.executable, "-c", _SPENDS, database_url]
    spending = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(3)]
    for process in spending:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in spending:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in spending:
        process.communicate(timeout=120)
    assert [process.returncode for process in spending] == [0, 0, 0]
    spent = SqlCalls(database).spent(datetime.now(UTC) - timedelta(days=1))
    assert Decimal("3.7") < spent <= 4
