"""Records as the rows of a layout, every cell a text as the program that takes the file wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import BaseModel

from core.errors import LayoutError
from core.exporting.layout import ExportLayout, LayoutColumn
from core.exporting.template import Template
from core.schema.document_type import DocumentType
from core.stores.records import Record

_LINE = "line."
#: What a record has beside the values of its type.
_OWN = ("order_id", "status", "created_at", "updated_at", "document", "document_type")
_OF_FILE = ("now", "first_date", "last_date", "year_start", "records")


class LaidOut:
    """What ``layout`` makes of ``records``."""

    def __init__(self, layout: ExportLayout, records: Sequence[Record]) -> None:
        self.layout = layout
        self._records = records

    def head(self) -> list[str]:
        """The lines above the table. Raises LayoutError for a name that there is not."""
        days = [day for record in self._records if (day := _issued(record))]
        now = datetime.now(UTC)
        first, last = min(days, default=now.date()), max(days, default=now.date())
        known = {"now": now, "first_date": first, "last_date": last, "records": Decimal(len(self._records))}
        known["year_start"] = date(first.year, 1, 1)

        def value_of(name: str) -> Any:
            if name not in known:
                raise LayoutError(f"“{name}” is no value of a whole file: use {', '.join(_OF_FILE)}.")
            return known[name]

        return [Template(line).fill(value_of, self.written) for line in self.layout.head]

    def rows(self) -> Iterator[list[tuple[str, bool]]]:
        """Each row's cells: the text, and whether it is text (and no number or day). Raises LayoutError."""
        for record in self._records:
            yield from self._rows_of(record)

    def _rows_of(self, record: Record) -> Iterator[list[tuple[str, bool]]]:
        if self.layout.rows == "records":
            yield self._row(record, None, lacks=False)
            return
        table = record.type.main_table
        lines = record.type.rows(record.values, table) if table else ()
        for line in lines:
            yield self._row(record, line, lacks=False)
        if not lines:
            yield self._row(record, None, lacks=True)

    def _row(self, record: Record, line: BaseModel | None, *, lacks: bool) -> list[tuple[str, bool]]:
        return [self._cell(column, record, line, lacks=lacks) for column in self.layout.columns]

    def _cell(self, column: LayoutColumn, record: Record, line: BaseModel | None, *, lacks: bool) -> tuple[str, bool]:
        pattern = column.value
        if lacks and column.without_lines is not None:
            pattern = column.without_lines
        if column.in_credit_notes is not None and is_credit_note(record):
            pattern = column.in_credit_notes
        template = Template(pattern)

        def value_of(name: str) -> Any:
            value = _value_of(record, line, name)
            return abs(value) if column.unsigned and isinstance(value, Decimal) else value

        if only := template.only:
            value = value_of(only[0])
            return self._cut(self.written(value, only[1]), column), isinstance(value, str)
        text = template.fill(value_of, self.written)
        return self._cut(text, column), bool(text) and not (text.isdecimal() and not template.names)

    def _cut(self, text: str, column: LayoutColumn) -> str:
        return text[: column.longest]

    def written(self, value: Any, form: str | None) -> str:
        """A value as the layout writes it; ``form`` is a day's form or a number's decimals of this place alone."""
        if value is None:
            return ""
        if isinstance(value, date):
            return value.strftime(form or self.layout.dates)
        if isinstance(value, Decimal):
            decimals = int(form) if form and form.isdecimal() else self.layout.decimals
            return _number(value, decimals).replace(".", self.layout.decimal_mark)
        return " ".join(str(value).split())


def is_credit_note(record: Record) -> bool:
    """Whether a record is money back: its kind says so (any kind of its type but the usual ones), or its total is below 0."""
    total = getattr(record.values, record.type.total, None) if record.type.total else None
    return record.document_type == "credit note" or (isinstance(total, Decimal) and total < 0)


def _number(value: Decimal, decimals: int | None) -> str:
    if decimals is not None:
        return format(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")
    return format(value, "f")


def _issued(record: Record) -> date | None:
    found = getattr(record.values, record.type.issued_on, None) if record.type.issued_on else None
    return found if isinstance(found, date) else None


def _value_of(record: Record, line: BaseModel | None, name: str) -> Any:
    """A record's value by its name. What another type calls so is empty here: a list may hold records of several types. Raises
    LayoutError for a name that no record can have."""
    if name.startswith(_LINE):
        return getattr(line, name.removeprefix(_LINE), None) if line is not None else None
    if name == "order_id":
        return str(record.order_id) if record.order_id is not None else None
    if name in _OWN:
        return getattr(record, name)
    if "." in name:
        raise LayoutError(f"“{name}” is no value of a record: write a field's name, or line. and a column's.")
    return getattr(record.values, name, None)


def names_for(kind: DocumentType) -> list[str]:
    """Every name that a layout may use for records of ``kind``."""
    lines = [f"{_LINE}{column.name}" for column in kind.main_table.columns] if kind.main_table else []
    return [*(info.name for info in kind.header), *lines, *_OWN]


def unknown_names(layout: ExportLayout, kinds: Iterable[DocumentType]) -> list[str]:
    """The names that a layout asks for and that no record of these types has."""
    known = {name for kind in kinds for name in names_for(kind)}
    patterns = [
        pattern
        for column in layout.columns
        for pattern in (column.value, column.without_lines, column.in_credit_notes)
        if pattern
    ]
    return list(dict.fromkeys(name for each in patterns for name in Template(each).names if name not in known))
