"""The sums of the Cost and Prompts pages, made by the database, are what adding up every row one by one gave."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from core.call import Call, ModelName, Usage
from core.extraction import Extraction
from core.invoice.model import Invoice
from core.recipe import Recipe
from core.settings import Budget
from core.spending import Group, Period, Savings, Spending, cost_by_day, group_calls, model_of
from core.stores.bills import PromptRecord, Unasked
from pages.cost_parts.tables import VIEWS
from storage.bills import SqlBills
from storage.calls import SqlCalls
from storage.database import Database, open_database
from storage.ledger import SqlLedger
from tests.contract.conftest import new_database
from tests.contract.generated_books import SINCE, UNTIL, write_books

#: What the studio gave on the generated books when it read all of them and added them up in Python.
PINNED: dict[str, Any] = json.loads(Path(__file__).with_name("pinned_bill.json").read_text(encoding="utf-8"))
TIME = Period(SINCE, UNTIL)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind with the generated books, which no test here changes."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{tmp_path_factory.mktemp('books') / 'studio.db'}"
        if request.param == "postgres":
            url = stack.enter_context(new_database(request.getfixturevalue("postgres_server"), "books"))
        found = open_database(url)
        stack.callback(found.close)
        write_books(SqlCalls(found), SqlLedger(found))
        yield found


@pytest.fixture
def spending(database: Database) -> Spending:
    """The verbs over it."""
    return Spending(SqlCalls(database), SqlBills(database), Budget)


def money(amount: Decimal | None) -> str | None:
    """An amount as it is pinned."""
    return None if amount is None else str(amount.quantize(Decimal("0.000000000001")))


def days(costs: dict[Any, Decimal]) -> dict[str, str | None]:
    """Costs by day as they are pinned."""
    return {day.isoformat(): money(cost) for day, cost in sorted(costs.items())}


def of_group(group: Group) -> list[Any]:
    """A row of a view as it is pinned."""
    usage = group.usage
    tokens = [usage.input, usage.output, usage.cached, usage.written]
    return [group.calls, group.failed, *tokens, money(group.cost), group.unpriced, round(group.seconds, 6)]


def of_savings(saved: Savings | None) -> list[Any] | None:
    """What was saved as it is pinned."""
    if saved is None:
        return None
    return [saved.strong, money(saved.each), saved.cached, money(saved.cached_saved), saved.earlier, money(saved.earlier_saved)]  # fmt: skip


def of_prompt(record: PromptRecord) -> list[Any]:
    """A version's record as it is pinned."""
    share = record.accuracy and round(record.accuracy, 12)
    counts = [record.runs, record.saved, record.right, record.wrong]
    return [*counts, money(record.cost), record.repairs, share, money(record.cost_per_run)]


def test_the_figures_of_a_bill_are_what_adding_up_every_row_gave(spending: Spending) -> None:
    """To the last digit, and with the edges of the time in it or not as before."""
    bill = spending.bill(TIME)
    assert (bill.calls, bill.runs, bill.unpriced, bill.documents, bill.correct.fields) == tuple(
        PINNED[name] for name in ("calls", "runs", "unpriced", "documents", "correct_fields")
    )
    assert [money(amount) for amount in (bill.total, bill.per_document, bill.per_correct_field)] == [
        PINNED[name] for name in ("total", "per_document", "per_correct_field")
    ]
    assert days(cost_by_day(bill.groups)) == PINNED["by_day"]
    for model, costs in PINNED["model_by_day"].items():
        assert days(cost_by_day(group for group in bill.groups if model_of(group) == model)) == costs


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_a_bill_has_the_same_rows_in_the_same_order(spending: Spending, view: str) -> None:
    """Calls, failures, tokens, cost, calls without a price, seconds."""
    groups = group_calls(spending.bill(TIME).groups, VIEWS[view])
    assert [group.name for group in groups] == PINNED["order"][view]
    assert {group.name: of_group(group) for group in groups} == PINNED["views"][view]


def test_what_was_saved_is_told_against_any_model_as_before(spending: Spending) -> None:
    """Also against one whose name has a colon and a blank, and against one that nobody asked."""
    assert of_savings(spending.savings(TIME)) == PINNED["savings against the dearest"]
    for model, saved in PINNED["savings"].items():
        assert of_savings(spending.savings(TIME, model)) == saved


def test_the_records_of_prompts_are_what_adding_up_every_row_gave(database: Database) -> None:
    """Of those that are asked for; a version that was never asked is left out, and calls without a prompt are nobody's."""
    bills = SqlBills(database)
    found = bills.prompts([*PINNED["prompts"], "invoice@9", ""])
    assert {label: of_prompt(record) for label, record in found.items()} == PINNED["prompts"]
    assert list(bills.prompts(["invoice@1"])) == ["invoice@1"]
    assert bills.prompts([]) == {}


def test_calls_are_listed_newest_first_as_far_as_asked_for(spending: Spending) -> None:
    """The time's end belongs to it no longer."""
    rows = list(spending.calls(TIME))
    assert len(rows) == PINNED["calls"]
    moments = [row.call.at for row in rows]
    assert moments == sorted(moments, reverse=True)
    assert (min(moments), max(moments)) == (SINCE, UNTIL - timedelta(microseconds=1))
    assert list(spending.calls(TIME, 3)) == rows[:3]


def test_a_run_that_cost_a_hair_less_than_the_strong_model_saved_that_hair(
    database_url: str, open_store: Callable[[str], Database]
) -> None:
    """A third of a dollar has endless digits: 0.333333333333 is less, 0.333333333334 is not."""
    database = open_store(database_url)
    calls, ledger = SqlCalls(database), SqlLedger(database)
    for number, cost in enumerate(("0.333333333333", "0.333333333334", "0.1")):
        ledger.keep_run(
            f"r{number}", Extraction(document="d", name="a", pages=(), recipe=Recipe(), values=Invoice()), SINCE
        )
        calls.keep_call(Call(f"c{number}", SINCE, "groq", "small", "extract", Usage(), Decimal(cost)), f"r{number}")
    ledger.keep_run("free", Extraction(document="d", name="a", pages=(), recipe=Recipe(), values=Invoice()), SINCE)
    found = SqlBills(database).unasked(SINCE, UNTIL, ModelName("openai", "gpt"), Decimal(1) / 3)
    assert found == Unasked(cached=0, earlier=4, cheaper=3, spent=Decimal("0.433333333333"))


def test_no_sum_reads_the_long_rows_of_calls_and_runs(tmp_path: Path, open_store: Callable[[str], Database]) -> None:
    """What was sent and what was found are most of a row, and SQLite reads a row whole: an index has what is added up."""
    database = open_store(f"sqlite:///{tmp_path / 'studio.db'}")
    asked: list[tuple[str, Any]] = []
    listen = ("before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    event.listen(Engine, *listen)
    try:
        spending = Spending(SqlCalls(database), SqlBills(database), Budget)
        spending.bill(TIME)
        SqlBills(database).models(SINCE, UNTIL)
        SqlBills(database).unasked(SINCE, UNTIL, ModelName("groq", "llama"), Decimal(1))
        spending.forecast()
        SqlBills(database).prompts(["invoice@1"])
    finally:
        event.remove(Engine, *listen)
    queries = [(query, values) for query, values in asked if query.lstrip().startswith("SELECT")]
    assert len(queries) == 9
    with database.read() as connection:
        plans = [
            step[3]
            for query, values in queries
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        ]
    read = [plan for plan in plans if " calls" in plan or " runs" in plan]
    assert read
    assert [plan for plan in read if "COVERING INDEX" not in plan] == []
