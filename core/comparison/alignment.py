"""The line items of several readings of one document side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.evaluation.assignment import pair
from core.evaluation.scoring import TrueLine
from core.notation.sameness import is_empty
from core.schema.document_type import Table

#: A line's cells by name.
Item = Mapping[str, Any]


@dataclass(slots=True)
class AlignedLine:
    """One line as the readings have it. ``number`` stays what it is when later readings change: lines are numbered as
    they are first met. ``places`` has the line's index in each reading that has it (by the reading's index);
    ``truth`` its index in the true lines."""

    number: int
    first: Item
    places: dict[int, int] = field(default_factory=dict)
    truth: int | None = None


def align(table: Table, readings: Sequence[Sequence[Item] | None], truth: Sequence[Item] = ()) -> list[AlignedLine]:
    """The rows of ``table`` in ``readings`` (``None``: one that failed) in page order, those of the truth first met.

    Each reading is paired with the lines met before it so that the pairs fit best overall
    (:mod:`core.evaluation.assignment`); a line without a partner is put behind the line it follows in its own reading.
    """
    lines = [AlignedLine(index, item, truth=index) for index, item in enumerate(truth)]
    for column, items in enumerate(readings):
        _join(table, lines, column, items or ())
    return lines


def _join(table: Table, lines: list[AlignedLine], column: int, items: Sequence[Item]) -> None:
    partners = _partners(table, [line.first for line in lines], items)
    met = list(lines)
    after = -1
    for index, item in enumerate(items):
        line = met[partners[index]] if index in partners else None
        if line is None:
            line = AlignedLine(len(lines), item)
            lines.insert(after + 1, line)
        line.places[column] = index
        after = lines.index(line)


def _partners(table: Table, known: Sequence[Item], items: Sequence[Item]) -> dict[int, int]:
    """Index in ``known`` by index in ``items``. Lines that are the same to the letter are paired first: most are."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for index, item in enumerate(items):
        same = next(
            (place for place, line in enumerate(known) if place not in taken and _equal(table, line, item)), None
        )
        if same is not None:
            found[index] = same
            taken.add(same)
    left = [place for place in range(len(known)) if place not in taken]
    rest = [index for index in range(len(items)) if index not in found]
    fits = [[_similarity(table, known[place], items[index]) for index in rest] for place in left]
    found.update({rest[column]: left[row] for row, column in pair(fits).items()})
    return found


def _equal(table: Table, one: Item, other: Item) -> bool:
    return all(one.get(cell.name) == other.get(cell.name) for cell in table.columns)


def _similarity(table: Table, one: Item, other: Item) -> float:
    """How well two lines fit, 0 to 1, by the cells that the first one has."""
    visible = {cell.name: not is_empty(one.get(cell.name)) for cell in table.columns}
    return TrueLine(table, one, visible, ()).similarity(other)
