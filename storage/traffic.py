"""The calls to providers under way in every process, and the circuits of the providers: a row each. All of it is judged by
one clock, the database's."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, Float, String, and_, bindparam, delete, insert, or_, select, update

from core.stores.traffic import ASTRAY, LEASE, MINUTE, PATIENCE, CallNote, Circuit, Limits, NotNow, Outcome, Road
from storage.database import Database, clock_of
from storage.tables import CIRCUITS, UNDER_WAY

#: The key of PostgreSQL's advisory lock under which calls begin and end.
_LOCK = 7_205_114

# A call to a model waits for these: they are made once.
_CALL, _LINE, _NOW = bindparam("call", type_=String), bindparam("at", type_=String), bindparam("now", type_=Float)
_MINE = UNDER_WAY.c.call_id == _CALL
#: The calls of a line that run or wait; ``until`` tells those that nobody renewed.
_KNOWN = select(UNDER_WAY.c.call_id, UNDER_WAY.c.asked, UNDER_WAY.c.begun, UNDER_WAY.c.trial, UNDER_WAY.c.until).where(
    UNDER_WAY.c.line == _LINE, UNDER_WAY.c.until > 0
)
_LATELY = (
    select(UNDER_WAY.c.begun)
    .where(UNDER_WAY.c.line == _LINE, UNDER_WAY.c.begun > _NOW - MINUTE)
    .order_by(UNDER_WAY.c.begun.desc())
)
_CIRCUIT = select(CIRCUITS.c.failed, CIRCUITS.c.opened).where(CIRCUITS.c.line == _LINE)
#: Calls that count no longer: neither as under way nor in their minute, or noted by a clock that was put back since.
_OVER = delete(UNDER_WAY).where(
    or_(
        and_(UNDER_WAY.c.until <= _NOW, or_(~UNDER_WAY.c.counted, UNDER_WAY.c.begun <= _NOW - MINUTE)),
        UNDER_WAY.c.asked > _NOW + ASTRAY,
        UNDER_WAY.c.begun > _NOW + ASTRAY,
    )
)
_GIVEN_UP = delete(UNDER_WAY).where(_MINE)
_ENDED = delete(UNDER_WAY).where(_MINE, ~UNDER_WAY.c.counted).returning(UNDER_WAY.c.trial)
_ENDED_AND_COUNTS_ON = update(UNDER_WAY).where(_MINE).values(until=0.0).returning(UNDER_WAY.c.trial)
_BEGUN = insert(UNDER_WAY)


class SqlTraffic:
    """Implements :class:`core.stores.traffic.Traffic` on SQLite and PostgreSQL."""

    def __init__(self, database: Database, lease: float = LEASE, clock: Callable[[], float] | None = None) -> None:
        """``lease`` is in seconds; ``clock`` stands in for the database's own (seconds since the epoch)."""
        self._database = database
        self._lease = lease
        self._clock = clock

    def begin(self, line: str, call_id: str, limits: Limits) -> NotNow | None:
        """See :meth:`core.stores.traffic.Traffic.begin`."""
        with self._database.write(lock=_LOCK, lasting=False) as connection:
            now = self._now(connection)
            road = _road(connection, line, limits, now)
            note, not_now = road.ask(call_id, limits, now)
            if any(known.call_id == call_id for known in road.notes):  # it waited
                connection.execute(_GIVEN_UP, {"call": call_id})
            if not_now is None or not_now.why != "paused":
                until = now + (not_now.seconds + PATIENCE if not_now else self._lease)
                counted = not_now is None and limits.per_minute > 0
                row = {"call_id": call_id, "line": line, "asked": note.asked, "begun": note.begun, "trial": note.trial}
                connection.execute(_BEGUN, row | {"until": until, "counted": counted})
        return not_now

    def renew(self, call_ids: Collection[str]) -> None:
        """See :meth:`core.stores.traffic.Traffic.renew`."""
        held = UNDER_WAY.c.call_id.in_(call_ids) & (UNDER_WAY.c.begun > 0) & (UNDER_WAY.c.until > 0)
        with self._database.write(lasting=False) as connection:
            connection.execute(update(UNDER_WAY).where(held).values(until=self._now(connection) + self._lease))

    def end(self, line: str, call_id: str, outcome: Outcome) -> None:
        """See :meth:`core.stores.traffic.Traffic.end`."""
        mine = {"call": call_id}
        with self._database.write(lock=_LOCK, lasting=False) as connection:
            ended = connection.execute(_ENDED, mine).one_or_none()
            ended = ended or connection.execute(_ENDED_AND_COUNTS_ON, mine).one_or_none()
            before = _circuit(connection, line)
            after = before.after(outcome, ended is not None and ended.trial, self._now(connection))
            if after != before:
                connection.execute(delete(CIRCUITS).where(CIRCUITS.c.line == line))
                if after != Circuit():
                    connection.execute(insert(CIRCUITS).values(line=line, failed=after.failed, opened=after.opened))

    def _now(self, connection: Connection) -> float:
        return self._clock() if self._clock else clock_of(connection)


def _road(connection: Connection, line: str, limits: Limits, now: float) -> Road:
    rows = connection.execute(_KNOWN, {"at": line}).all()
    if limits.per_minute or any(row.until <= now or max(row.asked, row.begun) > now + ASTRAY for row in rows):
        connection.execute(_OVER, {"now": now})
        rows = connection.execute(_KNOWN, {"at": line}).all()
    begun: list[float] = []
    if limits.per_minute:
        begun = list(connection.scalars(_LATELY.limit(limits.per_minute), {"at": line, "now": now}))
    notes = [CallNote(row.call_id, row.asked, row.begun, row.trial) for row in rows if row.until > now]
    return Road(_circuit(connection, line), notes, begun)


def _circuit(connection: Connection, line: str) -> Circuit:
    row = connection.execute(_CIRCUIT, {"at": line}).one_or_none()
    return Circuit(*row) if row else Circuit()
