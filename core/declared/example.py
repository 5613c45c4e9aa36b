"""A field or a table proposed from an example: what a person drew a box around, and the words that call it.

A proposal is a definition like any other: the person may change each part of it before it is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import pairwise
from statistics import median

from core.declared import mask
from core.declared.columns import heads_over, islands_of, nearest, owners, stacked
from core.declared.definition import MOST_COLUMNS, FieldDefinition, TableDefinition
from core.declared.values import is_capitals, value_in
from core.evidence import Box, PageText
from core.notation import Notation, notation_of
from core.notation.currencies import currency_of
from core.notation.folding import fold
from core.page.layout import Layout, Line, Segment, Token, overlap_share
from core.schema.fields import FieldKind

#: A label has at most so many words and characters.
_LABEL_WORDS, _LABEL_CHARACTERS = 7, 48
#: A label stands at most so many text heights above its value.
_ABOVE = 3.2
#: Two things stand at one edge where they differ by less than this many text heights.
_ALIGNED = 0.8
#: So many gaps between words tell the usual one.
_ENOUGH_GAPS = 5
#: The rows of an example that are looked at.
_ROWS = 12
_FORMS = re.compile(
    r"\b(?:ltd|llc|inc|plc|gmbh|ag|kg|bv|b\.v|n\.?v|sa|s\.a|srl|s\.r\.l|sl|s\.l|oy|ab|as|a/s|aps|sarl|sas|pty|co)\b\.?",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?<![\d.,])\d{4,6}(?![\d.,]\d)|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{2}-\d{3}\b")
_LONGEST_UNIT = 5
#: Folded words that call a number, whatever it is made of.
_NUMBER_WORDS = re.compile(r"(?:number|no|nr|num|nummer|numero|id|code|reference|ref)$")
#: Words right above a value, so many text heights away at most, call it rather than words on its left that are farther away.
_RIGHT_ABOVE, _FAR_LEFT, _NEARER = 1.6, 8.0, 0.35
_NOT_NAME = re.compile(r"[^a-z0-9]+")
#: What a value is called where nothing stands beside it.
_UNNAMED = "Field"


class NothingThere(ValueError):
    """No words stand in the box."""


def propose_field(pages: Sequence[PageText], page: int, box: Box, taken: Collection[str] = ()) -> FieldDefinition:
    """The field whose value stands in ``box`` (page units) of ``page`` (from 1): kind and mask by what stands there, title and label
    by the words left of it or above. ``taken`` are names that other fields have. Raises NothingThere."""
    layout = Layout(next(text for text in pages if text.page == page))
    tokens = _tokens_in(layout, box)
    if not tokens:
        raise NothingThere("No words were read in this box: draw it around a value.")
    notation = notation_of(pages, None)
    kind = kind_of(tokens, notation)
    label = label_of(layout, tokens, notation)
    if kind == "quantity" and len(tokens) == 1 and _NUMBER_WORDS.search(fold(label)):
        kind = "identifier"
    text = " ".join(token.text for token in tokens)
    title = _title(label) or _UNNAMED
    return FieldDefinition(
        name=name_for(title, taken),
        title=title,
        kind=kind,
        group="Amounts" if kind in ("money", "currency") else "Parties" if kind in ("name", "address") else "Document",
        labels=(label,) if label else (),
        mask=mask.mask_of(text) if kind == "identifier" and len(text) <= 30 else "",
    )


def propose_table(pages: Sequence[PageText], page: int, box: Box, taken: Collection[str] = ()) -> TableDefinition:
    """The table in ``box`` (page units) of ``page`` (from 1): its first line has the heads, what stands below them says each
    column's kind, and a column that every row fills is required. Raises NothingThere."""
    layout = Layout(next(text for text in pages if text.page == page))
    lines = [line for line in layout.lines if box.y0 <= line.center <= box.y1]
    rows = [
        tokens
        for line in lines
        if (tokens := [one for one in line.tokens if box.x0 <= (one.x0 + one.x1) / 2 <= box.x1])
    ]
    if len(rows) < 2:
        raise NothingThere("A table needs its column heads and a row below them: draw the box around both.")
    above = _head_lines(rows)
    body = rows[above : above + _ROWS]
    spans = islands_of(body, layout.text_height)
    first, *more = (Line(at, _segments(row, layout)) for at, row in enumerate(rows[:above]))
    heads = heads_over(stacked(first, more[0]) if more else first.segments, spans, _word_gap(layout))
    owner = owners(spans, [_span(head) for head in heads])
    places = spans if owner else [_span(head) for head in heads]
    column_of = owner or list(range(len(heads)))
    notation = notation_of(pages, None)
    names: list[str] = []
    columns = []
    for at, head in enumerate(heads[:MOST_COLUMNS]):
        cells = [cell for row in body if (cell := [token for token in row if column_of[nearest(token, places)] == at])]
        title = _title(_words(head)) or f"Column {at + 1}"
        names.append(name_for(title, names))
        columns.append(
            FieldDefinition(
                name=names[-1],
                title=title,
                kind=_common([kind_of(cell, notation) for cell in cells]),
                group="",
                required=len(cells) == len(body),
                labels=(_words(head),),
            )
        )
    return TableDefinition(name=name_for("rows", taken), title="Rows", columns=tuple(columns))


