"""Plane transforms as 3×3 matrices: where a place on a turned, straightened or flattened picture is on another."""

from __future__ import annotations

from collections.abc import Iterable

Point = tuple[float, float]
#: Row by row. A place (x, y) goes to ((ax + by + c) / w, (dx + ey + f) / w) with w = gx + hy + i.
Matrix = tuple[float, float, float, float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def apply(matrix: Matrix, points: Iterable[Point]) -> tuple[Point, ...]:
    """Where ``points`` go."""
    a, b, c, d, e, f, g, h, i = matrix
    moved = []
    for x, y in points:
        w = g * x + h * y + i
        moved.append(((a * x + b * y + c) / w, (d * x + e * y + f) / w))
    return tuple(moved)


def compose(last: Matrix, first: Matrix) -> Matrix:
    """The matrix that does ``first`` and then ``last``."""
    rows, columns = (last[0:3], last[3:6], last[6:9]), (first[0::3], first[1::3], first[2::3])
    a, b, c, d, e, f, g, h, i = (sum(x * y for x, y in zip(r, k, strict=True)) for r in rows for k in columns)
    return a, b, c, d, e, f, g, h, i


def invert(matrix: Matrix) -> Matrix:
    """The way back. Raises ZeroDivisionError for a matrix that leads to a line or a point."""
    a, b, c, d, e, f, g, h, i = matrix
    one = 1 / (a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))
    return (
        one * (e * i - f * h),
        one * (c * h - b * i),
        one * (b * f - c * e),
        one * (f * g - d * i),
        one * (a * i - c * g),
        one * (c * d - a * f),
        one * (d * h - e * g),
        one * (b * g - a * h),
        one * (a * e - b * d),
    )


def shifted(x: float, y: float) -> Matrix:
    """Moves by (x, y)."""
    return 1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0


def scaled(factor: float) -> Matrix:
    """Makes everything ``factor`` times as large."""
    return factor, 0.0, 0.0, 0.0, factor, 0.0, 0.0, 0.0, 1.0
