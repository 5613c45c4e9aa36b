"""Layouts of exports, by name."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from storage.database import Database
from storage.tables import EXPORT_LAYOUTS


class SqlLayouts:
    """Implements :class:`core.stores.layouts.LayoutStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def texts(self) -> dict[str, str]:
        """See :meth:`core.stores.layouts.LayoutStore.texts`."""
        query = select(EXPORT_LAYOUTS.c.name, EXPORT_LAYOUTS.c.layout).order_by(EXPORT_LAYOUTS.c.name)
        with self._database.read() as connection:
            return {row.name: row.layout for row in connection.execute(query)}

    def keep(self, name: str, text: str) -> None:
        """See :meth:`core.stores.layouts.LayoutStore.keep`."""
        with self._database.write() as connection:
            connection.execute(delete(EXPORT_LAYOUTS).where(EXPORT_LAYOUTS.c.name == name))
            connection.execute(insert(EXPORT_LAYOUTS).values(name=name, layout=text, changed_at=datetime.now(UTC)))

    def remove(self, name: str) -> None:
        """See :meth:`core.stores.layouts.LayoutStore.remove`."""
        with self._database.write() as connection:
            connection.execute(delete(EXPORT_LAYOUTS).where(EXPORT_LAYOUTS.c.name == name))
