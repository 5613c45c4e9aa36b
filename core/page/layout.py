"""The words of a page as visual lines of segments (cells), whoever read them: text layer or OCR.

A *token* is a word, or a piece of one where the reader gave a label and its value as one word (``Date:12/05/24``).
A *segment* is a run of tokens on one line without a wide gap: a sentence, a label, or one cell of a table. Geometry is
relative to the height of the text, so that points and pixels, small print and large, are treated alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from core.evidence import Box, PageText, Word
from core.notation.folding import fold_lines
from core.page.skew import slope_of
from core.page.tiles import find_tiles

#: A gap wider than this many text heights separates two cells of a line.
CELL_GAP = 0.9
#: Centres of words of one line differ by less than this many heights of the smaller word.
_SAME_LINE = 0.45
#: A value on another baseline still shares this much of its height with its label.
_LEVEL_SHARE = 0.4
#: Words taller than this share of the page stand across it: a watermark.
_TALLEST = 0.12
#: Three letters or more that are this many times taller than wide run up or down the page (a margin's small print).
_UPRIGHT = 1.5

#: Hyphens and minus signs that fonts map to other characters than the plain one.
_DASHES = str.maketrans(dict.fromkeys("\u00ad\u2010\u2011\u2212\ufe63\uff0d", "-"))
#: A word that is printed again within this share of its height is the same word in bold.
_TWICE = 0.25

#: So many single letters, each in a cell of its own and nothing else on their line, are one word.
_SPACED = 4
#: What may part a word into pieces: blanks (also the wide one of Japanese) and colons.
_CUT = re.compile(r"[:：\s]")
#: A label glued to its number (領収書No.0418, INV#F88120).
_NUMBERED = re.compile(r"^(\D*[\u3040-\u9fff](?:No|NO|№)[.．]?|[^\W\d_]{2,12}#)(\w*\d.*)$")
#: A date glued to the word before it (DU17/09/24).
_DATED = re.compile(r"^([^\W\d_]{2,20})(\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}))$")
#: A label glued to its amount (SUB-TOTAL92.50).
_PRICED = re.compile(r"^([^\W\d_](?:[^\W\d_]|-){2,20}[^\W\d_][.:]?)(\d{1,3}(?:[.,]?\d{3})*[.,]\d\d)$")
#: A label glued to its value: letters, a colon, and something that is not a web address.
_GLUED = re.compile(r"^(\D*[^\W\d][.)#°º]?[:：])([^/\\:].*)$")


class Token(NamedTuple):
    """A word in straightened page units. ``key`` is the text folded for lookup (see :func:`core.notation.folding.fold`); ``word`` its place
    in ``PageText.words``."""

    text: str
    key: str
    x0: float
    y0: float
    x1: float
    y1: float
    word: int

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(eq=False)
class Segment:
    """Neighbouring tokens without a wide gap between them. ``line`` and ``index`` say where it stands in its page.

    ``text`` is the tokens joined by blanks, letters that were set apart (A C M E) joined again; ``key`` the folded
    tokens, joined by nothing.
    """

    tokens: list[Token]
    line: int = -1
    index: int = -1

    def __post_init__(self) -> None:
        x0s, y0s, x1s, y1s = zip(*[token[2:6] for token in self.tokens], strict=True)
        self.x0, self.y0, self.x1, self.y1 = x0s[0], min(y0s), max(x1s), max(y1s)
        self.height = self.y1 - self.y0
        self.center = ((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)
        spaced = len(self.tokens) > 3 and sum(len(token.text) for token in self.tokens) <= 2 * len(self.tokens)
        self.text = _close_up(self.tokens) if spaced else " ".join([token.text for token in self.tokens])
        self.key = "".join([token.key for token in self.tokens])

    def overlap_x(self, other: Segment) -> float:
        """The share (0 to 1) of the narrower one's width that both cover."""
        return overlap_share(self.x0, self.x1, other.x0, other.x1)


class Line:
    """One visual line: its segments from left to right."""

    __slots__ = ("index", "segments", "x0", "x1", "y0", "y1")

    def __init__(self, index: int, segments: list[Segment]) -> None:
        self.index = index
        self.segments = segments
        self.x0 = segments[0].x0
        self.x1 = max(segment.x1 for segment in segments)
        self.y0 = min(segment.y0 for segment in segments)
        self.y1 = max(segment.y1 for segment in segments)

    @property
    def tokens(self) -> list[Token]:
        """All tokens of the line from left to right."""
        return [token for segment in self.segments for token in segment.tokens]

    @property
    def text(self) -> str:
        """The segments, set apart by two blanks."""
        return "  ".join(segment.text for segment in self.segments)

    @property
    def center(self) -> float:
        return (self.y0 + self.y1) / 2


