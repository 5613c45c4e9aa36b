"""Descriptions: which lines of text belong to which item, and how far a description goes.

A description is the item's own text and its wrapped lines. A short further line is kept; notes, labelled
particulars (a serial number) and texts that run across the table's other columns are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.page.layout import Layout, Line, Token
from core.rules.tables.columns import Grid

#: A description may grow to this many times its first text by lines that are not forced breaks.
_GROWTH = 2.8
#: A wrapped line follows within this many text heights.
_LEADING = 1.0
#: Lines of one paragraph stand closer than this many text heights.
_TIGHT = 0.5
_LABELLED = re.compile(r"^[^\d:(]{2,40}:(?:\s|$)|^\w[\w.-]{1,20}\s?:\s?\S")
#: A description under an item's code may begin with the class of its tax (SR: Young corn).
_TAX_CLASS = re.compile(r"^[A-Z]{1,3}:\s")
_BARCODE = re.compile(r"^\d{8,}$")
#: A cell's margin, in text heights.
_MARGIN = 0.6
_WORD = re.compile(r"[^\W\d_]{3}")


@dataclass(eq=False)
class TextLine:
    """A line of a table that holds no item's numbers, by columns."""

    line: Line
    cells: list[list[Token]]


@dataclass(eq=False)
class Block:
    """An item's line and, as they are found, the lines of its description."""

    line: Line
    cells: list[list[Token]]
    lines: list[list[Token]] = field(default_factory=list)


def join_blocks(
    layout: Layout, grid: Grid, stacked: bool, blocks: Sequence[Block], texts: Sequence[TextLine]
) -> list[Block]:
    """``blocks`` with their descriptions."""
    if not blocks:
        return []
    at = next((place for place, column in enumerate(grid.columns) if column.role == "description"), None)
    reach = _Reach(layout, grid, None if stacked else at)
    own = _without_ordinals([reach.own(block.cells) for block in blocks])
    if _stands_over(blocks, texts) and not any(map(_names_goods, own)):
        # the text stands over its numbers; beside them is no more than a unit
        own = [[] for _ in own]
    reach.measure([*own, *(text.cells[at] for text in texts if at is not None)])
    above, below = _share_out(layout, blocks, own, texts)
    for place, (block, words) in enumerate(zip(blocks, own, strict=True)):
        before = [reach.text(text) for text in above[place]]
        after = [reach.text(text) for text in below[place]]
        block.lines = _grow([line for line in before if line], words, [line for line in after if line], reach)
        if not block.lines:
            block.lines = reach.fallback(block.cells)
    return list(blocks)


def _stands_over(blocks: Sequence[Block], texts: Sequence[TextLine]) -> bool:
    """Whether every item has a line of text right above it and the last one has none below."""
    lines = {text.line.index for text in texts}
    return all(block.line.index - 1 in lines for block in blocks) and max(lines) < blocks[-1].line.index


def _names_goods(words: Sequence[Token]) -> bool:
    return any(_WORD.search(token.text) for token in words)


class _Reach:
    """Where on a page a table's descriptions stand."""

    def __init__(self, layout: Layout, grid: Grid, column: int | None) -> None:
        self._grid = grid
        self._column = column
        self.left, self.right = 0.0, layout.width
        if column is not None:
            self.left, self.right = grid.span(grid.columns[column], layout.width)

    def measure(self, lines: Sequence[Sequence[Token]]) -> None:
        """Takes the right edge from the longest of ``lines``: where texts are wrapped, that one is full."""
        edges = [line[-1].x1 for line in lines if line and line[-1].x1 <= self.right]
        self.right = max(edges, default=self.right)

    def own(self, cells: Sequence[Sequence[Token]]) -> list[Token]:
        """The description on an item's own line."""
        if self._column is None:
            return []
        return list(cells[self._column])

    def text(self, text: TextLine) -> list[Token]:
        """What a line between items gives to a description: nothing where it runs on beyond its column."""
        if self._column is None:
            return text.line.tokens
        inside = text.cells[self._column]
        if not inside:
            return []
        # a text that runs on beyond its column is taken whole
        cut = [segment for segment in text.line.segments if segment.x1 > inside[0].x0 and segment.x0 < inside[-1].x1]
        runs_on = any(segment.x1 > self.right for segment in cut)
        return [token for segment in cut for token in segment.tokens] if runs_on else list(inside)

    def fallback(self, cells: Sequence[Sequence[Token]]) -> list[list[Token]]:
        """The description of an item that has none: its article number, or the text left of its numbers."""
        for role in ("article", "other"):
            for column, cell in zip(self._grid.columns, cells, strict=True):
                if column.role == role and cell:
                    return [list(cell)]
        return []


