"""Records of the types that have no tables of their own: a row a record, and a row a value, whatever the type. A new type, or a
new field of one, needs no migration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, delete, insert, null, select, update
from sqlalchemy.sql.elements import ColumnElement

from core.declared.definition import TypeDefinition
from core.document_types import USUAL, type_for
from core.extraction import PageRef
from core.notation.writing import text_of
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
from core.schema.path import Path
from core.stores.records import OWN_COLUMNS, Duplicate, Record, RecordSummary
from storage.columns import sortable
from storage.keys import fold, haystack, match_key, page_key
from storage.tables import DOCUMENT, DOCUMENT_VALUES

#: A header field is a value in the row before the first, of the table without a name.
_HEADER = {"table_name": "", "row": -1}
#: The columns of a list of records of several types, by the names that the usual type's fields have.
LISTED: dict[str, ColumnElement[Any]] = {
    **{name: DOCUMENT.c[name] for name in OWN_COLUMNS if name in DOCUMENT.c},
    USUAL.identifier: DOCUMENT.c.identifier,
    USUAL.issuer: DOCUMENT.c.issuer,
    USUAL.issued_on: DOCUMENT.c.issued_on,
    USUAL.total: DOCUMENT.c.total,
}


def insert_documents(connection: Connection, records: Sequence[Record]) -> None:
    """Write every row of new records."""
    if records:
        now = datetime.now(UTC)
        connection.execute(insert(DOCUMENT), [_row(record, now) for record in records])
        _insert_values(connection, records)


def change_document(connection: Connection, record: Record) -> None:
    """Write the rows of a record over the stored one's."""
    mine = DOCUMENT.c.order_id == record.order_id
    connection.execute(update(DOCUMENT).where(mine).values(_row(record, datetime.now(UTC))))
    connection.execute(delete(DOCUMENT_VALUES).where(DOCUMENT_VALUES.c.order_id == record.order_id))
    _insert_values(connection, [record])


def documents(connection: Connection, chosen: Select[Any]) -> Iterator[Record]:
    """The records of the rows of :data:`storage.tables.DOCUMENT` that ``chosen`` gives, in its order."""
    rows = connection.execute(chosen).mappings().all()
    values = _values(connection, [row["order_id"] for row in rows])
    for row in rows:
        kind = _type_of(row)
        pages = tuple(PageRef(number, rotation) for number, rotation in row["pages"])
        told = (row["document"], pages, row["run_id"], row["created_at"], row["updated_at"], row["document_type"])
        read = _model_of(kind, values.get(row["order_id"], {}))
        yield Record(read, row["status"], row["order_id"], *told, version=row["version"])


def summaries(connection: Connection, ids: Sequence[int]) -> Iterator[RecordSummary]:
    """What a list shows of these records, in any order."""
    rows = connection.execute(select(DOCUMENT).where(DOCUMENT.c.order_id.in_(ids))).mappings().all()
    values = _values(connection, [row["order_id"] for row in rows], DOCUMENT_VALUES.c.table_name == "")
    for row in rows:
        kind, held = _type_of(row), values.get(row["order_id"], {})
        names = dict.fromkeys((*kind.list_columns, *kind.parts.values()))
        told = {name: _told(kind.field_of(name), held.get(Path(name))) for name in names}
        own = {name: row[name] for name in OWN_COLUMNS if name in row}
        yield RecordSummary(values=told, amount_due=None, type=kind, **own)


def duplicates_of(connection: Connection, condition: ColumnElement[bool], reason: Any) -> Iterator[Duplicate]:
    """The stored records that ``condition`` names as the same, the latest first."""
    for record in documents(connection, select(DOCUMENT).where(condition).order_by(DOCUMENT.c.order_id.desc())):
        known = {name: text_of(getattr(record.values, name)) or None for name in record.type.duplicate_key}
        yield Duplicate(record.order_id or 0, reason, "database", known, record.created_at, record.type)


