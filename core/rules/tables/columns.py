"""Columns of a table's body: where one ends and the next begins, and which numbers they hold.

Boundaries are the gutters: of all places between two neighbouring names, the one that the fewest words of the body
cross. Which number is quantity, price and total follows from the header and is checked by quantity × price = total.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from core.rules.amounts import Amount, NumberFormat, find_amounts
from core.rules.tables.header import Column, Header
from core.rules.layout import Layout, Line, Token

#: Gutters are looked for in steps of this share of the text height.
_STEP = 0.25
#: A table's body is judged by this many of its lines.
_SAMPLE = 30


class Grid:
    """The columns of a table with their boundaries, in page units. ``bounds[i]`` parts column i from i + 1."""

    def __init__(self, columns: Sequence[Column], bounds: Sequence[float]) -> None:
        self.columns = list(columns)
        self.bounds = list(bounds)

    def cells(self, tokens: Sequence[Token]) -> list[list[Token]]:
        """``tokens`` by the column in which their centre lies."""
        cells: list[list[Token]] = [[] for _ in self.columns]
        for token in tokens:
            cells[bisect_right(self.bounds, (token.x0 + token.x1) / 2)].append(token)
        return cells

    def span(self, column: Column, width: float) -> tuple[float, float]:
        """Left and right edge of ``column`` on a page of ``width``."""
        at = self.columns.index(column)
        left = self.bounds[at - 1] if at else 0.0
        right = self.bounds[at] if at < len(self.bounds) else width
        return left, right


def find_grid(layout: Layout, header: Header, body: Sequence[Line]) -> Grid:
    """The boundaries of ``header``'s columns, from the lines of ``body`` that hold numbers."""
    step = max(layout.text_height * _STEP, 0.5)
    counts = [0] * (int(layout.width / step) + 3)
    for line in [line for line in body if len(line.segments) > 1][:_SAMPLE]:
        for segment in line.segments:
            _cover(counts, segment.x0, segment.x1, step, 1)
            for token in segment.tokens:
                _cover(counts, token.x0, token.x1, step, 2)
    for column in header.columns:
        _cover(counts, column.x0, column.x1, step, 3)
    bounds = [_gutter(counts, left, right, step) for left, right in pairwise(header.columns)]
    return Grid(header.columns, sorted(bounds))


def _cover(counts: list[int], x0: float, x1: float, step: float, weight: int) -> None:
    for place in range(max(0, int(x0 / step + 0.5)), min(len(counts), int(x1 / step + 0.5))):
        counts[place] += weight


def _gutter(counts: Sequence[int], left: Column, right: Column, step: float) -> float:
    """The middle of the widest stretch that is least crossed between two names; of equals, the one nearest to them."""
    start, end = int(left.x0 / step) + 1, max(int(right.x1 / step), int(left.x0 / step) + 2)
    low, high = left.x1 / step, right.x0 / step
    window = counts[start:end]
    if not window:
        return (left.x1 + right.x0) / 2
    least = min(window)
    best: tuple[float, float] | None = None
    run_start: int | None = None
    for place in range(start, end + 1):
        if place < end and place < len(counts) and counts[place] == least:
            run_start = place if run_start is None else run_start
        elif run_start is not None:
            middle = (run_start + place) / 2
            away = max(0.0, low - place, run_start - high)
            rank = away - 0.5 * (place - run_start)
            if best is None or rank < best[0]:
                best = (rank, middle)
            run_start = None
    return best[1] * step if best else (left.x1 + right.x0) / 2


def read_numbers(cell: Sequence[Token], habit: NumberFormat, repair: bool) -> list[Amount]:
    """The numbers of a cell that are no percentages, from left to right."""
    if not any(char.isdigit() for token in cell for char in token.text):
        return []
    return [amount for amount in find_amounts(cell, habit, repair) if not amount.percent]
