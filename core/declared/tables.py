"""The tables of a declared type: a line of column heads, and the rows beneath it, cell by cell.

Each piece of a row goes to the column that it stands nearest to, in the order of the heads; a line without any of the
columns that make a row goes on with the row before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from core.declared.definition import FieldDefinition, TableDefinition
from core.declared.labelled import Label, LabelledPages, find_labels
from core.declared.values import Value, value_in
from core.notation.folding import fold
from core.page.layout import Layout, Line, Segment, Token

#: Heads may be printed on two or three lines, so many text heights apart.
_HEAD_LINES, _HEAD_GAP = 2, 1.6
#: A gap so many times as high as between the rows before ends a table.
_LAST_GAP = 3.0
#: A line that goes on with a row is so close beneath it and at its words' left edge, in text heights.
_RUN_ON_GAP, _RUN_ON_EDGE = 0.9, 1.5
#: What it costs, in text heights, to put words that are no value of a column there.
_MISFIT = 8.0
#: So many words may stand beside the number of a cell.
_UNIT = 1
#: Columns of these kinds hold words that may run over several lines.
_RUNNING = frozenset({"text", "name", "address"})


class Head(NamedTuple):
    """A column with the left and right edge of its head, in page units."""

    column: FieldDefinition
    x0: float
    x1: float


@dataclass(slots=True)
class Cell:
    """One cell: its words, what they are, the page (index from 0) and the head of its column as printed."""

    tokens: list[Token]
    value: Any
    page: int
    head: str
    fit: float


@dataclass(slots=True)
class Row:
    """One row: its cells by column."""

    cells: dict[str, Cell] = field(default_factory=dict)


def read_table(reading: LabelledPages, table: TableDefinition) -> list[Row]:
    """The rows of ``table`` on all pages, from the top down; none where its heads stand nowhere."""
    rows: list[Row] = []
    heads: list[Head] = []
    titles: dict[str, str] = {}
    for page, layout in enumerate(reading.layouts):
        found = _find_heads(table, layout, page)
        if found:
            heads, after, titles = found
        elif heads and rows and page:
            after = -1  # the table goes on without its heads
        else:
            continue
        rows += _rows(reading, page, heads, titles, layout.lines[after + 1 :])
    return rows


def _find_heads(table: TableDefinition, layout: Layout, page: int) -> tuple[list[Head], int, dict[str, str]] | None:
    """The heads from left to right, the line (index) of the lowest, and each head as printed; where most of them stand."""
    labels = find_labels(table.columns, layout, page)
    needed = max(min(2, len(table.columns)), (len(table.columns) + 1) // 2)
    best: tuple[tuple[int, float], list[Label]] | None = None
    for line in layout.lines:
        near = [label for label in labels if _is_near(layout, line, label)]
        chosen = _one_each(near)
        level = sum(label.segment.line == line.index for label in chosen)
        rank = (len(chosen), level + sum(label.likeness for label in chosen) / 100)
        if len(chosen) >= needed and level and (best is None or rank > best[0]):
            best = rank, chosen
    if best is None:
        return None
    columns = {column.name: column for column in table.columns}
    chosen = sorted(best[1], key=lambda label: label.tokens[0].x0)
    heads = [Head(columns[label.name], label.tokens[0].x0, label.tokens[-1].x1) for label in chosen]
    return heads, max(label.segment.line for label in chosen), {label.name: label.text for label in chosen}


def _is_near(layout: Layout, line: Line, label: Label) -> bool:
    other = layout.lines[label.segment.line]
    return 0 <= other.index - line.index < _HEAD_LINES and other.y0 - line.y1 < _HEAD_GAP * label.segment.height


def _one_each(labels: Sequence[Label]) -> list[Label]:
    """The surest label of each column; words that are one column's head are no other's."""
    chosen: dict[str, Label] = {}
    taken: set[tuple[int, float]] = set()
    for label in sorted(labels, key=lambda label: (-label.likeness, -(label.end - label.start), label.segment.line)):
        spots = {(token.word, token.x0) for token in label.tokens}
        if label.name not in chosen and not spots & taken:
            chosen[label.name] = label
            taken |= spots
    return list(chosen.values())


def _rows(
    reading: LabelledPages,
    page: int,
    heads: Sequence[Head],
    titles: Mapping[str, str],
    lines: Sequence[Line],
) -> list[Row]:
    rows: list[Row] = []
    needed = _needed(heads)
    steps: list[float] = []
    before: Line | None = None
    for line in lines:
        if before and line.y0 - before.y1 > _LAST_GAP * max(median(steps) if steps else 0.0, line.y1 - line.y0):
            break
        if _ends(reading, page, line, heads):
            break
        cells = _cells(reading, heads, line)
        if not _same_heads(cells, titles):
            read = _read(reading, cells, titles, page)
            if 2 * len(needed & read.keys()) > len(needed):
                rows.append(Row(read))
            elif not rows:
                pass  # something between heads and rows
            elif before and _runs_on(rows[-1], read, line, before):
                _go_on(rows[-1], read)
            else:
                break
        if before:
            steps.append(max(line.y0 - before.y1, 0.0))
        before = line
    return rows


def _needed(heads: Sequence[Head]) -> frozenset[str]:
    """The columns by which a row is known, of which it has more than half: the required ones, else one of numbers, dates
    and the like, else the first."""
    printed = [head.column for head in heads]
    required = [column.name for column in printed if column.required]
    telling = [column.name for column in printed if column.kind not in _RUNNING]
    return frozenset(required or telling[-1:] or [printed[0].name])


def _ends(reading: LabelledPages, page: int, line: Line, heads: Sequence[Head]) -> bool:
    """Whether a line is no row any more: it begins with what a header field is called, and gives that field a value."""
    for segment in line.segments:
        labels = [label for label in reading.labels_in(page, segment) if label.start == 0]
        if labels and (labels[0].end < len(segment.tokens) or len(line.segments) < max(3, len(heads))):
            return labels[0].is_closed or segment is not line.segments[0] or len(line.segments) <= 2
        if labels and segment is line.segments[0]:
            return True
    return False


def _same_heads(cells: Mapping[str, list[Token]], titles: Mapping[str, str]) -> bool:
    """Whether the heads are printed once more."""
    same = [fold(" ".join(token.text for token in tokens)) == fold(titles[name]) for name, tokens in cells.items()]
    return len(same) > 1 and sum(same) * 2 > len(same)


def _cells(reading: LabelledPages, heads: Sequence[Head], line: Line) -> dict[str, list[Token]]:
    """The words of a line by column: the cheapest way to give its pieces to the heads in their order."""
    pieces = [piece for segment in line.segments for piece in _cut(segment, heads)]
    height = max(line.y1 - line.y0, 1e-6)
    costs = [[_cost(reading, piece, head, height) for head in heads] for piece in pieces]
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * len(heads)
    for place, row in enumerate(costs):
        after: list[tuple[float, tuple[int, ...]]] = []
        for at, cost in enumerate(row):
            ways = [best[before] for before in range(at + 1)] if place else [(0.0, ())]
            # two pieces in one column of numbers are one too many
            ways = [
                (spent + (_MISFIT if way and way[-1] == at and heads[at].column.kind not in _RUNNING else 0.0), way)
                for spent, way in ways
            ]
            spent, way = min(ways)
            after.append((spent + cost, (*way, at)))
        best = after
    way = min(best)[1] if pieces else ()
    found: dict[str, list[Token]] = {}
    for piece, at in zip(pieces, way, strict=True):
        found.setdefault(heads[at].column.name, []).extend(piece)
    return found


def _cut(segment: Segment, heads: Sequence[Head]) -> Iterator[list[Token]]:
    """A segment in pieces where it runs over the border of two heads: columns can stand so close that no gap shows."""
    covered = [
        head for head in heads if min(segment.x1, head.x1) - max(segment.x0, head.x0) > 0.3 * (head.x1 - head.x0)
    ]
    borders = [(left.x1 + right.x0) / 2 for left, right in pairwise(covered)]
    piece: list[Token] = []
    for token in segment.tokens:
        if borders and piece and token.x0 >= borders[0] - 0.2 * token.height > piece[-1].x1 - token.height:
            yield piece
            piece = []
            borders.pop(0)
        piece.append(token)
    if piece:
        yield piece


def _cost(reading: LabelledPages, piece: Sequence[Token], head: Head, height: float) -> float:
    """How far a piece is from a head, in text heights, by left edge, right edge or middle, whichever fits; more where it is no such value."""
    x0, x1 = piece[0].x0, piece[-1].x1
    edges = abs(x0 - head.x0), abs(x1 - head.x1), abs((x0 + x1) - (head.x0 + head.x1)) / 2
    apart = max(0.0, head.x0 - x1, x0 - head.x1)
    fits = _cell_value(reading, head.column, piece)
    return (min(edges) * 0.5 + apart) / height + (0.0 if fits else _MISFIT)


def _cell_value(reading: LabelledPages, column: FieldDefinition, tokens: Sequence[Token]) -> Value | None:
    """The value that fills a cell; a number or date within a sentence is none. A unit may stand beside it."""
    found = value_in(column, tokens, reading.notation)
    if found is None or column.kind in _RUNNING:
        return found
    beside = [token for token in tokens if token.key and token not in found.tokens]
    return found if len(beside) <= _UNIT else None


def _read(
    reading: LabelledPages, cells: Mapping[str, list[Token]], titles: Mapping[str, str], page: int
) -> dict[str, Cell]:
    columns = {column.name: column for table in reading.definition.tables for column in table.columns}
    found = {}
    for name, tokens in cells.items():
        value = _cell_value(reading, columns[name], tokens)
        if value is not None:
            found[name] = Cell(list(value.tokens), value.value, page, titles[name], value.fit)
    return found


def _runs_on(row: Row, read: Mapping[str, Cell], line: Line, before: Line) -> bool:
    """Whether a line goes on with the row before: close beneath it, and each piece at the left edge of its cell's words."""
    height = line.y1 - line.y0
    return (
        bool(read)
        and line.y0 - before.y1 < _RUN_ON_GAP * height
        and all(
            name in row.cells and abs(cell.tokens[0].x0 - row.cells[name].tokens[0].x0) < _RUN_ON_EDGE * height
            for name, cell in read.items()
        )
    )


def _go_on(row: Row, read: Mapping[str, Cell]) -> None:
    """Words that run on over a line are the cell's; numbers do not run on."""
    for name, cell in read.items():
        known = row.cells.get(name)
        if known and isinstance(known.value, str) and isinstance(cell.value, str) and known.page == cell.page:
            known.value = f"{known.value} {cell.value}"
            known.tokens += cell.tokens
