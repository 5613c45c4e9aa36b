"""Line items from pages of words: tables with a header first, then what shows itself by numbers alone."""

from __future__ import annotations

from collections.abc import Sequence

from core.rules.amounts import NumberFormat
from core.rules.layout import Layout
from core.rules.lexicon import Lexicon
from core.rules.tables.items import ItemCell, ItemRow
from core.rules.tables.ruled import read_with_header, read_with_inferred_header
from core.rules.tables.unruled import read_without_header
from core.rules.tables.words import table_words

__all__ = ["ItemCell", "ItemRow", "read_line_items"]


def read_line_items(
    pages: Sequence[Layout], lexicon: Lexicon, habit: NumberFormat, language: str | None = None
) -> list[ItemRow]:
    """The line items of an invoice, in page order; empty where there are none. ``habit`` is how the document writes
    numbers, ``language`` its ISO 639-1 code where it is known."""
    words = table_words(lexicon, language)
    for read in (read_with_header, read_with_inferred_header, read_without_header):
        if items := read(pages, words, habit):
            return items
    return []
