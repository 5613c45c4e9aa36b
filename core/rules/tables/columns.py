"""Columns of a table's body: where one ends and the next begins, and which numbers they hold.

The words of the body form islands of the page's width; each island goes to the name that it stands nearest to, so that
the order is kept and no column of numbers stays empty where it can be filled.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.notation.currencies import currency_of
from core.page.layout import Layout, Line, Token
from core.rules.tables.header import NUMERIC, Column, Header

#: The page's width is looked at in steps of this share of the text height.
_STEP = 0.25
#: A table's body is judged by this many of its lines.
_SAMPLE = 30
#: What it costs, in text heights, to leave a column without words.
_LONELY = {"description": 8.0, "quantity": 8.0, "unit_price": 8.0, "total_price": 8.0, "position": 3.0}
_LONELY_OTHER = 1.5
#: What it costs, in text heights, to give words to a column of numbers.
_MISFIT = 4.0

#: An island of numbers is covered by numbers to this share.
_NUMERIC_SHARE = 0.5

Span = tuple[float, float]


class Island(NamedTuple):
    """A stretch of the page's width that the body's words cover; ``numeric`` where they are numbers."""

    x0: float
    x1: float
    numeric: bool


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

    def cells_of(self, line: Line) -> list[list[Token]]:
        """The words of ``line`` by column. A text that runs on over the next column's edge stays whole where that
        column has a cell of its own."""
        cells = self.cells(line.tokens)
        at = next((place for place, column in enumerate(self.columns) if column.role == "description"), None)
        if at is None or at + 1 == len(cells):
            return cells
        for segment in line.segments:
            over = [token for token in cells[at + 1] if token in segment.tokens]
            if over and len(over) < len(cells[at + 1]) and segment.tokens[0] not in cells[at + 1]:
                cells[at] += over
                cells[at + 1] = [token for token in cells[at + 1] if token not in over]
        return cells

    def span(self, column: Column, width: float) -> tuple[float, float]:
        """Left and right edge of ``column`` on a page of ``width``."""
        at = self.columns.index(column)
        left = self.bounds[at - 1] if at else 0.0
        right = self.bounds[at] if at < len(self.bounds) else width
        return left, right


def level_rows(lines: Sequence[Line]) -> list[Line]:
    """``lines`` with those joined that are one row set or scanned a little out of level: they overlap in height, and
    no cell of one stands over a cell of the other."""
    rows: list[Line] = []
    for line in lines:
        if rows and _is_same_row(rows[-1], line):
            segments = sorted((*rows[-1].segments, *line.segments), key=lambda segment: segment.x0)
            rows[-1] = Line(line.index, segments)
        else:
            rows.append(line)
    return rows


def _is_same_row(above: Line, below: Line) -> bool:
    height = min(above.y1 - above.y0, below.y1 - below.y0)
    if above.y1 - below.y0 < 0.5 * height or below.center - above.center > 0.6 * height:
        return False
    return not any(one.x0 < other.x1 and other.x0 < one.x1 for one in above.segments for other in below.segments)


def find_grid(layout: Layout, header: Header, body: Sequence[Line]) -> Grid:
    """The boundaries of ``header``'s columns, from the lines of ``body``."""
    step = max(layout.text_height * _STEP, 0.5)
    rows = _sample(body)
    columns = header.columns
    best: tuple[int, Grid] | None = None
    for fine in (False, True):
        islands = _find_islands(rows, layout.width, step, columns, fine)
        owners = _assign(islands, columns, layout.text_height)
        empty = sum(
            column.role in _LONELY
            and not any(owner == at and _suits(island, column) for island, owner in zip(islands, owners, strict=True))
            for at, column in enumerate(columns)
        )
        if best is None or empty < best[0]:
            best = (empty, Grid(columns, _bounds(islands, owners, columns, layout.width)))
        if not empty:
            break
    assert best is not None
    return best[1]


def prefer_words(grid: Grid, rows: Sequence[Line]) -> None:
    """Where two columns may be the description and the first holds only numbers (a running number under “Item”),
    takes the other."""
    named = [column for column in grid.columns if column.role in ("description", "second_description")]
    if len(named) < 2:
        return
    cells = [grid.cells(line.tokens) for line in _sample(rows)]
    worded = [
        sum(any(token.text.isalpha() for token in row[grid.columns.index(column)]) for row in cells) for column in named
    ]
    first = next(at for at, column in enumerate(named) if column.role == "description")
    best = worded.index(max(worded))
    if not worded[first]:
        named[first].role, named[best].role = named[best].role, named[first].role


def _sample(body: Sequence[Line]) -> list[Line]:
    """The rows to judge by: those with two numbers or more, where there are any."""
    rows = [line for line in level_rows(body) if len(line.segments) > 1]
    full = [line for line in rows if sum(_is_number(segment.tokens[-1]) for segment in line.segments) > 1]
    return (full or rows)[:_SAMPLE]


def _bounds(islands: Sequence[Island], owners: Sequence[int], columns: Sequence[Column], width: float) -> list[float]:
    """Where each column ends and the next begins: between their islands or, for a column without one, its name."""
    bounds = []
    for at, (left, right) in enumerate(pairwise(columns)):
        before = [island.x1 for island, owner in zip(islands, owners, strict=True) if owner <= at]
        after = [island.x0 for island, owner in zip(islands, owners, strict=True) if owner > at]
        low = max([*before, left.x1 if at not in owners else 0.0])
        high = min([*after, right.x0 if at + 1 not in owners else width])
        bounds.append((low + high) / 2)
    return sorted(bounds)


