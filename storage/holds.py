"""What is held back of a hard budget for the calls in flight of every process: a row a call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, insert, select

from core.stores.holds import Cap, Over
from storage.columns import summed, total
from storage.database import Database
from storage.tables import CALLS, HOLDS

#: The key of PostgreSQL's advisory lock under which a call is let through.
_LOCK = 7_205_113


class SqlHolds:
    """Implements :class:`core.stores.holds.Holds` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(
        self, hold_id: str, dollars: Decimal, caps: Sequence[Cap], now: datetime, longest: timedelta
    ) -> Over | None:
        """See :meth:`core.stores.holds.Holds.hold`."""
        kind = self._database.dialect
        with self._database.write(lock=_LOCK) as connection:
            connection.execute(delete(HOLDS).where(HOLDS.c.until <= now))
            # Before the books: a call that ends between the two sums is then in both, never in neither.
            held = summed(connection.scalar(select(total(HOLDS.c.dollars, kind))))
            for cap in caps:
                spent = summed(connection.scalar(select(total(CALLS.c.cost, kind)).where(CALLS.c.at >= cap.since)))
                if spent + held + dollars > cap.dollars:
                    return Over(cap, spent, spent + dollars > cap.dollars or not held)
            connection.execute(insert(HOLDS).values(hold_id=hold_id, dollars=dollars, until=now + longest))
        return None

    def release(self, hold_id: str) -> None:
        """See :meth:`core.stores.holds.Holds.release`."""
        with self._database.write() as connection:
            connection.execute(delete(HOLDS).where(HOLDS.c.hold_id == hold_id))
