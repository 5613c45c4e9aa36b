"""What came in, in rows: found, counted and queued by the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from core.errors import StorageError
from core.extraction import PageRef
from core.jobs.queue import Lane
from core.stores.inbox import (
    SORTS,
    Batch,
    BatchReport,
    Ending,
    InboxItem,
    InboxPage,
    InboxQuery,
    ItemState,
)
from storage.columns import sortable, summed, total
from storage.database import Database
from storage.keys import fold, search_terms
from storage.tables import DOCUMENT, INBOX_BATCHES, INBOX_ITEMS, JOBS, ORIGIN

#: The key of PostgreSQL's advisory lock under which items are taken (any constant of our own): how many are under way is counted.
_TAKING = 7_205_114
#: Rows that one statement names at most: databases bound how many.
_AT_ONCE = 500
_FIELDS = tuple(each.name for each in fields(InboxItem))
_COLUMNS = [INBOX_ITEMS.c[name] for name in _FIELDS]
#: States in the order in which somebody is needed.
_URGENCY = ("failed", "needs review", "waiting", "reading", "approved", "saved", "rejected")
_ITEM = INBOX_ITEMS.c
_QUEUED = and_(_ITEM.step.in_(("open", "read")), _ITEM.job_id.is_(None))


class SqlInbox:
    """Implements :class:`core.stores.inbox.InboxStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database, place: str = "") -> None:
        """Only items of the same ``place`` (a data folder, where their files lie) are seen."""
        self._database = database
        self._place = place
        self._listed = _ITEM.place == place
        # The same, as nothing that an index is looked up by: where other columns find the few rows that are meant, those of this
        # place are all.
        self._here = _ITEM.place.concat("") == place

    # --- items -----------------------------------------------------------------------------------------------------

    def add(self, items: Sequence[InboxItem], instead_of: str | None = None) -> None:
        """See :meth:`core.stores.inbox.InboxStore.add`."""
        rows = [_row(item) | {"place": self._place} for item in items]
        with self._database.write() as connection:
            if instead_of is not None:
                connection.execute(delete(INBOX_ITEMS).where(_ITEM.item_id == instead_of))
            if rows:
                connection.execute(insert(INBOX_ITEMS), rows)

    def put(self, items: Sequence[InboxItem]) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.put`."""
        if not items:
            return []
        kept = []
        # What is on its way is taken up again after a crash, whatever was noted of it.
        with self._database.write(lasting=not all(item.active for item in items)) as connection:
            for item in items:
                now = replace(item, version=item.version + 1, changed_at=datetime.now(UTC))
                same = (_ITEM.item_id == item.item_id) & (_ITEM.version == item.version)
                if connection.execute(update(INBOX_ITEMS).where(same).values(_row(now))).rowcount:
                    kept.append(now)
        return kept

    def remove(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.remove`."""
        with self._database.write() as connection:
            found = list(self._some(connection, item_ids))
            for part in _parts([item.item_id for item in found]):
                connection.execute(delete(INBOX_ITEMS).where(_ITEM.item_id.in_(part)))
        return found

    def get(self, item_id: str) -> InboxItem | None:
        """See :meth:`core.stores.inbox.InboxStore.get`."""
        return next(iter(self.some([item_id])), None)

    def some(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.some`."""
        with self._database.read() as connection:
            return list(self._some(connection, item_ids))

    def _some(self, connection: Connection, item_ids: Sequence[str]) -> Iterator[InboxItem]:
        found: dict[str, InboxItem] = {}
        for part in _parts(item_ids):
            rows = connection.execute(select(*_COLUMNS).where(self._here, _ITEM.item_id.in_(part)))
            found |= {row.item_id: _item(row) for row in rows}
        return (found[item_id] for item_id in dict.fromkeys(item_ids) if item_id in found)

    def of_documents(self, documents: Sequence[str]) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.of_documents`."""
        found = [item for part in _parts(documents) for item in self._where(_ITEM.document.in_(part))]
        return sorted(found, key=lambda item: (item.arrived_at, item.item_id))

    def of_run(self, run_id: str) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.of_run`."""
        return self._where(or_(_ITEM.run_id == run_id, _ITEM.job_id == run_id))

    def of_order(self, order_id: int) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.of_order`."""
        return self._where(_ITEM.order_id == order_id)

    def recorded(self, documents: Sequence[str]) -> dict[str, int]:
        """See :meth:`core.stores.inbox.InboxStore.recorded`."""
        found: dict[str, int] = {}
        with self._database.read() as connection:
            for part in _parts(documents):
                for table in (ORIGIN, DOCUMENT):
                    latest = select(table.c.document, func.max(table.c.order_id)).where(table.c.document.in_(part))
                    for document, order_id in connection.execute(latest.group_by(table.c.document)):
                        found[document] = max(order_id, found.get(document, 0))
        return found

    def _where(self, which: ColumnElement[bool]) -> list[InboxItem]:
        query = select(*_COLUMNS).where(self._here, which).order_by(_ITEM.arrived_at, _ITEM.item_id)
        with self._database.read() as connection:
            return [_item(row) for row in connection.execute(query)]

    # --- lists -----------------------------------------------------------------------------------------------------

    def search(self, query: InboxQuery) -> InboxPage:
        """See :meth:`core.stores.inbox.InboxStore.search`."""
        conditions = list(self._conditions(query))
        chosen = self._sorted(query, select(_ITEM.item_id).where(*conditions))
        with self._database.read() as connection:
            count = connection.execute(select(func.count()).select_from(INBOX_ITEMS).where(*conditions)).scalar_one()
            page = chosen.limit(query.size).offset(query.page * query.size)
            ids = list(connection.execute(page).scalars())
            return InboxPage(tuple(self._some(connection, ids)), count)

    def ids(self, query: InboxQuery, most: int) -> list[str]:
        """See :meth:`core.stores.inbox.InboxStore.ids`."""
        chosen = self._sorted(query, select(_ITEM.item_id).where(*self._conditions(query))).limit(most)
        with self._database.read() as connection:
            return list(connection.execute(chosen).scalars())

    def counts(self, query: InboxQuery) -> dict[ItemState, int]:
        """See :meth:`core.stores.inbox.InboxStore.counts`."""
        conditions = list(self._conditions(replace(query, states=())))
        # An index of the states alone would lead to every row that is narrowed by something else.
        state = _ITEM.state if len(conditions) == 1 else _ITEM.state.concat("").label("state")
        grouped = select(state, func.count().label("found")).where(*conditions).group_by(state)
        with self._database.read() as connection:
            return {row.state: row.found for row in connection.execute(grouped)}

    def choices(self, column: Literal["type_name", "vendor", "who"], most: int = 200) -> list[str]:
        """See :meth:`core.stores.inbox.InboxStore.choices`."""
        key = _ITEM.vendor_key if column == "vendor" else _ITEM[column]
        shown = func.max(_ITEM[column])
        grouped = select(shown).where(self._listed, key != "").group_by(key).order_by(func.count().desc(), key)
        with self._database.read() as connection:
            return list(connection.execute(grouped.limit(most)).scalars())

    def _conditions(self, query: InboxQuery) -> Iterator[ColumnElement[bool]]:
        yield self._listed
        position = func.instr if self._database.dialect == "sqlite" else func.strpos
        for term in search_terms(query.text):
            yield position(_ITEM.haystack, term) > 0
        if query.states:
            yield _ITEM.state.in_(query.states)
        if query.vendor is not None:
            yield _ITEM.vendor_key == fold(query.vendor)
        for column, wanted in (("type_name", query.type_name), ("batch_id", query.batch_id), ("who", query.who)):
            if wanted is not None:
                yield _ITEM[column] == wanted

    def _sorted(self, query: InboxQuery, chosen: Select[Any]) -> Select[Any]:
        """In the query's order: what is empty comes last either way, and what came together in the order in which it did."""
        if query.sort not in SORTS:
            raise StorageError(f"The Inbox cannot be sorted by “{query.sort}”: use {', '.join(SORTS)}.")
        key: ColumnElement[Any] = {"name": _ITEM.name_key, "vendor": _ITEM.vendor_key}.get(
            query.sort, _ITEM[query.sort]
        )
        if query.sort == "state":
            key = case({state: place for place, state in enumerate(_URGENCY)}, value=_ITEM.state)
        elif query.sort in ("vendor", "who", "type_name"):
            key = func.nullif(key, "")
        key = sortable(key, self._database.dialect)
        # These are never empty, and an index has their order.
        plain = query.sort in ("arrived_at", "changed_at")
        directed = key.desc() if query.descending else key.asc()
        return chosen.order_by(directed if plain else directed.nulls_last(), _ITEM.item_id)

    # --- the queue -------------------------------------------------------------------------------------------------

    def take(self, lane: Lane, most: int) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.take`."""
        here = and_(self._here, _ITEM.lane == lane)
        waits = select(_ITEM.item_id).where(here, _QUEUED)
        with self._database.read() as connection:
            if connection.execute(waits.limit(1)).first() is None:
                return []
        under_way = select(func.count()).select_from(INBOX_ITEMS).where(here, _ITEM.job_id.is_not(None))
        with self._database.write(lock=_TAKING, lasting=False) as connection:
            free = most - connection.execute(under_way).scalar_one()
            if free <= most // 2 - 1:  # a few at once cost little more than one
                return []
            next_ones = waits.order_by(_ITEM.arrived_at, _ITEM.item_id).limit(free).with_for_update()
            taken = []
            for item in self._some(connection, list(connection.execute(next_ones).scalars())):
                now = replace(item, job_id=uuid.uuid4().hex, changed_at=datetime.now(UTC), version=item.version + 1)
                connection.execute(update(INBOX_ITEMS).where(_ITEM.item_id == item.item_id).values(_row(now)))
                taken.append(now)
        return taken

    def endings(self, unknown_for: float) -> list[Ending]:
        """See :meth:`core.stores.inbox.InboxStore.endings`."""
        since = datetime.now(UTC) - timedelta(seconds=unknown_for)
        ended = or_(JOBS.c.ended > 0, and_(JOBS.c.job_id.is_(None), _ITEM.changed_at < since))
        query = (
            select(*_COLUMNS, JOBS.c.state.label("job_state"), JOBS.c.error.label("job_error"))
            .join(JOBS, JOBS.c.job_id == _ITEM.job_id, isouter=True)
            .where(self._here, _ITEM.job_id.is_not(None), ended)
        )
        with self._database.read() as connection:
            return [Ending(_item(row), row.job_state, row.job_error) for row in connection.execute(query)]

    def is_idle(self) -> bool:
        """See :meth:`core.stores.inbox.InboxStore.is_idle`."""
        with self._database.read() as connection:
            # Two questions, each of which an index answers.
            for active in (_ITEM.job_id > "", and_(_ITEM.lane.in_(_LANES), _QUEUED)):
                if connection.execute(select(_ITEM.item_id).where(self._here, active).limit(1)).first():
                    return False
        return True

    # --- batches ---------------------------------------------------------------------------------------------------

    def keep_batch(self, batch: Batch) -> None:
        """See :meth:`core.stores.inbox.InboxStore.keep_batch`."""
        row = {
            "name": batch.name,
            "arrived_at": batch.arrived_at,
            "who": batch.who,
            "again": list(batch.again),
        }
        known = INBOX_BATCHES.c.batch_id == batch.batch_id
        with self._database.write() as connection:
            if not connection.execute(update(INBOX_BATCHES).where(known).values(row)).rowcount:
                row |= {"batch_id": batch.batch_id, "place": self._place}
                connection.execute(insert(INBOX_BATCHES).values(row))

    def reports(self, limit: int = 20) -> list[BatchReport]:
        """See :meth:`core.stores.inbox.InboxStore.reports`."""
        latest = select(INBOX_BATCHES).where(INBOX_BATCHES.c.place == self._place)
        latest = latest.order_by(INBOX_BATCHES.c.arrived_at.desc(), INBOX_BATCHES.c.batch_id).limit(limit)
        with self._database.read() as connection:
            return self._reports(connection, [_batch(row) for row in connection.execute(latest)])

    def report(self, batch_id: str) -> BatchReport | None:
        """See :meth:`core.stores.inbox.InboxStore.report`."""
        chosen = select(INBOX_BATCHES).where(INBOX_BATCHES.c.place == self._place, INBOX_BATCHES.c.batch_id == batch_id)
        with self._database.read() as connection:
            found = self._reports(connection, [_batch(row) for row in connection.execute(chosen)])
        return next(iter(found), None)

    def _reports(self, connection: Connection, batches: Sequence[Batch]) -> list[BatchReport]:
        grouped = (
            select(
                _ITEM.batch_id,
                _ITEM.state,
                func.count().label("found"),
                func.sum(case((or_(_ITEM.step != "", _ITEM.job_id.is_not(None)), 1), else_=0)).label("active"),
                func.sum(case((_ITEM.verdict == "approved", 1), else_=0)).label("unseen"),
                func.sum(_ITEM.seconds).label("seconds"),
                total(_ITEM.cost, self._database.dialect).label("cost"),
                func.max(_ITEM.changed_at).label("changed_at"),
            )
            .where(self._here, _ITEM.batch_id.in_([batch.batch_id for batch in batches]))
            .group_by(_ITEM.batch_id, _ITEM.state)
        )
        rows: dict[str, list[Any]] = {}
        for row in connection.execute(grouped):
            rows.setdefault(row.batch_id, []).append(row)
        return [
            _report(batch, rows.get(batch.batch_id, [])) for batch in batches if batch.batch_id in rows or batch.again
        ]


_LANES: tuple[Lane, ...] = ("short", "asking", "long", "background")


def _row(item: InboxItem) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in _FIELDS}
    texts = [fold(text) for text in (item.name, item.within, item.vendor, item.number) if text]
    return values | {
        "pages": [[page.number, page.rotation] for page in item.pages],
        "name_key": fold(item.name),
        "vendor_key": fold(item.vendor),
        "haystack": "\n".join(texts),
    }


def _item(row: Any) -> InboxItem:
    facts: Mapping[str, Any] = row._mapping
    values = {name: facts[name] for name in _FIELDS}
    return InboxItem(**values | {"pages": tuple(PageRef(*page) for page in values["pages"])})


def _batch(row: Any) -> Batch:
    return Batch(row.batch_id, row.name, row.arrived_at, row.who, tuple(row.again))


def _report(batch: Batch, rows: Sequence[Any]) -> BatchReport:
    return BatchReport(
        batch,
        {row.state: row.found for row in rows},
        sum(row.active for row in rows),
        sum(row.unseen for row in rows),
        sum(row.seconds for row in rows),
        sum((summed(row.cost) for row in rows), Decimal(0)),
        max((row.changed_at for row in rows), default=batch.arrived_at),
    )


def _parts(names: Iterable[str]) -> Iterator[list[str]]:
    every = list(dict.fromkeys(names))
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))
