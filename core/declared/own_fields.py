"""What a person added to a type that ships, read on the same page: whoever reads the type by itself (rules, invoice XML) gives its
values, and labels, patterns and column heads give the fields that were added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import BaseModel

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.declared.extractor import Collected
from core.declared.header import read_header
from core.declared.labelled import LabelledPages
from core.declared.tables import Cell, Row, read_table
from core.evidence import Box, PageText
from core.extraction import Candidate
from core.extractor import Extracted
from core.matching import find_evidence
from core.notation.folding import fold
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo
from core.schema.path import Path

#: A cell belongs to the row that it stands nearest to, so many text heights away at most.
_NEAR = 0.8
_LONGEST_LABEL = 60


class OwnReading:
    """The fields that a person added to ``kind`` as they stand on ``pages``. ``told`` is what the page's reader took there: the
    words that it knew as labels are no values of others."""

    def __init__(self, kind: DocumentType, pages: Sequence[PageText], told: Extracted) -> None:
        self._kind = kind
        self._pages = pages
        self._told = told
        self._is_read = False
        self.candidates: dict[str, tuple[Candidate, ...]] = {}
        """What else the header fields among them may be, once they are read."""

    def take_header(self, extracted: Extracted) -> Extracted:
        """``extracted`` as a document of the type with what was added: the header fields that were are read. What a model gave
        has them already."""
        if self._kind.extension is None or isinstance(extracted.values, self._kind.model):
            return extracted
        self._is_read = True
        collected = Collected(self._reading, self._kind)
        own = {info.name for info in self._kind.added}
        chosen, weighed = read_header(self._reading)
        for name in sorted(own & chosen.keys()):
            collected.take_field(chosen[name])
        self.candidates = collected.others([found for found in weighed if found.name in own])
        read = self._kind.model.model_validate(collected.values)
        return replace(
            extracted,
            values=_joined(self._kind, extracted.values, {name: getattr(read, name) for name in own}, {}),
            provenance=extracted.provenance | collected.provenance,
            candidates=extracted.candidates | self.candidates,
            findings=(*extracted.findings, *collected.noticed),
        )

    def take_columns(self, extracted: Extracted) -> Extracted:
        """``extracted`` with the columns that were added to its tables, each cell in the row that it stands beside."""
        tables = [table for table in self._kind.tables if self._kind.added_columns(table)]
        if not tables or not self._is_read:
            return extracted
        collected = Collected(self._reading, self._kind)
        rows = {table.name: self._cells(table, extracted, collected) for table in tables}
        return replace(
            extracted,
            values=_joined(self._kind, extracted.values, {}, rows),
            provenance=extracted.provenance | collected.provenance,
            findings=(*extracted.findings, *collected.noticed),
        )

    @cached_property
    def _reading(self) -> LabelledPages:
        extension = self._kind.extension
        assert extension is not None, "only what was added is read"
        fields = (*extension.fields, *self._known_labels(extension))
        return LabelledPages(self._pages, extension.model_copy(update={"fields": fields}))

    def _known_labels(self, extension: TypeDefinition) -> Iterator[FieldDefinition]:
        """The type's own fields by the words that its reader knew them by; what a field that was added is called by is its."""
        own = {fold(word) for field in extension.fields for word in field.called}
        for info in self._kind.base.header:
            label = _label_of(self._told, info.name)
            if label and fold(label) not in own:
                yield _called(info, label)

    def _cells(self, table: Table, extracted: Extracted, collected: Collected) -> dict[int, dict[str, Any]]:
        """The typed cells of the added columns, by the row (from 0) of the table and the column."""
        own = {info.name for info in self._kind.added_columns(table)}
        places = list(self._places(table, extracted))
        found: dict[int, dict[str, Any]] = {}
        for row in read_table(self._reading, self._with_heads(table)):
            cells = {name: cell for name, cell in row.cells.items() if name in own}
            at = self._nearest(row, cells, places) if cells else None
            if at is None or at in found:
                continue
            kept = {name: cell.value for name, cell in cells.items() if collected.take_cell(table.path(at, name), cell)}
            typed = table.model.model_validate(kept)
            found[at] = {name: getattr(typed, name) for name in own}
        return found

    def _with_heads(self, table: Table) -> TableDefinition:
        """The added columns of a table between the heads that its reader found: these say where a column ends, and what is a row."""
        extension = self._kind.extension
        added = next((one.columns for one in extension.tables if one.name == table.name), ()) if extension else ()
        own = {info.name for info in self._kind.added_columns(table)}
        words = {fold(word) for column in added for word in column.called}
        known = [
            _called(info, label)
            for info in self._kind.base.table(table.name).columns
            if (label := _head_of(self._told, table.name, info.name)) and fold(label) not in words
        ]
        columns = (*known, *(column for column in added if column.name in own))
        return TableDefinition.model_construct(
            name=table.name, title=table.title, row_title=table.row_title, columns=columns
        )

    def _places(self, table: Table, extracted: Extracted) -> Iterator[_Place]:
        """Where the cells of each row stand."""
        known = {
            path: (source.page, Box(*source.box))
            for path, source in extracted.provenance.items()
            if source.page is not None and source.box is not None
        }
        rows = self._kind.rows(extracted.values, table)
        paths = [table.path(at, info.name) for at in range(len(rows)) for info in table.columns]
        if not known.keys() & set(paths):
            found = find_evidence(extracted.values, self._pages, extracted.provenance)
            known |= {path: (one.page, box) for path, one in found.items() for box in one.boxes[:1]}
        for path in paths:
            if path in known:
                page, box = known[path]
                yield _Place(Path.parse(path).row, page, box)

    def _nearest(self, row: Row, cells: Mapping[str, Cell], places: Sequence[_Place]) -> int | None:
        """The row of the table that stands level with a row that was read: of all its cells, added or not."""
        best: tuple[float, int] | None = None
        for cell in (*cells.values(), *row.cells.values()):
            layout = self._reading.layouts[cell.page]
            box = layout.box_of(cell.tokens[:1])
            for place in places:
                if place.page != layout.number:
                    continue
                apart = max(0.0, place.box.y0 - _middle(box), _middle(box) - place.box.y1) / max(box.height, 1e-6)
                if apart < _NEAR and (best is None or apart < best[0]):
                    best = apart, place.row
            if best is not None:
                return best[1]
        return None