def kind_of(tokens: Sequence[Token], notation: Notation) -> FieldKind:
    """What a value is, by how it is written."""
    text = " ".join(token.text for token in tokens)
    probe = FieldDefinition(name="probe", title="Probe", kind="date")
    day = value_in(probe, tokens, notation)
    if day and len(day.tokens) == len(tokens):
        return "date"
    if len(tokens) == 1 and currency_of(text) and text.isalpha():
        return "currency"
    number = value_in(probe.model_copy(update={"kind": "quantity"}), tokens, notation)
    beside = [token for token in tokens if token.key and token not in number.tokens] if number else list(tokens)
    if number and not beside:
        digits = re.sub(r"\D", "", text)
        if re.search(r"[.,]\d\d\D*$", text) or any(currency_of(token.text.strip("()")) for token in tokens):
            return "money"
        return "identifier" if len(digits) > 6 or digits.startswith("0") else "quantity"
    if number and len(beside) == 1 and beside[0] is tokens[-1] and _is_unit(beside[0].text):
        return "quantity"
    if len(tokens) == 1 and is_capitals(text):
        return "identifier"
    if any(char.isdigit() for char in text):
        lines = len({round(token.y0) for token in tokens})
        if (lines > 1 or "," in text) and len(tokens) > 3 and _POSTCODE.search(text):
            return "address"
        return "identifier" if len(text) <= 30 and all(_is_code(token.text) for token in tokens) else "text"
    return "name" if _FORMS.search(text) or _is_name(tokens) else "text"


def _is_unit(text: str) -> bool:
    """Whether a word may be a unit behind a number (kg, lb, m³, %)."""
    return len(text) <= _LONGEST_UNIT and not any(char.isdigit() for char in text.rstrip("23"))


def _is_code(text: str) -> bool:
    """Whether a word may be a part of a number: it has digits, or is a few capitals."""
    return any(char.isdigit() for char in text) or (len(text) <= 4 and text.isupper()) or not text.isalnum()


def _is_name(tokens: Sequence[Token]) -> bool:
    """Two to five words that all begin with a capital."""
    words = [token.text for token in tokens if any(char.isalpha() for char in token.text)]
    return 2 <= len(words) <= 5 and all(word[:1].isupper() for word in words)


def label_of(layout: Layout, tokens: Sequence[Token], notation: Notation) -> str:
    """The words that call a value: before it in its own words, left of it, or above it; empty where there are none."""
    line = next(line for line in layout.lines if tokens[0] in line.tokens)
    segment = next(segment for segment in line.segments if tokens[0] in segment.tokens)
    before = segment.tokens[: segment.tokens.index(tokens[0])]
    if before and (text := _words(before)):
        return text
    own = Segment([token for token in tokens if token in segment.tokens], line.index, segment.index)
    left = next((one for one in layout.left_of(segment) if _words(one.tokens)), None)
    left = left if left and _is_label(left, notation) else None
    above = _above(layout, own, notation)
    if left and above and left.text.rstrip()[-1:] not in ":：":
        values = _column(layout, own)
        rows = {one.line for one in values}
        beside = _told([one for one in _column(layout, left) if one.line in rows], values, notation)
        beneath = _told(layout.lines[above.line].segments, line.segments, notation)
        if own.y0 - above.y1 < _RIGHT_ABOVE * own.height and own.x0 - left.x1 > _FAR_LEFT * own.height:
            beneath += _NEARER
        left = left if beside >= beneath else None
    chosen = left or above
    return _words(chosen.tokens) if chosen else ""


def _told(labels: Sequence[Segment], values: Sequence[Segment], notation: Notation) -> float:
    """How well one row or column calls the other: its words look less like values than the other's do (-1 to 1)."""
    return _value_share(values, notation) - _value_share(labels, notation)


def _value_share(segments: Sequence[Segment], notation: Notation) -> float:
    """How much segments look like values: figures and companies do, words in capitals by half."""

    def look(segment: Segment) -> float:
        if any(char.isdigit() for char in segment.text) or _FORMS.search(segment.text):
            return 1.0
        return 0.5 if kind_of(segment.tokens, notation) in ("name", "currency") else 0.0

    return sum(look(segment) for segment in segments) / max(len(segments), 1)


