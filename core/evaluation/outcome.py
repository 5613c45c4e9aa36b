"""Value by value: which of an invoice's values are right, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.evaluation.assignment import pair
from core.evaluation.predictions import plain_value
from core.evaluation.scoring import ITEM_PREFIX, true_lines, type_of_truth
from core.notation.sameness import is_empty, is_right
from core.schema.document_type import Table
from core.schema.fields import FieldInfo
from core.schema.path import is_cell
from core.validation.gate import CRITICAL


@dataclass(frozen=True, slots=True)
class Compared:
    """One value that is scored. ``path`` is its place in the invoice (of lines that have no partner: the cell's name,
    ``item.quantity``); ``wanted`` the truth (``None``: it is not on the page), ``got`` what was given (``None``:
    nothing); ``line`` the true line item it belongs to, from 0."""

    path: str
    info: FieldInfo
    wanted: Any
    got: Any
    right: bool
    line: int | None = None

    @property
    def name(self) -> str:
        """The field's key in :attr:`core.evaluation.scoring.CaseScore.counts`."""
        return ITEM_PREFIX + self.info.name if is_cell(self.path) else self.info.name


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

    def _note(
        self,
        info: FieldInfo,
        visible: Any,
        wanted: Any,
        got: Any,
        path: str,
        readings: Any = (),
        line: int | None = None,
    ) -> None:
        if visible is not True and (visible != "absent" or is_empty(got)):
            return
        right = visible is True and is_right(info, wanted, got, readings)
        value = None if is_empty(got) else got
        self.values.append(Compared(path, info, wanted if visible is True else None, value, right, line))


def compare(truth: Mapping[str, Any], invoice: Mapping[str, Any]) -> Outcome:
    """``invoice`` (the model as a mapping) against a truth with its ``meta``, by the rules of
    :func:`core.evaluation.scoring.score_case`."""
    kind, meta = type_of_truth(truth), truth["meta"]
    visible, alternatives = meta["visible"], meta.get("alternatives") or {}
    found = Outcome()
    for info in kind.header:
        got = plain_value(invoice.get(info.name))
        readings = alternatives.get(info.name, ())
        found._note(info, visible.get(info.name), truth.get(info.name), got, info.name, readings)
    table = kind.main_table
    if table is not None and isinstance(visible.get(table.name), list):
        _compare_lines(found, table, truth, invoice)
    return found


def _compare_lines(found: Outcome, table: Table, truth: Mapping[str, Any], invoice: Mapping[str, Any]) -> None:
    lines = true_lines(truth, table)
    items = list(invoice.get(table.name) or ())
    pairs = pair([[line.similarity(item) for item in items] for line in lines])
    for position, line in enumerate(lines):
        partner = pairs.get(position)
        item = {} if partner is None else items[partner]
        for cell in table.columns:
            path = ITEM_PREFIX + cell.name if partner is None else table.path(partner, cell.name)
            wanted, got = line.values.get(cell.name), item.get(cell.name)
            found._note(cell, line.visible.get(cell.name), wanted, got, path, line.alternatives(cell), position)
    for extra in sorted(set(range(len(items))) - set(pairs.values())):
        for cell in table.columns:
            found._note(cell, "absent", None, items[extra].get(cell.name), table.path(extra, cell.name))
