"""What is held back of a hard budget for the calls in flight of every process: a row a call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import String, bindparam, delete, insert, select

from core.stores.holds import Cap, Over
from storage.columns import Moment, summed, total
from storage.database import Database
from storage.tables import CALLS, HOLDS

#: The key of PostgreSQL's advisory lock under which a call is let through.
_LOCK = 7_205_113

_LAPSED = delete(HOLDS).where(HOLDS.c.until <= bindparam("now", type_=Moment))
_KEPT = insert(HOLDS)
_RELEASED = delete(HOLDS).where(HOLDS.c.hold_id == bindparam("hold", type_=String))


class SqlHolds:
    """Implements :class:`core.stores.holds.Holds` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Every call to a model waits for these: they are made once.
        kind = database.dialect
        self._held = select(total(HOLDS.c.dollars, kind))
        self._spent = select(total(CALLS.c.cost, kind)).where(CALLS.c.at >= bindparam("since", type_=Moment))

    def hold(
        self, hold_id: str, dollars: Decimal, caps: Sequence[Cap], now: datetime, longest: timedelta
    ) -> Over | None:
        """See :meth:`core.stores.holds.Holds.hold`."""
        with self._database.write(lock=_LOCK) as connection:
            connection.execute(_LAPSED, {"now": now})
            # Before the books: a call that ends between the two sums is then in both, never in neither.
            held = summed(connection.scalar(self._held))
            for cap in caps:
                spent = summed(connection.scalar(self._spent, {"since": cap.since}))
                if spent + held + dollars > cap.dollars:
                    return Over(cap, spent, spent + dollars > cap.dollars or not held)
            connection.execute(_KEPT, {"hold_id": hold_id, "dollars": dollars, "until": now + longest})
        return None

    def release(self, hold_id: str) -> None:
        """See :meth:`core.stores.holds.Holds.release`."""
        with self._database.write() as connection:
            connection.execute(_RELEASED, {"hold": hold_id})
