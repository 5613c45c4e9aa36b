"""Alerts, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from core.stores.alerts import Alert
from storage.database import Database
from storage.tables import ALERTS

_FIELDS = ("alert_id", "kind", "subject", "sentence", "began_at", "ended_at", "seen_at")
_COLUMNS = [ALERTS.c[name] for name in _FIELDS]


class SqlAlerts:
    """Implements :class:`core.stores.alerts.AlertStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, broken: Sequence[Alert], now: datetime) -> list[Alert]:
        """See :meth:`core.stores.alerts.AlertStore.hold`."""
        found = {(alert.kind, alert.subject): alert for alert in broken}
        with self._database.write() as connection:
            rows = connection.execute(select(ALERTS).where(ALERTS.c.ended_at.is_(None))).all()
            for row in rows:
                still = found.pop((row.kind, row.subject), None)
                change = {"sentence": still.sentence} if still else {"ended_at": now}
                if still is None or still.sentence != row.sentence:
                    connection.execute(update(ALERTS).where(ALERTS.c.alert_id == row.alert_id).values(**change))
            begun = list(found.values())
            if begun:
                connection.execute(insert(ALERTS), [{name: getattr(each, name) for name in _FIELDS} for each in begun])
        return begun

    def latest(self, limit: int = 100) -> list[Alert]:
        """See :meth:`core.stores.alerts.AlertStore.latest`."""
        query = select(*_COLUMNS).order_by(ALERTS.c.ended_at.is_not(None), ALERTS.c.began_at.desc()).limit(limit)
        with self._database.read() as connection:
            return [Alert(*row) for row in connection.execute(query)]

    def see(self, alert_ids: Sequence[str], now: datetime) -> None:
        """See :meth:`core.stores.alerts.AlertStore.see`."""
        mine = ALERTS.c.alert_id.in_(list(alert_ids)) & ALERTS.c.seen_at.is_(None)
        with self._database.write() as connection:
            connection.execute(update(ALERTS).where(mine).values(seen_at=now))
