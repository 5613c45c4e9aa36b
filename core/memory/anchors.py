"""Values by where they stand to words that the vendor's documents print."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from core.evidence import Box
from core.notation import Notation
from core.notation.amounts import find_amounts
from core.page.layout import Layout, Segment, Token
from core.rules.dates import FoundDate, find_dates
from core.rules.header import identifier
from core.schema.fields import FieldInfo, FieldKind
from core.stores.vendors import Anchor

#: An anchor has at most so many words; what is longer is a sentence.
_MOST_WORDS = 4
_SHORTEST = 2
#: Anchors above or below stand within so many heights of the text.
_REACH = 9.0
#: Within so many heights two words are on one line.
LEVEL = 0.6
#: A value is so near, in heights, to where its anchor says.
_DOWN, _RIGHT = 0.8, 5.0
_EDGE = "#:;,.()[]|*'\" "
#: The kinds of fields whose values can be told by their form, or fill a cell.
READABLE: frozenset[FieldKind] = frozenset({"identifier", "date", "money", "quantity", "name"})


class Placed(NamedTuple):
    """A value and the words that print it, on the page ``page`` (index from 0)."""

    value: Any
    tokens: tuple[Token, ...]
    page: int


@dataclass(frozen=True)
class Sheets:
    """A document as anchors see it."""

    layouts: Sequence[Layout]
    notation: Notation

    def dates_in(self, tokens: Sequence[Token]) -> list[FoundDate]:
        """The dates in a run of tokens."""
        return find_dates(tokens, self.notation.month_first)

    def box(self, placed: Placed) -> Box:
        """Where a value stands, in page units as read."""
        return self.layouts[placed.page].box_of(placed.tokens)


# --- reading ------------------------------------------------------------------------------------------------------


def find_anchored(sheets: Sheets, info: FieldInfo, anchor: Anchor) -> Placed | None:
    """The value of ``info`` that stands where ``anchor`` says; ``None`` where its words or such a value are not there."""
    return next((placed for placed, _ in _anchored(sheets, info, anchor)), None)


def place_of_anchor(sheets: Sheets, info: FieldInfo, anchor: Anchor) -> tuple[int, Box] | None:
    """Where an anchor and the value that it finds stand together: the page's number and a box in page units as read."""
    for placed, words in _anchored(sheets, info, anchor):
        layout = sheets.layouts[placed.page]
        return layout.number, layout.box_of((*words, *placed.tokens))
    return None


def _anchored(sheets: Sheets, info: FieldInfo, anchor: Anchor) -> Iterator[tuple[Placed, Sequence[Token]]]:
    """The values that stand where ``anchor`` says, each with the anchor's words there."""
    for page, segment, end in _places_of(sheets, anchor.words):
        found = _beside if abs(anchor.down) < LEVEL else _away
        placed = found(sheets, info, anchor, page, segment, end)
        if placed is not None:
            yield placed, segment.tokens[_start_of(segment, anchor.words, end) : end]


def _places_of(sheets: Sheets, words: str) -> Iterator[tuple[int, Segment, int]]:
    """Where the words stand: page, segment, and the place of the token behind them."""
    for page, layout in enumerate(sheets.layouts):
        for segment in layout.segments:
            if words in segment.key and (end := _end_of(segment, words)):
                yield page, segment, end


def _end_of(segment: Segment, words: str) -> int:
    """Where the words end in a segment, as a place among its tokens; 0 where they are no whole tokens of it."""
    keys = [token.key for token in segment.tokens]
    for start in range(len(keys)):
        joined = ""
        for end in range(start, len(keys)):
            joined += keys[end]
            if joined == words:
                return end + 1
            if not words.startswith(joined):
                break
    return 0


def _start_of(segment: Segment, words: str, end: int) -> int:
    length = 0
    for start in range(end - 1, -1, -1):
        length += len(segment.tokens[start].key)
        if length >= len(words):
            return start
    return 0


def _beside(sheets: Sheets, info: FieldInfo, anchor: Anchor, page: int, segment: Segment, end: int) -> Placed | None:
    runs = [segment.tokens[end:], *(other.tokens for other in sheets.layouts[page].right_of(segment))]
    values = [found for run in runs if run for found in _VALUES[info.kind](sheets, run, page)]
    return values[anchor.nth] if anchor.nth < len(values) else None


def _away(sheets: Sheets, info: FieldInfo, anchor: Anchor, page: int, segment: Segment, end: int) -> Placed | None:
    """The nearest value of its kind to the place that the anchor means."""
    layout = sheets.layouts[page]
    height = layout.text_height
    first = segment.tokens[_start_of(segment, anchor.words, end)]
    x, y = first.x0 + anchor.right * height, _middle(first) + anchor.down * height
    slack = max(_DOWN, 0.12 * abs(anchor.down)) * height
    near = [other for other in layout.segments if abs(_middle(other) - y) <= slack]
    found = [
        placed
        for other in near
        for placed in _VALUES[info.kind](sheets, other.tokens, page)
        if abs(placed.tokens[0].x0 - x) <= _RIGHT * height
    ]
    return min(found, key=lambda placed: abs(placed.tokens[0].x0 - x), default=None)


