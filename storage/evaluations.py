"""What evaluations gave, over time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from core.errors import RecordMissing
from core.recipe import Recipe
from core.stores.evaluations import EvaluationRow
from storage.database import Database
from storage.tables import EVALUATIONS


class SqlEvaluations:
    """Implements :class:`core.stores.evaluations.Evaluations` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, row: EvaluationRow) -> None:
        """See :meth:`core.stores.evaluations.Evaluations.keep`."""
        values = {
            "evaluation_id": row.evaluation_id,
            "at": row.at,
            "name": row.name,
            "recipe": row.recipe.model_dump(mode="json"),
            "report": dict(row.report),
        }
        with self._database.write() as connection:
            connection.execute(delete(EVALUATIONS).where(EVALUATIONS.c.evaluation_id == row.evaluation_id))
            connection.execute(insert(EVALUATIONS).values(values))

    def get(self, evaluation_id: str) -> EvaluationRow:
        """See :meth:`core.stores.evaluations.Evaluations.get`."""
        query = select(EVALUATIONS).where(EVALUATIONS.c.evaluation_id == evaluation_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise RecordMissing("This evaluation is no longer kept: run it again.")
        return _row(row)

    def latest(self, limit: int = 50) -> list[EvaluationRow]:
        """See :meth:`core.stores.evaluations.Evaluations.latest`."""
        order = EVALUATIONS.c.at.desc(), EVALUATIONS.c.evaluation_id
        with self._database.read() as connection:
            return [
                _row(row) for row in connection.execute(select(EVALUATIONS).order_by(*order).limit(limit)).mappings()
            ]

    def remove(self, evaluation_id: str) -> None:
        """See :meth:`core.stores.evaluations.Evaluations.remove`."""
        self.get(evaluation_id)
        with self._database.write() as connection:
            connection.execute(delete(EVALUATIONS).where(EVALUATIONS.c.evaluation_id == evaluation_id))


def _row(row: Any) -> EvaluationRow:
    return EvaluationRow(
        row["evaluation_id"], row["at"], row["name"], Recipe.model_validate(row["recipe"]), row["report"]
    )
