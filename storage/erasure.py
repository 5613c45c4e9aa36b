"""What is taken out of the database for good: every table that knows a document, a run or an order, and what is left of a name."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, String, Table, Text, and_, delete, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from core.notation.mention import Mention
from core.stores.erasure import Belongings
from storage.columns import Facts, Prose
from storage.database import Database
from storage.full_text import drop_index, merge_index
from storage.orders import index_again
from storage.tables import (
    API_DOCUMENTS,
    API_TASKS,
    BATCH_ITEMS,
    CALLS,
    COMPARISON_CELLS,
    COMPARISONS,
    DOCUMENT,
    DOCUMENTS,
    FIELD_VALUES,
    HEADER,
    INBOX_ITEMS,
    JOB_EVENTS,
    JOBS,
    KEPT_BYTES,
    KEPT_TEXTS,
    METADATA,
    ORIGIN,
    PAID_ONCE,
    REVIEW_CLAIMS,
    REVIEW_EDITS,
    REVIEWS,
    RUN_TEXT,
    RUNS,
    SETTINGS,
    SIGNS,
    SPOT_CHECKS,
    TRAIL,
    TRAIL_PERMIT,
    VALUE_CHANGES,
    VENDORS,
    VOTES,
    WEBHOOK_DELIVERIES,
    WEBHOOK_MESSAGES,
    WORKBOOK_PENDING,
)

#: Ids that one question names at most: databases bound how many.
_AT_ONCE = 500
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: By which column a table's rows belong to a document, a run or an order. Tables below an order go with it.
_OF_DOCUMENTS = {
    DOCUMENTS: "sha256",
    KEPT_BYTES: "sha256",
    RUNS: "document",
    INBOX_ITEMS: "document",
    VOTES: "document",
    API_DOCUMENTS: "document",
    API_TASKS: "document",
    BATCH_ITEMS: "document",
    SPOT_CHECKS: "document",
    TRAIL: "document",
}
_OF_RUNS = {
    JOB_EVENTS: "job_id",
    JOBS: "job_id",
    REVIEW_CLAIMS: "run_id",
    REVIEW_EDITS: "run_id",
    REVIEWS: "run_id",
    FIELD_VALUES: "run_id",
    VALUE_CHANGES: "run_id",
    API_TASKS: "task_id",
    RUN_TEXT: "run_id",
    SPOT_CHECKS: "run_id",
    PAID_ONCE: "run_id",
    RUNS: "run_id",
    TRAIL: "run_id",
}
_OF_ORDERS = {
    WORKBOOK_PENDING: "order_id",
    BATCH_ITEMS: "order_id",
    SIGNS: "order_id",
    FIELD_VALUES: "order_id",
    VALUE_CHANGES: "order_id",
    HEADER: "order_id",
    DOCUMENT: "order_id",
    TRAIL: "order_id",
}
#: What a count is called, and the table whose rows it counts by which ids.
_COUNTED = {
    "runs": (RUNS, _OF_DOCUMENTS),
    "values": (FIELD_VALUES, _OF_RUNS),
    "inbox items": (INBOX_ITEMS, _OF_DOCUMENTS),
    "reviews": (REVIEWS, _OF_RUNS),
}
#: Tables in whose own words a name is looked for; all others only go along, or have it cut out.
_TELLING: dict[str, tuple[str, str]] = {
    "documents": ("documents", "sha256"),
    "runs": ("runs", "run_id"),
    "field_values": ("runs", "run_id"),
    "review_edits": ("runs", "run_id"),
    "inbox_items": ("documents", "document"),
    "votes": ("documents", "document"),
    "sales_order_header": ("orders", "order_id"),
    "sales_order_detail": ("orders", "order_id"),
    "sales_order_value": ("orders", "order_id"),
    "document_header": ("orders", "order_id"),
    "document_value": ("orders", "order_id"),
    "record_batch_items": ("orders", "order_id"),
}
#: Columns that say how something was done, not what a document says; and who did it.
_HOW = frozenset("recipe recipe_name definition who known by".split())
_WHO = frozenset(("who", "known", "created_by"))
#: How messages to other programs call the number of a record.
_NUMBERS = frozenset("order order_id record record_id id".split())
_UNCHANGEABLE = (TRAIL, VALUE_CHANGES)


class SqlErasure:
    """Implements :class:`core.stores.erasure.Erasure` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- finding ---------------------------------------------------------------------------------------------------

    def holding(self, mention: Mention) -> Belongings:
        """See :meth:`core.stores.erasure.Erasure.holding`."""
        found: dict[str, set[Any]] = {"documents": set(), "runs": set(), "orders": set()}
        with self._database.read() as connection:
            for table in METADATA.sorted_tables:
                if table.name in _TELLING:
                    kind, key = _TELLING[table.name]
                    found[kind] |= set(_rows_with(connection, table, key, mention))
        return Belongings(*(frozenset(found[kind]) for kind in ("documents", "runs", "orders")))

    def closure(self, found: Belongings) -> Belongings:
        """See :meth:`core.stores.erasure.Erasure.closure`."""
        with self._database.read() as connection:
            while True:
                more = found | _related(connection, found)
                if more == found:
                    return found
                found = more

    def names(self, documents: frozenset[str]) -> dict[str, str]:
        """See :meth:`core.stores.erasure.Erasure.names`."""
        with self._database.read() as connection:
            told: dict[str, str] = {}
            for table, key in ((INBOX_ITEMS, "document"), (DOCUMENTS, "sha256")):
                rows = _chosen(connection, table.c[key], documents, table.c[key], table.c["name"])
                told |= {row[0]: row[1] for row in rows}
            return told

    def counts(self, found: Belongings) -> dict[str, int]:
        """See :meth:`core.stores.erasure.Erasure.counts`."""
        counts = {"documents": len(found.documents), "records": len(found.orders)}
        with self._database.read() as connection:
            for title, (table, keys) in _COUNTED.items():
                ids = found.documents if keys is _OF_DOCUMENTS else found.runs
                counts[title] = _count(connection, table, table.c[keys[table]], ids)
            changes = _either(VALUE_CHANGES, found)
            counts["changes"] = sum(_counted(connection, VALUE_CHANGES, each) for each in changes)
            counts["calls to models"] = sum(_counted(connection, CALLS, each) for each in _calls_of(found))
        return {title: count for title, count in counts.items() if count}

    def pictures(self, found: Belongings) -> frozenset[str]:
        """See :meth:`core.stores.erasure.Erasure.pictures`."""
        with self._database.read() as connection:
            mine: set[str] = set()
            calls: set[str] = set()
            for where in _calls_of(found):
                for call_id, sent in connection.execute(select(CALLS.c.call_id, CALLS.c.sent).where(where)):
                    calls.add(call_id)
                    mine |= set(_SHA256.findall(json.dumps(sent)))
            mine -= found.documents
            if mine:
                for call_id, sent in connection.execute(select(CALLS.c.call_id, CALLS.c.sent)):
                    if call_id not in calls:
                        mine -= set(_SHA256.findall(json.dumps(sent)))
            return frozenset(mine - set(_known(connection, mine)))

    def unneeded(self, documents: frozenset[str]) -> frozenset[str]:
        """See :meth:`core.stores.erasure.Erasure.unneeded`."""
        with self._database.read() as connection:
            return frozenset(documents - set(_known(connection, documents)))

    # --- taking away -----------------------------------------------------------------------------------------------

    def erase(self, found: Belongings) -> None:
        """See :meth:`core.stores.erasure.Erasure.erase`."""
        with self._database.write() as connection, permitted(connection):
            for where in _calls_of(found):
                connection.execute(update(CALLS).where(where).values(sent={}, document=None))
            _leave_comparisons(connection, found)
            _leave_messages(connection, found)
            for order_id in found.orders:
                drop_index(connection, order_id)
            jobs = _jobs_about(connection, found)
            for tables, ids in (
                (_OF_RUNS, found.runs | jobs),
                (_OF_ORDERS, found.orders),
                (_OF_DOCUMENTS, found.documents),
            ):
                for table, key in tables.items():
                    for part in _parts(ids):
                        connection.execute(delete(table).where(table.c[key].in_(part)))

    def remains(self, found: Belongings) -> bool:
        """See :meth:`core.stores.erasure.Erasure.remains`."""
        with self._database.read() as connection:
            return any(
                _count(connection, table, table.c[key], ids)
                for tables, ids in (
                    (_OF_RUNS, found.runs),
                    (_OF_ORDERS, found.orders),
                    (_OF_DOCUMENTS, found.documents),
                )
                for table, key in tables.items()
            )

    def cut(self, mention: Mention) -> int:
        """See :meth:`core.stores.erasure.Erasure.cut`."""
        with self._database.write() as connection, permitted(connection):
            cut = {table: _cut_table(connection, table, mention) for table in METADATA.sorted_tables}
            _index_again(connection, cut)
            return sum(map(len, cut.values()))

    def scrub(self) -> None:
        """See :meth:`core.stores.erasure.Erasure.scrub`."""
        with self._database.write() as connection:
            merge_index(connection)
        self._database.compact()


