"""Blocks: segments that stand under each other as one column of text, such as an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.rules.layout import Layout, Segment

#: Lines of a block follow each other within this many text heights, centre to centre.
_PITCH = 1.75
_PITCH_OCR = 2.3


@dataclass(eq=False)
class Block:
    """Segments from top to bottom on page ``page`` (index from 0)."""

    segments: list[Segment]
    page: int

    @property
    def x0(self) -> float:
        return min(segment.x0 for segment in self.segments)

    @property
    def y0(self) -> float:
        return self.segments[0].y0

    @property
    def y1(self) -> float:
        return self.segments[-1].y1


def find_blocks(layout: Layout, page: int, scanned: bool) -> list[Block]:
    """The page's segments as blocks, in reading order of their first lines."""
    blocks: list[Block] = []
    open_blocks: list[Block] = []
    for line in layout.lines:
        open_blocks = [block for block in open_blocks if line.y0 - block.y1 < 2.5 * layout.text_height]
        for segment in line.segments:
            block = next((block for block in open_blocks if _follows(block.segments[-1], segment, scanned)), None)
            if block is None:
                block = Block([], page)
                blocks.append(block)
                open_blocks.append(block)
            block.segments.append(segment)
    return blocks


def _follows(above: Segment, below: Segment, scanned: bool) -> bool:
    if above.line == below.line:
        return False
    height = min(above.height, below.height)
    pitch = below.center[1] - above.center[1]
    if not 0 < pitch < (_PITCH_OCR if scanned else _PITCH) * height or max(above.height, below.height) > 1.7 * height:
        return False
    return _aligned(above, below, height)


def _aligned(above: Segment, below: Segment, height: float) -> bool:
    return (
        abs(above.x0 - below.x0) < 0.8 * height
        or (abs(above.center[0] - below.center[0]) < 0.8 * height and above.overlap_x(below) > 0.5)
        or (abs(above.x1 - below.x1) < 0.5 * height and above.overlap_x(below) > 0.5)
    )


def column_beneath(layout: Layout, start: Segment, left: float, right: float, reach: float, most: int) -> list[Segment]:
    """The segments under ``start`` whose left edge lies between ``left`` and ``right``, while the gap from line to line
    stays below ``reach`` text heights."""
    found: list[Segment] = []
    bottom = start.y1
    height = start.height
    for line in layout.lines[start.line + 1 :]:
        if line.y0 - bottom > reach * height or len(found) == most:
            break
        for segment in line.segments:
            if left <= segment.x0 < right:
                found.append(segment)
                bottom = max(bottom, segment.y1)
                height = min(height, segment.height) or height
                break
    return found


def texts(segments: Sequence[Segment]) -> list[str]:
    """The printed lines of segments."""
    return [segment.text for segment in segments]