def _share_out(
    layout: Layout, blocks: Sequence[Block], own: Sequence[Sequence[Token]], texts: Sequence[TextLine]
) -> tuple[list[list[TextLine]], list[list[TextLine]]]:
    """The lines above and below each item that may belong to it."""
    above: list[list[TextLine]] = [[] for _ in blocks]
    below: list[list[TextLine]] = [[] for _ in blocks]
    bare = sum(1 for words in own if not words)
    upward = bare * 2 > len(blocks) and any(text.line.index < blocks[0].line.index for text in texts)
    centred = not upward and _are_centred(layout, blocks, own, texts)
    tight = {text.line.index for text in texts if _gap(layout, text.line.index) < _TIGHT * _tall(text.line)}
    for text in reversed(texts):
        place = sum(1 for block in blocks if block.line.index < text.line.index)
        if place < len(blocks):
            block = blocks[place]
            if own[place]:
                hanging = above[place]
                hangs = (centred or block.line.index + 1 in tight) and _begins_above(layout, block, text, hanging)
            else:
                hangs = upward or _is_nearer(blocks, text, place)
            if hangs:
                if _is_close(text.line, above[place][0].line if above[place] else block.line):
                    above[place].insert(0, text)
                continue
        if place:
            below[place - 1].insert(0, text)
    return above, below


def _is_nearer(blocks: Sequence[Block], text: TextLine, place: int) -> bool:
    """Whether a line is clearly nearer to the item below it, which has no text of its own, than to the one above."""
    down = blocks[place].line.center - text.line.center
    up = text.line.center - blocks[place - 1].line.center if place else float("inf")
    return down < 0.6 * up


def _are_centred(
    layout: Layout, blocks: Sequence[Block], own: Sequence[Sequence[Token]], texts: Sequence[TextLine]
) -> bool:
    """Whether most items have a line of text close above their own, and further from what is above it: the numbers stand
    beside the last line of the text."""
    named = [block for block, words in zip(blocks, own, strict=True) if words]
    above = {text.line.index + 1: text for text in texts}
    begun = [
        block
        for block in named
        if block.line.index in above and _begins_above(layout, block, above[block.line.index], ())
    ]
    return 2 * len(begun) > len(blocks) and len(begun) > 1


def _begins_above(layout: Layout, block: Block, text: TextLine, hanging: Sequence[TextLine]) -> bool:
    """Whether a line stands close above an item's text and further from what is above it."""
    lower = hanging[0].line.index if hanging else block.line.index
    if text.line.index != lower - 1:
        return False
    down = _gap(layout, lower)
    return down < _TIGHT * _tall(text.line) and _gap(layout, text.line.index) > down + 0.3 * _tall(text.line)


def _is_close(line: Line, below: Line) -> bool:
    return below.y0 - line.y1 <= _LEADING * _tall(line)


def _gap(layout: Layout, index: int) -> float:
    """The space between a line of the page and the one before it."""
    return layout.lines[index].y0 - layout.lines[index - 1].y1 if index else float("inf")


def _tall(line: Line) -> float:
    return line.y1 - line.y0


def _grow(
    before: Sequence[list[Token]], words: list[Token], after: Sequence[list[Token]], reach: _Reach
) -> list[list[Token]]:
    """The description's lines: all above, the item's own, and below as far as it goes."""
    lines = [*before, *([words] if words else [])]
    size = sum(len(token.text) + 1 for line in lines for token in line)
    bare = not words or (not before and _is_code(words))
    for line in after:
        text = " ".join(token.text for token in line)
        if _LABELLED.match(text) and not (bare and _TAX_CLASS.match(text)):
            break
        if lines and line[0].y0 - lines[-1][-1].y1 > _LEADING * (line[0].y1 - line[0].y0):
            break
        if bare:
            bare = _is_code(line) and not lines
        elif not (_is_wrapped(lines[-1], line, reach) or size + len(text) <= _GROWTH * _first_size(lines)):
            break
        lines.append(line)
        size += len(text) + 1
    if len(lines) > 1 and not any(map(_names_goods, lines[:1])) and any(_BARCODE.match(t.text) for t in lines[0]):
        return lines[1:]
    return lines


def _first_size(lines: Sequence[Sequence[Token]]) -> int:
    return sum(len(token.text) + 1 for token in lines[0])


def _is_code(words: Sequence[Token]) -> bool:
    """Whether the text is an article number: nothing in it is a word of three letters or more without digits."""
    return not any(_WORD.search(token.text) and not any(map(str.isdigit, token.text)) for token in words)


def _is_wrapped(before: Sequence[Token], line: Sequence[Token], reach: _Reach) -> bool:
    """Whether ``line`` was broken off ``before``: its first word would not have fitted there."""
    last, first = before[-1], line[0]
    blank = 0.3 * (first.y1 - first.y0)
    return (
        last.text.endswith(("-", "/", ",", "&", "+"))
        or (first.text[0].islower() and last.x1 > (reach.left + reach.right) / 2)
        or last.x1 + blank + (first.x1 - first.x0) > reach.right - _MARGIN * (first.y1 - first.y0)
    )


def _without_ordinals(own: Sequence[list[Token]]) -> list[list[Token]]:
    """The items' own texts without their running numbers (1, 2, 3 or 10, 20, 30), where they have them."""
    if not own or not all(len(words) > 1 for words in own):
        return list(own)
    numbers = [words[0].text.rstrip(".)") for words in own]
    step = numbers[0]
    if step in {"1", "01", "001", "10", "010"} and all(
        number.isdecimal() and int(number) == place * int(step) for place, number in enumerate(numbers, 1)
    ):
        return [words[1:] for words in own]
    return list(own)
