"""Boxes on a turned page."""

from __future__ import annotations

from core.evidence import Box


def quarter_turn(rotation: int) -> int:
    """``rotation`` as 0, 90, 180 or 270. Raises ValueError for any other angle."""
    if rotation % 90:
        raise ValueError(f"a page turns by quarters, not by {rotation} degrees")
    return rotation % 360


def turned_size(width: float, height: float, rotation: int) -> tuple[float, float]:
    """Width and height of a page after a clockwise turn."""
    return (height, width) if rotation in (90, 270) else (width, height)


def turn_box(box: tuple[float, float, float, float], rotation: int, width: float, height: float) -> Box:
    """``box`` of a page of ``width`` × ``height`` where it stands after the page's clockwise turn."""
    x0, y0, x1, y1 = box
    if rotation == 90:
        return Box(height - y1, x0, height - y0, x1)
    if rotation == 180:
        return Box(width - x1, height - y1, width - x0, height - y0)
    if rotation == 270:
        return Box(y0, width - x1, y1, width - x0)
    return Box(x0, y0, x1, y1)


def cut_to(box: Box, width: float, height: float) -> Box:
    """The part of ``box`` on a page of ``width`` × ``height``. Raises ValueError when nothing of it is there."""
    inside = Box(max(box.x0, 0.0), max(box.y0, 0.0), min(box.x1, width), min(box.y1, height))
    if inside.width <= 0 or inside.height <= 0:
        raise ValueError("the box lies outside the page")
    return inside
