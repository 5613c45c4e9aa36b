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
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from core.errors import StorageError
from core.invoice.model import payment_of
from core.stores.records import Record
from storage.new_sheet import TITLE_ROW, NewSheet
from storage.package import Package
from storage.sheet_xml import MOST_ROWS
from storage.sheets import LAYOUTS, Layout, Row, rows_of

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
    with ExitStack() as stack:
        written: dict[Layout, _Written] = {}

        def sheet_of(layout: Layout) -> _Written:
            if layout not in written:
                named = replace(layout, name=_free_name(layout.name, [each.sheet.name for each in written.values()]))
                new = NewSheet(named, package.styles)
                written[layout] = _Written(stack.enter_context(_spool()), new, package.add_sheet(named.name, b""))
                written[layout].file.write(new.start())
            return written[layout]

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
    """A sheet on its way into a file: what is written of it, its part, and the number of its last row."""

    file: IO[bytes]
    sheet: NewSheet
    part: str
    number: int = TITLE_ROW


def _append(written: _Written, rows: Sequence[Row]) -> None:
    for row in rows:
        written.number += 1
        written.file.write(written.sheet.row(written.number, row).encode())
    if written.number > MOST_ROWS:
        raise StorageError("These records have more lines than an Excel sheet has rows: export them as CSV.")


def _csv(orders: Iterator[Record]) -> bytes:
    buffer = io.BytesIO()
    with ExitStack() as stack, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        spools: dict[Layout, tuple[IO[bytes], io.TextIOWrapper, Any]] = {}

        def writer_of(layout: Layout) -> Any:
            if layout not in spools:
                file = stack.enter_context(_spool())
                text = io.TextIOWrapper(file, "utf-8-sig", newline="")  # with the mark by which Excel knows UTF-8
                spools[layout] = (file, text, _writer(text, layout))
            return spools[layout][2]

        for layout in LAYOUTS:
            writer_of(layout)
        for order in orders:
            for layout, rows in rows_of(order).items():
                writer_of(layout).writerows(_plain(row, layout) for row in rows)
        for layout, (file, text, _) in spools.items():
            text.detach()
            file.seek(0)
            name = _free_name(_file_name(layout), [written.removesuffix(".csv") for written in archive.namelist()])
            with archive.open(f"{name}.csv", "w", force_zip64=True) as member:
                shutil.copyfileobj(file, member)
    return buffer.getvalue()


def _free_name(name: str, taken: Sequence[str]) -> str:
    """``name``, with a number behind it where it is taken: versions of a type with other columns have sheets of their own."""
    numbered = (f"{name[:28]} {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)


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
