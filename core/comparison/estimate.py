"""What a comparison may cost, before it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from core.call import Usage
from core.llm.provider import Estimate
from core.recipe import ModelChoice, Recipe

#: Guesses what asking a model for one document may use and cost.
Estimator = Callable[[ModelChoice], Estimate]


@dataclass(frozen=True, slots=True)
class ColumnEstimate:
    """What one recipe may use and cost on all documents, roughly (US dollars; ``None``: a model without a known price).
    ``cached`` of its ``cells`` are answered from the cache. ``problem`` is a line on why a model cannot be asked."""

    recipe: str
    cells: int
    cached: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = Decimal(0)
    asks: bool = False
    problem: str = ""


def add_up(recipe: Recipe, cached: int, estimates: Iterable[Estimate], cells: int, problem: str = "") -> ColumnEstimate:
    """One recipe's estimates together."""
    usage, cost = Usage(), Decimal(0)
    unknown = False
    for estimate in estimates:
        usage += estimate.usage
        unknown |= estimate.cost is None
        cost += estimate.cost or Decimal(0)
    return ColumnEstimate(recipe.name, cells, cached, usage, None if unknown else cost, bool(recipe.asked), problem)
