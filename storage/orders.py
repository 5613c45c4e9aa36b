"""Orders in the database: header, lines, where they came from and what they are searched by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import (
    Column,
    Connection,
    RowMapping,
    Select,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import iterate

from core.document_types import type_of
from core.errors import RecordChanged, RecordMissing, StorageError
from core.extraction import PageRef
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.schema.document_type import DocumentType
from core.schema.path import Path
from core.stores.records import (
    OWN_COLUMNS,
    Duplicate,
    FieldFilter,
    Record,
    RecordPage,
    RecordQuery,
    RecordSummary,
    TwinPage,
)
from storage.columns import sortable
from storage.database import Database
from storage.definitions import digest_of, keep_definitions, kinds_of
from storage.documents import change_document, documents, duplicates_of, insert_documents, listed, ordered, summaries
from storage.full_text import drop_index, found_by, index_records, is_indexed, keep_page_text, page_texts
from storage.keys import fold, haystack, match_key, page_key
from storage.tables import (
    APART,
    API_TASKS,
    DETAIL,
    DOCUMENT,
    DOCUMENT_VALUES,
    HEADER,
    ORDER_VALUES,
    ORIGIN,
    RUN_TEXT,
    RUNS,
    SEARCH,
    SEQUENCE,
    TEXTS,
    TRAIL,
)
from storage.twins import twins_of
from storage.values import (
    Held,
    change_values,
    has_words,
    header_value,
    holding,
    insert_values,
    lies_in,
    model_of,
    values_of,
)
from storage.words import sought, told_match

#: What a listing can be sorted by: folded texts for what people read, the values themselves for the rest.
_SORTS: dict[str, ColumnElement[Any]] = {
    **{name: (HEADER if name in HEADER.c else ORIGIN).c[name] for name in OWN_COLUMNS},
    **{
        info.name: next(
            (table.c[info.name] for table in (SEARCH, TEXTS) if info.name in table.c), HEADER.c[info.column]
        )
        for info in INVOICE.header
    },
}
_LISTED = {name: HEADER.c[INVOICE.field_of(name).column] for name in INVOICE.list_columns}
_SUMMARY = [
    *((HEADER if name in HEADER.c else ORIGIN).c[name] for name in OWN_COLUMNS),
    *_LISTED.values(),
    ORIGIN.c.version,
]
#: The day by which listings are narrowed.
_ISSUED = HEADER.c[INVOICE.field_of(INVOICE.issued_on).column]
#: The fields by which the same invoice is told, with their columns.
_TELLING = {name: HEADER.c[INVOICE.field_of(name).column] for name in INVOICE.duplicate_key}
#: The columns of the fields of invoices that have one, of the header and of lines.
_OF_HEADER = {info.name: HEADER.c[info.column] for info in INVOICE.header}
_OF_LINES = {info.name: DETAIL.c[info.column] for info in LINE_ITEMS.columns}
#: The value of a field that a person added and that orders are sorted by.
_ADDED = ORDER_VALUES.alias("added")
#: How the trail calls that somebody saved a record, and that they approved it.
_SAVED, _REVIEWED = ("saved", "changed"), "approved"
#: Orders that are written or read in one go.
_BATCH = 500


def has_column(place: Path) -> bool:
    """Whether the value at ``place`` of an invoice has a column of its own; every other that its type has (another table's, a
    field's that was added) is a row of :data:`storage.tables.ORDER_VALUES`."""
    if place.is_cell:
        return place.table == LINE_ITEMS.name and place.field in _OF_LINES
    return place.field in _OF_HEADER


def _has_no_column(place: Path) -> bool:
    return not has_column(place)


def is_order(kind: DocumentType) -> bool:
    """Whether records of ``kind`` stand in the tables of invoices."""
    return kind.name == INVOICE.name


class SqlOrders:
    """Implements :class:`core.stores.records.RecordStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve_id(self, at_least: int = 1) -> int:
        """See :meth:`core.stores.records.RecordStore.reserve_id`."""
        greatest = [select(func.coalesce(func.max(table.c.order_id), 0)) for table in (HEADER, DOCUMENT)]
        mine = SEQUENCE.c.name == "order_id"
        with self._database.write() as connection:
            # The update holds the row (or SQLite's file) until the end: the next process reads after us.
            connection.execute(update(SEQUENCE).where(mine).values(value=SEQUENCE.c.value + 1))
            value = connection.execute(select(SEQUENCE.c.value).where(mine)).scalar_one()
            free = max(value, at_least, *(connection.execute(each).scalar_one() + 1 for each in greatest))
            if free != value:
                connection.execute(update(SEQUENCE).where(mine).values(value=free))
            return free

    def add(self, order: Record) -> None:
        """See :meth:`core.stores.records.RecordStore.add`. Raises StorageError for an id that is taken."""
        self.add_all([order])

    def add_all(self, orders: Iterable[Record]) -> None:
        """Store many new orders in one transaction, as quickly as the database can. Raises StorageError."""
        waiting = iter(orders)
        with self._database.write() as connection:
            while batch := list(islice(waiting, _BATCH)):
                _insert(connection, batch)

    def update(self, order: Record) -> None:
        """See :meth:`core.stores.records.RecordStore.update`; what it was made at stays."""
        with self._database.write() as connection:
            # The row is held until the end, so that no other process saves between the look and the change.
            held = _held(connection, order.order_id, lock=True)
            if held is None:
                raise _missing(order.order_id)
            if order.version not in (None, held.version):
                raise RecordChanged(held)
            now = replace(order, created_at=held.created_at, version=(held.version or 0) + 1)
            if is_order(held.type) != is_order(order.type):  # read as another type since: it stands elsewhere
                _remove(connection, order.order_id)
                _insert(connection, [now])
            elif is_order(order.type):
                _change(connection, now)
            else:
                change_document(connection, now)
            index_records(connection, [now])

    def remove(self, order_id: int) -> None:
        """See :meth:`core.stores.records.RecordStore.remove`."""
        with self._database.write() as connection:
            if not _remove(connection, order_id):
                raise _missing(order_id)

    def get(self, order_id: int) -> Record:
        """See :meth:`core.stores.records.RecordStore.get`."""
        with self._database.read() as connection:
            if (held := _held(connection, order_id)) is None:
                raise _missing(order_id)
            return held

    def some(self, order_ids: Sequence[int]) -> list[Record]:
        """See :meth:`core.stores.records.RecordStore.some`."""
        with self._database.read() as connection:
            return list(_of_any_type(connection, order_ids))

    def versions(self, order_ids: Sequence[int], hold: bool = False) -> dict[int, int]:
        """See :meth:`core.stores.records.RecordStore.versions`."""
        with self._database.read() as connection:
            return _versions(connection, order_ids, hold)

    def picked(self, query: RecordQuery, most: int) -> dict[int, int]:
        """See :meth:`core.stores.records.RecordStore.picked`."""
        with self._database.read() as connection:
            if _all_are_invoices(connection, query):
                chosen = self._sorted(query, self._matches(query, query.sort))
            else:
                chosen = self._of_all_types(query)
            ids = connection.execute(chosen.limit(most)).scalars().all()
            found = _versions(connection, ids)
            return {order_id: found[order_id] for order_id in ids if order_id in found}

    def keep_page_text(self, run_id: str, page_text: str) -> None:
        """See :meth:`core.stores.records.RecordStore.keep_page_text`."""
        with self._database.write() as connection:
            keep_page_text(connection, run_id, page_text)

    def unindexed(self, after: int, limit: int) -> list[tuple[int, str | None]]:
        """See :meth:`core.stores.records.RecordStore.unindexed`."""
        found = []
        with self._database.read() as connection:
            for table, origin in ((HEADER, ORIGIN), (DOCUMENT, DOCUMENT)):
                chosen = select(table.c.order_id, origin.c.run_id, RUN_TEXT.c.run_id)
                joined = table if origin is table else table.join(origin, origin.c.order_id == table.c.order_id)
                chosen = chosen.select_from(joined.outerjoin(RUN_TEXT, RUN_TEXT.c.run_id == origin.c.run_id))
                waiting = ~is_indexed(table.c.order_id, self._database.dialect)
                chosen = chosen.where(table.c.order_id > after, waiting).order_by(table.c.order_id).limit(limit)
                found += [(order_id, None if kept else run) for order_id, run, kept in connection.execute(chosen)]
        return sorted(found)[:limit]

    def index(self, order_ids: Sequence[int]) -> None:
        """See :meth:`core.stores.records.RecordStore.index`."""
        with self._database.write() as connection:
            index_again(connection, order_ids)

    def search(self, query: RecordQuery) -> RecordPage:
        """See :meth:`core.stores.records.RecordStore.search`. Raises StorageError for a sort that does not exist."""
        size = max(1, query.size)
        with self._database.read() as connection:
            if not _all_are_invoices(connection, query):
                chosen = self._of_all_types(query)
                total = connection.execute(select(func.count()).select_from(chosen.order_by(None).subquery()))
                page = connection.execute(chosen.limit(size).offset(max(0, query.page) * size)).scalars().all()
                rows = _told_matches(
                    connection, query, _told_added(connection, query, _summaries(connection, page, query))
                )
                return RecordPage(tuple(rows), total.scalar_one())
        return self._search_invoices(query, size)

    def _search_invoices(self, query: RecordQuery, size: int) -> RecordPage:
        found = self._sorted(query, self._matches(query, query.sort))
        page = found.limit(size).offset(max(0, query.page) * size).subquery()
        rows = select(*_SUMMARY, *_further(query).values()).select_from(page)
        for table in (HEADER, ORIGIN, SEARCH, TEXTS):
            rows = rows.join(table, table.c.order_id == page.c.order_id)
        rows = _with_added(query, query.sort, rows, page.c.order_id)
        total = select(func.count()).select_from(self._matches(query).subquery())
        with self._database.read() as connection:
            listed = connection.execute(self._sorted(query, rows)).mappings()
            summaries = _told_added(connection, query, [_summary(row, query) for row in listed])
            found_in = _told_matches(connection, query, summaries)
            return RecordPage(tuple(found_in), connection.execute(total).scalar_one())

    def twins(self, page: int = 0, size: int = 50) -> TwinPage:
        """See :meth:`core.stores.records.RecordStore.twins`."""
        with self._database.read() as connection:
            return twins_of(connection, page, size)

    def set_apart(self, first: int, second: int, who: str, apart: bool = True) -> None:
        """See :meth:`core.stores.records.RecordStore.set_apart`."""
        pair = {"first_id": min(first, second), "second_id": max(first, second)}
        with self._database.write() as connection:
            connection.execute(delete(APART).filter_by(**pair))
            if apart:
                connection.execute(insert(APART).values(**pair, who=who, at=datetime.now(UTC)))

    def choices(self, what: Literal["recipe", "who"]) -> list[str]:
        """See :meth:`core.stores.records.RecordStore.choices`."""
        if what == "recipe":
            asked = select(RUNS.c.recipe_name).distinct()
        else:
            asked = select(TRAIL.c.who).distinct().where(TRAIL.c.action.in_((*_SAVED, _REVIEWED)))
        with self._database.read() as connection:
            return sorted(filter(None, connection.execute(asked).scalars()))

    def each(self, query: RecordQuery) -> Iterator[Record]:
        """See :meth:`core.stores.records.RecordStore.each`."""
        with self._database.read() as connection:
            if not _all_are_invoices(connection, query):
                ids = connection.execute(self._of_all_types(query)).scalars().all()
                for start in range(0, len(ids), _BATCH):
                    yield from _of_any_type(connection, ids[start : start + _BATCH])
                return
        matches = self._matches(query).subquery()
        whole = _whole().join(matches, matches.c.order_id == HEADER.c.order_id)
        found = self._sorted(query, _with_added(query, query.sort, whole, HEADER.c.order_id))
        with self._database.read() as connection:
            rows = connection.execute(found, execution_options={"yield_per": _BATCH}).mappings()
            for batch in rows.partitions():
                yield from _orders(connection, batch)

    def duplicates(self, document: str | None, pages: tuple[PageRef, ...], values: BaseModel) -> list[Duplicate]:
        """See :meth:`core.stores.records.RecordStore.duplicates`: the same document first, the latest first."""
        key, name = match_key(values), type_of(values).name
        found: dict[int, Duplicate] = {}
        asked = {"document": document, "pages": page_key(pages), "key": key, "type": name}
        with self._database.look() as connection:
            if not connection.execute(_ANY_LIKE, asked).scalar_one():  # of most documents there is none
                return []
        with self._database.read() as connection:
            if document is not None:
                same = {"document": document, "pages": page_key(pages)}
                _note(found, _invoices(connection.execute(_SAME_DOCUMENT, same).mappings(), "document"))
                here = and_(DOCUMENT.c.document == document, DOCUMENT.c.page_key == page_key(pages))
                _note(found, duplicates_of(connection, here, "document"))
            if key is not None and name == INVOICE.name:
                _note(found, _invoices(connection.execute(_SAME_VALUES, {"key": key}).mappings(), "values"))
            elif key is not None:
                alike = and_(DOCUMENT.c.type_name == name, DOCUMENT.c.match_key == key)
                _note(found, duplicates_of(connection, alike, "values"))
        return list(found.values())

    def _of_all_types(self, query: RecordQuery) -> Select[Any]:
        """The ids of the matches in the query's order, where they may be of other types than the invoice."""
        where = list(self._document_conditions(query))
        if query.type_name is not None:
            chosen = select(DOCUMENT.c.order_id).where(DOCUMENT.c.type_name == query.type_name, *where)
            return ordered(chosen, query.sort, query.descending, self._database.dialect)
        matches, dialect = self._matches(query, query.sort), self._database.dialect
        keys = [matches.selected_columns["order_id"]] if query.sort == "order_id" else self._sort_keys(query)
        theirs = [sortable(listed(query.sort, key), dialect) for key in self._sort_columns(query)]
        named = [f"sorted_{number}" for number in range(len(keys))]
        invoices = matches.add_columns(*(key.label(name) for key, name in zip(keys, named, strict=True)))
        others = select(DOCUMENT.c.order_id, *(key.label(name) for key, name in zip(theirs, named, strict=True))).where(
            *where
        )
        both = union_all(invoices, others).subquery()
        return _in_order(select(both.c.order_id), [both.c[name] for name in named], both.c.order_id, query.descending)

    def _document_conditions(self, query: RecordQuery) -> Iterator[ColumnElement[bool]]:
        """What ``query`` asks of records of other types."""
        yield from self._found(query, DOCUMENT.c.haystack, DOCUMENT.c.order_id)
        if query.status:
            yield DOCUMENT.c.status == query.status
        if query.document_type:
            yield DOCUMENT.c.document_type == query.document_type
        yield from _ranges(query, DOCUMENT.c.issued_on, DOCUMENT.c.updated_at)
        yield from self._shared_conditions(
            query, DOCUMENT.c.issuer, DOCUMENT.c.total, DOCUMENT.c.run_id, DOCUMENT.c.order_id
        )
        for wanted in filter(None, query.fields):
            held = DOCUMENT.c.order_id.in_(holding(DOCUMENT_VALUES, wanted, self._database.dialect))
            yield ~held if wanted.empty else held
            if wanted.empty and wanted.of_types:
                yield DOCUMENT.c.type_name.in_(wanted.of_types)

    def _matches(self, query: RecordQuery, sort: str | None = None) -> Select[Any]:
        """The ids of the orders that ``query`` asks for, from the tables that it and ``sort`` need and no others."""
        conditions = list(self._conditions(query))
        needed = {table for condition in conditions for table in _tables_of(condition)}
        if sort in _SORTS and sort != "order_id":
            needed |= _tables_of(_SORTS[sort])
        first, *others = [table for table in (SEARCH, HEADER, ORIGIN, TEXTS) if table in needed] or [HEADER]
        chosen = select(first.c.order_id.label("order_id")).select_from(first)
        for table in others:
            chosen = chosen.join(table, table.c.order_id == first.c.order_id)
        return _with_added(query, sort, chosen, first.c.order_id).where(*conditions)

    def _conditions(self, query: RecordQuery) -> Iterator[ColumnElement[bool]]:
        yield from self._found(query, SEARCH.c.haystack, SEARCH.c.order_id)
        if query.status:
            yield HEADER.c.status == query.status
        if query.document_type:
            yield ORIGIN.c.document_type == query.document_type
        yield from _ranges(query, _ISSUED, HEADER.c.updated_at)
        yield from self._shared_conditions(
            query, SEARCH.c[INVOICE.issuer], _OF_HEADER[INVOICE.total], ORIGIN.c.run_id, HEADER.c.order_id
        )
        for wanted in filter(None, query.fields):
            yield from self._holds(wanted)

    def _holds(self, wanted: FieldFilter) -> Iterator[ColumnElement[bool]]:
        """What an invoice's field is to hold, in a column of its own or among the other values."""
        if wanted.empty and wanted.of_types and INVOICE.name not in wanted.of_types:
            yield false()
        column, dialect = _OF_HEADER.get(wanted.name), self._database.dialect
        if column is None:
            held = HEADER.c.order_id.in_(holding(ORDER_VALUES, wanted, dialect))
            yield ~held if wanted.empty else held
        elif wanted.empty:
            yield column.is_(None)
        else:
            words = _SORTS[wanted.name] if _SORTS[wanted.name].table is not HEADER else func.lower(cast(column, String))
            yield from has_words(words, wanted.text, dialect)
            yield from lies_in(sortable(column, dialect), wanted.first, wanted.last)

    def _shared_conditions(
        self,
        query: RecordQuery,
        issuer: ColumnElement[Any],
        total: ColumnElement[Any],
        run_id: ColumnElement[Any],
        order_id: ColumnElement[Any],
    ) -> Iterator[ColumnElement[bool]]:
        """What can be asked of records of every type: who issued them, what they come to, how they were read, who worked on them."""
        dialect = self._database.dialect
        yield from has_words(issuer, query.vendor, dialect)
        yield from lies_in(sortable(total, dialect), *query.total)
        if query.recipe:
            yield run_id.in_(select(RUNS.c.run_id).where(RUNS.c.recipe_name == query.recipe))
        if query.who:
            yield order_id.in_(select(TRAIL.c.order_id).where(TRAIL.c.who == query.who, _did(query)))

    def _found(
        self, query: RecordQuery, haystack: ColumnElement[str], order_id: ColumnElement[int]
    ) -> Iterator[ColumnElement[bool]]:
        """What the text of ``query`` asks for: any part of number, vendor and customer, the order's own number, or words of the
        values and pages."""
        if query.owner is not None:
            mine = (API_TASKS.c.owner == query.owner) & (API_TASKS.c.order_id > 0)
            yield order_id.in_(select(API_TASKS.c.order_id).where(mine))
        wanted = sought(query.text)
        if not wanted:
            return
        ways = [and_(*(self._contains(one.plain, haystack) for one in wanted))]
        if (named := _as_order_id(query.text)) is not None:
            ways.append(order_id == named)
        if (by_words := found_by(wanted, self._database.dialect)) is not None:
            ways.append(order_id.in_(by_words))
        yield or_(*ways)

    def _contains(self, term: str, text: ColumnElement[str]) -> ColumnElement[bool]:
        # A plain substring search: faster than LIKE, and no character of the term means anything else.
        position = func.instr if self._database.dialect == "sqlite" else func.strpos
        return position(text, term) > 0

    def _sort_columns(self, query: RecordQuery) -> list[ColumnElement[Any]]:
        """The columns that all types are sorted by. Raises StorageError."""
        if query.sort in query.added:
            return [_ADDED.c.number, _ADDED.c.day, _ADDED.c.folded]
        if query.sort not in _SORTS:
            raise StorageError(f"Records cannot be sorted by “{query.sort}”: use {', '.join(_SORTS)}.")
        return [_SORTS[query.sort]]

    def _sort_keys(self, query: RecordQuery) -> list[ColumnElement[Any]]:
        return [sortable(column, self._database.dialect) for column in self._sort_columns(query)]

    def _sorted(self, query: RecordQuery, chosen: Select[Any]) -> Select[Any]:
        """``chosen`` in the query's order: empty values last either way, equal ones by their id."""
        by_id = chosen.selected_columns["order_id"]
        keys = self._sort_keys(query)
        return _in_order(chosen, [] if query.sort == "order_id" else keys, by_id, query.descending)


def _in_order(
    chosen: Select[Any], keys: Sequence[ColumnElement[Any]], by_id: ColumnElement[Any], descending: bool
) -> Select[Any]:
    """``chosen`` by its keys, empty ones last either way, equal ones by their id."""
    turned = [(key.desc() if descending else key.asc()).nulls_last() for key in keys]
    return chosen.order_by(*turned, by_id.desc() if descending else by_id.asc())


def _with_added(query: RecordQuery, sort: str | None, chosen: Select[Any], order_id: ColumnElement[Any]) -> Select[Any]:
    """``chosen`` with the values of the field that it is sorted by, where a person added that."""
    if sort not in query.added:
        return chosen
    return chosen.join(_ADDED, header_value(_ADDED, order_id, sort), isouter=True)


def _ranges(query: RecordQuery, issued: Any, saved: Any) -> Iterator[ColumnElement[bool]]:
    """The days and moments that ``query`` narrows to."""
    first, last = query.invoiced
    since, before = query.saved
    if first is not None:
        yield issued >= first
    if last is not None:
        yield issued <= last
    if since is not None:
        yield saved >= since
    if before is not None:
        yield saved < before


def _did(query: RecordQuery) -> ColumnElement[bool]:
    """The lines of the trail that say that somebody did what ``query`` asks for."""
    saved, reviewed = TRAIL.c.action.in_(_SAVED), and_(TRAIL.c.action == _REVIEWED, TRAIL.c.by != "gate")
    return {"saved": saved, "reviewed": reviewed, "": or_(saved, reviewed)}[query.did] & TRAIL.c.order_id.is_not(None)


def _all_are_invoices(connection: Connection, query: RecordQuery) -> bool:
    """Whether only invoices can match, which are found faster alone."""
    if query.type_name is not None:
        return query.type_name == INVOICE.name
    return connection.execute(select(DOCUMENT.c.order_id).limit(1)).first() is None


def _held(connection: Connection, order_id: int | None, lock: bool = False) -> Record | None:
    """The record of this id, whatever its type; with ``lock`` nobody else changes it before the transaction ends."""
    chosen = _whole().where(HEADER.c.order_id == order_id)
    rows = connection.execute(chosen.with_for_update(of=HEADER) if lock else chosen).mappings().all()
    if rows:
        return next(_orders(connection, rows))
    other = select(DOCUMENT).where(DOCUMENT.c.order_id == order_id)
    return next(documents(connection, other.with_for_update() if lock else other), None)


def _versions(connection: Connection, order_ids: Sequence[int], hold: bool = False) -> dict[int, int]:
    """The versions of these records; with ``hold`` their rows are locked in one order, so that nobody waits for whom they hold up."""
    found: dict[int, int] = {}
    for start in range(0, len(order_ids), _BATCH):
        ids = sorted(order_ids)[start : start + _BATCH]
        for table in (ORIGIN, DOCUMENT):
            chosen = select(table.c.order_id, table.c.version).where(table.c.order_id.in_(ids))
            if hold and table is ORIGIN:  # saves hold the header
                locked = select(HEADER.c.order_id).where(HEADER.c.order_id.in_(ids)).order_by(HEADER.c.order_id)
                connection.execute(locked.with_for_update())
            chosen = chosen.order_by(table.c.order_id)
            rows = connection.execute(chosen.with_for_update() if hold and table is DOCUMENT else chosen)
            found |= {row.order_id: row.version for row in rows}
    return found


def _remove(connection: Connection, order_id: int | None) -> bool:
    """Delete the record; gives whether there was one."""
    drop_index(connection, order_id)
    gone = [
        connection.execute(delete(table).where(table.c.order_id == order_id)).rowcount for table in (HEADER, DOCUMENT)
    ]
    return any(gone)


def _summaries(connection: Connection, ids: Sequence[int], query: RecordQuery) -> list[RecordSummary]:
    """What a list shows of these records, in their order."""
    rows = select(*_SUMMARY, *_further(query).values()).select_from(HEADER)
    rows = rows.join(ORIGIN, ORIGIN.c.order_id == HEADER.c.order_id).where(HEADER.c.order_id.in_(ids))
    invoices = [_summary(row, query) for row in connection.execute(rows).mappings()]
    found = {row.order_id: row for row in (*invoices, *summaries(connection, ids, query.columns))}
    return [found[order_id] for order_id in ids if order_id in found]


def _told_added(connection: Connection, query: RecordQuery, rows: Sequence[RecordSummary]) -> list[RecordSummary]:
    """The rows of a list with the values of the fields that a person added."""
    if not query.added:
        return list(rows)
    own = ORDER_VALUES.c.table_name == "", ORDER_VALUES.c.field.in_(query.added)
    held = values_of(connection, ORDER_VALUES, [row.order_id for row in rows], *own)
    return [
        replace(row, values={**row.values, **{place.field: value for place, value in held[row.order_id].items()}})
        if row.order_id in held
        else row
        for row in rows
    ]


def _told_matches(connection: Connection, query: RecordQuery, rows: Sequence[RecordSummary]) -> list[RecordSummary]:
    """The rows of a list with what the search found in each."""
    wanted = sought(query.text)
    if not wanted or not rows:
        return list(rows)
    records = {record.order_id: record for record in _of_any_type(connection, [row.order_id for row in rows])}
    texts = page_texts(connection, [record.run_id for record in records.values() if record.run_id])
    return [
        replace(row, matched=told_match(record, texts.get(record.run_id or "", ""), wanted))
        if (record := records.get(row.order_id))
        else row
        for row in rows
    ]


def index_again(connection: Connection, order_ids: Sequence[int]) -> None:
    """Have these records found by what is stored of them now."""
    index_records(connection, list(_of_any_type(connection, order_ids)))


def _of_any_type(connection: Connection, ids: Sequence[int]) -> Iterator[Record]:
    """These records whole, in their order."""
    rows = connection.execute(_whole().where(HEADER.c.order_id.in_(ids))).mappings().all()
    others = documents(connection, select(DOCUMENT).where(DOCUMENT.c.order_id.in_(ids)))
    found = {record.order_id: record for record in (*_orders(connection, rows), *others)}
    yield from (found[order_id] for order_id in ids if order_id in found)


def _tables_of(expression: ColumnElement[Any]) -> set[Any]:
    """The tables that an expression's columns are of."""
    return {column.table for column in iterate(expression) if isinstance(column, Column)}


def _insert(connection: Connection, orders: Sequence[Record]) -> None:
    """Write every row of ``orders``. Raises StorageError for what cannot be a record."""
    if any(order.order_id is None for order in orders):
        raise StorageError("An order needs its number before it can be stored.")
    insert_documents(connection, [order for order in orders if not is_order(order.type)])
    if invoices := [order for order in orders if is_order(order.type)]:
        _insert_invoices(connection, invoices)
    index_records(connection, orders)


def _insert_invoices(connection: Connection, orders: Sequence[Record]) -> None:
    now = datetime.now(UTC)
    keep_definitions(connection, (order.type for order in orders))
    connection.execute(insert(HEADER), [_header_row(order, now) for order in orders])
    if lines := [row for order in orders for row in _detail_rows(order, now)]:
        connection.execute(insert(DETAIL), lines)
    connection.execute(insert(ORIGIN), [_origin_row(order) for order in orders])
    connection.execute(insert(SEARCH), [_search_row(order) for order in orders])
    connection.execute(insert(TEXTS), [_text_row(order) for order in orders])
    insert_values(connection, ORDER_VALUES, orders, _has_no_column)


def _change(connection: Connection, order: Record) -> None:
    """Write every row of ``order`` over the stored one's. The header stays the row that it is: what other tables hang on
    it by its key is not lost."""
    now = datetime.now(UTC)
    keep_definitions(connection, [order.type])
    own = ((HEADER, _header_row(order, now)), (ORIGIN, _origin_row(order)), (SEARCH, _search_row(order)))
    for table, row in (*own, (TEXTS, _text_row(order))):
        connection.execute(update(table).where(table.c.order_id == order.order_id).values(row))
    connection.execute(delete(DETAIL).where(DETAIL.c.order_id == order.order_id))
    if lines := list(_detail_rows(order, now)):
        connection.execute(insert(DETAIL), lines)
    change_values(connection, ORDER_VALUES, order, _has_no_column)


def _header_row(order: Record, now: datetime) -> dict[str, Any]:
    values = {column.name: getattr(order.values, name) for name, column in _OF_HEADER.items()}
    times = {"created_at": order.created_at or now, "updated_at": order.updated_at or now}
    return values | times | {"order_id": order.order_id, "status": order.status}


def _detail_rows(order: Record, now: datetime) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(order.type.rows(order.values, LINE_ITEMS), 1):
        values = {column.name: getattr(item, name) for name, column in _OF_LINES.items()}
        yield values | {"order_id": order.order_id, "line_number": number, "created_at": order.created_at or now}


def _origin_row(order: Record) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "document": order.document,
        "pages": [[page.number, page.rotation] for page in order.pages],
        "page_key": page_key(order.pages),
        "run_id": order.run_id,
        "document_type": order.document_type,
        "version": order.version or 1,
        "definition": digest_of(order.type),
    }


