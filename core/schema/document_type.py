"""The document type: one frozen value that says all that differs between kinds of documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FolderPath
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from core.schema.fields import FieldInfo, fields_of
from core.schema.path import Path, cell_path

if TYPE_CHECKING:
    from core.declared.definition import TypeDefinition


@dataclass(frozen=True)
class Table:
    """A table of a document: ``name`` is the model's field that holds its rows, ``model`` one row, ``title`` what
    it is called, ``row_title`` what a row is, ``description`` what its rows are, in lower case, for a prompt.

    ``anchors`` are the columns by which a row is recognised on the page, the most telling first; ``choosing`` the order in
    which the cells of a row take their places; ``rightmost`` the column that, of equal amounts on a row, is the last one.
    ``weights`` say what a column counts for when rows of two readings are paired (1 where none is given), ``synonyms`` by
    which names other programs call a column.
    """

    name: str
    model: type[BaseModel]
    title: str
    description: str
    row_title: str
    anchors: tuple[str, ...]
    choosing: tuple[str, ...]
    rightmost: str | None = None
    weights: Mapping[str, float] = field(default_factory=dict, hash=False)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def columns(self) -> tuple[FieldInfo, ...]:
        """Its columns in order."""
        return fields_of(self.model)

    def weight(self, column: str) -> float:
        """What ``column`` counts for when rows are paired."""
        return self.weights.get(column, 1.0)

    def path(self, row: int, column: str) -> str:
        """The path of one cell (``row`` from 0)."""
        return cell_path(self.name, row, column)


@dataclass(frozen=True)
class DocumentType:
    """A kind of document. ``name`` is stored with whatever was read as it; ``title`` and ``titles`` are for people (one,
    many). ``model`` is the pydantic model of its values: header fields, and the rows of ``tables``.

    ``kinds`` are what documents of the type call themselves, the usual first (its own name, where there is but one).
    ``identifier``, ``issuer``, ``issued_on`` and ``total`` name the header fields with the document's own number, who issued
    it, on which day, and what it comes to in all; empty where it has none. A doubt about the whole document is shown at its
    identifier, and records of all types stand in one list by them.

    ``last_meant`` are the header fields that stand at the end: of several places that match, the last is meant.
    ``duplicate_key`` are the fields that make two documents the same where all of them are equal, ``list_columns`` those
    that a list of records shows, the most telling first, ``searched`` those that its search looks into. ``blocks`` names the
    block of the page in which a field stands, where it has company there: doubts about it are one question. ``prompts`` is
    the folder of the prompts that ship for it, ``layouts`` that of the layouts of exports that ship for its records.

    ``definition`` is how a person declared it. A type that ships and to which a person added fields ``extends`` the one that
    it was, by its ``extension``.

    How it is read without a model: ``words`` is the file of the words by which paper calls its fields
    (:mod:`core.declared.words`). ``like_invoice`` is there where it has fields of an invoice, which the rules of invoices read
    too; it names those that are called otherwise, with the invoice's name; ``reader`` is then the module whose ``read_more``
    takes from the page what an invoice has no field for. ``rules`` is the module whose ``RULES`` judge it, where it has sums or
    checks of its own.
    """

    name: str
    title: str
    titles: str
    model: type[BaseModel]
    tables: tuple[Table, ...] = ()
    kinds: tuple[str, ...] = ()
    identifier: str = ""
    issuer: str = ""
    issued_on: str = ""
    total: str = ""
    last_meant: frozenset[str] = frozenset()
    duplicate_key: tuple[str, ...] = ()
    list_columns: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    blocks: Mapping[str, str] = field(default_factory=dict, hash=False)
    prompts: FolderPath | None = None
    words: FolderPath | None = None
    like_invoice: Mapping[str, str] | None = field(default=None, hash=False)
    reader: str = ""
    rules: str = ""
    layouts: FolderPath | None = None
    definition: TypeDefinition | None = field(default=None, hash=False)
    extends: DocumentType | None = None
    extension: TypeDefinition | None = field(default=None, hash=False)

    @property
    def base(self) -> DocumentType:
        """The type without what a person added to it: itself where nobody did."""
        return self.extends or self

    @property
    def declared(self) -> TypeDefinition | None:
        """What a person declared of it: all of it, or what they added; ``None`` for a type as it ships."""
        return self.definition or self.extension

    @property
    def added(self) -> tuple[FieldInfo, ...]:
        """The header fields that a person added to a type that ships."""
        known = {info.name for info in self.base.header}
        return tuple(info for info in self.header if info.name not in known)

    def added_columns(self, table: Table) -> tuple[FieldInfo, ...]:
        """The columns that a person added to ``table``."""
        known = {info.name for info in self.base.table(table.name).columns}
        return tuple(info for info in table.columns if info.name not in known)

    @property
    def key(self) -> str:
        """Its name as a key of JSON, without blanks."""
        return self.name.replace(" ", "_")

    @property
    def told_kinds(self) -> tuple[str, ...]:
        """What documents of the type may call themselves."""
        return self.kinds or (self.name,)

    @property
    def parts(self) -> Mapping[str, str]:
        """The header fields that play a part which documents of other types have too, by the part."""
        currency = next((info.name for info in self.header if info.kind == "currency"), "")
        named = {part: getattr(self, part) for part in ("identifier", "issuer", "issued_on", "total")}
        return {part: name for part, name in (named | {"currency": currency}).items() if name}

    def counterpart(self, name: str, other: DocumentType) -> str | None:
        """The field that plays here the part that ``name`` plays in ``other``; ``None`` where there is none."""
        part = next((part for part, field in other.parts.items() if field == name), None)
        return name if other is self else self.parts.get(part) if part else None

    @property
    def header(self) -> tuple[FieldInfo, ...]:
        """The header fields in the form's order."""
        return self._together if self.extends else fields_of(self.model)

    @cached_property
    def _together(self) -> tuple[FieldInfo, ...]:
        """The header fields with those that were added at the end of their section."""
        fields = fields_of(self.model)
        groups = list(dict.fromkeys(info.group for info in fields))
        return tuple(sorted(fields, key=lambda info: groups.index(info.group)))

    @cached_property
    def _header_by_name(self) -> Mapping[str, FieldInfo]:
        return {info.name: info for info in self.header}

    @cached_property
    def _tables_by_name(self) -> Mapping[str, Table]:
        return {table.name: table for table in self.tables}

    @property
    def main_table(self) -> Table | None:
        """The table that is edited beside the form: the first; ``None`` where there is none."""
        return self.tables[0] if self.tables else None

    def table(self, name: str) -> Table:
        """The table called ``name``. Raises KeyError."""
        return self._tables_by_name[name]

    def field_of(self, path: str) -> FieldInfo:
        """The field that ``path`` names. Raises KeyError if there is none."""
        place = Path.parse(path)
        if not place.is_cell:
            return self._header_by_name[place.field]
        for info in self.table(place.table).columns:
            if info.name == place.field:
                return info
        raise KeyError(path)

    def names(self) -> Iterator[str]:
        """The names of its header fields, of its tables' columns and of its tables."""
        yield from (info.name for info in self.header)
        yield from (info.name for table in self.tables for info in table.columns)
        yield from (table.name for table in self.tables)

    def title_of(self, path: str) -> str:
        """What a path is called: ``Total``, or ``Line 2 quantity``."""
        info, place = self.field_of(path), Path.parse(path)
        if not place.is_cell:
            return info.title
        return f"{self.table(place.table).row_title} {place.row_number} {info.title.lower()}"

    def label_of(self, path: str) -> str:
        """The same as the beginning of a sentence: ``Total``, or ``Line 2: quantity``."""
        info, place = self.field_of(path), Path.parse(path)
        if not place.is_cell:
            return info.title
        return f"{self.table(place.table).row_title} {place.row_number}: {info.title.lower()}"

    def rows(self, values: BaseModel, table: Table | None) -> tuple[Any, ...]:
        """The rows of a table of ``values``; none where there is no table."""
        if table is None:
            return ()
        found: tuple[Any, ...] = getattr(values, table.name)
        return found

    def walk(self, values: BaseModel) -> Iterator[tuple[str, FieldInfo, Any]]:
        """Every scalar of ``values`` as (path, field, value), header first, then the tables row by row."""
        for info in self.header:
            yield info.name, info, getattr(values, info.name)
        for table in self.tables:
            for row, cells in enumerate(self.rows(values, table)):
                for info in table.columns:
                    yield cell_path(table.name, row, info.name), info, getattr(cells, info.name)

    def value_at(self, values: BaseModel, path: str) -> Any:
        """The value at ``path``; ``None`` where the row does not exist. Raises AttributeError for an unknown field."""
        place = Path.parse(path)
        if not place.is_cell:
            return getattr(values, place.field)
        rows = getattr(values, place.table)
        return getattr(rows[place.row], place.field) if place.row < len(rows) else None
