"""The sheet on a photo: its four corners on a background that is darker than paper."""

from __future__ import annotations

from typing import Any

Corner = tuple[float, float]
#: The longest side of the picture in which the sheet is looked for.
_SIDE = 640
#: What a sheet covers of the picture, at least and at most; beyond, there is nothing to cut off.
_LEAST = 0.25
_MOST = 0.97
#: How much brighter than the background the sheet is, in grey levels.
_BRIGHTER = 30
#: The share of the found shape's area that must agree with its four straight sides.
_SQUARE = 0.94
#: A background shows along three edges of the picture, on this share of each. Bands of colour across a page do not.
_EDGE = 0.4
_EDGES = 3
#: What differs from the background's usual colour by so many of its usual differences is not background.
_UNLIKE = 4.0
#: A side that leaves the picture's axes by less than this (as a share of its length) runs along them.
_STRAIGHT = 0.006


def find_sheet(picture: Any, grey: Any) -> tuple[Corner, ...] | None:
    """The sheet's corners on an RGB picture (``grey`` is the same in grey), clockwise from the top left; ``None`` where
    the picture is the page, or the sheet lies straight: there is nothing to flatten then."""
    import cv2

    if not _has_background(grey):
        return None
    scale = min(1.0, _SIDE / max(grey.shape))
    small, small_grey = (
        cv2.medianBlur(cv2.resize(one, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), 5)
        for one in (picture, grey)
    )
    shape = _foreground(small)
    corners = None if shape is None else _four_sides(shape)
    if corners is None or _lies_straight(corners) or not _is_sheet(small_grey, shape, corners):
        return None
    return tuple((float(x) / scale, float(y) / scale) for x, y in corners)


def _has_background(grey: Any) -> bool:
    """Whether the picture's edges are darker than its paper."""
    import cv2

    level, _ = cv2.threshold(grey[::3, ::3], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = (grey[:3], grey[-3:], grey[:, :3], grey[:, -3:])
    return bool(sum((edge <= level).mean() >= _EDGE for edge in edges) >= _EDGES)


def _foreground(small: Any) -> Any:
    """The outline of the largest area that does not look like the picture's edges; ``None`` where there is none."""
    import cv2
    import numpy

    colours = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(numpy.float32)
    edges = numpy.concatenate(
        [part.reshape(-1, 3) for part in (colours[:4], colours[-4:], colours[:, :4], colours[:, -4:])]
    )
    usual = numpy.median(edges, axis=0)
    spread = 1.5 * numpy.median(numpy.abs(edges - usual), axis=0) + 3
    other = ((numpy.abs(colours - usual) / spread).max(axis=2) > _UNLIKE).astype(numpy.uint8)
    inner = numpy.ones((9, 9), numpy.uint8)
    tidy = cv2.morphologyEx(cv2.morphologyEx(other, cv2.MORPH_CLOSE, inner), cv2.MORPH_OPEN, inner)
    outlines, _ = cv2.findContours(tidy, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(outlines, key=cv2.contourArea, default=None)


def _lies_straight(corners: Any) -> bool:
    """Whether all four sides run along the picture's edges."""
    import numpy

    along = numpy.abs(numpy.roll(corners, -1, axis=0) - corners)
    return bool((along.min(axis=1) < _STRAIGHT * along.max(axis=1)).all())


def _four_sides(shape: Any) -> Any:
    """Where the four sides of ``shape`` meet, clockwise from the top left; ``None`` for another shape."""
    import cv2
    import numpy

    hull = cv2.convexHull(shape)
    length = cv2.arcLength(hull, True)
    for looseness in (0.01, 0.02, 0.03, 0.05):
        rough = cv2.approxPolyDP(hull, looseness * length, True)[:, 0].astype(float)
        if len(rough) <= 4:
            break
    if len(rough) != 4:
        return None
    points = shape[:, 0].astype(float)
    sides = [_side(points, rough[place], rough[(place + 1) % 4]) for place in range(4)]
    if any(side is None for side in sides):
        return None
    met = [_meet(sides[place - 1], sides[place]) for place in range(4)]
    if any(corner is None for corner in met):
        return None
    corners = numpy.array(met)
    middle = corners.mean(axis=0)
    turn = numpy.arctan2(*(corners - middle).T[::-1])
    corners = corners[numpy.argsort(turn)]
    return numpy.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)


def _side(points: Any, start: Any, end: Any) -> Any:
    """A line (point and direction) through the outline's points between two corners, away from the corners."""
    import cv2
    import numpy

    along = end - start
    length = float(numpy.hypot(*along)) or 1.0
    along = along / length
    offset = points - start
    place, away = offset @ along, numpy.abs(offset[:, 0] * along[1] - offset[:, 1] * along[0])
    near = points[(place > 0.08 * length) & (place < 0.92 * length) & (away < 0.02 * length + 2)]
    if len(near) < 0.3 * length:
        return None
    return cv2.fitLine(near.astype(numpy.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()


def _meet(one: Any, other: Any) -> Any:
    """Where two lines meet; ``None`` for parallel ones."""
    import numpy

    (ax, ay, px, py), (bx, by, qx, qy) = one, other
    cross = ax * by - ay * bx
    if abs(cross) < 0.2:
        return None
    along = ((qx - px) * by - (qy - py) * bx) / cross
    return numpy.array((px + along * ax, py + along * ay))


def _is_sheet(small: Any, shape: Any, corners: Any) -> bool:
    """Whether the four corners hold a sheet: large, as its outline says, and brighter than all around it."""
    import cv2
    import numpy

    inside, filled = numpy.zeros_like(small), numpy.zeros_like(small)
    cv2.fillPoly(inside, [numpy.round(corners).astype(numpy.int32)], (255,))
    cv2.fillPoly(filled, [shape], (255,))
    share = float((inside > 0).mean())
    if not _LEAST <= share <= _MOST:
        return False
    both, either = ((inside & filled) > 0).sum(), ((inside | filled) > 0).sum()
    if both < _SQUARE * either:
        return False
    outside = cv2.dilate(inside, numpy.ones((7, 7), numpy.uint8)) == 0
    paper = float(numpy.percentile(small[inside > 0], 75))
    return bool(outside.any()) and float(numpy.percentile(small[outside], 90)) < paper - _BRIGHTER
