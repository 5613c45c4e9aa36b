"""Value by value: which of an invoice's values are right, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.evaluation.assignment import pair
from core.evaluation.predictions import plain_value
from core.evaluation.scoring import column_name, columns_told, true_lines, type_of_truth
from core.notation.sameness import is_empty, is_right
from core.schema.document_type import Table
from core.schema.fields import FieldInfo
from core.validation.gate import CRITICAL


@dataclass(frozen=True, slots=True)
class Compared:
    """One value that is scored. ``path`` is its place in the document (of rows that have no partner: the cell's name,
    ``item.quantity``); ``name`` its field's key in :attr:`core.evaluation.scoring.CaseScore.counts`; ``wanted`` the truth
    (``None``: it is not on the page), ``got`` what was given (``None``: nothing); ``table`` the table that it belongs to and
    ``line`` the true row there, from 0."""

    path: str
    name: str
    info: FieldInfo
    wanted: Any
    got: Any
    right: bool
    table: Table | None = None
    line: int | None = None

    @property
    def truth_path(self) -> str:
        """Its place in the truth."""
        known = self.table is not None and self.line is not None
        return self.table.path(self.line, self.info.name) if known else self.info.name  # type: ignore[union-attr, arg-type]


@dataclass(slots=True)
class Outcome:
    """How one invoice compares with its truth, value by value. What is neither on the page nor given is not in it."""

    values: list[Compared] = field(default_factory=list)

    @property
    def right(self) -> dict[str, bool]:
        """Whether it is right, for every value given, by its path in the invoice."""
        return {value.path: value.right for value in self.values if value.got is not None}

    @property
    def missing(self) -> list[str]:
        """The fields that stand on the page but have no value."""
        return [value.path for value in self.values if value.got is None]

    @property
    def misses(self) -> list[Compared]:
        """What is wrong or missing."""
        return [value for value in self.values if not value.right]

    @property
    def wrong(self) -> list[str]:
        """The paths of the values that are wrong."""
        return [path for path, right in self.right.items() if not right]

    @property
    def wrong_critical(self) -> list[str]:
        """Those of them that are amounts, numbers or dates."""
        return [
            value.path
            for value in self.values
            if value.got is not None and not value.right and value.info.kind in CRITICAL
        ]

    def _note(self, place: _Place, visible: Any, wanted: Any, got: Any, readings: Any = ()) -> None:
        if visible is not True and (visible != "absent" or is_empty(got)):
            return
        right = visible is True and is_right(place.info, wanted, got, readings)
        told = (wanted if visible is True else None, None if is_empty(got) else got, right)
        self.values.append(Compared(place.path, place.name, place.info, *told, place.table, place.line))


class _Place(NamedTuple):
    """Where a value stands: as :class:`Compared` has it."""

    path: str
    name: str
    info: FieldInfo
    table: Table | None = None
    line: int | None = None


def compare(truth: Mapping[str, Any], invoice: Mapping[str, Any]) -> Outcome:
    """``invoice`` (the model as a mapping) against a truth with its ``meta``, by the rules of
    :func:`core.evaluation.scoring.score_case`."""
    kind, meta = type_of_truth(truth), truth["meta"]
    visible, alternatives = meta["visible"], meta.get("alternatives") or {}
    found = Outcome()
    for info in kind.header:
        got = plain_value(invoice.get(info.name))
        readings = alternatives.get(info.name, ())
        found._note(_Place(info.name, info.name, info), visible.get(info.name), truth.get(info.name), got, readings)
    for table in kind.tables:
        if isinstance(visible.get(table.name), list):
            named = {cell.name: column_name(kind, table, cell.name) for cell in table.columns}
            _compare_lines(found, table, named, truth, invoice)
    return found


def _compare_lines(
    found: Outcome, table: Table, named: Mapping[str, str], truth: Mapping[str, Any], invoice: Mapping[str, Any]
) -> None:
    lines = true_lines(truth, table)
    items = list(invoice.get(table.name) or ())
    pairs = pair([[line.similarity(item) for item in items] for line in lines])
    for position, line in enumerate(lines):
        partner = pairs.get(position)
        item = {} if partner is None else items[partner]
        for cell in table.columns:
            name = named[cell.name]
            place = _Place(name if partner is None else table.path(partner, cell.name), name, cell, table, position)
            wanted, got = line.values.get(cell.name), item.get(cell.name)
            found._note(place, line.visible.get(cell.name), wanted, got, line.alternatives(cell))
    told = columns_told(lines, table)
    for extra in sorted(set(range(len(items))) - set(pairs.values())):
        for cell in told:
            place = _Place(table.path(extra, cell.name), named[cell.name], cell, table)
            found._note(place, "absent", None, items[extra].get(cell.name))
