"""What evaluations gave, over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One evaluation of a recipe on a set of cases, kept for the trend. ``report`` is
    :func:`core.evaluation.to_json`'s."""

    evaluation_id: str
    at: datetime
    name: str
    recipe: Recipe
    report: Mapping[str, Any]


class Evaluations(Protocol):
    """What evaluations gave, over time."""

    def keep(self, row: EvaluationRow) -> None:
        """Store one."""

    def get(self, evaluation_id: str) -> EvaluationRow:
        """One whole. Raises RecordMissing."""

    def latest(self, limit: int = 50) -> list[EvaluationRow]:
        """The newest first."""

    def remove(self, evaluation_id: str) -> None:
        """Drop one. Raises RecordMissing."""