# --- finding -------------------------------------------------------------------------------------------------------


def _textual(table: Table, but: Collection[str]) -> list[Column[Any]]:
    """The columns of a table that hold words: folded ones repeat what others say."""
    kinds = (Prose, Facts, String)
    return [
        column
        for column in table.c
        if isinstance(column.type, kinds) and not isinstance(column.type, Text) and column.name not in but
    ]


def _rows_with(connection: Connection, table: Table, key: str, mention: Mention) -> Iterator[Any]:
    columns = [column for column in _textual(table, _HOW) if not column.primary_key]
    rows = connection.execute(select(table.c[key], *columns).execution_options(yield_per=2000))
    return (row[0] for row in rows if any(_mentions(value, mention) for value in row[1:]))


def _mentions(value: Any, mention: Mention) -> bool:
    if isinstance(value, str):
        return mention.holds(value)
    return isinstance(value, dict | list) and mention.in_json(value)


def _related(connection: Connection, found: Belongings) -> Belongings:
    """What is one step away."""
    documents: set[str] = set()
    runs: set[str] = set()
    orders: set[int] = set()
    for table, run in ((RUNS, RUNS.c.run_id), (INBOX_ITEMS, INBOX_ITEMS.c.run_id)):
        runs |= set(_ids(connection, run, table.c.document, found.documents))
        documents |= set(_ids(connection, table.c.document, run, found.runs))
    runs |= set(_ids(connection, CALLS.c.run_id, CALLS.c.document, found.documents))
    for table in (ORIGIN, DOCUMENT, INBOX_ITEMS):
        orders |= set(_ids(connection, table.c.order_id, table.c.document, found.documents))
        orders |= set(_ids(connection, table.c.order_id, table.c.run_id, found.runs))
        documents |= set(_ids(connection, table.c.document, table.c.order_id, found.orders))
        runs |= set(_ids(connection, table.c.run_id, table.c.order_id, found.orders))
    documents |= _held_together(connection, found.documents)
    return Belongings(frozenset(documents), frozenset(runs), frozenset(orders))


