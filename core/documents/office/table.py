"""The sheets of an Excel workbook as HTML tables: every shown cell with its value, as plainly as it can be read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Any

from core.documents.office.drawing import Sheet, Written

#: Rows and columns of a sheet that are looked at, and sheets of a workbook.
_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 3_000, 100, 20
#: Points that a character of the usual size takes, and that a page has across (upright, and on its side).
_CHARACTER, _UPRIGHT, _ASIDE = 5.4, 523.0, 770.0
_USUAL_WIDTH = 8.43
#: A column grows to no more characters so that a text stands in one line.
_LONGEST_TEXT = 60
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|([€$£¥₹])')
_NO_VALUES = "{count} formulas of the sheet “{sheet}” have no values (the file was never calculated), so their cells are empty: open it in Excel, save it, and add it again."
_HIDDEN = "Hidden sheets were left out: {names}."
_PICTURES = "Pictures in its sheets are not shown."


def write_table(data: bytes) -> Written:
    """The pages of a workbook (a package without macros), a sheet after another."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    formulas = openpyxl.load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:_MOST_SHEETS]
    sheets: list[Sheet] = []
    remarks: list[str] = []
    lacking = 0
    for sheet in shown:
        if (sheet.max_row or 0) > 0:
            grid = _Grid(sheet, formulas[sheet.title])
            if grid.is_too_long:
                return Written(
                    [],
                    trouble=f"its sheet “{sheet.title}” has more than {_MOST_ROWS:,} rows, which no invoice needs: save the invoice's sheet by itself.",
                )
            if drawn := grid.drawn():
                sheets.append(drawn)
            if grid.empty_formulas:
                lacking += grid.empty_formulas
                remarks.append(_NO_VALUES.format(count=grid.empty_formulas, sheet=sheet.title))
    if any(getattr(sheet, "_images", []) for sheet in shown):
        remarks.append(_PICTURES)
    if hidden:
        remarks.append(_HIDDEN.format(names=", ".join(hidden)))
    return Written(sheets, remarks, lacks_values=lacking > 0)


@dataclass(slots=True)
class _Cell:
    """A cell as it is drawn."""

    text: str
    right: bool
    style: str
    wraps: bool
    across: int = 1
    down: int = 1


class _Grid:
    """A sheet's cells."""

    def __init__(self, sheet: Any, formulas: Any) -> None:
        self._sheet = sheet
        self._formulas = formulas
        self._covered: set[tuple[int, int]] = set()
        self.empty_formulas = 0
        self._cells: dict[tuple[int, int], _Cell] = {}
        self.is_too_long = False
        self._collect()

    def _collect(self) -> None:
        area = self._print_area()
        merged = {(each.min_row, each.min_col): each for each in self._sheet.merged_cells.ranges}
        for (row, column), cell in sorted(self._sheet._cells.items()):
            if column > _MOST_COLUMNS or cell.value is None or self._is_hidden(row, column):
                self._note_formula(row, column, cell)
                continue
            if area and not (area[0] <= row <= area[2] and area[1] <= column <= area[3]):
                continue
            drawn = _cell(cell)
            if (span := merged.get((row, column))) is not None:
                drawn.across, drawn.down = span.max_col - span.min_col + 1, span.max_row - span.min_row + 1
            self._cells[row, column] = drawn
        self.is_too_long = len({row for row, _ in self._cells}) > _MOST_ROWS

    def _note_formula(self, row: int, column: int, cell: Any) -> None:
        if cell.value is None:
            formula = self._formulas._cells.get((row, column))
            self.empty_formulas += formula is not None and formula.data_type == "f"

    def _print_area(self) -> tuple[int, int, int, int] | None:
        """Row and column from, row and column to; nothing where none was chosen, or where nothing stands in it."""
        from openpyxl.utils.cell import range_boundaries

        areas = re.findall(r"\$?[A-Z]{1,3}\$?\d{1,7}:\$?[A-Z]{1,3}\$?\d{1,7}", str(self._sheet.print_area or ""))
        if len(areas) != 1:
            return None
        left, top, right, bottom = range_boundaries(areas[0])
        inside = (
            1
            for (row, column), cell in self._sheet._cells.items()
            if top <= row <= bottom and left <= column <= right and cell.value is not None
        )
        return (top, left, bottom, right) if next(inside, 0) else None

    def _is_hidden(self, row: int, column: int) -> bool:
        from openpyxl.utils import get_column_letter

        rows, columns = self._sheet.row_dimensions, self._sheet.column_dimensions
        letter = get_column_letter(column)
        return bool((row in rows and rows[row].hidden) or (letter in columns and columns[letter].hidden))

    def drawn(self) -> Sheet | None:
        """The sheet as a table; nothing where nothing stands in it."""
        if not self._cells:
            return None
        columns = sorted({column for _, column in self._cells})
        first, last = columns[0], columns[-1]
        widths = {column: self._width(column) for column in range(first, last + 1)}
        total = sum(widths.values())
        wide = total > _UPRIGHT
        scale = min(1.0, (_ASIDE if wide else _UPRIGHT) / total)
        rows = []
        before = 0
        for row in sorted({row for row, _ in self._cells}):
            if before and row > before + 1:
                rows.append("<tr><td> </td></tr>")
            rows.append(f"<tr>{''.join(self._row(row, first, last, widths))}</tr>")
            before = row
        size = max(5.0, round(9 * min(1.0, scale * 1.15), 1))
        return Sheet(f"<table>{''.join(rows)}</table>", wide, f"body {{ font-size: {size}px; }} td {{ border: none; }}")

    def _width(self, column: int) -> float:
        """Of a column, in points: as wide as it was made, and as what stands in it needs."""
        from openpyxl.utils import get_column_letter

        known = self._sheet.column_dimensions
        letter = get_column_letter(column)
        chosen = known[letter].width if letter in known and known[letter].width else _USUAL_WIDTH
        own = (cell for (row, at), cell in self._cells.items() if at == column and self._needs_room(row, at, cell))
        longest = max((max(map(len, cell.text.split("\n"))) for cell in own), default=0)
        return _CHARACTER * max(min(float(chosen), 80.0), min(longest, _LONGEST_TEXT) + 1)

    def _needs_room(self, row: int, column: int, cell: _Cell) -> bool:
        """Whether all of a cell has to stand in its own column: a number, or a text beside which there is something."""
        return cell.across == 1 and (cell.right or (not cell.wraps and (row, column + 1) in self._cells))

    def _row(self, row: int, first: int, last: int, widths: dict[int, float]) -> Iterator[str]:
        column = first
        while column <= last:
            cell = self._cells.get((row, column))
            if (row, column) in self._covered:
                column += 1
                continue
            if cell is None:
                yield "<td> </td>"
                column += 1
                continue
            across = min(cell.across, last - column + 1)
            if cell.across == 1 and not cell.right and not cell.wraps:
                across = self._overflow(row, column, last, cell, widths)
            for down in range(1, cell.down):
                self._covered |= {(row + down, column + step) for step in range(across)}
            span = (f' colspan="{across}"' if across > 1 else "") + (
                f' rowspan="{cell.down}"' if 1 < cell.down < _MOST_ROWS else ""
            )
            width = f"width:{sum(widths[column + step] for step in range(across)):.0f}px" if across == 1 else ""
            style = ";".join(filter(None, (cell.style, "text-align:right" if cell.right else "", width)))
            yield f'<td{span} style="{style}">{escape(cell.text, quote=False).replace(chr(10), "<br>") or " "}</td>'
            column += across

    def _overflow(self, row: int, column: int, last: int, cell: _Cell, widths: dict[int, float]) -> int:
        """How many columns a text takes: like in Excel it runs on over empty cells."""
        needed = _CHARACTER * max(map(len, cell.text.split("\n")))
        across, have = 1, widths[column]
        while (
            have < needed
            and column + across <= last
            and (row, column + across) not in self._cells
            and (row, column + across) not in self._covered
        ):
            have += widths[column + across]
            across += 1
        return across


