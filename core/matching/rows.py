"""A row of a table: of all places that match its cells, those that stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from core.matching.candidate import Candidate
from core.schema.document_type import Table

#: How far, in text heights, a cell may stand above or below the lines of its row's anchor.
_REACH = 2.5


def find_row(
    cells: Mapping[str, Sequence[Candidate]], taken: Set[tuple[int, int]], table: Table
) -> dict[str, Candidate]:
    """The candidates of each cell that form one row; cells with no candidate on it are left out.

    ``taken`` holds (page, token) of earlier rows: of two equal rows the next one is taken. Without one of the table's
    anchors on the page there is no row: a lone quantity proves nothing.
    """
    by_page = {cell: _by_page(candidates) for cell, candidates in cells.items()}
    best: dict[str, Candidate] = {}
    best_rank: tuple[float, ...] | None = None
    for cell in table.anchors:
        for anchor in cells.get(cell, ()):
            row = _row_of(cell, anchor, by_page, taken, table)
            rank = (len(row), -_used(anchor, taken), -_spread(anchor, row))
            if best_rank is None or rank > best_rank:
                best, best_rank = row, rank
        if len(best) == len(cells) or (best and cell == table.anchors[0] and len(best) > 1):
            break
    return best


def _by_page(candidates: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    pages: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        pages.setdefault(candidate.page.number, []).append(candidate)
    return pages


def _used(candidate: Candidate, taken: Set[tuple[int, int]]) -> float:
    return float(any((candidate.page.number, token) in taken for token in candidate.tokens))


def _row_of(
    cell: str,
    anchor: Candidate,
    by_page: Mapping[str, Mapping[int, Sequence[Candidate]]],
    taken: Set[tuple[int, int]],
    table: Table,
) -> dict[str, Candidate]:
    """The anchor with, for each other cell, the nearest free candidate within reach."""
    boxes = anchor.page.lines(anchor.tokens)
    top, bottom = boxes[0].center[1], boxes[-1].center[1]
    height = max(boxes[0].height, 1e-6)
    row = {cell: anchor}
    own = set(anchor.tokens)
    for name in table.choosing:
        candidates = by_page.get(name, {}).get(anchor.page.number, ())
        if name == cell:
            continue
        free = [
            (away, -candidate.box.x0 if name == table.rightmost else candidate.box.x0, candidate)
            for candidate in candidates
            if own.isdisjoint(candidate.tokens)
            and not _used(candidate, taken)
            and (away := _outside(candidate, top, bottom, height)) <= _REACH
        ]
        if free:
            chosen = min(free, key=lambda entry: (round(entry[0]), -entry[2].score, entry[1]))[2]
            row[name] = chosen
            own.update(chosen.tokens)
    return row


def _outside(candidate: Candidate, top: float, bottom: float, height: float) -> float:
    """How many text heights a candidate stands above or below the anchor's lines (0 beside them)."""
    middle = candidate.box.center[1]
    return max(top - middle, middle - bottom, 0.0) / height


def _spread(anchor: Candidate, row: Mapping[str, Candidate]) -> float:
    return sum(abs(candidate.box.center[1] - anchor.box.center[1]) for candidate in row.values())
