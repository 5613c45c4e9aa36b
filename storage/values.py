"""Values of records as rows, one a value, whatever the type: a new type, or a new field of one, needs no migration. Records of
types without tables of their own are kept so whole; of invoices, what has no column of its own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, delete, func, insert, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
from core.schema.path import Path
from core.stores.records import FieldFilter, Record
from storage.columns import sortable
from storage.keys import fold, search_terms

#: A header field is a value in the row before the first, of the table without a name.
HEADER_ROW = -1
#: The values of a record by their place.
Held = Mapping[Path, Any]

_OF_KIND: Mapping[str, type] = {"money": Decimal, "quantity": Decimal, "date": date}


def insert_values(
    connection: Connection, table: Table, records: Iterable[Record], stands: Callable[[Path], bool] = lambda place: True
) -> None:
    """Write a row for every value of new ``records`` whose place ``stands`` in ``table``."""
    rows = [
        {"order_id": record.order_id, "table_name": place.table, "row": place.row, "field": place.field, **_kept(value)}
        for record in records
        for path, _, value in record.type.walk(record.values)
        if value is not None
        for place in [Path.parse(path)]
        if stands(place)
    ]
    if rows:
        connection.execute(insert(table), rows)


def change_values(
    connection: Connection, table: Table, record: Record, stands: Callable[[Path], bool] = lambda place: True
) -> None:
    """Write the rows of ``record`` in place of the stored ones."""
    connection.execute(delete(table).where(table.c.order_id == record.order_id))
    insert_values(connection, table, [record], stands)


def values_of(
    connection: Connection, table: Table, ids: Sequence[int], *where: ColumnElement[bool]
) -> dict[int, dict[Path, Any]]:
    """The values that ``table`` has of these records, by the record's id and their place."""
    chosen = select(table).where(table.c.order_id.in_(ids), *where)
    found: dict[int, dict[Path, Any]] = {}
    for row in connection.execute(chosen).mappings():
        place = Path(row["field"], row["table_name"], row["row"])
        value = next((row[name] for name in ("text", "number", "day") if row[name] is not None), None)
        found.setdefault(row["order_id"], {})[place] = value
    return found


def holding(table: Table, wanted: FieldFilter, dialect: str) -> Select[Any]:
    """The ids of the records whose header field holds what is ``wanted``. The condition on the table's name is written out: only
    then the databases take the index of header fields."""
    chosen = select(table.c.order_id).where(
        literal_column(f"{table.name}.table_name") == literal_column("''"), table.c.field == wanted.name
    )
    ends = [end for end in (wanted.first, wanted.last) if end is not None]
    column = table.c.day if ends and isinstance(ends[0], date) else sortable(table.c.number, dialect)
    return chosen.where(*has_words(table.c.folded, wanted.text, dialect), *lies_in(column, wanted.first, wanted.last))


def has_words(folded: ColumnElement[Any], text: str, dialect: str) -> Iterator[ColumnElement[bool]]:
    """That a folded text has every word of ``text``, at any place."""
    position = func.instr if dialect == "sqlite" else func.strpos
    return (position(folded, term) > 0 for term in search_terms(text))


def lies_in(column: ColumnElement[Any], first: Any, last: Any) -> Iterator[ColumnElement[bool]]:
    """That a value lies in a range, whose ends may be open."""
    for end, compared in ((first, operator.ge), (last, operator.le)):
        if end is not None:
            yield compared(column, end)


def sorted_by(value: Any, dialect: str) -> list[ColumnElement[Any]]:
    """What to sort records by of the row of ``value`` that each has of a field: its values are all of one kind, and two of the three are
    empty."""
    return [sortable(value.c.number, dialect), value.c.day, value.c.folded]


def header_value(value: Any, order_id: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The row of ``value`` with a header field of a record."""
    return and_(
        value.c.order_id == order_id, value.c.table_name == "", value.c.row == HEADER_ROW, value.c.field == name
    )


def model_of(kind: DocumentType, values: Held) -> Any:
    """The values of a record of ``kind``, without checking them anew: what was stored is what was saved."""
    told: dict[str, Any] = {info.name: told_value(info, values.get(Path(info.name))) for info in kind.header}
    for table in kind.tables:
        last = max((place.row for place in values if place.table == table.name), default=-1)
        told[table.name] = tuple(
            table.model.model_construct(
                **{info.name: told_value(info, values.get(Path(info.name, table.name, row))) for info in table.columns}
            )
            for row in range(last + 1)
        )
    return kind.model.model_construct(**told)


def told_value(info: FieldInfo, value: Any) -> Any:
    """A value as it is in the model; ``None`` where the field's kind is another than when it was stored."""
    return value if value is None or isinstance(value, _OF_KIND.get(info.kind, str)) else None


def _kept(value: Any) -> dict[str, Any]:
    """A value in the column of its kind; texts also as they are sorted."""
    number = value if isinstance(value, Decimal) else None
    day = value if isinstance(value, date) else None
    text = str(value) if number is None and day is None else None
    return {"text": text, "number": number, "day": day, "folded": None if text is None else fold(text)}