def _text_row(order: Record) -> dict[str, Any]:
    texts = {column.name: getattr(order.values, column.name) for column in TEXTS.c if column.name != "order_id"}
    return {name: fold(text) if text else None for name, text in texts.items()} | {"order_id": order.order_id}


def _search_row(order: Record) -> dict[str, Any]:
    folded = {name: fold(text) if (text := getattr(order.values, name)) else None for name in INVOICE.searched}
    return folded | {
        "order_id": order.order_id,
        "haystack": haystack(order.values),
        "match_key": match_key(order.values),
    }


def _further(query: RecordQuery) -> dict[str, ColumnElement[Any]]:
    """The columns that the list has beside the usual ones."""
    return {name: _OF_HEADER[name] for name in query.columns if name in _OF_HEADER and name not in _LISTED}


def _summary(row: RowMapping, query: RecordQuery) -> RecordSummary:
    own = {name: row[name] for name in OWN_COLUMNS}
    values = {name: row[column.name] for name, column in (_LISTED | _further(query)).items()}
    return RecordSummary(values=values, version=row["version"], **own)


def _whole() -> Select[Any]:
    """Header and origin of orders, with the search table joined for sorting and searching."""
    return (
        select(HEADER, *(column for column in ORIGIN.c if column.name not in ("order_id", "page_key")))
        .select_from(HEADER)
        .join(SEARCH, SEARCH.c.order_id == HEADER.c.order_id)
        .join(TEXTS, TEXTS.c.order_id == HEADER.c.order_id)
        .join(ORIGIN, ORIGIN.c.order_id == HEADER.c.order_id)
    )


