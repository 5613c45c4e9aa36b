"""One sheet of a workbook, edited in place: the rows of an order are put, found and taken out, and every other byte of
the sheet stays as the person's spreadsheet program wrote it.

Rows and cells are found by their tags, which is exact because :func:`regular` first makes sure of what that needs: UTF-8,
no comments or CDATA (so that every ``<`` is a tag), no namespace prefixes, and a position on every row and cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from core.errors import StorageError
from storage.cells import cell_value, cell_xml, day_of, letters_of, place_of
from storage.regular_xml import regular
from storage.sheets import Layout, Row

#: The most rows that a sheet can have.
MOST_ROWS = 1_048_576

_START = re.compile(rb"<sheetData\b[^>]*?(/?)>")
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_CELL = re.compile(rb'<c\b([^>]*?\br="([A-Z]+)\d+"[^>]*?)(?:/>|>(.*?)</c>)', re.S)
_CONTENT = re.compile(rb"<(?:v|is|f)[ />]")
_FORMULA = re.compile(rb"<f[ />]")
_STYLE = re.compile(rb'\bs="(\d+)"')
_SPANS = re.compile(rb'\s+spans="[^"]*"')
_COLUMN = re.compile(rb"<col\b([^>]*?)/?>")
_POSITIONS = re.compile(rb'(<row\b[^>]*?\br="|<c\b[^>]*?\br="[A-Z]+)\d+')
_FILTER = re.compile(rb'(<autoFilter\b[^>]*?\bref=")([A-Z]+\d+:[A-Z]+)(\d+)(?=")')
#: What names rows by number below the cells: with any of it, rows are not moved.
_ANCHORED = re.compile(
    rb"<(?:mergeCell|hyperlink|legacyDrawing|drawing|conditionalFormatting|dataValidation|rowBreaks)\b"
)
#: How far down a sheet its column titles are looked for.
_TITLE_ROWS = 20

#: Gives a column's style (the index of its format) where the sheet has none of its own.
StyleOf = Callable[[str], int]


class Sheet:
    """A sheet with the columns of a layout, in any order and with others between them."""

    def __init__(
        self, data: bytes, layout: Layout, strings: Callable[[], Sequence[str]], style_of: StyleOf, date1904: bool
    ) -> None:
        """``data`` is the sheet's XML. Columns of the layout that it lacks are added at its right. Raises ValueError
        for what is no sheet."""
        self._layout = layout
        self._strings = strings
        self._style_of = style_of
        self._date1904 = date1904
        self._numbers: list[int] = []
        self._rows: list[bytes] = []
        self._split(regular(data))
        self._title_row, self._letters = self._find_titles()
        #: The last row with content as it was read.
        self.last_before = self.last_row()
        self._id_cell = _cell_pattern(self._letters["OrderID"])

    def ids(self) -> Iterator[int]:
        """Every row's OrderID; rows without a number there are passed over."""
        return (order_id for index in self._data() if (order_id := self._id_at(index)) is not None)

    def rows_of(self, order_id: int) -> list[Row]:
        """The rows that have this id, in the sheet's order."""
        return [self._read(index) for index in self._indexes(order_id)]

    def values(self, titles: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The values of the columns ``titles`` in every row."""
        patterns = [(title, _cell_pattern(self._letters[title])) for title in titles]
        return (tuple(self._cell(self._rows[i], *wanted) for wanted in patterns) for i in self._data())

    def grouped(self) -> tuple[dict[int, list[Row]], list[int]]:
        """All rows by their id, and the numbers of the rows that hold something and have none."""
        found: dict[int, list[Row]] = {}
        nameless = []
        for index in self._data():
            order_id = self._id_at(index)
            if order_id is not None:
                found.setdefault(order_id, []).append(self._read(index))
            elif _CONTENT.search(self._rows[index]):
                nameless.append(self._numbers[index])
        return found, nameless

    def put(self, order_id: int, rows: Sequence[Row], rows_may_move: Callable[[], bool]) -> None:
        """Make ``rows`` the rows of this id: over the old ones in place, then new ones behind them (or at the end, where
        rows may not move because a formula or the like counts on their place). Raises StorageError when the sheet is full."""
        old = self._indexes(order_id)
        for index, row in zip(old, rows, strict=False):
            self._rows[index] = self._written(self._numbers[index], row, self._rows[index])
        if len(rows) < len(old):
            self._take_out(old[len(rows) :], rows_may_move)
        elif len(rows) > len(old):
            self._add(old, rows[len(old) :], rows_may_move)

    def last_row(self) -> int:
        """The number of the last row that holds anything."""
        return next(
            (n for n, row in zip(self._numbers[::-1], self._rows[::-1], strict=True) if _CONTENT.search(row)), 0
        )

    def xml(self) -> bytes:
        """The sheet's XML as it is now."""
        filtered = (self.filtered() or "").encode()
        return b"".join((self._head, *self._rows, _FILTER.sub(lambda match: match[1] + filtered, self._tail)))

    def filtered(self) -> str | None:
        """The range of the sheet's filter, down to the last row; ``None`` without one."""
        found = _FILTER.search(self._tail)
        return f"{found[2].decode()}{max(self.last_row(), self._title_row)}" if found else None

    # --- reading ---------------------------------------------------------------------------------------------------

    def _split(self, data: bytes) -> None:
        start = _START.search(data)
        if start is None:
            raise ValueError("no sheetData")
        position, empty = start.end(), bool(start[1])
        end = position if empty else data.index(b"</sheetData>", position)
        # The range that it says to have (dimension) would be wrong soon, and may be left out.
        self._head = re.sub(rb"<dimension\b[^>]*/>", b"", data[: start.start()]) + b"<sheetData>"
        self._tail = data[end:] if not empty else b"</sheetData>" + data[end:]
        while (begin := data.find(b"<row", position, end)) >= 0:
            tag_end = data.index(b">", begin, end)
            closed = data[tag_end - 1 : tag_end] == b"/"
            position = tag_end + 1 if closed else data.index(b"</row>", tag_end, end) + 6
            row = data[begin:position]
            self._rows.append(row)
            number = _ROW_NUMBER.search(row, 0, tag_end - begin)
            if number is None:
                raise ValueError("a row without a number")
            self._numbers.append(int(number[1]))

    def _find_titles(self) -> tuple[int, dict[str, str]]:
        """The number of the row with the titles and each column's letters; titles are added where they lack."""
        for index, row in enumerate(self._rows[:_TITLE_ROWS]):
            found: dict[str, str] = {}
            for match in _CELL.finditer(row):
                value = cell_value(match[1], match[3] or b"", self._strings)
                found.setdefault(str(value).strip().casefold(), match[2].decode())
            if "orderid" in found:
                known = {title: found[title.casefold()] for title in self._layout.titles if title.casefold() in found}
                return self._numbers[index], known | self._add_titles(index, known)
        if any(_CONTENT.search(row) for row in self._rows):
            raise StorageError(
                f"The sheet {self._layout.name} has no column OrderID: rename the sheet or restore its first row."
            )
        letters = {title: letters_of(place) for place, title in enumerate(self._layout.titles, 1)}
        cells = "".join(cell_xml(f"{letters[title]}1", title, 0) for title in self._layout.titles)
        self._rows, self._numbers = [f'<row r="1">{cells}</row>'.encode()], [1]
        return 1, letters

    def _add_titles(self, index: int, known: Mapping[str, str]) -> dict[str, str]:
        lacking = [title for title in self._layout.titles if title not in known]
        if not lacking:
            return {}
        cells = list(_CELL.finditer(self._rows[index]))
        style = int(match[1]) if (match := _STYLE.search(cells[-1][1])) else 0
        free = max(place_of(cell[2].decode()) for row in self._rows for cell in _CELL.finditer(row)) + 1
        added = {title: letters_of(free + offset) for offset, title in enumerate(lacking)}
        new = "".join(cell_xml(f"{added[title]}{self._numbers[index]}", title, style) for title in lacking)
        self._rows[index] = self._rows[index].replace(b"</row>", new.encode() + b"</row>")
        return added

    def _data(self) -> Iterator[int]:
        return (index for index, number in enumerate(self._numbers) if number > self._title_row)

    def _id_at(self, index: int) -> int | None:
        value = self._find(self._rows[index], self._id_cell)
        try:
            number = Decimal(value) if value is not None else None
        except InvalidOperation:
            return None
        return int(number) if number is not None and number.is_finite() and number == int(number) else None

    def _indexes(self, order_id: int) -> list[int]:
        wanted = str(order_id).encode()
        # The digits stand in a row that holds the id as a number; shared strings need the look-up.
        return [
            i
            for i in self._data()
            if (wanted in self._rows[i] or b't="s"' in self._rows[i]) and self._id_at(i) == order_id
        ]

    def _find(self, row: bytes, pattern: re.Pattern[bytes]) -> Any:
        match = pattern.search(row)
        return cell_value(match[1], match[2] or b"", self._strings) if match else None

    def _cell(self, row: bytes, title: str, pattern: re.Pattern[bytes]) -> Any:
        """The value in the column ``title``, numbers in a date's column as days."""
        value = self._find(row, pattern)
        is_day = isinstance(value, Decimal) and self._layout.kind_of(title) in ("date", "moment")
        return day_of(value, self._date1904) if is_day else value

    def _read(self, index: int) -> Row:
        return {
            title: self._cell(self._rows[index], title, _cell_pattern(self._letters[title]))
            for title in self._layout.titles
        }

    # --- writing ---------------------------------------------------------------------------------------------------

    def _written(self, number: int, values: Row, old: bytes = b"<row>") -> bytes:
        """``old`` with our values: its other cells, its attributes and all styles stay."""
        cells = {match[2].decode(): match for match in _CELL.finditer(old)}
        texts = {letters: match[0] for letters, match in cells.items()}
        for column in self._layout.columns:
            letters = self._letters[column.title]
            held = _STYLE.search(cells[letters][1]) if letters in cells else None
            style = int(held[1]) if held else self._style(column.title)
            value = values.get(column.title)
            texts[letters] = cell_xml(f"{letters}{number}", value, style, self._date1904).encode()
        attributes = re.sub(rb'\s+r="\d+"', b"", _SPANS.sub(b"", old[4 : old.index(b">")].rstrip(b"/")))
        ordered = b"".join(texts[letters] for letters in sorted(texts, key=place_of))
        return b'<row r="%d"%b>%b</row>' % (number, attributes, ordered)

    def _style(self, title: str) -> int:
        """The style of the whole column as the person set it, else ours."""
        place = place_of(self._letters[title])
        for match in _COLUMN.finditer(self._head):
            told = dict(re.findall(rb'(\w+)="([^"]*)"', match[1]))
            if int(told[b"min"]) <= place <= int(told[b"max"]) and int(told.get(b"style", 0)):
                return int(told[b"style"])
        return self._style_of(title)

    def _add(self, old: list[int], rows: Sequence[Row], rows_may_move: Callable[[], bool]) -> None:
        last = self.last_row()
        if max(last, self._title_row) + len(rows) > MOST_ROWS:
            raise StorageError(f"The sheet {self._layout.name} is full: move old orders to another workbook.")
        if old and self._numbers[old[-1]] < last and self._may_move(rows_may_move):
            at = old[-1] + 1
            first = self._numbers[old[-1]] + 1
            self._renumber(at, lambda number: number + len(rows))
            self._rows[at:at] = [self._written(first + offset, row) for offset, row in enumerate(rows)]
            self._numbers[at:at] = range(first, first + len(rows))
            return
        first = max(last, self._title_row) + 1
        at = next((index for index, number in enumerate(self._numbers) if number >= first), len(self._numbers))
        formatted = dict(zip(self._numbers[at:], self._rows[at:], strict=True))  # empty rows below, with their looks
        for offset, row in enumerate(rows):
            number = first + offset
            formatted[number] = self._written(number, row, formatted.get(number, b"<row>"))
        self._numbers[at:] = sorted(formatted)
        self._rows[at:] = [formatted[number] for number in sorted(formatted)]

    def _take_out(self, indexes: list[int], rows_may_move: Callable[[], bool]) -> None:
        at_end = self._numbers[indexes[0]] > self.last_row() - len(indexes)
        if at_end or self._may_move(rows_may_move):
            gone = [self._numbers[index] for index in indexes]
            for index in reversed(indexes):
                del self._rows[index], self._numbers[index]
            self._renumber(indexes[0], lambda number: number - bisect_left(gone, number))
        else:
            for index in indexes:
                self._rows[index] = self._written(self._numbers[index], {}, self._rows[index])

    def _may_move(self, rows_may_move: Callable[[], bool]) -> bool:
        anchored = _ANCHORED.search(self._tail) or any(_FORMULA.search(row) for row in self._rows)
        return not anchored and rows_may_move()

    def _renumber(self, start: int, changed: Callable[[int], int]) -> None:
        """Give the rows from index ``start`` on the numbers that ``changed`` says."""
        for index in range(start, len(self._rows)):
            number = changed(self._numbers[index])
            self._rows[index] = _POSITIONS.sub(rb"\g<1>%d" % number, self._rows[index])
            self._numbers[index] = number


@cache
def _cell_pattern(letters: str) -> re.Pattern[bytes]:
    return re.compile(rb'<c\b([^>]*?\br="%b\d+"[^>]*?)(?:/>|>(.*?)</c>)' % letters.encode(), re.S)
