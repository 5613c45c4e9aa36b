"""Blocks: segments that stand under each other as one column of text, such as an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.page.layout import Layout, Line, Segment
from core.rules.addresses import has_legal_form, is_street, is_town

_DOTS = re.compile(r"[·•●|∙]|\s[-–]\s")
#: Lines of a block follow each other within this many text heights, centre to centre.
_PITCH = 2.4
#: An empty line may stand before the town, as letters used to have it.
_TOWN_PITCH = 3.4
#: From the lower edge of one line to the upper edge of a town below an empty one.
_TOWN_GAP = 2.6
#: Print of one block differs in height by less than this factor (OCR measures letters, not fonts).
_SIZES = 1.6
#: A name may be a little larger still than the address below it.
_NAME_SIZE = 1.7
#: A blank inside a name is never wider than this many text heights.
_BLANK = 1.4
#: Lines this much closer than the ones before begin a block of their own.
_TIGHTER = 0.75
#: Lines are close within this many heights of the smaller one, centre to centre.
_CLOSE = 1.5
#: OCR measures letters and not fonts, so that its lines seem further apart, and no two boxes agree.
_CLOSE_MEASURED = 1.8
#: Print this many times as high as the line below it is a heading.
_HEADING = 1.2


@dataclass(eq=False)
class Block:
    """Segments from top to bottom on page ``page`` (index from 0)."""

    segments: list[Segment]
    page: int

    @property
    def y0(self) -> float:
        return self.segments[0].y0

    @property
    def y1(self) -> float:
        return self.segments[-1].y1


def find_blocks(layout: Layout, page: int) -> list[Block]:
    """The page's segments as blocks, in reading order of their first lines."""
    blocks: list[Block] = []
    open_blocks: list[Block] = []
    close = _CLOSE_MEASURED if layout.page.recognised else _CLOSE
    for line in layout.lines:
        open_blocks = [block for block in open_blocks if line.y0 - block.y1 < _TOWN_PITCH * layout.text_height]
        if line.y0 < 0.5 * layout.height and is_sender_line(line):
            continue
        for segment in line.segments:
            if line.y0 < 0.5 * layout.height and len(line.segments) > 1 and _is_sender(segment):
                continue
            block = next((block for block in open_blocks if _follows(block.segments, segment, close)), None)
            if block is None:
                block = Block([], page)
                blocks.append(block)
                open_blocks.append(block)
            elif (
                len(block.segments) == 2
                and _pitch(block.segments[-1], segment) < _TIGHTER * _pitch(*block.segments)
                and _pitch(*block.segments) > close * min(part.height for part in block.segments)
                and not _is_headed(*block.segments)
            ):
                # the first line stood apart: the block proper begins with the second
                block = Block([block.segments.pop()], page)
                blocks.append(block)
                open_blocks.append(block)
            block.segments.append(segment)
    return blocks


def _is_sender(segment: Segment) -> bool:
    """Whether one cell of a line is a sender (Acme Ltd · High Street 1 · 12345 Town, or with commas)."""
    dotted = _DOTS.split(segment.text)
    if len(dotted) > 2 and is_town(dotted[-1].strip()) and any(map(is_street, dotted[1:-1])):
        return True
    parts = segment.text.split(",")
    if len(parts) < 3 or not is_town(parts[-1]) or not has_legal_form(parts[0]):
        return False
    return not is_street(parts[0]) and any(map(is_street, parts[1:-1]))


def is_sender_line(line: Line) -> bool:
    """Whether a line is a sender in small print (Acme · High Street 1 · 12345 Town, or with commas), as stands over an address."""
    text = " ".join(segment.text for segment in line.segments)
    if not is_town(text):
        return False
    parts = text.split(",")
    in_commas = (
        len(parts) > 2 and len(line.segments) == 1 and not is_street(parts[0]) and any(map(is_street, parts[1:-1]))
    )
    return len(_DOTS.findall(text)) >= 2 or in_commas


def _is_headed(name: Segment, street: Segment) -> bool:
    """Whether a line in larger print stands over a street: a letterhead's name, without which its address is nobody's."""
    return name.height > _HEADING * street.height and is_street(street.text) and not is_street(name.text)


def _pitch(above: Segment, below: Segment) -> float:
    return below.center[1] - above.center[1]


def _follows(block: Sequence[Segment], below: Segment, close: float) -> bool:
    above = block[-1]
    height = min(above.height, below.height)
    pitch = below.center[1] - above.center[1]
    if above.line == below.line or not 0 < pitch < _TOWN_PITCH * height or not _aligned(above, below, height):
        return False
    if max(above.height / _NAME_SIZE, below.height / _SIZES) > height:
        return False
    # measured letters jitter: lines that stand close follow each other, however close the ones before stand
    steady = len(block) < 2 or pitch < max(1.35 * _pitch(block[-2], above), close * height)
    return (steady and pitch < _PITCH * height) or (1 < len(block) < 5 and is_town(below.text))


def _aligned(above: Segment, below: Segment, height: float) -> bool:
    return (
        abs(above.x0 - below.x0) < 0.8 * height
        or (abs(above.center[0] - below.center[0]) < 0.8 * height and above.overlap_x(below) > 0.5)
        or (abs(above.x1 - below.x1) < 0.5 * height and above.overlap_x(below) > 0.5)
    )


def column_beneath(layout: Layout, start: Segment, indent: float, reach: float, most: int) -> list[Segment]:
    """The segments under ``start`` in its column (aligned with its left edge, ``indent`` further right, or with its right
    edge or centre), while the gap from line to line stays below ``reach`` text heights."""
    found: list[Segment] = []
    bottom = start.y1
    height = start.height
    for line in layout.lines[start.line + 1 :]:
        segment = next((other for other in line.segments if _in_column(start, other, indent)), None)
        # an empty line may stand before the town
        most_gap = max(reach, _TOWN_GAP) if found and segment is not None and is_town(segment.text) else reach
        if line.y0 - bottom > most_gap * height or len(found) == most:
            break
        if segment is None and found:
            # under a centred heading the column's own left edge holds
            segment = next((other for other in line.segments if abs(other.x0 - found[0].x0) < 0.5 * start.height), None)
        if segment is not None:
            found.append(with_neighbours(layout, segment))
            bottom = max(bottom, segment.y1)
            height = min(height, segment.height) or height
    return found


def with_neighbours(layout: Layout, segment: Segment) -> Segment:
    """``segment`` with what follows it so closely that in a party's name or address it is the same text: OCR measures
    letters tightly, so that a blank can look like the gap between two cells."""
    tokens = list(segment.tokens)
    for other in layout.right_of(segment):
        if other.x0 - tokens[-1].x1 > _BLANK * segment.height or any(t.text.endswith(":") for t in other.tokens[:3]):
            break
        tokens += other.tokens
    return segment if len(tokens) == len(segment.tokens) else Segment(tokens, segment.line, segment.index)


def _in_column(start: Segment, segment: Segment, indent: float) -> bool:
    margin = 1.6 * start.height
    # a value may begin behind a label that is longer than the first one (From: ..., Address: ...)
    widest = start.x0 + indent + (4.0 * start.height if indent else 0.0) + margin
    if start.x0 - margin <= segment.x0 <= widest:
        return True
    shared = segment.overlap_x(start) > 0.5
    return shared and (abs(segment.x1 - start.x1) < margin or abs(segment.center[0] - start.center[0]) < margin)