class Layout:
    """One page in lines and segments. ``page`` is the page's text as it was read; ``number`` counts from 1."""

    def __init__(self, page: PageText) -> None:
        self.page = page
        self.number = page.page
        self.width = page.width
        self.height = page.height
        self.slope = slope_of(page.words)
        self.lines = _lines(
            _tokens(page.words, self.slope, page.width, page.height), page.words if page.recognised else ()
        )
        self.segments = [segment for line in self.lines for segment in line.segments]
        for index, segment in enumerate(self.segments):
            segment.index = index

    @cached_property
    def text_height(self) -> float:
        """The usual height of a word, in page units (1 for an empty page)."""
        heights = [token.y1 - token.y0 for segment in self.segments for token in segment.tokens]
        return max(median(heights), 1e-6) if heights else 1.0

    @property
    def tokens(self) -> Iterator[Token]:
        """All tokens in reading order of the lines."""
        return (token for segment in self.segments for token in segment.tokens)

    def right_of(self, segment: Segment) -> list[Segment]:
        """The segments to the right on the same line, nearest first."""
        return [other for other in self.lines[segment.line].segments if other.x0 >= segment.x1]

    def level_with(self, segment: Segment) -> list[Segment]:
        """The segments to the right in the lines just above and below that overlap ``segment`` in height, nearest first:
        a value may stand on another baseline than its label."""
        near = self.lines[max(0, segment.line - 1) : segment.line] + self.lines[segment.line + 1 : segment.line + 2]
        found = [
            other
            for line in near
            for other in line.segments
            if other.x0 >= segment.x1
            and overlap_share(other.y0, other.y1, segment.y0, segment.y1) > _LEVEL_SHARE
            and all(before.x1 >= other.x0 or before.x1 <= segment.x0 for before in line.segments if before is not other)
        ]
        return sorted(found, key=lambda other: other.x0)

    def left_of(self, segment: Segment) -> list[Segment]:
        """The segments to the left on the same line, nearest first."""
        return [other for other in reversed(self.lines[segment.line].segments) if other.x1 <= segment.x0]

    def below(self, segment: Segment, reach: float = 3.0, share: float = 0.1) -> list[Segment]:
        """The segments of the next lines within ``reach`` text heights that share at least ``share`` of the narrower
        one's width with ``segment``, nearest first."""
        limit = segment.y1 + reach * segment.height
        found = []
        for line in self.lines[segment.line + 1 :]:
            if line.y0 > limit:
                break
            found += [other for other in line.segments if other.overlap_x(segment) >= share and other.y0 <= limit]
        return found

    def box_of(self, tokens: Sequence[Token]) -> Box:
        """The box of ``tokens`` on the page as read (before straightening). Raises ValueError when there is none."""
        lift = self.slope
        return Box(
            min(token.x0 for token in tokens),
            min(token.y0 + lift * (token.x0 + token.x1) / 2 for token in tokens),
            max(token.x1 for token in tokens),
            max(token.y1 + lift * (token.x0 + token.x1) / 2 for token in tokens),
        )

    def confidence_of(self, tokens: Sequence[Token]) -> float:
        """The least confidence with which one of ``tokens`` was read, 0 to 1."""
        return min((self.page.words[token.word].confidence for token in tokens), default=1.0)


def _close_up(tokens: Sequence[Token]) -> str:
    """Letter-spaced words: a blank only where the gap is clearly wider than the usual one between the letters."""
    if not all(token.text.isalpha() for token in tokens):
        return " ".join(token.text for token in tokens)
    gaps = [after.x0 - before.x1 for before, after in pairwise(tokens)]
    wide = 1.6 * max(median(gaps), 0.0)
    joined = tokens[0].text
    for gap, token in zip(gaps, tokens[1:], strict=True):
        joined += (" " if gap > wide else "") + token.text
    return joined


def overlap_share(a0: float, a1: float, b0: float, b1: float) -> float:
    """The share (0 to 1) of the shorter of two stretches that both cover."""
    common = min(a1, b1) - max(a0, b0)
    return max(0.0, common / max(min(a1 - a0, b1 - b0), 1e-6))


