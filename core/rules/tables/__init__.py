"""Line items from pages of words: tables with a header first, then what shows itself by numbers alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from core.notation import Notation
from core.page.layout import Layout
from core.rules.lexicon import Lexicon
from core.rules.tables.items import ItemCell, ItemRow
from core.rules.tables.ruled import PrintedSums, read_with_header, read_with_inferred_header
from core.rules.tables.unruled import read_without_header
from core.rules.tables.words import table_words

__all__ = ["ItemCell", "ItemRow", "read_line_items"]

_MONEY = re.compile(r"\d[.,]\d\d$")


def read_line_items(
    pages: Sequence[Layout], lexicon: Lexicon, habit: Notation, language: str | None = None
) -> list[ItemRow]:
    """The line items of an invoice, in page order; empty where there are none. ``habit`` is how the document writes
    numbers, ``language`` its ISO 639-1 code where it is known."""
    return [_without_its_count(row) for row in _read(pages, lexicon, habit, language)]


def _without_its_count(row: ItemRow) -> ItemRow:
    """A row whose quantity is money and no other amount than its total, and that has no price: a lone “1” was not read, and the
    price stands in its place."""
    count, total = row.quantity, row.total_price
    if row.unit_price or count is None or total is None or count.value != total.value or not _MONEY.search(count.text):
        return row
    return replace(row, quantity=None, unit_price=count) if count.value not in (0, 1) else row


def _read(pages: Sequence[Layout], lexicon: Lexicon, habit: Notation, language: str | None) -> list[ItemRow]:
    words = table_words(lexicon, language)
    sums = PrintedSums(pages, words, habit)
    ruled = (read_with_header, read_with_inferred_header)
    readings = chain(
        (read(pages, words, habit, sums) for read in ruled),
        (read_without_header(page, words, habit) for page in [pages]),
    )
    bare: list[ItemRow] = []
    found: list[list[ItemRow]] = []
    for items in readings:
        if not bare and any((item.quantity and item.total_price) or item.unit_price for item in items):
            return items if _added(items) in sums.values else _proven(items, readings, sums.values)
        found.append(items)
        bare = _fuller(bare, items)
    return bare if not bare or _added(bare) in sums.values else _proven(bare, found, sums.values)


def _proven(items: list[ItemRow], others: Iterable[list[ItemRow]], sums: frozenset[Decimal]) -> list[ItemRow]:
    """``items``, or the first of ``others`` with more rows that add up to a printed sum, which those of ``items`` do not."""
    fuller = (other for other in others if len(other) > len(items) and _added(other) in sums)
    return next(fuller, items)


def _added(items: Sequence[ItemRow]) -> Decimal | None:
    """What the items add up to; ``None`` where one has no total."""
    totals = [total for total in _totals(items) if total is not None]
    return sum(totals, Decimal(0)) if items and len(totals) == len(items) else None


def _fuller(bare: list[ItemRow], items: list[ItemRow]) -> list[ItemRow]:
    """``bare`` with the rows of ``items``, another reading, that have the same total and also a price; ``items`` where
    ``bare`` has no totals at all: what looked like a header was none."""
    if not any(_totals(bare)):
        return items if any(_totals(items)) else bare or items
    priced = [item for item in items if item.unit_price]
    filled = []
    for row in bare:
        same = next((item for item in priced if _totals([item]) == _totals([row])), None)
        if same is not None:
            priced.remove(same)
        filled.append(same or row)
    return bare if priced else filled


def _totals(items: Sequence[ItemRow]) -> list[Decimal | None]:
    return [item.total_price.value if item.total_price else None for item in items]
