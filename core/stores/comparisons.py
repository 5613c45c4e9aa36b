"""Comparisons and the votes in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class ComparisonCell:
    """One document read with one recipe: the run's id once it ended, or the sentence on why it failed."""

    row: int
    column: int
    run_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Documents (rows: SHA-256, name, page numbers; a case's truth folder where there is one) x recipes (columns)."""

    comparison_id: str
    name: str
    created_at: datetime
    rows: tuple[Mapping[str, Any], ...]
    recipes: tuple[Recipe, ...]
    cells: tuple[ComparisonCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """The value that a person found right where recipes disagreed: a truth for later. ``value`` is text as the ledger keeps it."""

    document: str
    path: str
    value: str | None
    recipe_name: str | None
    comparison_id: str
    at: datetime


class Comparisons(Protocol):
    """Comparisons and the votes in them."""

    def keep(self, comparison: Comparison) -> None:
        """Store a comparison, or replace it with its cells as they now are."""

    def keep_cell(self, comparison_id: str, cell: ComparisonCell) -> None:
        """Store one cell, as soon as it is known."""

    def get(self, comparison_id: str) -> Comparison:
        """One whole. Raises RecordMissing."""

    def latest(self, limit: int = 20) -> list[Comparison]:
        """The newest first, without their cells."""

    def remove(self, comparison_id: str) -> None:
        """Drop a comparison with its cells and votes. Raises RecordMissing."""

    def vote(self, vote: Vote) -> None:
        """Keep a vote; a later one on the same value of the same comparison replaces it."""

    def unvote(self, comparison_id: str, document: str, path: str) -> None:
        """Take a vote back; nothing happens where there is none."""

    def votes(self, comparison_id: str) -> list[Vote]:
        """Votes of a comparison, oldest first."""

    def votes_on(self, documents: Collection[str]) -> list[Vote]:
        """Votes on these documents (SHA-256) in whichever comparison, oldest first."""
