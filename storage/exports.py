"""Orders as a file to take away: an Excel workbook, two CSV tables in a zip, or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from core.errors import StorageError
from core.stores.records import Record
from storage.new_sheet import TITLE_ROW, NewSheet
from storage.package import Package
from storage.sheet_xml import MOST_ROWS
from storage.sheets import DETAIL, HEADER, Layout, Row, detail_rows, header_row

#: Bytes of the second table that wait in memory while the first is written.
_IN_MEMORY = 8_000_000
#: What a spreadsheet program would take for the beginning of a formula: at the beginning of a text, and behind anything
#: that may separate cells or lines where the program does not take the comma (full-width signs are read as the plain ones).
_FORMULA = re.compile(r"^(?=[\t\r\n])|(^|[;|\t\r\n])(?=[^\S\t\r\n]*[=+\-@＝＋－＠])")


def export_orders(orders: Iterator[Record], form: str) -> bytes:
    """All ``orders`` as ``xlsx``, ``csv`` (a zip with ``sales_order_header.csv`` and ``sales_order_detail.csv``) or
    ``json``. Raises StorageError for another form, and for more lines than an Excel sheet has rows."""
    forms: dict[str, Callable[[Iterator[Record]], bytes]] = {"xlsx": _xlsx, "csv": _csv, "json": _json}
    if form not in forms:
        raise StorageError(f"Orders cannot be exported as “{form}”: use {', '.join(forms)}.")
    return forms[form](orders)


def _xlsx(orders: Iterator[Record]) -> bytes:
    package = Package()
    sheets = [NewSheet(layout, package.styles) for layout in (HEADER, DETAIL)]
    parts = [package.add_sheet(layout.name, b"") for layout in (HEADER, DETAIL)]
    numbers = [TITLE_ROW, TITLE_ROW]
    with _spool() as headers, _spool() as details:
        for file, sheet in zip((headers, details), sheets, strict=True):
            file.write(sheet.start())
        for order in orders:
            _append(headers, sheets[0], numbers, 0, [header_row(order)])
            _append(details, sheets[1], numbers, 1, detail_rows(order))
        for file, sheet, number in zip((headers, details), sheets, numbers, strict=True):
            file.write(sheet.end(number))
            package.note_filter(sheet.name, sheet.filtered(number))
        return package.data(dict(zip(parts, (headers, details), strict=True)))


def _append(file: IO[bytes], sheet: NewSheet, numbers: list[int], which: int, rows: Sequence[Row]) -> None:
    for row in rows:
        numbers[which] += 1
        file.write(sheet.row(numbers[which], row).encode())
    if numbers[which] > MOST_ROWS:
        raise StorageError("These records have more lines than an Excel sheet has rows: export them as CSV.")


def _csv(orders: Iterator[Record]) -> bytes:
    buffer = io.BytesIO()
    with _spool() as details, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = io.TextIOWrapper(details, "utf-8-sig", newline="")  # with the mark by which Excel knows UTF-8
        detail_writer = _writer(lines, DETAIL)
        with (
            archive.open("sales_order_header.csv", "w", force_zip64=True) as file,
            io.TextIOWrapper(file, "utf-8-sig", newline="") as text,
        ):
            header_writer = _writer(text, HEADER)
            for order in orders:
                header_writer.writerow(_plain(header_row(order), HEADER))
                detail_writer.writerows(_plain(row, DETAIL) for row in detail_rows(order))
        lines.detach()
        details.seek(0)
        with archive.open("sales_order_detail.csv", "w", force_zip64=True) as file:
            shutil.copyfileobj(details, file)
    return buffer.getvalue()


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
        **{name: _jsonable(value) for name, value in order.payment},
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


def _writer(file: IO[str], layout: Layout) -> Any:
    writer = csv_writer(file)
    writer.writerow(layout.titles)
    return writer


def _plain(row: Row, layout: Layout) -> list[str]:
    return [csv_cell(row[title]) for title in layout.titles]


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
    return _FORMULA.sub(r"\1'", clean)


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)
