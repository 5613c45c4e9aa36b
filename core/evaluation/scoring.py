"""Scores one prediction against its truth.

``meta.visible`` of the truth says what counts, for each field: ``true`` stands on the page (right: true positive; empty:
false negative; wrong: both false positive and false negative), ``"absent"`` is not on the page (any value: false
positive), anything else is not scored. Rows of tables are paired first; a line that was made up costs a false positive
a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import document_types
from core.declared.definition import TypeDefinition
from core.document_types import USUAL, type_declared, type_named
from core.evaluation.assignment import pair
from core.evaluation.predictions import plain_items, plain_value
from core.notation.sameness import is_empty, is_right, similarity
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo

#: Cells are counted under this prefix: ``item.quantity`` in a type's first table, ``item.taxes.rate`` in another.
ITEM_PREFIX = "item."


def column_name(kind: DocumentType, table: Table, column: str) -> str:
    """Under which name the cells of a column are counted."""
    return f"{ITEM_PREFIX}{column}" if table is kind.main_table else f"{ITEM_PREFIX}{table.name}.{column}"


@dataclass(slots=True)
class Count:
    """True positives, false positives and false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __iadd__(self, other: Count) -> Count:
        self.tp += other.tp
        self.fp += other.fp
        self.fn += other.fn
        return self

    @property
    def precision(self) -> float | None:
        """The share of given values that are right; ``None`` when none was given."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """The share of values on the page that were found; ``None`` when there is none."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; ``None`` when nothing was given and nothing was to be found."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else None


@dataclass(slots=True)
class CaseScore:
    """How one prediction did. ``header_exact``: every header field right and none made up; ``items_right`` of
    ``items_scorable`` lines have every cell right."""

    counts: dict[str, Count] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    header_exact: bool = True
    items_right: int = 0
    items_scorable: int = 0

    def note(self, name: str, visible: Any, wanted: Any, got: Any, right: bool, where: str = "") -> bool:
        """Count one field; gives whether it is free of fault. ``name`` is the field's key in ``counts``, ``where``
        begins its error's line (default: the name)."""
        if visible is not True and (visible != "absent" or is_empty(got)):
            return True
        count = self.counts.setdefault(name, Count())
        if visible is True and right:
            count.tp += 1
            return True
        count.fp += not is_empty(got)
        count.fn += visible is True
        self.errors.append(f"{where or name}: {f'want {wanted!r}' if visible is True else 'absent'}, got {got!r}")
        return False


def score_case(truth: Mapping[str, Any], prediction: Mapping[str, Any]) -> CaseScore:
    """Score an object of values against a truth with its ``meta``."""
    kind, meta = type_of_truth(truth), truth["meta"]
    visible = meta["visible"]
    alternatives = meta.get("alternatives") or {}
    score = CaseScore()
    for info in kind.header:
        wanted, got = truth.get(info.name), plain_value(prediction.get(info.name))
        right = is_right(info, wanted, got, alternatives.get(info.name, ()))
        score.header_exact &= score.note(info.name, visible.get(info.name), wanted, got, right)
    for table in kind.tables:
        if isinstance(visible.get(table.name), list):
            named = {cell.name: column_name(kind, table, cell.name) for cell in table.columns}
            _score_items(score, named, true_lines(truth, table), plain_items(prediction.get(table.name), table), table)
    return score


def type_of_truth(truth: Mapping[str, Any]) -> DocumentType:
    """The document type that a truth is of: what its ``meta.declared`` says, its ``meta.type``, else its ``document_type`` where that is the name of a type of
    which its visible fields are; an invoice where neither says. Raises ValueError for a ``meta.type`` that is not known."""
    meta = truth.get("meta") or {}
    if declared := declared_in(truth):
        return type_declared(declared)
    if meta.get("type"):
        return type_named(meta["type"])
    named = truth.get("document_type")
    found = next((kind for kind in document_types.SHIPPED if kind.name == named), USUAL)
    # A case may call a receipt that is scored as an invoice so too: its fields decide.
    return found if set(meta.get("visible") or ()) <= set(found.names()) else USUAL


def declared_in(truth: Mapping[str, Any]) -> TypeDefinition | None:
    """How the truth says that its type was declared, or what was added to one that ships (``meta.declared``); ``None`` for nothing. Raises
    ValueError where it is not sound."""
    declared = (truth.get("meta") or {}).get("declared")
    return TypeDefinition.model_validate(declared) if declared else None


