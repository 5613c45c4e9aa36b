"""The header fields of a declared type: the words that call a field, and what stands beside or below them by its kind.

Every label proposes; one decoding step chooses for all fields together: the surest pair of label and value first, and
no words serve two fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.declared.definition import FieldDefinition
from core.declared.labelled import Label, LabelledPages, without_marks
from core.declared.values import Value, value_in
from core.page.layout import Layout, Segment, Token

#: How usual it is that a value stands so to its label (0 to 1).
INSIDE, BESIDE, LEVEL, BELOW = 1.0, 0.97, 0.85, 0.88
#: A value stands at most so many text heights below its label.
_REACH = 3.2
#: The next line of an address begins within so many text heights, and so near to the left edge of the one before.
_LINE_GAP, _EDGE_GAP = 1.1, 1.5
_MOST_LINES = 6
#: What a value loses where its label is not at the beginning of its words.
_WITHIN = 0.75
#: Of pairs that say alike the direction counts that most of the page's labels have.
_COMMON = 0.04


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a header field may have: where it stands, how sure, by which label and how it lies to it."""

    name: str
    value: Any
    tokens: Sequence[Token]
    page: int
    score: float
    relation: str
    label: Label


def read_header(reading: LabelledPages) -> tuple[dict[str, Candidate], list[Candidate]]:
    """The header fields by name, and all that was weighed, best first."""
    fields = {field.name: field for field in reading.definition.fields}
    weighed = [found for label in reading.labels for found in _beside(reading, label, fields[label.name])]
    weighed = _preferring(weighed)
    weighed.sort(key=lambda found: -found.score)
    return _assign(weighed), weighed


def _preferring(weighed: Sequence[Candidate]) -> list[Candidate]:
    """Where most labels of a page have their value beside them, that counts for the others too; likewise below."""
    votes = Counter((found.page, found.relation == "below") for found in weighed if found.score > 0.8)
    return [
        replace(found, score=found.score + _COMMON)
        if votes[found.page, found.relation == "below"] > votes[found.page, found.relation != "below"]
        else found
        for found in weighed
    ]


def _assign(weighed: Sequence[Candidate]) -> dict[str, Candidate]:
    """Best first; words that gave a value, or are the label of one, give no other."""
    chosen: dict[str, Candidate] = {}
    taken: set[tuple[int, int, float]] = set()
    for found in weighed:
        spots = {(found.page, token.word, token.x0) for token in found.tokens}
        if found.name in chosen or spots & taken:
            continue
        chosen[found.name] = found
        taken |= spots | {(found.page, token.word, token.x0) for token in found.label.tokens}
    return chosen


def _beside(reading: LabelledPages, label: Label, field: FieldDefinition) -> Iterator[Candidate]:
    layout = reading.layouts[label.page]
    base = label.likeness * (1.0 if label.start == 0 else _WITHIN)
    for relation, usual, tokens in _places(reading, layout, label, field):
        found = value_in(field, tokens, reading.notation)
        if found is None:
            continue
        found = _whole(reading, layout, label, field, found) if field.kind == "address" else found
        yield Candidate(field.name, found.value, found.tokens, label.page, base * usual * found.fit, relation, label)


def _places(
    reading: LabelledPages, layout: Layout, label: Label, field: FieldDefinition
) -> Iterator[tuple[str, float, Sequence[Token]]]:
    """Where a label's value may stand, as (relation, how usual, tokens), the most usual first."""
    rest = _until_label(reading, label)
    if rest:
        usual = INSIDE if label.is_closed or field.kind not in ("text", "name", "address") else 0.8
        yield "in its words", usual, rest
        if label.is_closed:
            return
    blocked = False
    for segment in layout.right_of(label.segment):
        if not without_marks(segment.tokens):
            continue
        tokens = _own(reading, label.page, segment)
        if not tokens:
            blocked = True
            break
        if without_marks(tokens):
            yield "beside", BESIDE, without_marks(tokens)
            if field.kind not in ("money", "quantity"):
                break
    if not blocked:
        for segment in layout.level_with(label.segment)[:1]:
            if not reading.is_label(label.page, segment):
                yield "level", LEVEL, without_marks(segment.tokens)
    for segment in _below(reading, layout, label)[:2]:
        yield "below", BELOW, without_marks(segment.tokens)


def _until_label(reading: LabelledPages, label: Label) -> Sequence[Token]:
    """The tokens after a label in its own segment, up to the next label there."""
    later = [
        other.start
        for other in reading.labels_in(label.page, label.segment)
        if other.start >= label.end and other.is_closed
    ]
    return without_marks(label.segment.tokens[label.end : min(later, default=len(label.segment.tokens))])


def _own(reading: LabelledPages, page: int, segment: Segment) -> Sequence[Token]:
    """A segment's tokens before the first label in it: none where it begins with one or announces something itself."""
    first = min((label.start for label in reading.labels_in(page, segment)), default=len(segment.tokens))
    if first == 0 or (first == len(segment.tokens) and segment.text.rstrip()[-1:] in ":："):
        return ()
    return segment.tokens[:first]


def _below(reading: LabelledPages, layout: Layout, label: Label) -> list[Segment]:
    """The segments beneath a label that are no labels themselves: those that begin or end where it does first."""
    own = Segment(list(label.tokens), label.segment.line, label.segment.index)
    found = [
        segment
        for segment in layout.below(own, _REACH)
        if not reading.is_label(label.page, segment)
        and not any(one.start == 0 for one in reading.labels_in(label.page, segment))
    ]
    if not found:
        return []
    line = found[0].line
    return sorted(
        (segment for segment in found if segment.line == line),
        key=lambda segment: min(
            abs(segment.x0 - own.x0), abs(segment.x1 - own.x1), abs(segment.center[0] - own.center[0])
        ),
    )


def _whole(reading: LabelledPages, layout: Layout, label: Label, field: FieldDefinition, first: Value) -> Value:
    """An address with the lines that follow its first one, up to a label or a gap."""
    tokens, parts = list(first.tokens), [str(first.value)]
    last = Segment(list(first.tokens), _line_of(layout, first.tokens[0]))
    while len(parts) < _MOST_LINES:
        following = [
            segment
            for segment in layout.below(last, _LINE_GAP, 0.3)
            if abs(segment.x0 - last.x0) < _EDGE_GAP * last.height
        ]
        if not following or _is_called(reading, layout, label, following[0]):
            break
        last = following[0]
        tokens += last.tokens
        parts.append(last.text.strip(" ,"))
    return Value(", ".join(parts), tokens, first.fit)


def _is_called(reading: LabelledPages, layout: Layout, label: Label, segment: Segment) -> bool:
    """Whether a segment is the value of a label of its own, or a label itself."""
    beside = [one for one in layout.left_of(segment) if one is not label.segment]
    return any(reading.labels_in(label.page, one) or reading.is_label(label.page, one) for one in (segment, *beside))


def _line_of(layout: Layout, token: Token) -> int:
    return next(line.index for line in layout.lines if token in line.tokens)
