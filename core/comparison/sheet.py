"""One document: fields as rows, recipes as columns, with what agrees, what is right, and what the person chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.comparison.alignment import AlignedLine, align
from core.document_types import USUAL
from core.evaluation.scoring import TrueLine, true_lines, type_of_truth
from core.extraction import Extraction
from core.notation.sameness import is_empty, is_right
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo
from core.stores.comparisons import Vote

#: What a value is judged by.
Basis = Literal["truth", "vote", "majority"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one recipe made of a field. ``group`` is the same for the same value (by the field's kind, not by the letter)
    and ``None`` for no value; ``path`` is where it stands in that recipe's own invoice. ``right`` is by the row's basis,
    ``None`` where nothing is known. ``found``: it stands on the page."""

    value: Any
    path: str
    group: int | None
    right: bool | None = None
    found: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One field. ``path`` names it over all recipes (lines are numbered as they were first met), ``line`` is the place of
    its line in its table on this sheet, from 0, and ``row_title`` what that is. ``entries`` has ``None`` for a recipe that gave no result. ``truth`` is the true value where ``known``;
    ``basis`` is what ``right`` goes by."""

    path: str
    info: FieldInfo
    line: int | None
    entries: tuple[Entry | None, ...]
    known: bool = False
    truth: Any = None
    vote: Vote | None = None
    basis: Basis | None = None
    row_title: str = ""

    @property
    def title(self) -> str:
        """What it is called: ``Total``, or ``Line 2 · Quantity``."""
        return self.info.title if self.line is None else f"{self.row_title} {self.line + 1} · {self.info.title}"

    @property
    def agreed(self) -> bool:
        """Whether all recipes that gave a result say the same."""
        return len({entry.group for entry in self.entries if entry is not None}) <= 1

    @property
    def empty(self) -> bool:
        """Whether no recipe has a value and none is known."""
        nothing = all(entry is None or entry.group is None for entry in self.entries)
        return nothing and is_empty(self.truth) and (self.vote is None or self.vote.value is None)


def compare_readings(
    readings: Sequence[Extraction | None],
    truth: Mapping[str, Any] | None = None,
    votes: Iterable[Vote] = (),
) -> tuple[SheetRow, ...]:
    """The sheet of one document: header fields, then the lines in page order.

    Values are judged by the truth, else by the person's vote, else by the majority of the recipes; votes are those on
    this document.
    """
    by_path = {vote.path: vote for vote in votes}
    invoices = [reading.values if reading else None for reading in readings]
    kind = _kind_of(readings, truth)
    rows = [_header_row(info, readings, invoices, truth) for info in kind.header]
    for table in kind.tables:
        dumps = [[dict(row) for row in kind.rows(one, table)] if one else None for one in invoices]
        lines = _true_lines(table, truth)
        for place, line in enumerate(align(table, dumps, [line.values for line in lines])):
            rows += [_line_row(table, cell, place, line, readings, lines) for cell in table.columns]
    return tuple(_judged(row, by_path.get(row.path)) for row in rows)


def _kind_of(readings: Sequence[Extraction | None], truth: Mapping[str, Any] | None) -> DocumentType:
    """The type that the document was read as; the truth's where nothing was."""
    read = next((reading.type for reading in readings if reading), None)
    return read or (type_of_truth(truth) if truth else USUAL)


def same_value(info: FieldInfo, one: Any, other: Any) -> bool:
    """Whether two values are the same by the field's kind: 12.5 is 12.50, and a name may differ in punctuation."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    return bool(one == other) or is_right(info, one, other) or is_right(info, other, one)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the truth says of a field: nothing to be scored, a value with other readings, or that it is absent."""

    scored: bool = False
    value: Any = None
    readings: Sequence[Any] = ()

    def judge(self, info: FieldInfo, value: Any) -> bool | None:
        if not self.scored:
            return None
        if self.value is None:
            return is_empty(value)
        return is_right(info, self.value, value, self.readings)


