"""The trail as rows that only grow: the database itself refuses to change or drop one (triggers of its migration)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Select, insert, or_, select

from core.stores.trail import Action, TrailEvent
from storage.database import Database
from storage.tables import TRAIL

_COLUMNS = [TRAIL.c[name] for name in TrailEvent.__dataclass_fields__]
#: Rows that are written in one go.
_BATCH = 1000


class SqlTrail:
    """Implements :class:`core.stores.trail.Trail` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Iterable[TrailEvent]) -> None:
        """See :meth:`core.stores.trail.Trail.add`."""
        now, waiting = datetime.now(UTC), iter(events)
        first = next(waiting, None)
        if first is None:
            return
        with self._database.write() as connection:
            batch = [first, *islice(waiting, _BATCH - 1)]
            while batch:
                connection.execute(insert(TRAIL), [_row(event, now) for event in batch])
                batch = list(islice(waiting, _BATCH))

    def of_order(self, order_id: int, document: str | None = None, run_id: str | None = None) -> list[TrailEvent]:
        """See :meth:`core.stores.trail.Trail.of_order`."""
        mine = [TRAIL.c.order_id == order_id]
        if document is not None:
            mine.append((TRAIL.c.document == document) & TRAIL.c.order_id.is_(None) & TRAIL.c.run_id.is_(None))
        if run_id is not None:
            mine.append((TRAIL.c.run_id == run_id) & TRAIL.c.order_id.is_(None))
        return self._events(select(*_COLUMNS).where(or_(*mine)).order_by(TRAIL.c.event_id))

    def of_document(self, document: str) -> list[TrailEvent]:
        """See :meth:`core.stores.trail.Trail.of_document`."""
        return self._events(select(*_COLUMNS).where(TRAIL.c.document == document).order_by(TRAIL.c.event_id))

    def of_action(self, action: Action, limit: int = 50) -> list[TrailEvent]:
        """See :meth:`core.stores.trail.Trail.of_action`."""
        mine = select(*_COLUMNS).where(TRAIL.c.action == action)
        return self._events(mine.order_by(TRAIL.c.event_id.desc()).limit(limit))

    def latest(self, limit: int = 200) -> list[TrailEvent]:
        """See :meth:`core.stores.trail.Trail.latest`."""
        return self._events(select(*_COLUMNS).order_by(TRAIL.c.event_id.desc()).limit(limit))

    def _events(self, chosen: Select[tuple[object, ...]]) -> list[TrailEvent]:
        with self._database.read() as connection:
            return [TrailEvent(**row) for row in connection.execute(chosen).mappings()]


def _row(event: TrailEvent, now: datetime) -> dict[str, object]:
    row = {name: getattr(event, name) for name in TrailEvent.__dataclass_fields__}
    return row | {"at": now, "told": dict(event.told)}
