"""Orders as a file to take away: an Excel workbook, CSV tables in a zip (two for each document type), or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from core.errors import StorageError
from core.invoice.model import payment_of
from core.notation.formulas import without_formulas
from core.stores.records import Record
from storage.new_sheet import TITLE_ROW, NewSheet
from storage.package import Package
from storage.sheet_xml import MOST_ROWS
from storage.sheets import LAYOUTS, Layout, Row, joined, rows_of

#: Bytes of the second table that wait in memory while the first is written.
_IN_MEMORY = 8_000_000


def export_orders(orders: Iterator[Record], form: str) -> bytes:
    """All ``orders`` as ``xlsx``, ``csv`` (a zip with ``sales_order_header.csv`` and ``sales_order_detail.csv``) or
    ``json``. Raises StorageError for another form, and for more lines than an Excel sheet has rows."""
    forms: dict[str, Callable[[Iterator[Record]], bytes]] = {"xlsx": _xlsx, "csv": _csv, "json": _json}
    if form not in forms:
        raise StorageError(f"Orders cannot be exported as “{form}”: use {', '.join(forms)}.")
    return forms[form](orders)


def _xlsx(orders: Iterator[Record]) -> bytes:
    package = Package()
    with ExitStack() as stack:
        written: dict[str, _Written] = {}

        def sheet_of(layout: Layout) -> _Written:
            name = layout.name
            if name not in written:
                new = NewSheet(layout, package.styles)
                written[name] = _Written(stack.enter_context(_spool()), layout, new, package.add_sheet(name, b""))
                written[name].file.write(new.start())
            elif (
                layout is not written[name].layout
                and (wide := joined((written[name].layout, layout))[name]) != written[name].layout
            ):
                written[name].widen(wide, NewSheet(wide, package.styles), stack.enter_context(_spool()))
            return written[name]

        for layout in LAYOUTS:
            sheet_of(layout)
        for order in orders:
            for layout, rows in rows_of(order).items():
                _append(sheet_of(layout), rows)
        for each in written.values():
            each.file.write(each.sheet.end(each.number))
            package.note_filter(each.sheet.name, each.sheet.filtered(each.number))
        return package.data({each.part: each.file for each in written.values()})


@dataclass
class _Written:
    """A sheet on its way into a file: what is written of it, its columns and part, and the number of its last row."""

    file: IO[bytes]
    layout: Layout
    sheet: NewSheet
    part: str
    number: int = TITLE_ROW

    def widen(self, layout: Layout, sheet: NewSheet, file: IO[bytes]) -> None:
        """Begin anew with more columns at the right, and take over the rows: another version of a type has others."""
        file.write(sheet.start())
        self.file.seek(len(self.sheet.start()))
        shutil.copyfileobj(self.file, file)
        self.file, self.layout, self.sheet = file, layout, sheet


def _append(written: _Written, rows: Sequence[Row]) -> None:
    for row in rows:
        written.number += 1
        written.file.write(written.sheet.row(written.number, row).encode())
    if written.number > MOST_ROWS:
        raise StorageError("These records have more lines than an Excel sheet has rows: export them as CSV.")


def _csv(orders: Iterator[Record]) -> bytes:
    buffer = io.BytesIO()
    with ExitStack() as stack, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        tables: dict[str, _Csv] = {}

        def write(layout: Layout, rows: Sequence[Row]) -> None:
            if layout.name not in tables:
                tables[layout.name] = _Csv(stack.enter_context(_spool()), layout)
            tables[layout.name].write(layout, rows)

        for layout in LAYOUTS:
            write(layout, ())
        for order in orders:
            for layout, rows in rows_of(order).items():
                write(layout, rows)
        for table in tables.values():
            with archive.open(f"{_file_name(table.layout)}.csv", "w", force_zip64=True) as member:
                table.finish(member)
    return buffer.getvalue()


class _Csv:
    """A table on its way into a file: its columns are those of all versions of its type that come by."""

    def __init__(self, file: IO[bytes], layout: Layout) -> None:
        self.layout = layout
        self._first = layout
        self._text = io.TextIOWrapper(file, "utf-8", newline="")
        self._writer = csv_writer(self._text)

    def write(self, layout: Layout, rows: Sequence[Row]) -> None:
        """Write rows of a version of the type."""
        if layout is not self._first:
            self.layout = joined((self.layout, layout))[layout.name]
        self._writer.writerows(_plain(row, self.layout) for row in rows)

    def finish(self, member: IO[bytes]) -> None:
        """Write the head and all rows, those from before a column came with nothing in it."""
        head = io.StringIO(newline="")
        csv_writer(head).writerow(self.layout.titles)
        member.write(head.getvalue().encode("utf-8-sig"))  # with the mark by which Excel knows UTF-8
        self._text.flush()
        if self.layout == self._first:
            file = self._text.detach()
            file.seek(0)
            shutil.copyfileobj(file, member)
            return
        self._text.seek(0)
        wide = io.TextIOWrapper(member, "utf-8", newline="", write_through=True)
        writer, width = csv_writer(wide), len(self.layout.titles)
        writer.writerows([*row, *[""] * (width - len(row))] for row in csv.reader(self._text))
        wide.detach()


def _file_name(layout: Layout) -> str:
    """``ReceiptHeader`` as ``receipt_header``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", layout.name).lower()


def _json(orders: Iterator[Record]) -> bytes:
    buffer = io.BytesIO()
    separator = b"[\n"
    for order in orders:
        buffer.write(separator + json.dumps(_told(order), ensure_ascii=False).encode("utf-8", "replace"))
        separator = b",\n"
    buffer.write(b"\n]\n" if buffer.tell() else b"[]\n")
    return buffer.getvalue()


def _told(order: Record) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "status": order.status,
        "created_at": order.created_at.isoformat() if order.created_at else None,
        "updated_at": order.updated_at.isoformat() if order.updated_at else None,
        "document": order.document,
        "pages": [page.number for page in order.pages],
        order.type.key: _jsonable(order.values.model_dump()),
        "document_type": order.document_type,
        **_jsonable(payment_of(order.values)),
    }


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _jsonable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(part) for part in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def csv_writer(file: IO[str]) -> Any:
    """Writes rows of :func:`csv_cell` with every cell in quotes, for programs that would also separate elsewhere."""
    return csv.writer(file, quoting=csv.QUOTE_ALL)


def _plain(row: Row, layout: Layout) -> list[str]:
    return [csv_cell(row.get(title)) for title in layout.titles]


def csv_cell(value: Any) -> str:
    """A value as CSV: what a spreadsheet program would run as a formula, whatever it takes for a separator, gets an
    apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if not isinstance(value, str):
        return str(_jsonable(value))
    clean = value.replace("\x00", "").encode("utf-8", "ignore").decode()
    return without_formulas(clean)


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)