def _orders(connection: Connection, rows: Sequence[RowMapping]) -> Iterator[Record]:
    """The orders of these header rows, their lines and what has no column fetched in one go."""
    ids = [row["order_id"] for row in rows]
    wanted = select(DETAIL).where(DETAIL.c.order_id.in_(ids)).order_by(DETAIL.c.order_id, DETAIL.c.line_number)
    lines: dict[int, list[RowMapping]] = {}
    for line in connection.execute(wanted).mappings():
        lines.setdefault(line["order_id"], []).append(line)
    others = values_of(connection, ORDER_VALUES, ids)
    kinds = kinds_of(connection, (row["definition"] for row in rows))
    for row in rows:
        order_id = row["order_id"]
        values = _held_values(row, lines.get(order_id, ()), others.get(order_id, {}))
        pages = tuple(PageRef(number, rotation) for number, rotation in row["pages"])
        told = (row["document"], pages, row["run_id"], row["created_at"], row["updated_at"], row["document_type"])
        yield Record(
            model_of(kinds.get(row["definition"], INVOICE), values), row["status"], order_id, *told, row["version"]
        )


def _held_values(header: RowMapping, lines: Sequence[RowMapping], others: Held) -> Held:
    """All values of an order by their place; every cell of a line, so that an empty line stays one."""
    own = {Path(name): header[column.name] for name, column in _OF_HEADER.items()}
    cells = {
        Path(name, LINE_ITEMS.name, at): line[column.name]
        for at, line in enumerate(lines)
        for name, column in _OF_LINES.items()
    }
    return {**own, **cells, **others}


