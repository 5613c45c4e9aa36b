"""The tables of a declared type: a line of column heads, and the rows beneath it, cell by cell.

Each piece of a row goes to the column that it stands nearest to, in the order of the heads; a line without any of the
columns that make a row goes on with the row before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from core.declared.columns import islands_of, nearest, owners, stacked
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
#: What belongs to words beside the heads begins at most so far left of them, in text heights.
_MARGIN = 0.5
#: What it costs, in text heights, to put words that are no value of a column there.
_MISFIT = 8.0
#: How well a sign alone fits a column of words.
_SIGN = 0.5
#: So many words may stand beside the number of a cell.
_UNIT = 1
#: So many words at most stand around the heads in one cell.
_AROUND = 3
#: Columns of these kinds hold words that may run over several lines.
_RUNNING = frozenset({"text", "name", "address"})
_FIGURE = re.compile(r"^\d[\d.,]*$")


class Head(NamedTuple):
    """A column with the left and right edge of its head, in page units; ``column`` is ``None`` for words of the same line that
    call none: a column that nobody asked for, or what stands beside the table."""

    column: FieldDefinition | None
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
    two = [one for upper, lower in pairwise(layout.lines) for one in stacked(upper, lower) if len(one.tokens) > 1]
    labels += [label for label in find_labels(table.columns, layout, page, two) if _runs_over_lines(label)]
    labels = [label for label in labels if not _is_in_text(label, labels)]
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
    chosen = best[1]
    heads = [Head(columns[label.name], *_edges(label)) for label in chosen]
    heads = sorted((*heads, *_other_heads(layout, chosen)), key=lambda head: head.x0)
    return heads, max(label.segment.line for label in chosen), {label.name: label.text for label in chosen}


def _is_in_text(label: Label, labels: Sequence[Label]) -> bool:
    """Whether a label is a word of a text and no head: more words stand around it than heads have (gloves, size L, box of 100)."""
    covered = {at for one in labels if one.segment is label.segment for at in range(one.start, one.end)}
    return len(label.segment.tokens) - len(covered) > _AROUND


def _runs_over_lines(label: Label) -> bool:
    """Whether a label begins on one line and ends on the next, close beneath, in its very words."""
    first, last = label.tokens[0], label.tokens[-1]
    return (
        bool(last.key)
        and label.likeness == 1
        and last.y0 > first.y1 - 0.3 * first.height
        and last.y0 - first.y1 < first.height
    )


def _is_near(layout: Layout, line: Line, label: Label) -> bool:
    other = layout.lines[label.segment.line]
    return 0 <= other.index - line.index < _HEAD_LINES and other.y0 - line.y1 < _HEAD_GAP * label.segment.height


def _other_heads(layout: Layout, chosen: Sequence[Label]) -> Iterator[Head]:
    """What else stands in the lines of the heads."""
    taken = {(token.word, token.x0) for label in chosen for token in label.tokens}
    for number in {label.segment.line for label in chosen}:
        for segment in layout.lines[number].segments:
            left = [token for token in segment.tokens if (token.word, token.x0) not in taken]
            if left and len(left) == len(segment.tokens):
                yield Head(None, segment.x0, segment.x1)


def _edges(label: Label) -> tuple[float, float]:
    return min(token.x0 for token in label.tokens), max(token.x1 for token in label.tokens)


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
    reading: LabelledPages, page: int, heads: Sequence[Head], titles: Mapping[str, str], lines: Sequence[Line]
) -> list[Row]:
    rows: list[Row] = []
    needed = _needed(heads)
    body = list(_body(reading, page, heads, lines))
    cells_of = _columns(reading, page, heads, body)
    before: Line | None = None
    for line in body:
        cells = _counted(heads, cells_of(line))
        if not _same_heads(cells, titles):
            read = _read(reading, heads, cells, titles, page)
            if 2 * len(needed & read.keys()) > len(needed):
                rows.append(Row(read))
            elif not rows:
                pass  # something between heads and rows
            elif before and _runs_on(rows[-1], read, line, before):
                _go_on(rows[-1], read)
            else:
                break
        before = line
    return rows


def _body(reading: LabelledPages, page: int, heads: Sequence[Head], lines: Sequence[Line]) -> Iterator[Line]:
    """The lines under the heads, up to a gap or to what is no row any more."""
    steps: list[float] = []
    before: Line | None = None
    for whole in lines:
        line = _beneath(whole, heads)
        if line is None:
            continue  # of a column beside the table
        if before:
            step = line.y0 - before.y1
            if step > _LAST_GAP * max(median(steps) if steps else 0.0, line.y1 - line.y0):
                return
            steps.append(max(step, 0.0))
        if _ends(reading, page, line, heads):
            return
        yield line
        before = line


def _beneath(line: Line, heads: Sequence[Head]) -> Line | None:
    """What of a line stands beneath the heads, not in a column of the page beside the table; ``None`` where nothing does."""
    height = line.y1 - line.y0
    first, last = (next(at for at, head in way if head.column) for way in (enumerate(heads), _backwards(heads)))
    left = (heads[first - 1].x1 if first else float("-inf")) - _MARGIN * height
    right = heads[last + 1].x0 - _MARGIN * height if last + 1 < len(heads) else float("inf")
    kept = [segment for segment in line.segments if segment.x1 > left and segment.x0 < right]
    if len(kept) == len(line.segments):
        return line
    return Line(line.index, kept) if kept else None


def _backwards(heads: Sequence[Head]) -> Iterator[tuple[int, Head]]:
    return ((at, heads[at]) for at in range(len(heads) - 1, -1, -1))


def _columns(
    reading: LabelledPages, page: int, heads: Sequence[Head], body: Sequence[Line]
) -> Callable[[Line], dict[str, list[Token]]]:
    """How the words of a line go to the columns: by the stretches that the body covers, or piece by piece where these do not
    tell."""
    rows = [line.tokens for line in body if len(line.segments) > 1]
    spans = islands_of(rows, reading.layouts[page].text_height)
    owner = owners(spans, [(head.x0, head.x1) for head in heads])
    if owner is None:
        return lambda line: _cells(reading, heads, line)

    def cells(line: Line) -> dict[str, list[Token]]:
        found: dict[str, list[Token]] = {}
        for segment in line.segments:
            under = [at for at, head in enumerate(heads) if min(segment.x1, head.x1) > max(segment.x0, head.x0)]
            for token in segment.tokens:
                # words of one cell stay together; a piece under several heads is of several cells
                at = under[0] if len(under) == 1 else owner[nearest(token, spans)]
                if column := heads[at].column:
                    found.setdefault(column.name, []).append(token)
        return found

    return cells


def _counted(heads: Sequence[Head], cells: dict[str, list[Token]]) -> dict[str, list[Token]]:
    """``cells`` with the number that stands so close before its unit (9 pcs) that it came into the unit's column in the column of
    numbers left of it."""
    for before, after in pairwise(heads):
        if not (before.column and after.column) or (before.column.kind, after.column.kind) != ("quantity", "name"):
            continue
        tokens = cells.get(after.column.name, [])
        if before.column.name not in cells and len(tokens) > 1 and _FIGURE.match(tokens[0].text):
            cells = {**cells, before.column.name: tokens[:1], after.column.name: tokens[1:]}
    return cells


def _needed(heads: Sequence[Head]) -> frozenset[str]:
    """The columns by which a row is known, of which it has more than half: the required ones, else one of numbers, dates
    and the like, else the first."""
    printed = [head.column for head in heads if head.column]
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
                (spent + (_MISFIT if way and way[-1] == at and not _runs(heads[at]) else 0.0), way)
                for spent, way in ways
            ]
            spent, way = min(ways)
            after.append((spent + cost, (*way, at)))
        best = after
    way = min(best)[1] if pieces else ()
    found: dict[str, list[Token]] = {}
    for piece, at in zip(pieces, way, strict=True):
        if column := heads[at].column:
            found.setdefault(column.name, []).extend(piece)
    return found


def _runs(head: Head) -> bool:
    """Whether several pieces of a line may be one cell of the column."""
    return head.column is None or head.column.kind in _RUNNING


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
    fits = head.column is None or _cell_value(reading, head.column, piece)
    return (min(edges) * 0.5 + apart) / height + (0.0 if fits else _MISFIT)


def _cell_value(reading: LabelledPages, column: FieldDefinition, tokens: Sequence[Token]) -> Value | None:
    """The value that fills a cell; a number or date within a sentence is none. A unit may stand beside it."""
    found = value_in(column, tokens, reading.notation)
    if found is None and column.kind == "text" and len(tokens) == 1:
        return Value(tokens[0].text, tokens, _SIGN)  # %, or a dash
    if found is None or column.kind in _RUNNING:
        return found
    beside = [token for token in tokens if token.key and token not in found.tokens]
    return found if len(beside) <= _UNIT else None


def _read(
    reading: LabelledPages,
    heads: Sequence[Head],
    cells: Mapping[str, list[Token]],
    titles: Mapping[str, str],
    page: int,
) -> dict[str, Cell]:
    columns = {head.column.name: head.column for head in heads if head.column}
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
