"""Any table of the pages as a file to take away: CSV, or an Excel workbook of several sheets."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from core.errors import StorageError
from storage.exports import csv_cell, csv_writer
from storage.new_sheet import TITLE_ROW, NewSheet
from storage.package import Package
from storage.sheets import Column, Kind, Layout

TableRows = Sequence[Mapping[str, Any]]

#: Excel's own limits.
_TITLE_LETTERS, _WIDEST = 31, 60


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
    writer = csv_writer(text)
    titles = _titles(rows)
    writer.writerow(csv_cell(title) for title in titles)
    writer.writerows([csv_cell(row.get(title)) for title in titles] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(tables: Mapping[str, TableRows]) -> bytes:
    package = Package()
    names: list[str] = []
    for name, rows in tables.items():
        names.append(_sheet_name(name, names))
        layout = Layout(names[-1], tuple(_column(title, rows) for title in _titles(rows)))
        sheet = NewSheet(layout, package.styles)
        lines = (sheet.row(number, _row(row, layout)) for number, row in enumerate(rows, TITLE_ROW + 1))
        last = TITLE_ROW + len(rows)
        package.add_sheet(layout.name, sheet.start() + "".join(lines).encode() + sheet.end(last))
        if layout.columns:
            package.note_filter(layout.name, sheet.filtered(last))
    return package.data()


def _column(title: str, rows: TableRows) -> Column:
    values = [row.get(title) for row in rows]
    longest = max([len(title), *(len(str(value)) for value in values[:200] if value is not None)])
    return Column(title, _kind(values), min(longest + 2, _WIDEST))


def _kind(values: Sequence[Any]) -> Kind:
    """How a column's values look: as moments or days where each is one, else as they come."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, date) for value in known):
        return "moment" if any(isinstance(value, datetime) for value in known) else "date"
    return "quantity"


def _row(row: Mapping[str, Any], layout: Layout) -> Mapping[str, Any]:
    return {title: _value(row.get(title)) for title in layout.titles}


def _value(value: Any) -> Any:
    """A value as a cell takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name that Excel takes and that no other sheet has."""
    clean = "".join(char for char in name if char not in "[]:*?/\\'")[:_TITLE_LETTERS] or "Table"
    number = 2
    unique = clean
    while unique.casefold() in {other.casefold() for other in taken}:
        unique = f"{clean[: _TITLE_LETTERS - 4]} {number}"
        number += 1
    return unique
