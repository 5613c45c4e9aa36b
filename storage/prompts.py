"""Prompts: their versions, and which is the default of which document type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from core.errors import RecordMissing
from core.prompt import Example, Prompt
from core.stores.prompts import PromptSummary
from storage.database import Database
from storage.tables import PROMPT_DEFAULTS, PROMPTS


class SqlPrompts:
    """Implements :class:`core.stores.prompts.Prompts` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def summaries(self) -> list[PromptSummary]:
        """See :meth:`core.stores.prompts.Prompts.summaries`."""
        counts = func.max(PROMPTS.c.version).label("newest"), func.count().label("versions")
        query = select(PROMPTS.c.name, *counts).group_by(PROMPTS.c.name).order_by(PROMPTS.c.name)
        defaults = self.defaults()
        with self._database.read() as connection:
            return [
                PromptSummary(
                    row.name,
                    row.newest,
                    row.versions,
                    tuple(sorted(kind for kind, (name, _) in defaults.items() if name == row.name)),
                )
                for row in connection.execute(query)
            ]

    def versions(self, name: str) -> list[Prompt]:
        """See :meth:`core.stores.prompts.Prompts.versions`."""
        query = select(PROMPTS).where(PROMPTS.c.name == name).order_by(PROMPTS.c.version.desc())
        with self._database.read() as connection:
            return [_prompt(row) for row in connection.execute(query).mappings()]

    def get(self, name: str, version: int | None = None) -> Prompt:
        """See :meth:`core.stores.prompts.Prompts.get`."""
        query = select(PROMPTS).where(PROMPTS.c.name == name).order_by(PROMPTS.c.version.desc()).limit(1)
        if version is not None:
            query = query.where(PROMPTS.c.version == version)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            wanted = name if version is None else f"{name}@{version}"
            raise RecordMissing(f"There is no prompt “{wanted}”: choose another on the Prompts page.")
        return _prompt(row)

    def add(self, prompt: Prompt) -> Prompt:
        """See :meth:`core.stores.prompts.Prompts.add`."""
        now = datetime.now(UTC)
        with self._database.write() as connection:
            newest = connection.execute(
                select(func.max(PROMPTS.c.version)).where(PROMPTS.c.name == prompt.name)
            ).scalar_one()
            stored = prompt.model_copy(update={"version": (newest or 0) + 1, "created_at": now})
            values = stored.model_dump() | {"examples": [example.model_dump() for example in stored.examples]}
            connection.execute(insert(PROMPTS).values(values))
        return stored

    def defaults(self) -> dict[str, tuple[str, int]]:
        """See :meth:`core.stores.prompts.Prompts.defaults`."""
        with self._database.read() as connection:
            rows = connection.execute(select(PROMPT_DEFAULTS))
            return {row.document_type: (row.name, row.version) for row in rows}

    def set_default(self, document_type: str, name: str, version: int) -> None:
        """See :meth:`core.stores.prompts.Prompts.set_default`."""
        self.get(name, version)
        here = PROMPT_DEFAULTS.c.document_type == document_type
        with self._database.write() as connection:
            connection.execute(delete(PROMPT_DEFAULTS).where(here))
            connection.execute(insert(PROMPT_DEFAULTS).values(document_type=document_type, name=name, version=version))

    def remove_default(self, document_type: str) -> None:
        """See :meth:`core.stores.prompts.Prompts.remove_default`."""
        with self._database.write() as connection:
            connection.execute(delete(PROMPT_DEFAULTS).where(PROMPT_DEFAULTS.c.document_type == document_type))


def _prompt(row: Any) -> Prompt:
    examples = tuple(Example(**example) for example in row["examples"])
    return Prompt.model_validate({**row, "examples": examples})