class _Place(NamedTuple):
    """Where a cell of ``row`` (from 0) of a table stands: the page (from 1) and the box."""

    row: int
    page: int
    box: Box


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2


def _label_of(told: Extracted, path: str) -> str:
    source = told.provenance.get(path)
    return source.label[:_LONGEST_LABEL].strip(" :") if source else ""


def _head_of(told: Extracted, table: str, column: str) -> str:
    """The head of a column as printed, where a cell of it tells."""
    for path in told.provenance:
        place = Path.parse(path)
        if place.table == table and place.field == column and (label := _label_of(told, path)):
            return label
    return ""


def _called(info: FieldInfo, label: str) -> FieldDefinition:
    """A field of the type that ships, known by nothing but the words that stand on the page."""
    return FieldDefinition(name=info.name, title=label, kind=info.kind, labels=(label,))


def _joined(
    kind: DocumentType, values: BaseModel, own: Mapping[str, Any], cells: Mapping[str, Mapping[int, Mapping[str, Any]]]
) -> BaseModel:
    """``values`` (of the type that ships, or already of ``kind``) as ``kind`` has them, with header values and cells that were
    added. What was read stays as it is."""
    told: dict[str, Any] = {info.name: getattr(values, info.name, None) for info in kind.header}
    for table in kind.tables:
        more = cells.get(table.name, {})
        told[table.name] = tuple(
            table.model.model_construct(
                **{info.name: getattr(row, info.name, None) for info in table.columns} | dict(more.get(at, {}))
            )
            for at, row in enumerate(getattr(values, table.name))
        )
    return kind.model.model_construct(**told | dict(own))
