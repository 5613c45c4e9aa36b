"""The calls to providers under way in every process, and the circuits of the providers: a row each. All of it is judged by
one clock, the database's."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from core.stores.traffic import ASTRAY, LEASE, MINUTE, PATIENCE, CallNote, Circuit, Limits, NotNow, Outcome, Road
from storage.database import Database, clock_of
from storage.tables import CIRCUITS, UNDER_WAY

#: The key of PostgreSQL's advisory lock under which calls begin and end.
_LOCK = 7_205_114

_NOTE = (UNDER_WAY.c.call_id, UNDER_WAY.c.asked, UNDER_WAY.c.begun, UNDER_WAY.c.trial)


class SqlTraffic:
    """Implements :class:`core.stores.traffic.Traffic` on SQLite and PostgreSQL."""

    def __init__(self, database: Database, lease: float = LEASE, clock: Callable[[], float] | None = None) -> None:
        """``lease`` is in seconds; ``clock`` stands in for the database's own (seconds since the epoch)."""
        self._database = database
        self._lease = lease
        self._clock = clock

    def begin(self, line: str, call_id: str, limits: Limits) -> NotNow | None:
        """See :meth:`core.stores.traffic.Traffic.begin`."""
        with self._database.write(lock=_LOCK) as connection:
            now = self._now(connection)
            connection.execute(delete(UNDER_WAY).where(_over(now)))
            road = _road(connection, line, limits, now)
            note, not_now = road.ask(call_id, limits, now)
            if any(known.call_id == call_id for known in road.notes):  # it waited
                connection.execute(delete(UNDER_WAY).where(UNDER_WAY.c.call_id == call_id))
            if not_now is None or not_now.why != "paused":
                until = now + (not_now.seconds + PATIENCE if not_now else self._lease)
                connection.execute(
                    insert(UNDER_WAY).values(
                        call_id=call_id,
                        line=line,
                        asked=note.asked,
                        begun=note.begun,
                        until=until,
                        trial=note.trial,
                        counted=limits.per_minute > 0,
                    )
                )
        return not_now

    def renew(self, call_ids: Collection[str]) -> None:
        """See :meth:`core.stores.traffic.Traffic.renew`."""
        held = UNDER_WAY.c.call_id.in_(call_ids) & (UNDER_WAY.c.begun > 0) & (UNDER_WAY.c.until > 0)
        with self._database.write() as connection:
            connection.execute(update(UNDER_WAY).where(held).values(until=self._now(connection) + self._lease))

    def end(self, line: str, call_id: str, outcome: Outcome) -> None:
        """See :meth:`core.stores.traffic.Traffic.end`."""
        mine = UNDER_WAY.c.call_id == call_id
        with self._database.write(lock=_LOCK) as connection:
            gone = delete(UNDER_WAY).where(mine, ~UNDER_WAY.c.counted).returning(UNDER_WAY.c.trial)
            counts_on = update(UNDER_WAY).where(mine).values(until=0.0).returning(UNDER_WAY.c.trial)
            ended = connection.execute(gone).one_or_none() or connection.execute(counts_on).one_or_none()
            before = _circuit(connection, line)
            after = before.after(outcome, ended is not None and ended.trial, self._now(connection))
            if after != before:
                connection.execute(delete(CIRCUITS).where(CIRCUITS.c.line == line))
                if after != Circuit():
                    connection.execute(insert(CIRCUITS).values(line=line, failed=after.failed, opened=after.opened))

    def _now(self, connection: Connection) -> float:
        return self._clock() if self._clock else clock_of(connection)


def _over(now: float) -> ColumnElement[bool]:
    """The calls that count no longer: neither as under way nor in their minute, or noted by a clock that was put back."""
    astray = or_(UNDER_WAY.c.asked > now + ASTRAY, UNDER_WAY.c.begun > now + ASTRAY)
    ended = and_(UNDER_WAY.c.until <= now, or_(~UNDER_WAY.c.counted, UNDER_WAY.c.begun <= now - MINUTE))
    return or_(astray, ended)


def _road(connection: Connection, line: str, limits: Limits, now: float) -> Road:
    mine = UNDER_WAY.c.line == line
    rows = connection.execute(select(*_NOTE).where(mine, UNDER_WAY.c.until > now)).all()
    begun: list[float] = []
    if limits.per_minute:
        lately = select(UNDER_WAY.c.begun).where(mine, UNDER_WAY.c.begun > now - MINUTE)
        begun = list(connection.scalars(lately.order_by(UNDER_WAY.c.begun.desc()).limit(limits.per_minute)))
    return Road(_circuit(connection, line), [CallNote(*row) for row in rows], begun)


def _circuit(connection: Connection, line: str) -> Circuit:
    row = connection.execute(select(CIRCUITS.c.failed, CIRCUITS.c.opened).where(CIRCUITS.c.line == line)).one_or_none()
    return Circuit(*row) if row else Circuit()