def ordered(chosen: Select[Any], name: str, descending: bool, dialect: str) -> Select[Any]:
    """``chosen`` rows of :data:`storage.tables.DOCUMENT` of one type in the order of a field of theirs, or of a column that
    all have: empty values last either way, equal ones by their id."""
    if name in OWN_COLUMNS:
        keys: list[ColumnElement[Any]] = [DOCUMENT.c[name]] if name in DOCUMENT.c else []
    else:
        value = DOCUMENT_VALUES.alias()
        here = and_(value.c.order_id == DOCUMENT.c.order_id, value.c.table_name == "", value.c.field == name)
        chosen = chosen.join(value, here, isouter=True)
        # A field's values are all of one kind: two of the three are empty.
        keys = [sortable(value.c.number, dialect), value.c.day, value.c.folded]
    keys = [key for key in keys if key is not DOCUMENT.c.order_id]
    turned = [(key.desc() if descending else key.asc()).nulls_last() for key in keys]
    return chosen.order_by(*turned, DOCUMENT.c.order_id.desc() if descending else DOCUMENT.c.order_id.asc())


def listed(name: str, like: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column that stands in a list of several types where invoices have ``like``; nothing where there is none."""
    return LISTED[name] if name in LISTED else null().cast(like.type)


def _row(record: Record, now: datetime) -> dict[str, Any]:
    kind, values = record.type, record.values
    parts = {part: getattr(values, name) for part, name in kind.parts.items()}
    folded = {part: fold(text_of(parts[part])) if parts.get(part) else None for part in ("identifier", "issuer")}
    return folded | {
        "order_id": record.order_id,
        "type_name": kind.name,
        "definition": kind.definition.model_dump_json() if kind.definition else None,
        "status": record.status,
        "created_at": record.created_at or now,
        "updated_at": record.updated_at or now,
        "document": record.document,
        "pages": [[page.number, page.rotation] for page in record.pages],
        "page_key": page_key(record.pages),
        "run_id": record.run_id,
        "document_type": record.document_type,
        "version": record.version or 1,
        "issued_on": parts.get("issued_on"),
        "total": parts.get("total"),
        "haystack": haystack(values),
        "match_key": match_key(values),
    }


def _insert_values(connection: Connection, records: Iterable[Record]) -> None:
    rows = [
        {"order_id": record.order_id, "table_name": place.table, "row": place.row, "field": place.field, **_kept(value)}
        for record in records
        for path, _, value in record.type.walk(record.values)
        if value is not None
        for place in [Path.parse(path)]
    ]
    if rows:
        connection.execute(insert(DOCUMENT_VALUES), rows)


def _kept(value: Any) -> dict[str, Any]:
    """A value in the column of its kind; texts also as they are sorted."""
    number = value if isinstance(value, Decimal) else None
    day = value if isinstance(value, date) else None
    text = str(value) if number is None and day is None else None
    return {"text": text, "number": number, "day": day, "folded": None if text is None else fold(text)}


def _values(connection: Connection, ids: Sequence[int], *where: ColumnElement[bool]) -> dict[int, dict[Path, Any]]:
    """The values of these records, by their place."""
    chosen = select(DOCUMENT_VALUES).where(DOCUMENT_VALUES.c.order_id.in_(ids), *where)
    found: dict[int, dict[Path, Any]] = {}
    for row in connection.execute(chosen).mappings():
        place = Path(row["field"], row["table_name"], row["row"])
        value = next((row[name] for name in ("text", "number", "day") if row[name] is not None), None)
        found.setdefault(row["order_id"], {})[place] = value
    return found


def _told(info: FieldInfo, value: Any) -> Any:
    """A value as it is in the model, where a field's kind is another than when it was stored."""
    if value is None or isinstance(value, _OF_KIND.get(info.kind, str)):
        return value
    return None


_OF_KIND: Mapping[str, type] = {"money": Decimal, "quantity": Decimal, "date": date}


def _model_of(kind: DocumentType, values: Mapping[Path, Any]) -> Any:
    """The values of a record, without checking them anew: what was stored is what was saved."""
    told: dict[str, Any] = {info.name: _told(info, values.get(Path(info.name))) for info in kind.header}
    for table in kind.tables:
        last = max((place.row for place in values if place.table == table.name), default=-1)
        told[table.name] = tuple(
            table.model.model_construct(
                **{info.name: _told(info, values.get(Path(info.name, table.name, row))) for info in table.columns}
            )
            for row in range(last + 1)
        )
    return kind.model.model_construct(**told)


def _type_of(row: RowMapping) -> DocumentType:
    return type_for(row["type_name"], _declared(row["definition"]) if row["definition"] else None)


@lru_cache(maxsize=256)
def _declared(definition: str) -> TypeDefinition:
    return TypeDefinition.model_validate(json.loads(definition))
