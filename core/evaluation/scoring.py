"""Scores one prediction against its truth.

``meta.visible`` of the truth says what counts, for each field: ``true`` stands on the page (right: true positive; empty:
false negative; wrong: both false positive and false negative), ``"absent"`` is not on the page (any value: false
positive), anything else is not scored. TrueLine items are paired first; a line that was made up costs a false positive
a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.evaluation.assignment import pair
from core.evaluation.predictions import plain_items, plain_value
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.notation.sameness import is_empty, is_right, similarity
from core.schema.fields import FieldInfo

#: What a cell counts for when lines are paired.
_WEIGHTS = {"description": 0.4, "total_price": 0.3, "quantity": 0.15, "unit_price": 0.15}

#: Cells are counted under this prefix: ``item.quantity``.
ITEM_PREFIX = "item."


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
    """Score an invoice object against a truth with its ``meta``."""
    meta = truth["meta"]
    visible = meta["visible"]
    alternatives = meta.get("alternatives") or {}
    score = CaseScore()
    for info in INVOICE.header:
        wanted, got = truth.get(info.name), plain_value(prediction.get(info.name))
        right = is_right(info, wanted, got, alternatives.get(info.name, ()))
        score.header_exact &= score.note(info.name, visible.get(info.name), wanted, got, right)
    if isinstance(visible.get("line_items"), list):
        lines = true_lines(truth, visible["line_items"], meta.get("line_description_alternatives") or [])
        _score_items(score, lines, plain_items(prediction.get("line_items")))
    return score


@dataclass(frozen=True, slots=True)
class TrueLine:
    """A true line, what of it is visible, and other readings of its description."""

    values: Mapping[str, Any]
    visible: Mapping[str, Any]
    descriptions: Sequence[str]

    def alternatives(self, cell: FieldInfo) -> Sequence[str]:
        return self.descriptions if cell.kind == "text" else ()

    def similarity(self, predicted: Mapping[str, Any]) -> float:
        """How well a predicted line fits, 0 to 1, by the cells that are visible."""
        total = weights = 0.0
        for cell in LINE_ITEMS.columns:
            if self.visible.get(cell.name) is not True:
                continue
            weight = _WEIGHTS[cell.name]
            weights += weight
            wanted, got = self.values.get(cell.name), predicted.get(cell.name)
            if cell.kind == "text":
                readings = (text for text in (wanted, *self.descriptions) if text)
                total += weight * max((similarity(text, got or "") for text in readings), default=0.0)
            elif is_right(cell, wanted, got):
                total += weight
        return total / weights if weights else 0.0


def true_lines(
    truth: Mapping[str, Any], visible: Sequence[Any], descriptions: Sequence[Sequence[str]]
) -> list[TrueLine]:
    """The line items of ``truth`` in page order; ``descriptions`` has other readings of each, as far as there are."""
    padded = [*descriptions, *([()] * len(truth["line_items"]))]
    return [TrueLine(*parts) for parts in zip(truth["line_items"], visible, padded, strict=False)]


def _score_items(score: CaseScore, lines: Sequence[TrueLine], predicted: Sequence[Mapping[str, Any]]) -> None:
    pairs = pair([[line.similarity(item) for item in predicted] for line in lines])
    for index, line in enumerate(lines):
        right = _score_line(score, index, line, predicted[pairs[index]] if index in pairs else {})
        if any(line.visible.get(cell.name) is True for cell in LINE_ITEMS.columns):
            score.items_scorable += 1
            score.items_right += right
    taken = set(pairs.values())
    for item in (item for index, item in enumerate(predicted) if index not in taken):
        for cell in LINE_ITEMS.columns:
            score.note(ITEM_PREFIX + cell.name, "absent", None, item.get(cell.name), False, f"extra item {cell.name}")


def _score_line(score: CaseScore, index: int, line: TrueLine, item: Mapping[str, Any]) -> bool:
    faultless = True
    for cell in LINE_ITEMS.columns:
        wanted, got = line.values.get(cell.name), item.get(cell.name)
        right = is_right(cell, wanted, got, line.alternatives(cell))
        where = f"item {index + 1} {cell.name}"
        faultless &= score.note(ITEM_PREFIX + cell.name, line.visible.get(cell.name), wanted, got, right, where)
    return faultless


def total(scores: Iterable[CaseScore], names: Iterable[str] | None = None) -> Count:
    """The counts of several cases added up, over all fields or those named."""
    chosen = None if names is None else set(names)
    sum_ = Count()
    for score in scores:
        for name, count in score.counts.items():
            if chosen is None or name in chosen:
                sum_ += count
    return sum_
