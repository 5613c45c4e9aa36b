"""Lists of records that people keep by name, as rows."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from core.stores.views import RecordView
from storage.database import Database
from storage.tables import VIEWS


class SqlViews:
    """Implements :class:`core.stores.views.ViewStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, owner: str) -> list[RecordView]:
        """See :meth:`core.stores.views.ViewStore.of`."""
        mine = select(VIEWS).where(VIEWS.c.owner.in_(("", owner)))
        with self._database.read() as connection:
            rows = connection.execute(mine)
            found = [RecordView(row.name, row.address, row.owner) for row in rows]
        return sorted(found, key=lambda view: (view.name.casefold(), view.owner))

    def keep(self, view: RecordView) -> None:
        """See :meth:`core.stores.views.ViewStore.keep`."""
        row = {"owner": view.owner, "name": view.name, "address": dict(view.address), "changed_at": datetime.now(UTC)}
        with self._database.write() as connection:
            connection.execute(delete(VIEWS).filter_by(owner=view.owner, name=view.name))
            connection.execute(insert(VIEWS).values(row))

    def remove(self, name: str, owner: str) -> None:
        """See :meth:`core.stores.views.ViewStore.remove`."""
        with self._database.write() as connection:
            connection.execute(delete(VIEWS).filter_by(owner=owner, name=name))