def _column(layout: Layout, segment: Segment) -> list[Segment]:
    """What stands at the left edge of a segment, in the lines next to it and each other."""
    found = [segment]
    for way in (-1, 1):
        at, last = segment.line + way, segment
        while 0 <= at < len(layout.lines) and abs(layout.lines[at].center - last.center[1]) < _ABOVE * last.height:
            here = [one for one in layout.lines[at].segments if abs(one.x0 - segment.x0) < _ALIGNED * segment.height]
            if not here:
                break
            last = here[0]
            found.append(last)
            at += way
    return found


def _above(layout: Layout, own: Segment, notation: Notation) -> Segment | None:
    """The nearest words above a value that stand at one of its edges."""
    for line in reversed(layout.lines[: own.line]):
        if own.y0 - line.y1 > _ABOVE * own.height:
            return None
        for segment in line.segments:
            if _are_aligned(segment, own) and _is_label(segment, notation):
                return segment
    return None


def _are_aligned(one: Segment, other: Segment) -> bool:
    near = _ALIGNED * max(one.height, other.height)
    edges = abs(one.x0 - other.x0), abs(one.x1 - other.x1), abs(one.center[0] - other.center[0])
    return min(edges) < near and overlap_share(one.x0, one.x1, other.x0, other.x1) > 0.3


def _is_label(segment: Segment, notation: Notation) -> bool:
    """Whether words may call something: a few, mostly letters, and no date."""
    text = _words(segment.tokens)
    letters = sum(char.isalpha() for char in text)
    if not text or len(segment.tokens) > _LABEL_WORDS or len(text) > _LABEL_CHARACTERS or letters * 2 < len(text):
        return False
    return kind_of(segment.tokens, notation) not in ("date", "money")


def _words(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens).strip(" :：.=-–|>*")


def _title(label: str) -> str:
    tidy = " ".join(label.split())[:60].strip()
    first, blank, rest = tidy.partition(" ")
    return f"{first.capitalize() if first.islower() else first}{blank}{rest}"


def name_for(title: str, taken: Collection[str]) -> str:
    """A name for a field called ``title``, other than those ``taken``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    stem = _NOT_NAME.sub("_", plain).strip("_")[:32] or "field"
    stem = stem if stem[0].isalpha() else f"field_{stem}"
    names = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3)))
    for name in names:
        if name not in taken:
            try:
                return FieldDefinition(name=name, title="x").name
            except ValueError:
                continue  # a word with another meaning
    return f"{stem[:30]}_value"


def _tokens_in(layout: Layout, box: Box) -> list[Token]:
    """The words whose middle lies in a box of the page as read, line by line."""
    lift = layout.slope
    return [
        token
        for line in layout.lines
        for token in line.tokens
        if box.contains((token.x0 + token.x1) / 2, (token.y0 + token.y1) / 2 + lift * (token.x0 + token.x1) / 2)
    ]


def _word_gap(layout: Layout) -> float:
    """The usual gap between two words of a page, in page units; 0 where too few stand beside each other to tell."""
    gaps = [after.x0 - before.x1 for segment in layout.segments for before, after in pairwise(segment.tokens)]
    return median(gaps) if len(gaps) >= _ENOUGH_GAPS else 0.0


def _head_lines(rows: Sequence[Sequence[Token]]) -> int:
    """How many of the first lines have the heads: two, where the second has no figure and another line follows."""
    second = rows[1]
    without = not any(char.isdigit() for token in second for char in token.text)
    return 2 if len(rows) > 2 and without and any(char.isdigit() for token in rows[2] for char in token.text) else 1


def _span(tokens: Sequence[Token]) -> tuple[float, float]:
    return min(token.x0 for token in tokens), max(token.x1 for token in tokens)


def _segments(tokens: Sequence[Token], layout: Layout) -> list[Segment]:
    """The segments of a line, as far as their words are among ``tokens``."""
    here = {id(token) for token in tokens}
    line = next(line for line in layout.lines if tokens[0] in line.tokens)
    return [Segment(kept) for one in line.segments if (kept := [token for token in one.tokens if id(token) in here])]


def _common(kinds: Sequence[FieldKind]) -> FieldKind:
    """The kind that most cells have; a column of amounts may hold whole ones too."""
    if not kinds:
        return "text"
    numbers = [kind for kind in kinds if kind in ("money", "quantity")]
    if 2 * len(numbers) > len(kinds):
        return "money" if 2 * numbers.count("money") >= len(numbers) else "quantity"
    if set(kinds) <= {"name", "text", "address"} and len(set(kinds)) > 1:
        return "text"
    return max(sorted(set(kinds)), key=kinds.count)