def _middle(what: Token | Segment) -> float:
    return (what.y0 + what.y1) / 2


def _dates(sheets: Sheets, tokens: Sequence[Token], page: int) -> list[Placed]:
    return [Placed(found.value, found.tokens, page) for found in sheets.dates_in(tokens)]


def _amounts(sheets: Sheets, tokens: Sequence[Token], page: int) -> list[Placed]:
    if not any(char.isdigit() for token in tokens for char in token.text):
        return []
    recognised = sheets.layouts[page].page.recognised
    found = find_amounts(list(tokens), sheets.notation, recognised)
    return [Placed(one.value, one.tokens, page) for one in found if not one.percent]


def _identifiers(sheets: Sheets, tokens: Sequence[Token], page: int) -> list[Placed]:
    """The first number of a run: what follows it in the run belongs to it or to another field."""
    found = identifier(sheets, list(tokens))  # type: ignore[arg-type]  # it asks a reading for its dates alone
    text = " ".join(token.text for token in found).strip(_EDGE)
    return [Placed(text, tuple(found), page)] if text else []


def _cells(sheets: Sheets, tokens: Sequence[Token], page: int) -> list[Placed]:
    text = " ".join(token.text for token in tokens).strip(" ,;:|")
    return [Placed(text, tuple(tokens), page)] if any(map(str.isalpha, text)) else []


_VALUES: dict[FieldKind, Callable[[Sheets, Sequence[Token], int], list[Placed]]] = {
    "date": _dates,
    "money": _amounts,
    "quantity": _amounts,
    "identifier": _identifiers,
    "name": _cells,
}


# --- proposing ----------------------------------------------------------------------------------------------------


def propose_anchors(sheets: Sheets, info: FieldInfo, places: Sequence[tuple[int, frozenset[int]]]) -> list[Anchor]:
    """Anchors by which the value of ``info`` that stands at ``places`` (page index, places of its words in the page) would be
    found, the closest first."""
    return [anchor for page, words in places for anchor in _of_place(sheets, info, page, words)]


def _of_place(sheets: Sheets, info: FieldInfo, page: int, words: frozenset[int]) -> Iterator[Anchor]:
    layout = sheets.layouts[page]
    own = [
        (segment, at) for segment in layout.segments for at, token in enumerate(segment.tokens) if token.word in words
    ]
    if not own:
        return
    segment, at = own[0]
    value = segment.tokens[at]
    for start in range(max(0, at - _MOST_WORDS), at):
        yield from _anchor(sheets, info, page, segment.tokens[start:at], value, segment)
    for left in layout.left_of(segment)[:2]:
        yield from _anchor(sheets, info, page, left.tokens, value, left)
    reach = _REACH * layout.text_height
    others = [
        other
        for other in layout.segments
        if other.line != segment.line and abs(_middle(other) - _middle(segment)) <= reach
    ]
    others.sort(key=lambda other: (abs(_middle(other) - _middle(segment)), abs(other.x0 - value.x0)))
    for other in others[:8]:
        yield from _anchor(sheets, info, page, other.tokens, value, other)


def _anchor(
    sheets: Sheets, info: FieldInfo, page: int, tokens: Sequence[Token], value: Token, segment: Segment
) -> Iterator[Anchor]:
    """The anchor that ``tokens`` of ``segment`` make for a value that begins with the token ``value``."""
    while tokens and not tokens[-1].key:
        tokens = tokens[:-1]
    words = "".join(token.key for token in tokens)
    if not len(words) >= _SHORTEST or len(tokens) > _MOST_WORDS or not words.isalpha():
        return
    layout = sheets.layouts[page]
    height = layout.text_height
    down = (_middle(value) - _middle(tokens[0])) / height
    label = " ".join(token.text for token in tokens).strip(_EDGE)
    anchor = Anchor(info.name, words, label, round(down, 1), round((value.x0 - tokens[0].x0) / height, 1))
    if abs(down) >= LEVEL:
        yield anchor
        return
    end = segment.tokens.index(tokens[-1]) + 1
    runs = [segment.tokens[end:], *(other.tokens for other in layout.right_of(segment))]
    values = [found for run in runs if run for found in _VALUES[info.kind](sheets, run, page)]
    nth = next((at for at, found in enumerate(values) if value in found.tokens), None)
    if nth is not None:
        yield replace(anchor, down=0.0, right=0.0, nth=nth)