def _header_row(
    info: FieldInfo,
    readings: Sequence[Extraction | None],
    invoices: Sequence[Any],
    truth: Mapping[str, Any] | None,
) -> SheetRow:
    values = [getattr(invoice, info.name) if invoice else None for invoice in invoices]
    known = _Known()
    if truth is not None:
        meta = truth["meta"]
        alternatives = (meta.get("alternatives") or {}).get(info.name, ())
        known = _known(meta["visible"].get(info.name), truth.get(info.name), alternatives)
    return _row(info.name, info, None, readings, values, [info.name] * len(values), known)


def _line_row(
    table: Table,
    cell: FieldInfo,
    place: int,
    line: AlignedLine,
    readings: Sequence[Extraction | None],
    lines: Sequence[TrueLine],
) -> SheetRow:
    values: list[Any] = []
    paths: list[str] = []
    for column, reading in enumerate(readings):
        index = line.places.get(column)
        path = "" if index is None else table.path(index, cell.name)
        values.append(reading.value_at(path) if reading is not None and path else None)
        paths.append(path)
    known = _Known()
    if line.truth is not None:
        true = lines[line.truth]
        known = _known(true.visible.get(cell.name), true.values.get(cell.name), true.alternatives(cell))
    elif lines:
        known = _Known(scored=True)  # a line that is not on the page
    row = _row(table.path(line.number, cell.name), cell, place, readings, values, paths, known)
    return replace(row, row_title=table.row_title)


def _known(visible: Any, value: Any, readings: Sequence[Any]) -> _Known:
    if visible is True:
        return _Known(True, value, readings)
    return _Known(scored=visible == "absent")


def _row(
    path: str,
    info: FieldInfo,
    line: int | None,
    readings: Sequence[Extraction | None],
    values: Sequence[Any],
    paths: Sequence[str],
    known: _Known,
) -> SheetRow:
    groups: list[Any] = []
    entries: list[Entry | None] = []
    for reading, value, own in zip(readings, values, paths, strict=True):
        if reading is None:
            entries.append(None)
            continue
        entries.append(
            Entry(
                value,
                own,
                _group_of(info, value, groups),
                known.judge(info, value),
                own in reading.evidence,
                reading.confidences.get(own),
            )
        )
    return SheetRow(path, info, line, tuple(entries), known.scored, known.value)


def _group_of(info: FieldInfo, value: Any, groups: list[Any]) -> int | None:
    """The number of the value's group; a value unlike all others begins a new one."""
    if is_empty(value):
        return None
    for number, first in enumerate(groups):
        if same_value(info, first, value):
            return number
    groups.append(value)
    return len(groups) - 1


def _judged(row: SheetRow, vote: Vote | None) -> SheetRow:
    """The row with the vote; where no truth is known, right and wrong go by the vote or else by the majority."""
    basis: Basis | None = "truth" if row.known else None
    right: dict[int | None, bool] | None = None
    groups = {entry.group: entry.value for entry in row.entries if entry is not None}
    if basis is None and vote is not None:
        basis = "vote"
        right = {group: same_value(row.info, vote.value, value) for group, value in groups.items()}
    elif basis is None and (winner := _majority(row.entries)) is not None:
        basis = "majority"
        right = {group: (group,) == winner for group in groups}
    entries = row.entries
    if right is not None:
        entries = tuple(entry and _with_right(entry, right[entry.group]) for entry in entries)
    return replace(row, entries=entries, vote=vote, basis=basis)


def _with_right(entry: Entry, right: bool) -> Entry:
    return Entry(entry.value, entry.path, entry.group, right, entry.found, entry.confidence)


def _majority(entries: Iterable[Entry | None]) -> tuple[int | None] | None:
    """The group that more than half of the recipes are in (in a tuple: no value is a group too); ``None`` for none, or
    where there are fewer than three recipes and they differ."""
    counts = Counter(entry.group for entry in entries if entry is not None)
    if not counts:
        return None
    group, count = counts.most_common(1)[0]
    return (group,) if 2 * count > counts.total() else None


def _true_lines(table: Table, truth: Mapping[str, Any] | None) -> list[TrueLine]:
    if truth is None or not isinstance(truth["meta"]["visible"].get(table.name), list):
        return []
    return true_lines(truth, table)
