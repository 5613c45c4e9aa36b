"""Records of the types that have no tables of their own: a row a record, and a row a value, whatever the type. A new type, or a
new field of one, needs no migration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, null, select, update
from sqlalchemy.sql.elements import ColumnElement

from core.declared.definition import TypeDefinition
from core.document_types import USUAL, type_for
from core.extraction import PageRef
from core.notation.writing import text_of
from core.schema.document_type import DocumentType
from core.schema.path import Path
from core.stores.records import OWN_COLUMNS, Duplicate, Record, RecordSummary
from storage.keys import fold, haystack, match_key, page_key
from storage.tables import DOCUMENT, DOCUMENT_VALUES
from storage.values import change_values, header_value, insert_values, model_of, sorted_by, told_value, values_of

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
        insert_values(connection, DOCUMENT_VALUES, records)


def change_document(connection: Connection, record: Record) -> None:
    """Write the rows of a record over the stored one's."""
    mine = DOCUMENT.c.order_id == record.order_id
    connection.execute(update(DOCUMENT).where(mine).values(_row(record, datetime.now(UTC))))
    change_values(connection, DOCUMENT_VALUES, record)


def documents(connection: Connection, chosen: Select[Any]) -> Iterator[Record]:
    """The records of the rows of :data:`storage.tables.DOCUMENT` that ``chosen`` gives, in its order."""
    rows = connection.execute(chosen).mappings().all()
    values = values_of(connection, DOCUMENT_VALUES, [row["order_id"] for row in rows])
    for row in rows:
        kind = _type_of(row)
        pages = tuple(PageRef(number, rotation) for number, rotation in row["pages"])
        told = (row["document"], pages, row["run_id"], row["created_at"], row["updated_at"], row["document_type"])
        read = model_of(kind, values.get(row["order_id"], {}))
        yield Record(read, row["status"], row["order_id"], *told, version=row["version"])


def summaries(connection: Connection, ids: Sequence[int], columns: Sequence[str] = ()) -> Iterator[RecordSummary]:
    """What a list shows of these records, in any order; ``columns`` are further fields that it has."""
    rows = connection.execute(select(DOCUMENT).where(DOCUMENT.c.order_id.in_(ids))).mappings().all()
    ids = [row["order_id"] for row in rows]
    values = values_of(connection, DOCUMENT_VALUES, ids, DOCUMENT_VALUES.c.table_name == "")
    for row in rows:
        kind, held = _type_of(row), values.get(row["order_id"], {})
        own_names = {info.name for info in kind.header}
        names = dict.fromkeys(
            (*kind.list_columns, *kind.parts.values(), *(name for name in columns if name in own_names))
        )
        told = {name: told_value(kind.field_of(name), held.get(Path(name))) for name in names}
        own = {name: row[name] for name in OWN_COLUMNS if name in row}
        yield RecordSummary(values=told, type=kind, version=row["version"], **own)


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
        chosen = chosen.join(value, header_value(value, DOCUMENT.c.order_id, name), isouter=True)
        keys = sorted_by(value, dialect)
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
        "definition": kind.declared.model_dump_json() if kind.declared else None,
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


def _type_of(row: RowMapping) -> DocumentType:
    return type_for(row["type_name"], _declared(row["definition"]) if row["definition"] else None)


@lru_cache(maxsize=256)
def _declared(definition: str) -> TypeDefinition:
    return TypeDefinition.model_validate(json.loads(definition))
