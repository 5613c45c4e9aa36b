"""Any table of the pages as a file to take away: CSV, or an Excel workbook of several sheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.errors import StorageError
from storage.exports import csv_cell

TableRows = Sequence[Mapping[str, Any]]

#: Excel's own limits.
_TITLE_LETTERS, _MOST_LETTERS, _WIDEST = 31, 32_767, 60


def export_tables(tables: Mapping[str, TableRows], form: str) -> bytes:
    """Several tables by name: ``xlsx`` has a sheet each, ``csv`` takes one. Text that a spreadsheet program would run as a
    formula stays text. Raises StorageError for another form."""
    if form == "csv" and len(tables) == 1:
        return _csv(next(iter(tables.values())))
    if form == "xlsx":
        return _xlsx(tables)
    raise StorageError(f"Tables cannot be exported as “{form}”: use csv or xlsx.")


def _titles(rows: TableRows) -> list[str]:
    return list(dict.fromkeys(title for row in rows for title in row))


def _csv(rows: TableRows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    titles = _titles(rows)
    writer.writerow(csv_cell(title) for title in titles)
    writer.writerows([csv_cell(row.get(title)) for title in titles] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(tables: Mapping[str, TableRows]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(_sheet_name(name, book.sheetnames))
        titles = _titles(rows)
        for number, title in enumerate(titles):
            longest = max([len(title), *(len(str(row.get(title, ""))) for row in rows[:200])])
            sheet.column_dimensions[_letter(number)].width = min(longest + 2, _WIDEST)
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, title, bold=True) for title in titles])
        for row in rows:
            sheet.append([_cell(sheet, row.get(title)) for title in titles])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, value: Any, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_MOST_LETTERS]
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number + 1))


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name that Excel takes and that no other sheet has."""
    clean = "".join(char for char in name if char not in "[]:*?/\\'")[:_TITLE_LETTERS] or "Table"
    number = 2
    unique = clean
    while unique.casefold() in {other.casefold() for other in taken}:
        unique = f"{clean[: _TITLE_LETTERS - 4]} {number}"
        number += 1
    return unique