def _tokens(words: Sequence[Word], slope: float, width: float, tall: float) -> list[Token]:
    """The words of a page (``width`` by ``tall``) as tokens, straightened by ``slope``, without blank ones, those that run
    up or down the page and those of a watermark: very tall ones, or tiles all over the page."""
    pieces: list[tuple[str, float, float, int]] = []
    tallest = _TALLEST * tall
    printed = _Printed(_TWICE * tallest)
    tiles = find_tiles(words, width, tall)
    for index, word in enumerate(words):
        if index in tiles:
            continue
        text = word.text.translate(_DASHES)
        box = word.box
        height = box.y1 - box.y0
        if height > tallest and len(text) > 2:
            continue
        if printed.again(text, box, min(_TWICE * height, printed.step)):
            continue
        if len(text) > 2 and height > _UPRIGHT * (box.x1 - box.x0):
            continue
        if _CUT.search(text) or (text[-1:].isdigit() and _is_glued(text)):
            pieces += _pieces(text, box.x0, box.x1, index)
        elif text:
            pieces.append((text, box.x0, box.x1, index))
    if not pieces:
        return []
    keys = fold_lines("\n".join(piece[0].replace("\n", " ") for piece in pieces)).split("\n")
    tokens = []
    for (text, x0, x1, index), key in zip(pieces, keys, strict=True):
        _, y0, _, y1 = words[index].box
        lift = slope * (x0 + x1) / 2
        tokens.append(Token(text, key, x0, y0 - lift, x1, y1 - lift, index))
    return tokens


class _Printed:
    """The words of a page that were seen, by text and place: a page may hold one number ten thousand times."""

    def __init__(self, step: float) -> None:
        """``step`` is how far apart two printings of one word can be at most."""
        self.step = max(step, 1e-6)
        self._seen: dict[str, dict[tuple[int, int], list[Box]]] = {}

    def again(self, text: str, box: Box, reach: float) -> bool:
        """Whether the word stands within ``reach`` already; else it is noted."""
        x, y = int(box.x0 // self.step), int(box.y0 // self.step)
        cells = self._seen.get(text)
        if cells is None:
            self._seen[text] = {(x, y): [box]}
            return False
        near = (other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in cells.get((x + dx, y + dy), ()))
        if any(abs(box.x0 - other.x0) + abs(box.y0 - other.y0) < reach for other in near):
            return True
        cells.setdefault((x, y), []).append(box)
        return False


def _is_glued(text: str) -> bool:
    """Whether a word that ends in a figure is two: a label and its number, date or amount."""
    return any(shape.match(text) for shape in (_NUMBERED, _DATED, _PRICED))


def _pieces(text: str, x0: float, x1: float, index: int) -> Iterator[tuple[str, float, float, int]]:
    """``text`` cut at blanks and after a label's colon, each piece with its share of the width."""
    parts: list[str] = []
    for part in text.split():
        glued = _GLUED.match(part) or _NUMBERED.match(part) or _DATED.match(part) or _PRICED.match(part)
        parts += glued.groups() if glued else (part,)
    step = (x1 - x0) / max(len(text), 1)
    at = 0
    for part in parts:
        at = max(at, text.find(part, at))
        yield part, x0 + at * step, x0 + (at + len(part)) * step, index
        at += len(part)


def _lines(tokens: list[Token], recognised: Sequence[Word]) -> list[Line]:
    """Tokens as lines from top to bottom: a token joins a line whose centre is close for both their heights. What OCR
    read as one line (of the ``recognised`` words) stays together."""
    rows: list[list[Token]] = []
    bands: list[tuple[float, float, float]] = []
    for run, y0, y1 in sorted(_runs(tokens, recognised), key=lambda run: run[1] + run[2]):
        center = (y0 + y1) / 2
        height = y1 - y0
        for at in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            middle, tall, bottom = bands[at]
            small = min(height, tall)
            if abs(center - middle) < _SAME_LINE * small or (
                abs(y1 - bottom) < 0.2 * small and abs(center - middle) < small
            ):
                rows[at] += run
                break
        else:
            rows.append(run)
            bands.append((center, height, y1))
    return [_line(index, row) for index, row in enumerate(rows)]


def _runs(tokens: Sequence[Token], recognised: Sequence[Word]) -> Iterator[tuple[list[Token], float, float]]:
    """Tokens that belong together with their upper and lower edge: those of one recognised line, else each by itself."""
    of_line: dict[int, list[Token]] = {}
    for token in tokens:
        line = recognised[token.word].line if recognised else -1
        if line < 0:
            yield [token], token.y0, token.y1
        else:
            of_line.setdefault(line, []).append(token)
    for run in of_line.values():
        yield run, median(token.y0 for token in run), median(token.y1 for token in run)


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isalpha()


def _line(index: int, row: list[Token]) -> Line:
    row.sort(key=lambda token: token.x0)
    cells = [[row[0]]]
    for before, token in pairwise(row):
        gap = token.x0 - before.x1
        if gap > CELL_GAP * min(before.y1 - before.y0, token.y1 - token.y0):
            cells.append([token])
        else:
            cells[-1].append(token)
    if len(cells) >= _SPACED and all(len(cell) == 1 and _is_letter(cell[0].text) for cell in cells):
        cells = [row]  # a logo in letters set far apart: A  C  M  E
    return Line(index, [Segment(cell, index) for cell in cells])
