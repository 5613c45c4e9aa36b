"""Pairing true line items with predicted ones so that the pairs fit best."""

from __future__ import annotations

from collections.abc import Sequence

#: A pair below this similarity is no pair: the true line was missed and the predicted one made up.
LEAST_SIMILARITY = 0.3

#: Cost of each place that a pair is apart: of equally good pairs those in page order win.
_APART = 1e-6


def pair(similarities: Sequence[Sequence[float]]) -> dict[int, int]:
    """Row to column, for the pairs that fit best overall. ``similarities[row][column]`` is 0 to 1."""
    if not similarities or not similarities[0]:
        return {}
    cost = [[1 - s + _APART * abs(i - j) for j, s in enumerate(row)] for i, row in enumerate(similarities)]
    if len(cost) <= len(cost[0]):
        pairs = dict(enumerate(cheapest_columns(cost)))
    else:
        turned = [list(column) for column in zip(*cost, strict=True)]
        pairs = {row: column for column, row in enumerate(cheapest_columns(turned))}
    return {row: column for row, column in pairs.items() if similarities[row][column] >= LEAST_SIMILARITY}


def cheapest_columns(cost: Sequence[Sequence[float]]) -> list[int]:
    """The column of each row that makes the sum of costs least; there are at least as many columns as rows.

    The Hungarian method: rows join one by one, each along the cheapest path of exchanges (O(rows² · columns)).
    """
    columns = len(cost[0])
    row_price = [0.0] * len(cost)
    column_price = [0.0] * columns
    owner: list[int | None] = [None] * columns
    for row in range(len(cost)):
        _let_in(row, cost, owner, row_price, column_price)
    return [owner.index(row) for row in range(len(cost))]


def _let_in(
    new: int,
    cost: Sequence[Sequence[float]],
    owner: list[int | None],
    row_price: list[float],
    column_price: list[float],
) -> None:
    """Find the cheapest free column for row ``new``, moving owners where that is cheaper, and adjust the prices."""
    columns = len(owner)
    distance = [float("inf")] * columns
    came_from: list[int | None] = [None] * columns
    visited: list[int] = []
    row, last = new, None
    while True:
        for column in range(columns):
            if column not in visited:
                reduced = cost[row][column] - row_price[row] - column_price[column]
                if reduced < distance[column]:
                    distance[column], came_from[column] = reduced, last
        nearest = min((c for c in range(columns) if c not in visited), key=distance.__getitem__)
        step = distance[nearest]
        row_price[new] += step
        for column in visited:
            row_price[_owner(owner, column)] += step
            column_price[column] -= step
        for column in range(columns):
            if column not in visited:
                distance[column] -= step
        if owner[nearest] is None:
            break
        visited.append(nearest)
        row, last = _owner(owner, nearest), nearest
    free: int | None = nearest
    while free is not None:
        previous = came_from[free]
        owner[free] = new if previous is None else owner[previous]
        free = previous


def _owner(owner: Sequence[int | None], column: int) -> int:
    row = owner[column]
    assert row is not None, "only owned columns are visited"
    return row