def _named(table: Any) -> Select[Any]:
    """What a duplicate's sentence needs, the latest order first."""
    columns = (HEADER.c.order_id, *_TELLING.values(), HEADER.c.created_at)
    joined = select(*columns).select_from(HEADER).join(table, table.c.order_id == HEADER.c.order_id)
    return joined.order_by(HEADER.c.order_id.desc())


#: Asked for every run: put together once.
_SAME_DOCUMENT = _named(ORIGIN).where(
    ORIGIN.c.document == bindparam("document"), ORIGIN.c.page_key == bindparam("pages")
)
_SAME_VALUES = _named(SEARCH).where(SEARCH.c.match_key == bindparam("key"))


#: Whether anything stored is the same, in one question.
_ANY_LIKE = select(
    or_(
        exists().where(ORIGIN.c.document == bindparam("document"), ORIGIN.c.page_key == bindparam("pages")),
        exists().where(DOCUMENT.c.document == bindparam("document"), DOCUMENT.c.page_key == bindparam("pages")),
        exists().where(SEARCH.c.match_key == bindparam("key")),
        exists().where(DOCUMENT.c.type_name == bindparam("type"), DOCUMENT.c.match_key == bindparam("key")),
    )
)


def _invoices(rows: Iterable[RowMapping], reason: Literal["document", "values"]) -> Iterator[Duplicate]:
    """The stored invoices that are the same, as rows tell them."""
    for row in rows:
        known = {name: row[column.name] for name, column in _TELLING.items()}
        yield Duplicate(row["order_id"], reason, "database", known, row["created_at"])


def _note(found: dict[int, Duplicate], same: Iterable[Duplicate]) -> None:
    for duplicate in same:
        found.setdefault(duplicate.order_id, duplicate)


def _as_order_id(text: str) -> int | None:
    digits = text.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def _missing(order_id: int | None) -> RecordMissing:
    return RecordMissing(f"There is no order {order_id}: it may have been deleted meanwhile.")
