"""Declared document types: every version of each, and which are in use."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update

from core.declared.definition import TypeDefinition
from storage.database import Database
from storage.tables import DOCUMENT_TYPES


class SqlTypes:
    """Implements :class:`core.stores.types.TypeStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> list[TypeDefinition]:
        """See :meth:`core.stores.types.TypeStore.newest`."""
        last = (
            select(DOCUMENT_TYPES.c.name, func.max(DOCUMENT_TYPES.c.version).label("version"))
            .where(~DOCUMENT_TYPES.c.retired)
            .group_by(DOCUMENT_TYPES.c.name)
            .subquery()
        )
        query = select(DOCUMENT_TYPES.c.definition).join(
            last, (DOCUMENT_TYPES.c.name == last.c.name) & (DOCUMENT_TYPES.c.version == last.c.version)
        )
        with self._database.look() as connection:
            found = [TypeDefinition.model_validate(row.definition) for row in connection.execute(query)]
        return sorted(found, key=lambda definition: definition.title.casefold())

    def get(self, name: str, version: int | None = None) -> TypeDefinition | None:
        """See :meth:`core.stores.types.TypeStore.get`."""
        query = select(DOCUMENT_TYPES.c.definition).where(DOCUMENT_TYPES.c.name == name)
        if version is None:
            query = query.where(~DOCUMENT_TYPES.c.retired).order_by(DOCUMENT_TYPES.c.version.desc()).limit(1)
        else:
            query = query.where(DOCUMENT_TYPES.c.version == version)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return TypeDefinition.model_validate(row.definition) if row else None

    def add(self, definition: TypeDefinition) -> TypeDefinition:
        """See :meth:`core.stores.types.TypeStore.add`."""
        own = DOCUMENT_TYPES.c.name == definition.name
        with self._database.write() as connection:
            newest = connection.execute(select(func.max(DOCUMENT_TYPES.c.version)).where(own)).scalar_one()
            stored = definition.model_copy(update={"version": (newest or 0) + 1})
            connection.execute(
                insert(DOCUMENT_TYPES).values(
                    name=stored.name,
                    version=stored.version,
                    definition=stored.model_dump(mode="json"),
                    created_at=datetime.now(UTC),
                    retired=False,
                )
            )
        return stored

    def retire(self, name: str) -> None:
        """See :meth:`core.stores.types.TypeStore.retire`."""
        with self._database.write() as connection:
            connection.execute(update(DOCUMENT_TYPES).where(DOCUMENT_TYPES.c.name == name).values(retired=True))