def _find_islands(
    rows: Sequence[Line], width: float, step: float, columns: Sequence[Column], fine: bool
) -> list[Island]:
    """The stretches of the page's width that the body's words cover, cut where several names stand over one. ``fine``
    also parts numbers from the words beside them in a cell."""
    counts = [0] * (int(width / step) + 3)
    numbers = counts.copy()
    for line in rows:
        for segment in line.segments:
            for run in _runs(segment.tokens) if fine else (segment.tokens,):
                _cover(counts, run[0].x0, run[-1].x1, step)
                if _is_numeric(run):
                    _cover(numbers, run[0].x0, run[-1].x1, step)
    found: list[Island] = []
    start: int | None = None
    for place, count in enumerate([*counts, 0]):
        if count and start is None:
            start = place
        elif not count and start is not None:
            for x0, x1 in _split((start * step, place * step), columns, counts, step):
                inside = slice(int(x0 / step), max(int(x1 / step), int(x0 / step) + 1))
                share = sum(numbers[inside]) / max(1, sum(counts[inside]))
                found.append(Island(x0, x1, share > _NUMERIC_SHARE))
            start = None
    return found


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """``tokens`` cut between numbers and words, and between two numbers."""
    run = [tokens[0]]
    for before, token in pairwise(tokens):
        number, sign = _is_number(token), currency_of(token.text) is not None
        if _is_number(before):
            # one number goes on in groups of three digits
            together = sign or (number and token.text[:3].isdigit() and not token.text[:4].isdigit())
        elif currency_of(before.text) is not None:
            together = number and not (len(run) > 1 and _is_number(run[-2]))
        else:
            together = not number and not sign
        if together:
            run.append(token)
        else:
            yield run
            run = [token]
    yield run


def _is_numeric(cell: Sequence[Token]) -> bool:
    """Whether a cell is a number, with a unit or a currency at most."""
    numbers = sum(map(_is_number, cell))
    return numbers > 0 and len(cell) - numbers < 2 and (_is_number(cell[0]) or _is_number(cell[-1]))


def _is_number(token: Token) -> bool:
    text = token.text
    return text[0].isdigit() or (text[-1].isdigit() and not text[0].isalpha())


def _cover(counts: list[int], x0: float, x1: float, step: float) -> None:
    start = max(0, int(x0 / step + 0.5))
    for place in range(start, min(len(counts), max(int(x1 / step + 0.5), start + 1))):
        counts[place] += 1


def _split(island: Span, columns: Sequence[Column], counts: Sequence[int], step: float) -> list[Span]:
    """An island under several names, cut between each two of them where the fewest words are."""
    under = [column for column in columns if column.x0 < island[1] and column.x1 > island[0]]
    cuts = []
    for left, right in pairwise(under):
        start = max(int((left.x0 + left.x1) / 2 / step), int(island[0] / step)) + 1
        end = min(int((right.x0 + right.x1) / 2 / step), int(island[1] / step))
        window = range(start, max(end, start + 1))
        middle = (left.x1 + right.x0) / 2 / step
        cuts.append(min(window, key=lambda at: (counts[at], abs(at - middle))) * step)
    edges = [island[0], *cuts, island[1]]
    return [(x0, x1) for x0, x1 in pairwise(edges) if x1 > x0]


def _assign(islands: Sequence[Island], columns: Sequence[Column], height: float) -> list[int]:
    """The column of each island: in order, near its name, and no column of the items without what it should hold."""
    best: list[tuple[float, list[int]]] = [(0.0, []), *[(float("inf"), [])] * len(islands)]
    for at, column in enumerate(columns):
        lonely = _LONELY.get(column.role, _LONELY_OTHER)
        costs = [_distance(island, column) / height + _misfit(island, column) for island in islands]
        following: list[tuple[float, list[int]]] = []
        for end in range(len(islands) + 1):
            choices = [(best[end][0] + lonely, end)]
            cost = 0.0
            missing = lonely
            for start in range(end - 1, -1, -1):
                cost += costs[start]
                missing = 0.0 if _suits(islands[start], column) else missing
                choices.append((best[start][0] + cost + missing, start))
            cost, start = min(choices)
            following.append((cost, [*best[start][1], *[at] * (end - start)]))
        best = following
    return best[-1][1]


def _suits(island: Island, column: Column) -> bool:
    """Whether the island holds what the column should: numbers, or words."""
    return island.numeric if column.role in NUMERIC else True


def _misfit(island: Island, column: Column) -> float:
    return 0.0 if _suits(island, column) else _MISFIT


def _distance(island: Island, column: Column) -> float:
    gap = max(column.x0 - island.x1, island.x0 - column.x1, 0.0)
    return gap + 0.02 * abs(island.x0 + island.x1 - column.x0 - column.x1) / 2


def read_numbers(cell: Sequence[Token], habit: Notation, repair: bool) -> list[Amount]:
    """The numbers of a cell that are no percentages, from left to right."""
    if not any(char.isdigit() for token in cell for char in token.text):
        return []
    return [amount for amount in find_amounts(cell, habit, repair) if not amount.percent]
