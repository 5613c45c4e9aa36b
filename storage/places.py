"""What belongs to a place (where documents lie) and is to belong to another: its documents were brought there."""

from __future__ import annotations

from sqlalchemy import update

from storage.database import Database
from storage.tables import INBOX_BATCHES, INBOX_ITEMS, JOBS


def move_place(database: Database, before: str, after: str) -> None:
    """Have the jobs and the Inbox of a place belong to another. Raises StorageError."""
    with database.write() as connection:
        for table in (JOBS, INBOX_ITEMS, INBOX_BATCHES):
            if "place" in table.c:
                connection.execute(update(table).where(table.c.place == before).values(place=after))
