"""Fuel receipts: volume and price per unit stand on lines of their own above the amount that they make."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.page.layout import Segment
from core.rules.tables.items import multiplies
from core.rules.tables.money_rows import MoneyRow

#: Volume and price stand on so many lines above the amount.
_REACH = 4


def take_pump(rows: Sequence[MoneyRow], habit: Notation) -> None:
    """Gives the amount of a pump its volume and price (``GALLONS: 11.482``, ``PRICE/G: $3.259``); the row of the price
    is then no item."""
    found: dict[int, list[Amount]] = {}
    for row in rows:
        lines = row.layout.lines[max(0, row.line.index - _REACH) : row.line.index]
        for line in lines:
            if id(line) not in found:
                found[id(line)] = _numbers(line.segments, habit)
        single = [found[id(line)][0] for line in lines if len(found[id(line)]) == 1]
        for volume, price in permutations(single, 2):
            if volume.decimals >= 2 and price.decimals == 3 and multiplies(volume.value, price.value, row.amount.value):
                row.quantity, row.price = volume, price
                for other in rows:
                    if other.layout is row.layout and {*other.amount.tokens} & {*volume.tokens, *price.tokens}:
                        other.kind = "none"
                break


def _numbers(segments: Sequence[Segment], habit: Notation) -> list[Amount]:
    return [amount for segment in segments for amount in find_amounts(segment.tokens, habit) if not amount.percent]
