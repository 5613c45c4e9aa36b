"""The person's choices: one row, changed under a lock."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, insert, select, update

from storage.database import Database
from storage.tables import SETTINGS

_NAME = "choices"
#: The key of PostgreSQL's advisory lock under which the row is changed: before the first change there is none to lock.
_LOCK = 7_205_112


class SqlSettings:
    """Implements :class:`core.stores.settings.SettingsStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """See :meth:`core.stores.settings.SettingsStore.version`."""
        with self._database.look() as connection:
            return connection.scalar(select(SETTINGS.c.version).where(SETTINGS.c.name == _NAME)) or 0

    def load(self) -> tuple[int, str | None]:
        """See :meth:`core.stores.settings.SettingsStore.load`."""
        with self._database.read() as connection:
            return _load(connection)

    def change(self, write: Callable[[str | None], str]) -> tuple[int, str]:
        """See :meth:`core.stores.settings.SettingsStore.change`."""
        with self._database.write(lock=_LOCK) as connection:
            version, before = _load(connection)
            after = write(before)
            row = {"version": version + 1, "value": after}
            if before is None:
                connection.execute(insert(SETTINGS).values(name=_NAME, **row))
            elif after != before:
                connection.execute(update(SETTINGS).where(SETTINGS.c.name == _NAME).values(row))
            else:
                return version, before
            return version + 1, after


def _load(connection: Connection) -> tuple[int, str | None]:
    row = connection.execute(select(SETTINGS.c.version, SETTINGS.c.value).where(SETTINGS.c.name == _NAME)).first()
    return (row.version, row.value) if row else (0, None)