def _held_together(connection: Connection, documents: frozenset[str]) -> set[str]:
    """The documents that these stood in, or that stood in these: an attachment's bytes are in both."""
    columns = [INBOX_ITEMS.c[name] for name in ("batch_id", "within", "name")]
    mine = [tuple(row) for row in _chosen(connection, INBOX_ITEMS.c.document, documents, *columns)]
    batches = {batch for batch, within, name in mine}
    rows = list(_chosen(connection, INBOX_ITEMS.c.batch_id, batches, INBOX_ITEMS.c.document, *columns))
    related = set()
    for batch, within, name in mine:
        own = f"{within}/{name}".removeprefix("/")
        for document, other_batch, other_within, other_name in rows:
            other = f"{other_within}/{other_name}".removeprefix("/")
            inside = f"{other_within}/".startswith(f"{own}/") or f"{within}/".startswith(f"{other}/")
            if batch == other_batch and inside:
                related.add(document)
    return related


def _known(connection: Connection, documents: Collection[str]) -> Iterator[str]:
    """Those that a row speaks of as a document."""
    for column in (DOCUMENTS.c.sha256, INBOX_ITEMS.c.document, ORIGIN.c.document, DOCUMENT.c.document):
        yield from _ids(connection, column, column, documents)


def _ids(connection: Connection, wanted: Column[Any], by: Column[Any], ids: Collection[Any]) -> Iterator[Any]:
    return (row[0] for row in _chosen(connection, by, ids, wanted) if row[0] is not None)


