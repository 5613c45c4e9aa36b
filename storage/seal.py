"""The key under which hosts seal what they tell each other. It lies in the database alone, and what it seals never does."""

from __future__ import annotations

import base64
import secrets

from sqlalchemy import select

from storage.database import Database, insert_new
from storage.tables import SEALS

_NAME = "passwords"


class SqlSeal:
    """Keeps the key, made when it is first asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    def key(self) -> bytes:
        """The key: 32 bytes, base64 as URLs have it."""
        if self._key is None:
            fresh = base64.urlsafe_b64encode(secrets.token_bytes(32))
            with self._database.write() as connection:
                connection.execute(insert_new(connection, SEALS).values(name=_NAME, key=fresh))
                mine = select(SEALS.c.key).where(SEALS.c.name == _NAME)
                self._key = bytes(connection.execute(mine).scalar_one())
        return self._key
