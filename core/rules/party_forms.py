"""Forms: a party whose parts are labelled one by one under its heading (Name, Street, Town)."""

from __future__ import annotations

import re

from core.notation.folding import fold
from core.page.layout import Layout, Segment, Token
from core.rules.addresses import is_title
from core.rules.labels import Label
from core.rules.party_lines import EDGE, PartyLine, line_of
from core.rules.reading import Place, Reading

PARTIES = frozenset({"customer", "ship_to", "vendor"})
PARTS = frozenset({"party_name", "party_address", "party_town", "party_contact"})
_FORM_LINES = 12
#: Labels of another language weigh less than this: short words that mean something else here.
OWN_LANGUAGE = 0.95
_CEP = re.compile(r"^\d{5}-?\d{3}$")


def without_label(line: PartyLine, reading: Reading) -> PartyLine:
    """A line without the labels that colons join to its value (NOMBRE: Marta Gil)."""
    head, colon, value = line.text.partition(":")
    known = reading.lexicon.labels.get(fold(head), {}).values()
    if not colon or not value.strip(EDGE) or not any(entry.kind in PARTIES | PARTS for entry in known):
        return line
    at = next(at for at, token in enumerate(line.tokens) if ":" in token.text)
    glued = line.tokens[at].text.partition(":")[2] != ""
    return without_label(PartyLine(value.strip(EDGE), line.tokens[at if glued else at + 1 :]), reading)


def read_form(reading: Reading, label: Label, layout: Layout) -> list[PartyLine]:
    """The lines of a party whose parts are labelled one by one under its heading (Name, Street, Town), else none."""
    left, right = _column_of(reading, label)
    alone = len(layout.lines[label.segment.line].segments) == 1
    parts: list[Label] = []
    for other in reading.labels:
        if other.page != label.page or other.segment.line < label.segment.line:
            continue
        if other.kind in PARTS and (other.kind == "party_contact" or other.weight < OWN_LANGUAGE):
            continue
        if other.segment.line == label.segment.line:
            if other.kind in PARTS and other.segment.x0 > label.segment.x1:
                parts.append(other)
            continue
        if other.segment.line > label.segment.line + _FORM_LINES or (
            other.kind in PARTIES and other.stands_alone and not is_title(other.text)
        ):
            break
        if other.kind in PARTS and (alone or left < other.segment.x0 < right):
            parts.append(other)
    lines = []
    if not label.stands_alone or (parts[:1] and parts[0].segment.line == label.segment.line):
        place = next(reading.places(label), None)
        if place is None or not any(
            part.kind == "party_address" and part.segment.line == label.segment.line for part in parts
        ):
            return []
        lines.append(line_of(place.tokens))
        parts = [part for part in parts if part.segment.line == label.segment.line]
    elif (
        not parts
        or not _begins_form(reading, label, parts[0])
        or (len(parts) < 2 and (parts[0].kind != "party_name" or label.weight < OWN_LANGUAGE))
    ):
        return []
    else:
        beside = _beside_first(reading, label, parts[0])
        if beside is not None:
            lines = [line_of(beside.tokens)]
            parts = [part for part in parts if part.kind != "party_name"]
    for part in parts:
        place = next(reading.places(part), None)
        if place is not None and place.tokens:
            lines.append(line_of([*_begun_above(reading, part, place), *place.tokens]))
            lines += _further(reading, part, place)
    # in Brazil, whose forms these mostly are, the postcode is written behind town and state
    lines.sort(key=lambda line: _CEP.match(line.text) is not None)
    return lines


def _column_of(reading: Reading, label: Label) -> tuple[float, float]:
    """Between which edges the labels of a form begin: beside another party's heading (Bill to, Ship to) up to the middle
    between both, for they may be centred over their columns; else from the label to its neighbour."""
    segment, layout = label.segment, reading.layouts[label.page]
    beside = [
        other.segment.center[0]
        for other in reading.labels
        if other.kind in PARTIES and other.stands_alone and other.page == label.page
        if other.segment.line == segment.line and other.segment is not segment
    ]
    middle = segment.center[0]
    if beside:
        lefts, rights = [at for at in beside if at < middle], [at for at in beside if at > middle]
        left = (max(lefts) + middle) / 2 if lefts else 0.0
        return left, (min(rights) + middle) / 2 if rights else layout.width
    border = min((other.x0 for other in layout.right_of(segment)), default=layout.width)
    return segment.x0 - 2 * segment.height, max(border, segment.x1)


def _begins_form(reading: Reading, label: Label, part: Label) -> bool:
    """Whether a part belongs to the form that ``label`` heads: at most one line is between them that is no row of the form
    itself (Number: 4711)."""
    lines = reading.layouts[label.page].lines[label.segment.line + 1 : part.segment.line]
    strange = [line for line in lines if not any(_is_row(label, segment) for segment in line.segments)]
    return len(strange) < 2


def _is_row(label: Label, segment: Segment) -> bool:
    return segment.text.endswith(":") and abs(segment.x0 - label.segment.x0) < label.segment.height


def _begun_above(reading: Reading, part: Label, place: Place) -> list[Token]:
    """The first line of a value that is set over two lines, with its label at the height of their middle."""
    beside = _beside(reading, part) or next(iter(reading.layouts[part.page].level_with(part.segment)), None)
    at = beside.line if beside is not None else 0
    if part.kind != "party_name" or place.relation != "beside" or beside is None or at < 2:
        return []
    lines = reading.layouts[part.page].lines
    above = lines[at - 1]
    closer = lines[at].center - above.center < above.center - lines[at - 2].center
    alone = len(above.segments) == 1 and abs(above.segments[0].x0 - beside.x0) < beside.height
    return list(above.segments[0].tokens) if closer and alone and part.segment.y0 < beside.y1 else []


def _beside_first(reading: Reading, label: Label, part: Label) -> Segment | None:
    """The name beside a form's first label (Guest:  J. Doe), in the column of the values of the parts below."""
    value = _beside(reading, label)
    other = _beside(reading, part)
    same = value is not None and other is not None and abs(value.x0 - other.x0) < value.height
    return value if same else None


def _beside(reading: Reading, label: Label) -> Segment | None:
    right = reading.layouts[label.page].right_of(label.segment) if label.stands_alone else []
    return right[0] if right and reading.label_starting(label.page, right[0]) is None else None


def _further(reading: Reading, part: Label, place: Place) -> list[PartyLine]:
    """The lines below an address beside its label that no label announces."""
    layout = reading.layouts[part.page]
    beside = _beside(reading, part)
    if part.kind != "party_address" or place.relation != "beside" or beside is None:
        return []
    found: list[PartyLine] = []
    for line in layout.lines[part.segment.line + 1 : part.segment.line + 5]:
        if any(abs(segment.x0 - part.segment.x0) < part.segment.height for segment in line.segments):
            break
        found += [line_of(segment.tokens) for segment in line.segments if abs(segment.x0 - beside.x0) < segment.height]
    return found
