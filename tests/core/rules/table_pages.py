"""Synthetic pages for the table tests: cells at given places become words with boxes."""

from __future__ import annotations

from collections.abc import Sequence

from core.evidence import Box, PageText, Word
from core.notation import notation_of
from core.page.layout import Layout
from core.rules.lexicon import load_lexicon
from core.rules.tables import ItemRow, read_line_items

SIZE = 10.0
PITCH = 16.0
Cell = str | None
#: Four columns: text from the left, then three numbers set flush right.
FOUR = (40.0, -340.0, -430.0, -540.0)


def page(
    rows: Sequence[Sequence[Cell]],
    places: Sequence[float] = FOUR,
    *,
    number: int = 1,
    pitch: float = PITCH,
    confidence: float = 1.0,
    slope: float = 0.0,
) -> PageText:
    """A page of ``rows``. A place is where a cell begins, or, when negative, where it ends; an empty row is a gap."""
    words: list[Word] = []
    for row_at, row in enumerate(rows):
        for place, cell in zip(places, row, strict=False):
            if not cell:
                continue
            x = place if place >= 0 else -place - width_of(cell)
            for text in cell.split(" "):
                y = 100 + row_at * pitch + slope * x
                words.append(Word(text, Box(x, y, x + width_of(text), y + SIZE), confidence))
                x += width_of(text + " ")
    return PageText(number, 595, 842, tuple(words), "text-layer")


def width_of(text: str) -> float:
    """The width of ``text`` in page units: digits and letters half as wide as high, marks a quarter."""
    return sum(0.25 if char in " .,:;'|!il" else 0.5 for char in text) * SIZE


def read(*pages: PageText, language: str | None = None) -> list[ItemRow]:
    """The line items of ``pages``."""
    habit = notation_of(pages, language)
    return read_line_items([Layout(page) for page in pages], load_lexicon().for_language(language), habit, language)


def plain(rows: Sequence[ItemRow]) -> list[tuple[str | None, ...]]:
    """Rows as (description, quantity, unit price, total), numbers without trailing zeros."""
    return [
        (
            row.description.text if row.description else None,
            *(
                f"{cell.value.normalize():f}" if cell is not None and cell.value is not None else None
                for cell in (row.quantity, row.unit_price, row.total_price)
            ),
        )
        for row in rows
    ]
