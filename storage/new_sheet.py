"""A new sheet for a layout: titles that stay in view, a filter, column widths, and formats for whole columns (which a
person may change: rows that come later follow)."""

from __future__ import annotations

from storage.cells import cell_xml, letters_of
from storage.sheets import Layout, Row
from storage.styles import Styles

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: The row of the titles.
TITLE_ROW = 1


class NewSheet:
    """The pieces of a new sheet's XML: ``start``, any number of rows, ``end``."""

    def __init__(self, layout: Layout, styles: Styles) -> None:
        self.name = layout.name
        self._columns = [
            (column.title, letters_of(place), styles.of_kind(column.kind))
            for place, column in enumerate(layout.columns, 1)
        ]
        self._widths = [column.width for column in layout.columns]
        self._titles = styles.of_titles()

    def start(self) -> bytes:
        """Everything up to the titles."""
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{width}" style="{style}" customWidth="1"/>'
            for place, (width, (_, _, style)) in enumerate(zip(self._widths, self._columns, strict=True), 1)
        )
        titles = "".join(cell_xml(f"{letters}{TITLE_ROW}", title, self._titles) for title, letters, _ in self._columns)
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetViews>'
            f'<sheetView workbookViewId="0"><pane ySplit="{TITLE_ROW}" topLeftCell="A{TITLE_ROW + 1}" '
            f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>{columns and f"<cols>{columns}</cols>"}'
            f'<sheetData><row r="{TITLE_ROW}">{titles}</row>'
        ).encode()

    def row(self, number: int, values: Row) -> str:
        """One row of values."""
        cells = [cell_xml(f"{letters}{number}", values.get(title), style) for title, letters, style in self._columns]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def end(self, last_row: int) -> bytes:
        """Everything after the rows, of which ``last_row`` is the last one's number."""
        filtered = f'<autoFilter ref="{self.filtered(last_row)}"/>' if self._columns else ""
        return f"</sheetData>{filtered}</worksheet>".encode()

    def filtered(self, last_row: int) -> str:
        """The range of its filter."""
        return f"A{TITLE_ROW}:{self._columns[-1][1]}{last_row}"