@dataclass(frozen=True, slots=True)
class TrueLine:
    """A true row of ``table``, what of it is visible, and other readings of its texts."""

    table: Table
    values: Mapping[str, Any]
    visible: Mapping[str, Any]
    descriptions: Sequence[str]

    def alternatives(self, cell: FieldInfo) -> Sequence[str]:
        return self.descriptions if cell.kind == "text" else ()

    def similarity(self, predicted: Mapping[str, Any]) -> float:
        """How well a predicted line fits, 0 to 1, by the cells that are visible."""
        total = weights = 0.0
        for cell in self.table.columns:
            if self.visible.get(cell.name) is not True:
                continue
            weight = self.table.weight(cell.name)
            weights += weight
            wanted, got = self.values.get(cell.name), predicted.get(cell.name)
            if cell.kind == "text":
                readings = (text for text in (wanted, *self.descriptions) if text)
                total += weight * max((similarity(text, got or "") for text in readings), default=0.0)
            elif is_right(cell, wanted, got):
                total += weight
        return total / weights if weights else 0.0


def true_lines(truth: Mapping[str, Any], table: Table) -> list[TrueLine]:
    """The rows of ``table`` in ``truth`` in page order, with other readings of their texts, as far as there are."""
    rows, meta = truth[table.name], truth["meta"]
    padded = [*(meta.get("line_description_alternatives") or []), *([()] * len(rows))]
    return [TrueLine(table, *parts) for parts in zip(rows, meta["visible"][table.name], padded, strict=False)]


def columns_told(lines: Sequence[TrueLine], table: Table) -> list[FieldInfo]:
    """The columns of ``table`` that the cells of a row that is none are wrong in: a secondary one only where the truth says
    something of it."""
    return [cell for cell in table.columns if not cell.secondary or any(cell.name in line.visible for line in lines)]


def _score_items(
    score: CaseScore,
    named: Mapping[str, str],
    lines: Sequence[TrueLine],
    predicted: Sequence[Mapping[str, Any]],
    table: Table,
) -> None:
    pairs = pair([[line.similarity(item) for item in predicted] for line in lines])
    for index, line in enumerate(lines):
        right = _score_line(score, named, index, line, predicted[pairs[index]] if index in pairs else {})
        if any(line.visible.get(cell.name) is True for cell in table.columns):
            score.items_scorable += 1
            score.items_right += right
    taken = set(pairs.values())
    told = columns_told(lines, table)
    for item in (item for index, item in enumerate(predicted) if index not in taken):
        for cell in told:
            score.note(named[cell.name], "absent", None, item.get(cell.name), False, f"extra item {cell.name}")


def _score_line(
    score: CaseScore, named: Mapping[str, str], index: int, line: TrueLine, item: Mapping[str, Any]
) -> bool:
    faultless = True
    for cell in line.table.columns:
        wanted, got = line.values.get(cell.name), item.get(cell.name)
        right = is_right(cell, wanted, got, line.alternatives(cell))
        where = f"item {index + 1} {cell.name}"
        faultless &= score.note(named[cell.name], line.visible.get(cell.name), wanted, got, right, where)
    return faultless


def total(scores: Iterable[CaseScore], chosen: Callable[[str], bool] = lambda name: True) -> Count:
    """The counts of several cases added up, over the fields whose name in ``counts`` is ``chosen``."""
    sum_ = Count()
    for score in scores:
        for name, count in score.counts.items():
            if chosen(name):
                sum_ += count
    return sum_


def is_column(name: str) -> bool:
    """Whether a name in ``counts`` is a column's."""
    return name.startswith(ITEM_PREFIX)


def is_header(name: str) -> bool:
    """Whether a name in ``counts`` is a header field's."""
    return not is_column(name)


def counted_names(kinds: Iterable[DocumentType]) -> list[str]:
    """The names in ``counts`` of documents of these types, header fields first, in the form's order."""
    kinds = list(kinds)
    header = [info.name for kind in kinds for info in kind.header]
    columns = [column_name(kind, table, info.name) for kind in kinds for table in kind.tables for info in table.columns]
    return list(dict.fromkeys((*header, *columns)))
