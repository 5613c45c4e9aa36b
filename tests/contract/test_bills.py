"""What the stores of calls, prompts, comparisons and evaluations keep, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.call import Call, ModelName, Usage
from core.errors import RecordMissing
from core.prompt import Example, Prompt
from core.recipe import ModelChoice, Recipe
from core.stores.comparisons import Comparison, ComparisonCell, Vote
from core.stores.evaluations import EvaluationRow
from storage.calls import SqlCalls
from storage.comparisons import SqlComparisons
from storage.database import Database
from storage.evaluations import SqlEvaluations
from storage.prompts import SqlPrompts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, open_store: Callable[[str], Database]) -> Database:
    """An empty database."""
    return open_store(database_url)


def make_call(name: str, cost: str | None = "0.01", at: datetime = NOON) -> Call:
    """A call that went well."""
    usage = Usage(1200, 300, 1000, 0)
    price = Decimal(cost) if cost else None
    sent = {"system": "read", "messages": ["…"]}
    return Call(name, at, "groq", "llama", "extract", usage, price, 0.7, prompt="invoice@2", sent=sent)


def test_a_call_comes_back_as_it_was_noted(database: Database) -> None:
    """Usage, cost to the last digit, what was sent."""
    calls = SqlCalls(database)
    calls.keep_call(make_call("a", "0.000123400"), "run1", "doc1")
    assert calls.of_run("run1") == [make_call("a", "0.000123400")]
    (row,) = calls.rows(NOON, NOON + timedelta(seconds=1))
    assert (row.document, row.run_id, row.recipe_name) == ("doc1", "run1", None)
    assert calls.get("a").sent == make_call("a").sent
    assert row.call.sent == {}
    with pytest.raises(RecordMissing):
        calls.get("b")


def test_a_call_noted_twice_is_billed_once(database: Database) -> None:
    """The second note changes nothing."""
    calls = SqlCalls(database)
    for cost in ("0.01", "0.99"):
        calls.keep_call(make_call("a", cost))
    assert calls.spent(NOON - timedelta(days=1)) == Decimal("0.01")


def test_models_without_a_price_are_named_once(database: Database) -> None:
    """Those that were asked since then; a call with a price is no question."""
    calls = SqlCalls(database)
    for name, cost in (("a", None), ("b", None), ("c", "0.1")):
        calls.keep_call(make_call(name, cost))
    assert calls.unpriced(NOON) == [ModelName("groq", "llama")]
    assert calls.unpriced(NOON + timedelta(seconds=1)) == []


def test_spending_counts_the_time_asked_for(database: Database) -> None:
    """The beginning belongs to it, the end does not; calls without a price count nothing."""
    calls = SqlCalls(database)
    calls.keep_call(make_call("early", at=NOON - timedelta(seconds=1)))
    calls.keep_call(make_call("first", "0.1"))
    calls.keep_call(make_call("unpriced", None))
    calls.keep_call(make_call("late", at=NOON + timedelta(days=1)))
    assert calls.spent(NOON, NOON + timedelta(days=1)) == Decimal("0.1")


def test_a_days_spending_is_added_up_exactly(database: Database) -> None:
    """A day begins at midnight UTC; a tenth three times is three tenths, and a call without a price counts nothing."""
    calls = SqlCalls(database)
    for name, cost, hours in (("a", "0.1", 0), ("b", "0.1", 1), ("c", "0.1", 11), ("d", None, 2), ("e", "0.7", 12)):
        calls.keep_call(make_call(name, cost, NOON + timedelta(hours=hours)))
    assert calls.by_day(NOON) == {NOON.date(): Decimal("0.3"), NOON.date() + timedelta(days=1): Decimal("0.7")}


def test_an_edited_prompt_is_a_new_version(database: Database) -> None:
    """The old one stays as it was."""
    prompts = SqlPrompts(database)
    example = Example(name="one", text="Total 5", reply='{"total_amount": "5"}')
    first = prompts.add(Prompt(name="mine", system="Read.", examples=(example,)))
    prompts.add(first.model_copy(update={"system": "Read well."}))
    assert [(prompt.version, prompt.system) for prompt in prompts.versions("mine")] == [(2, "Read well."), (1, "Read.")]
    assert prompts.get("mine", 1).examples == (example,)


def test_a_default_prompt_is_named_by_its_document_type(database: Database) -> None:
    """One a type; setting it again replaces it, and only what exists can be it."""
    prompts = SqlPrompts(database)
    prompts.add(Prompt(name="mine"))
    prompts.add(Prompt(name="mine"))
    prompts.set_default("receipt", "mine", 1)
    prompts.set_default("receipt", "mine", 2)
    assert prompts.defaults() == {"receipt": ("mine", 2)}
    assert prompts.summaries()[0].default_for == ("receipt",)
    with pytest.raises(RecordMissing, match="mine@9"):
        prompts.set_default("receipt", "mine", 9)
    prompts.remove_default("receipt")
    assert prompts.defaults() == {}


def test_a_comparison_comes_back_with_its_cells_and_recipes(database: Database) -> None:
    """Also when cells come one by one, and a cell again."""
    comparisons = SqlComparisons(database)
    recipe = Recipe(name="cheap", extractors=("cheap",), models={"cheap": ModelChoice(model="x")})
    comparison = Comparison("c1", "first", NOON, ({"document": "d", "name": "a.pdf"},), (Recipe(), recipe))
    comparisons.keep(comparison)
    comparisons.keep_cell("c1", ComparisonCell(0, 1, None, "It failed."))
    comparisons.keep_cell("c1", ComparisonCell(0, 1, "run9"))
    comparisons.keep_cell("c1", ComparisonCell(0, 0, "run8"))
    kept = comparisons.get("c1")
    assert kept.recipes == (Recipe(), recipe)
    assert kept.cells == (ComparisonCell(0, 0, "run8"), ComparisonCell(0, 1, "run9"))
    assert [found.name for found in comparisons.latest()] == ["first"]


def test_the_last_vote_on_a_value_counts_and_goes_with_its_comparison(database: Database) -> None:
    """A person may think again."""
    comparisons = SqlComparisons(database)
    comparisons.keep(Comparison("c1", "first", NOON, (), ()))
    for value in ("10", "12"):
        comparisons.vote(Vote("d", "total_amount", value, "cheap", "c1", NOON))
    assert [vote.value for vote in comparisons.votes("c1")] == ["12"]
    comparisons.vote(Vote("d", "currency", "EUR", None, "c1", NOON))
    comparisons.unvote("c1", "d", "currency")
    assert [vote.path for vote in comparisons.votes("c1")] == ["total_amount"]
    comparisons.vote(Vote("other", "currency", "EUR", None, "c2", NOON))
    assert [vote.comparison_id for vote in comparisons.votes_on({"d", *map(str, range(1200))})] == ["c1"]
    comparisons.remove("c1")
    assert comparisons.votes("c1") == []
    assert comparisons.votes_on({"d"}) == []
    with pytest.raises(RecordMissing):
        comparisons.get("c1")


def test_evaluations_are_kept_for_the_trend(database: Database) -> None:
    """Newest first; one can be dropped."""
    evaluations = SqlEvaluations(database)
    for day in (0, 1):
        at = NOON + timedelta(days=day)
        evaluations.keep(EvaluationRow(f"e{day}", at, "mine", Recipe(), {"summary": {"cases": day}}))
    assert [row.evaluation_id for row in evaluations.latest()] == ["e1", "e0"]
    assert evaluations.get("e1").report["summary"]["cases"] == 1
    evaluations.remove("e1")
    assert len(evaluations.latest()) == 1
