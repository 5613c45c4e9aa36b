"""The bill: what calls and runs of a time come to. Pure: sums in, tables out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.call import Usage
from core.stores.bills import CallGroup, CorrectFields


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
    taught: int = 0
    """Those of them in which a rule gave a value that a model's answer had taught, and a person confirmed: what was paid once."""
    taught_saved: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bill:
    """The calls of a time in groups, the ``runs`` that began in it, and the ``documents`` for which a model was asked."""

    groups: tuple[CallGroup, ...]
    runs: int
    documents: int
    correct: CorrectFields

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return sum(group.calls for group in self.groups)

    @property
    def total(self) -> Decimal:
        """US dollars spent, as far as prices are known."""
        return sum((group.cost for group in self.groups), Decimal(0))

    @property
    def unpriced(self) -> int:
        """Calls whose price nobody knows."""
        return sum(group.unpriced for group in self.groups)

    @property
    def per_document(self) -> Decimal | None:
        """US dollars a document for which a model was asked."""
        return self.total / self.documents if self.documents else None

    @property
    def per_correct_field(self) -> Decimal | None:
        """US dollars a correct field, over the runs whose record was saved; ``None`` where none was yet."""
        return self.correct.cost / self.correct.fields if self.correct.fields else None

    @property
    def priced_models(self) -> list[str]:
        """The models that were asked at a known price, by name."""
        return sorted({model_of(group) for group in self.groups if group.priced})


def cost_by_day(groups: Iterable[CallGroup]) -> dict[date, Decimal]:
    """US dollars a day (UTC)."""
    days: dict[date, Decimal] = {}
    for group in groups:
        days[group.day] = days.get(group.day, Decimal(0)) + group.cost
    return days


def group_calls(groups: Iterable[CallGroup], key: Callable[[CallGroup], str]) -> list[Group]:
    """``groups`` added up for each value of ``key``, the dearest first."""
    found: dict[str, list[CallGroup]] = {}
    for group in groups:
        found.setdefault(key(group), []).append(group)
    added = [
        Group(
            name,
            sum(part.calls for part in parts),
            sum(part.failed for part in parts),
            sum((part.usage for part in parts), Usage()),
            sum((part.cost for part in parts), Decimal(0)),
            sum(part.unpriced for part in parts),
            sum(part.seconds for part in parts),
        )
        for name, parts in found.items()
    ]
    return sorted(added, key=lambda group: (-group.cost, -group.calls, group.name))


def model_of(group: CallGroup) -> str:
    """``provider:model``."""
    return str(group.model)
