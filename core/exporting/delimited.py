"""A laid-out table as the bytes of a file."""

from __future__ import annotations

from collections.abc import Sequence

from core.exporting.layout import ExportLayout
from core.exporting.table import LaidOut
from core.notation.formulas import without_formulas
from core.stores.records import Record

_LINE_END = "\r\n"


def write_table(layout: ExportLayout, records: Sequence[Record]) -> bytes:
    """``records`` as ``layout`` has them. A character that its encoding lacks becomes a question mark. Raises LayoutError."""
    table = LaidOut(layout, records)
    lines = table.head()
    if layout.titles:
        lines.append(layout.separator.join(_cell(layout, column.title, is_text=False) for column in layout.columns))
    for row in table.rows():
        lines.append(layout.separator.join(_cell(layout, text, is_text=is_text) for text, is_text in row))
    return "".join(f"{line}{_LINE_END}" for line in lines).encode(layout.encoding, "replace")


def _cell(layout: ExportLayout, text: str, *, is_text: bool) -> str:
    text = text.replace("\x00", "")
    if layout.guard and is_text:
        text = without_formulas(text)
    special = any(char in text for char in (layout.separator, '"', "\r", "\n"))
    quoted = layout.quotes == "all" or (layout.quotes == "texts" and is_text) or special
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if quoted else text
