"""The bill: calls and runs of a time, added up. Pure: rows in, tables out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.call import Usage
from core.stores.calls import CallRow
from core.stores.ledger import RunFact


@dataclass(frozen=True, slots=True)
class Group:
    """Some calls together. ``cost`` is in US dollars and leaves out the ``unpriced`` calls, whose price nobody knows."""

    name: str
    calls: int
    failed: int
    usage: Usage
    cost: Decimal
    unpriced: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Savings:
    """What was saved against asking ``strong`` for every document: ``each`` is its mean cost a document, ``cached`` and
    ``earlier`` the documents that the cache or an earlier, cheaper reader answered, and what that saved."""

    strong: str
    each: Decimal
    cached: int
    cached_saved: Decimal
    earlier: int
    earlier_saved: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """The calls and the runs of a time."""

    calls: tuple[CallRow, ...]
    runs: tuple[RunFact, ...]

    @property
    def total(self) -> Decimal:
        """US dollars spent, as far as prices are known."""
        return sum((row.call.cost for row in self.calls if row.call.cost is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """Calls whose price nobody knows."""
        return sum(row.call.cost is None and _used(row) for row in self.calls)

    @property
    def documents(self) -> int:
        """Documents for which a model was asked."""
        return len({row.document for row in self.calls if row.document})

    @property
    def per_document(self) -> Decimal | None:
        """US dollars a document for which a model was asked."""
        return self.total / self.documents if self.documents else None

    @property
    def correct_fields(self) -> int:
        """Values of the runs that asked a model which the person left as they were, in saved records."""
        asked = {row.run_id for row in self.calls}
        return sum(run.right for run in self.runs if run.run_id in asked)

    @property
    def per_correct_field(self) -> Decimal | None:
        """US dollars a correct field, over the runs whose record was saved; ``None`` where none was yet."""
        saved = {run.run_id for run in self.runs if run.reviewed}
        cost = sum((row.call.cost or Decimal(0) for row in self.calls if row.run_id in saved), Decimal(0))
        return cost / self.correct_fields if self.correct_fields else None

    def by_day(self) -> dict[date, Decimal]:
        """US dollars a day (UTC)."""
        days: dict[date, Decimal] = {}
        for row in self.calls:
            days[row.call.at.date()] = days.get(row.call.at.date(), Decimal(0)) + (row.call.cost or Decimal(0))
        return days


def group_calls(calls: Sequence[CallRow], key: Callable[[CallRow], str]) -> list[Group]:
    """``calls`` added up for each value of ``key``, the dearest first."""
    found: dict[str, list[CallRow]] = {}
    for row in calls:
        found.setdefault(key(row), []).append(row)
    groups = [
        Group(
            name,
            len(rows),
            sum(row.call.outcome != "ok" for row in rows),
            sum((row.call.usage for row in rows), Usage()),
            sum((row.call.cost or Decimal(0) for row in rows), Decimal(0)),
            sum(row.call.cost is None and _used(row) for row in rows),
            sum(row.call.seconds for row in rows),
        )
        for name, rows in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.cost, -group.calls, group.name))


def save_against(bill: Bill, strong: str | None = None) -> Savings | None:
    """What cache and cascade saved against always asking ``strong`` (``provider:model``; ``None``: the one that costs
    most a document). ``None`` where no priced call was made, since then nobody knows what a document would cost."""
    costs: dict[str, dict[str, Decimal]] = {}
    for row in bill.calls:
        if row.call.cost is not None and row.run_id:
            of_model = costs.setdefault(model_of(row), {})
            of_model[row.run_id] = of_model.get(row.run_id, Decimal(0)) + row.call.cost
    means = {model: sum(runs.values(), Decimal(0)) / len(runs) for model, runs in costs.items()}
    strong = strong or max(means, key=lambda model: (means[model], model), default=None)
    if strong is None or strong not in means:
        return None
    each, asked = means[strong], costs[strong]
    spent: dict[str, Decimal] = {}
    for row in bill.calls:
        if row.run_id:
            spent[row.run_id] = spent.get(row.run_id, Decimal(0)) + (row.call.cost or Decimal(0))
    others = [run for run in bill.runs if run.run_id not in asked]
    cached = [run for run in others if run.from_cache]
    earlier = [run for run in others if not run.from_cache]
    earlier_saved = sum((max(each - spent.get(run.run_id, Decimal(0)), Decimal(0)) for run in earlier), Decimal(0))
    return Savings(strong, each, len(cached), each * len(cached), len(earlier), earlier_saved)


def model_of(row: CallRow) -> str:
    """``provider:model``."""
    return f"{row.call.provider}:{row.call.model}"


def _used(row: CallRow) -> bool:
    return bool(row.call.usage.input or row.call.usage.output)
