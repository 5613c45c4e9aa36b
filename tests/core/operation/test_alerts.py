"""When somebody is told: each rule breaks where it should, and says nothing on too little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.operation.alerts import Sources, broken_rules
from core.recipe import Recipe
from core.settings import AlertRules
from core.spending.spending import BudgetState
from core.stores.evaluations import EvaluationRow
from core.stores.operation import ProviderState, Queue, Tally

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def tally(key: str = "", **counts: int) -> Tally:
    """Some documents."""
    told = {"documents": 20, "ready": 10, "failed": 0, "saved": 0, "right": 0, "wrong": 0, "cached": 0} | counts
    return Tally(key, **told, seconds=1.0, cost=Decimal(0))


class Figures:
    """A store that says what it was given."""

    def __init__(
        self, total: Tally, vendors: Sequence[Tally], queue: Queue, providers: Sequence[ProviderState]
    ) -> None:
        self._total, self._vendors, self._queue, self._providers = total, vendors, queue, providers

    def total(self, since: datetime, until: datetime) -> Tally:
        """What was given."""
        return self._total

    def groups(self, since: datetime, until: datetime, by: str, limit: int = 50) -> list[Tally]:
        """What was given."""
        return list(self._vendors)

    def queue(self) -> Queue:
        """What was given."""
        return self._queue

    def providers(self, since: datetime) -> list[ProviderState]:
        """What was given."""
        return list(self._providers)


def evaluation(number: int, f1: float) -> EvaluationRow:
    """A measurement, the later the greater its number."""
    return EvaluationRow(
        f"e{number}", NOW + timedelta(hours=number), "Samples", Recipe(), {"summary": {"all": {"f1": f1}}}
    )


def told(rules: AlertRules, **given: object) -> list[str]:
    """The sentences of the rules that are broken."""
    figures = {"total": tally(), "vendors": [], "queue": Queue(0, 0, None), "providers": []}
    budgets, evaluations = given.pop("budgets", []), given.pop("evaluations", [])
    store = Figures(**(figures | given))  # type: ignore[arg-type]
    sources = Sources(store, lambda: budgets, lambda: evaluations)  # type: ignore[arg-type, return-value]
    return [alert.sentence for alert in broken_rules(rules, sources, NOW)]


def test_no_rule_tells_nothing() -> None:
    """Whatever happens."""
    assert told(AlertRules(), queue=Queue(0, 9, NOW - timedelta(days=9))) == []


@pytest.mark.parametrize(("hours", "said"), [(3, []), (1, ["2 documents wait for a person, the oldest for 2 hours."])])
def test_a_queue_that_is_too_old(hours: float, said: list[str]) -> None:
    """Its oldest document counts."""
    assert told(AlertRules(queue_hours=hours), queue=Queue(5, 2, NOW - timedelta(hours=2))) == said


def test_a_vendor_whose_values_are_corrected() -> None:
    """Of five saved documents on; others are not named."""
    vendors = [
        tally("Paper Mill", saved=5, right=80, wrong=20),
        tally("Two Only", saved=2, right=0, wrong=9),
        tally("Good Ltd", saved=9, right=99, wrong=1),
        tally("", saved=9, right=0, wrong=9),
    ]
    (sentence,) = told(AlertRules(corrected_percent=10), vendors=vendors)
    assert sentence.startswith("20% of the values of Paper Mill were corrected in its 5 saved documents")


def test_a_provider_that_fails() -> None:
    """Of five calls an hour on."""
    states = [ProviderState("groq", 10, 6), ProviderState("openai", 3, 3)]
    assert told(AlertRules(provider_percent=50), providers=states) == [
        "6 of 10 calls to groq failed within the last hour."
    ]


def test_documents_that_cannot_be_read() -> None:
    """Of ten today on."""
    rules = AlertRules(failed_percent=10)
    assert told(rules, total=tally(documents=20, failed=3)) == ["3 of today's 20 documents could not be read."]
    assert told(rules, total=tally(documents=9, failed=9)) == []


def test_a_budget_that_is_nearly_spent() -> None:
    """With its share."""
    states = [BudgetState("day", Decimal(9), Decimal(10))]
    assert told(AlertRules(budget_percent=80), budgets=states) == ["90% of the day's budget of US$ 10 are spent."]


def test_accuracy_that_fell_since_the_last_measurement() -> None:
    """The newest beside the one before it; an older fall is over."""
    rules = AlertRules(accuracy_points=2)
    fell = [evaluation(3, 0.9), evaluation(2, 0.95), evaluation(1, 0.8)]
    (sentence,) = told(rules, evaluations=fell)
    assert "90.0% right, 95.0% the time before" in sentence
    assert told(rules, evaluations=[evaluation(4, 0.9), *fell]) == []
