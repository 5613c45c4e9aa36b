"""What a workbook still lacks, noted in the transaction that saves the order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from core.stores.pending import PendingRows
from storage.database import Database
from storage.tables import WORKBOOK_PENDING


class SqlPending:
    """Implements :class:`core.stores.pending.Pending` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, order_id: int, workbook: Path) -> bool:
        """See :meth:`core.stores.pending.Pending.note`."""
        row = {"order_id": order_id, "workbook": str(workbook)}
        with self._database.write() as connection:
            known = connection.execute(delete(WORKBOOK_PENDING).filter_by(**row)).rowcount
            connection.execute(insert(WORKBOOK_PENDING).values(row | {"at": datetime.now(UTC)}))
            return not known

    def done(self, order_id: int, workbook: Path, at: datetime | None = None) -> None:
        """See :meth:`core.stores.pending.Pending.done`."""
        gone = delete(WORKBOOK_PENDING).filter_by(order_id=order_id, workbook=str(workbook))
        with self._database.write() as connection:
            connection.execute(gone if at is None else gone.filter_by(at=at))

    def all(self) -> list[PendingRows]:
        """See :meth:`core.stores.pending.Pending.all`."""
        with self._database.read() as connection:
            found = connection.execute(select(WORKBOOK_PENDING).order_by(*WORKBOOK_PENDING.primary_key))
            return [PendingRows(row.order_id, Path(row.workbook), row.at) for row in found]
