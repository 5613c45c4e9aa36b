"""Documents that were drawn for a spot check, a row a run; what people made of them stands in ledger, records and Inbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from core.schema.fields import FieldKind
from core.stores.spot_checks import SpotCheck
from storage.database import Database
from storage.ledger import type_of_run
from storage.tables import DOCUMENT, FIELD_VALUES, HEADER, INBOX_ITEMS, SPOT_CHECKS

_CHECK = SPOT_CHECKS.c


class SqlSpotChecks:
    """Implements :class:`core.stores.spot_checks.SpotCheckStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, run_id: str, document: str, sure: float) -> None:
        """See :meth:`core.stores.spot_checks.SpotCheckStore.note`."""
        row = {"run_id": run_id, "document": document, "at": datetime.now(UTC), "sure": sure}
        with self._database.write() as connection:
            connection.execute(delete(SPOT_CHECKS).where(_CHECK.run_id == run_id))
            connection.execute(insert(SPOT_CHECKS).values(row))

    def all(self) -> list[SpotCheck]:
        """See :meth:`core.stores.spot_checks.SpotCheckStore.all`."""
        with self._database.read() as connection:
            latest = select(_CHECK.run_id, _CHECK.document, _CHECK.at, _CHECK.sure).order_by(_CHECK.at.desc())
            found: dict[str, SpotCheck] = {}
            for row in connection.execute(latest):
                found.setdefault(row.document, SpotCheck(*row))
            runs = [check.run_id for check in found.values()]
            reviewed, rejected = _reviewed(connection), _rejected(connection)
            changed = _changed(connection, [run for run in runs if run in reviewed])
        return [
            SpotCheck(one.run_id, one.document, one.at, one.sure, *_told(one.run_id, reviewed, changed, rejected))
            for one in found.values()
        ]


def _told(
    run: str, reviewed: Collection[str], changed: dict[str, frozenset[FieldKind]], rejected: Collection[str]
) -> tuple[bool, frozenset[FieldKind], bool]:
    return run in reviewed, changed.get(run, frozenset()), run in rejected


def _reviewed(connection: Connection) -> set[str]:
    """Those of the runs that were drawn whose record a person approved."""
    value = FIELD_VALUES.c
    saved = select(value.run_id).join(SPOT_CHECKS, _CHECK.run_id == value.run_id).distinct()
    return {
        run
        for table in (HEADER, DOCUMENT)
        for run in connection.scalars(
            saved.join(table, table.c.order_id == value.order_id).where(table.c.status == "reviewed")
        )
    }


def _rejected(connection: Connection) -> set[str]:
    item = INBOX_ITEMS.c
    drawn = select(item.run_id).join(SPOT_CHECKS, _CHECK.run_id == item.run_id)
    return set(connection.scalars(drawn.where(item.state == "rejected")))


def _changed(connection: Connection, runs: Iterable[str]) -> dict[str, frozenset[FieldKind]]:
    """The kinds of the values that people changed."""
    value = FIELD_VALUES.c
    mine = select(value.run_id, value.path).join(SPOT_CHECKS, _CHECK.run_id == value.run_id)
    changed: dict[str, list[str]] = {}
    for run, path in connection.execute(mine.where(value.changed.is_(True)).order_by(value.run_id, value.path)):
        changed.setdefault(run, []).append(path)
    found = {}
    for run in runs:
        if run in changed:
            kind = type_of_run(connection, run)
            found[run] = frozenset(kind.field_of(path).kind for path in changed[run])
    return found