def _cell(cell: Any) -> _Cell:
    text = text_of_cell(cell.value, str(cell.number_format or "General"))
    is_number = not isinstance(cell.value, str | bool)
    aligned = cell.alignment.horizontal if cell.alignment else None
    style = ["font-weight:bold"] if cell.font and cell.font.b else []
    fill = cell.fill.fgColor if cell.fill and cell.fill.fill_type == "solid" else None
    colours = (("background-color", fill), ("color", cell.font.color if cell.font else None))
    style += [f"{name}:#{colour.rgb[2:]}" for name, colour in colours if colour and _is_rgb(colour)]
    right = aligned == "right" or (is_number and aligned not in ("left", "center", "centerContinuous"))
    if aligned in ("center", "centerContinuous"):
        style.append("text-align:center")
    return _Cell(text, right, ";".join(style), bool(cell.alignment and cell.alignment.wrap_text))


def _is_rgb(colour: Any) -> bool:
    return (
        colour.type == "rgb" and isinstance(colour.rgb, str) and re.fullmatch(r"[0-9A-Fa-f]{8}", colour.rgb) is not None
    )


def text_of_cell(value: Any, form: str) -> str:
    """A value as text that can be read in one way only: days as ISO says, numbers with the decimals of their format and
    without marks between thousands, percent and currency as the format has them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, form)
    return str(value)


def _number(value: float, form: str) -> str:
    sections = form.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    literals = ["".join(found) for found in _LITERAL.findall(section)]
    bare = re.sub(r"\[[^\]]*\]|_.|\*.", "", _LITERAL.sub("\0", section))
    percent = "%" in bare
    amount = (
        Decimal(repr(value)) * (100 if percent else 1)
        if isinstance(value, float)
        else Decimal(value) * (100 if percent else 1)
    )
    text = _digits(amount, bare)
    before, *_ = bare.partition("0") if "0" in bare else (bare, "", "")
    front = " ".join(each.strip() for each in literals[: before.count("\0")] if each.strip())
    behind = " ".join(each.strip() for each in literals[before.count("\0") :] if each.strip())
    return " ".join(filter(None, (front, text + ("%" if percent else ""), behind)))


def _digits(amount: Decimal, bare: str) -> str:
    """With the decimals that the format shows; without one, as many as there are."""
    if not amount.is_finite():
        return str(amount)
    if not re.search("[0#?]", bare) or "E" in bare:
        plain = round(amount, 10) if abs(amount) < Decimal(10) ** 15 else amount
        return f"{plain.normalize():f}"
    decimals = match[1] if (match := re.search(r"\.([0#?]+)", bare)) else ""
    text = f"{amount.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP):f}"
    for _ in range(len(decimals) - len(decimals.rstrip("#?"))):
        text = text.removesuffix("0").removesuffix(".")
    return text
