"""Comparisons of recipes on documents, and the votes of the person who judged them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Delete, delete, insert, select

from core.errors import RecordMissing
from core.recipe import Recipe
from core.stores.comparisons import Comparison, ComparisonCell, Vote
from storage.database import Database
from storage.tables import COMPARISON_CELLS, COMPARISONS, VOTES

#: Documents that one question names at most: databases bound how many.
_AT_ONCE = 500


class SqlComparisons:
    """Implements :class:`core.stores.comparisons.Comparisons` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, comparison: Comparison) -> None:
        """See :meth:`core.stores.comparisons.Comparisons.keep`."""
        mine = comparison.comparison_id
        with self._database.write() as connection:
            for table in (COMPARISONS, COMPARISON_CELLS):
                connection.execute(delete(table).where(table.c.comparison_id == mine))
            connection.execute(
                insert(COMPARISONS).values(
                    comparison_id=mine,
                    name=comparison.name,
                    created_at=comparison.created_at,
                    rows=[dict(row) for row in comparison.rows],
                    recipes=[recipe.model_dump(mode="json") for recipe in comparison.recipes],
                )
            )
            if comparison.cells:
                cells = [{"comparison_id": mine, **asdict(cell)} for cell in comparison.cells]
                connection.execute(insert(COMPARISON_CELLS), cells)

    def keep_cell(self, comparison_id: str, cell: ComparisonCell) -> None:
        """See :meth:`core.stores.comparisons.Comparisons.keep_cell`."""
        table = COMPARISON_CELLS.c
        here = (table.comparison_id == comparison_id) & (table.row == cell.row) & (table.column == cell.column)
        with self._database.write() as connection:
            connection.execute(delete(COMPARISON_CELLS).where(here))
            connection.execute(insert(COMPARISON_CELLS).values(comparison_id=comparison_id, **asdict(cell)))

    def get(self, comparison_id: str) -> Comparison:
        """See :meth:`core.stores.comparisons.Comparisons.get`."""
        cells = select(COMPARISON_CELLS).where(COMPARISON_CELLS.c.comparison_id == comparison_id)
        cells = cells.order_by(COMPARISON_CELLS.c.row, COMPARISON_CELLS.c.column)
        with self._database.read() as connection:
            query = select(COMPARISONS).where(COMPARISONS.c.comparison_id == comparison_id)
            row = connection.execute(query).mappings().first()
            if row is None:
                raise RecordMissing("This comparison is no longer kept: begin a new one.")
            found = [
                ComparisonCell(cell["row"], cell["column"], cell["run_id"], cell["error"])
                for cell in connection.execute(cells).mappings()
            ]
        return _comparison(row, found)

    def latest(self, limit: int = 20) -> list[Comparison]:
        """See :meth:`core.stores.comparisons.Comparisons.latest`."""
        order = COMPARISONS.c.created_at.desc(), COMPARISONS.c.comparison_id
        with self._database.read() as connection:
            rows = connection.execute(select(COMPARISONS).order_by(*order).limit(limit)).mappings()
            return [_comparison(row, []) for row in rows]

    def remove(self, comparison_id: str) -> None:
        """See :meth:`core.stores.comparisons.Comparisons.remove`."""
        self.get(comparison_id)
        with self._database.write() as connection:
            for table in (COMPARISONS, COMPARISON_CELLS, VOTES):
                connection.execute(delete(table).where(table.c.comparison_id == comparison_id))

    def vote(self, vote: Vote) -> None:
        """See :meth:`core.stores.comparisons.Comparisons.vote`."""
        with self._database.write() as connection:
            connection.execute(_votes_on(vote.comparison_id, vote.document, vote.path))
            connection.execute(insert(VOTES).values(asdict(vote)))

    def unvote(self, comparison_id: str, document: str, path: str) -> None:
        """See :meth:`core.stores.comparisons.Comparisons.unvote`."""
        with self._database.write() as connection:
            connection.execute(_votes_on(comparison_id, document, path))

    def votes(self, comparison_id: str) -> list[Vote]:
        """See :meth:`core.stores.comparisons.Comparisons.votes`."""
        return self._found(VOTES.c.comparison_id == comparison_id)

    def votes_on(self, documents: Collection[str]) -> list[Vote]:
        """See :meth:`core.stores.comparisons.Comparisons.votes_on`."""
        wanted = sorted(documents)
        parts = [wanted[first : first + _AT_ONCE] for first in range(0, len(wanted), _AT_ONCE)]
        found = [vote for part in parts for vote in self._found(VOTES.c.document.in_(part))]
        return sorted(found, key=lambda vote: (vote.at, vote.document, vote.path))

    def _found(self, which: ColumnElement[bool]) -> list[Vote]:
        query = select(VOTES).where(which).order_by(VOTES.c.at, VOTES.c.document, VOTES.c.path)
        with self._database.read() as connection:
            return [Vote(**row) for row in connection.execute(query).mappings()]


def _votes_on(comparison_id: str, document: str, path: str) -> Delete:
    table = VOTES.c
    return delete(VOTES).where(table.comparison_id == comparison_id, table.document == document, table.path == path)


def _comparison(row: Any, cells: list[ComparisonCell]) -> Comparison:
    recipes = tuple(Recipe.model_validate(recipe) for recipe in row["recipes"])
    return Comparison(row["comparison_id"], row["name"], row["created_at"], tuple(row["rows"]), recipes, tuple(cells))