def _chosen(connection: Connection, by: Column[Any], ids: Collection[Any], *columns: Column[Any]) -> Iterator[Any]:
    for part in _parts(ids):
        yield from connection.execute(select(*columns).where(by.in_(part)))


def _parts(ids: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(ids)
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))


def _count(connection: Connection, table: Table, by: Column[Any], ids: Collection[Any]) -> int:
    return sum(_counted(connection, table, by.in_(part)) for part in _parts(ids))


def _counted(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(where)).scalar_one())


def _either(table: Table, found: Belongings) -> Iterator[ColumnElement[bool]]:
    """Conditions on a table with runs and orders that name each of its rows once."""
    yield from (table.c.order_id.in_(part) for part in _parts(found.orders))
    others = or_(table.c.order_id.is_(None), table.c.order_id.not_in(found.orders))
    yield from (and_(table.c.run_id.in_(part), others) for part in _parts(found.runs))


def _calls_of(found: Belongings) -> Iterator[ColumnElement[bool]]:
    """Conditions on calls that name each of them once."""
    yield from (CALLS.c.run_id.in_(part) for part in _parts(found.runs))
    yield from (
        and_(CALLS.c.document.in_(part), or_(CALLS.c.run_id.is_(None), CALLS.c.run_id.not_in(found.runs)))
        for part in _parts(found.documents)
    )


# --- taking away ---------------------------------------------------------------------------------------------------


@contextmanager
def permitted(connection: Connection) -> Iterator[None]:
    """Lets lines of the trail be deleted, within this transaction."""
    connection.execute(insert(TRAIL_PERMIT).values(permit_id=1))
    yield
    connection.execute(delete(TRAIL_PERMIT))


def _jobs_about(connection: Connection, found: Belongings) -> frozenset[str]:
    """Jobs of other kinds that speak of one of the documents: comparisons, openings."""
    items = set(_ids(connection, INBOX_ITEMS.c.item_id, INBOX_ITEMS.c.document, found.documents))
    ids = found.documents | found.runs | items
    rows = connection.execute(select(JOBS.c.job_id, JOBS.c.payload))
    return frozenset(job for job, payload in rows if not ids.isdisjoint(_strings(payload)))


def _leave_messages(connection: Connection, found: Belongings) -> None:
    """Take away what other programs were told, or are to be told, of these, and the messages that brought them."""
    for table, column in ((WEBHOOK_DELIVERIES, "body"), (WEBHOOK_MESSAGES, "answer")):
        keys = list(table.primary_key.columns)
        for row in connection.execute(select(*keys, table.c[column])).all():
            told = json.loads(row[-1]) if isinstance(row[-1], str) else row[-1]
            if _tells_of(told, found):
                mine = and_(*(key == value for key, value in zip(keys, row[:-1], strict=True)))
                connection.execute(delete(table).where(mine))


def _tells_of(value: Any, found: Belongings) -> bool:
    """Whether a message names one of them: a document or a run by its id, a record by its number."""
    match value:
        case str():
            return value in found.documents or value in found.runs
        case dict():
            numbers = {each for key, each in value.items() if key in _NUMBERS and isinstance(each, int)}
            return not numbers.isdisjoint(found.orders) or any(_tells_of(each, found) for each in value.values())
        case list():
            return any(_tells_of(each, found) for each in value)
        case _:
            return False


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _leave_comparisons(connection: Connection, found: Belongings) -> None:
    """Take the documents out of the comparisons that they are in; one of nothing else goes."""
    for comparison_id, rows in connection.execute(select(COMPARISONS.c.comparison_id, COMPARISONS.c.rows)).all():
        gone = {at for at, row in enumerate(rows) if not found.documents.isdisjoint(_strings(row))}
        if not gone:
            continue
        mine = COMPARISON_CELLS.c.comparison_id == comparison_id
        cells = [dict(cell) for cell in connection.execute(select(COMPARISON_CELLS).where(mine)).mappings()]
        connection.execute(delete(COMPARISON_CELLS).where(mine))
        kept = [at for at in range(len(rows)) if at not in gone]
        own = COMPARISONS.c.comparison_id == comparison_id
        if not kept:
            connection.execute(delete(COMPARISONS).where(own))
            continue
        # Its name may be made of its documents' names.
        left = {"rows": [rows[at] for at in kept], "name": f"{len(kept)} documents"}
        connection.execute(update(COMPARISONS).where(own).values(left))
        moved = [cell | {"row": kept.index(cell["row"])} for cell in cells if cell["row"] not in gone]
        if moved:
            connection.execute(insert(COMPARISON_CELLS), moved)


def _index_again(connection: Connection, cut: dict[Table, list[dict[str, Any]]]) -> None:
    """Have the records whose values or pages said a name found by what is left."""
    orders = {row["order_id"] for table, rows in cut.items() if "order_id" in table.primary_key.columns for row in rows}
    runs = [row["run_id"] for row in cut[RUN_TEXT]]
    for table in (ORIGIN, DOCUMENT):
        orders |= set(_ids(connection, table.c.order_id, table.c.run_id, runs))
    for part in _parts(orders):
        index_again(connection, part)


def _cut_table(connection: Connection, table: Table, mention: Mention) -> list[dict[str, Any]]:
    """Cut a name out of a table's rows; gives those that had it."""
    columns = [column for column in _textual(table, _WHO) if not column.primary_key]
    if not columns or table in (VENDORS, TRAIL_PERMIT, KEPT_TEXTS):
        return []
    keys = list(table.primary_key.columns)
    rows = connection.execute(select(*keys, *columns)).mappings()
    found = [dict(row) for row in rows if any(_mentions(row[column.name], mention) for column in columns)]
    for row in found:
        values = {column.name: _without(table, column, row[column.name], mention) for column in columns}
        _write_again(connection, table, and_(*(key == row[key.name] for key in keys)), values)
    return found


def _without(table: Table, column: Column[Any], value: Any, mention: Mention) -> Any:
    if not _mentions(value, mention):
        return value
    if table is CALLS and column.name == "sent":
        return {}
    if table is SETTINGS:
        return json.dumps(mention.cut_json(json.loads(value)), ensure_ascii=False)
    return mention.cut(value) if isinstance(value, str) else mention.cut_json(value)


def _write_again(connection: Connection, table: Table, where: ColumnElement[bool], values: dict[str, Any]) -> None:
    if table in _UNCHANGEABLE:
        held = dict(connection.execute(select(table).where(where)).mappings().one())
        connection.execute(delete(table).where(where))
        connection.execute(insert(table).values(held | values))
        return
    change: dict[str, Any] = dict(values)
    if table is SETTINGS:  # every process sees that it changed
        change["version"] = SETTINGS.c.version + 1
    connection.execute(update(table).where(where).values(change))
