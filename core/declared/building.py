"""A definition made into the document type that the house reads, checks, shows and stores by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.declared.relation import Relation
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldKind, about
from core.schema.values import Currency, Day, Number, Text

_TYPES: dict[FieldKind, Any] = {"money": Number, "quantity": Number, "date": Day, "currency": Currency}
_CONFIG = ConfigDict(extra="forbid", frozen=True)
#: A list of records shows so many fields.
_LISTED = 7
#: The kinds that tell a row of a table, the most telling first.
_TELLING: tuple[FieldKind, ...] = ("text", "name", "identifier", "money", "date", "quantity", "currency", "address")


#: The types built here, by their models: whoever has values alone asks for theirs.
_BUILT: dict[type[BaseModel], DocumentType] = {}


def type_built_for(model: type[BaseModel]) -> DocumentType | None:
    """The declared type whose values are of ``model``, where it is one."""
    return _BUILT.get(model)


@lru_cache(maxsize=256)
def build(definition: TypeDefinition) -> DocumentType:
    """The document type that ``definition`` declares: the same one for the same definition."""
    tables = tuple(_table(definition, table) for table in definition.tables)
    members: dict[str, Any] = {field.name: _member(field) for field in definition.fields}
    for declared, table in zip(definition.tables, tables, strict=True):
        members[table.name] = (tuple[table.model, ...], Field((), title=declared.title))  # type: ignore[name-defined]
    model = create_model(definition.name, __config__=_CONFIG, __doc__=definition.description or None, **members)
    keys = [field.name for field in definition.fields if field.kind == "identifier" and field.required]
    names = [field.name for field in definition.fields if field.kind == "name" and field.required]
    _BUILT[model] = built = DocumentType(
        name=definition.name,
        title=definition.title,
        titles=definition.titles or definition.title,
        model=model,
        tables=tables,
        identifier=_first(definition, "identifier"),
        issuer=_first(definition, "name"),
        issued_on=_first(definition, "date"),
        duplicate_key=(*names[:1], *keys[:1]) if keys else (),
        list_columns=tuple(field.name for field in definition.fields)[:_LISTED],
        searched=tuple(field.name for field in definition.fields if field.kind in ("identifier", "name", "text")),
        definition=definition,
    )
    return built


#: Names that mean something beside the fields of a type wherever a document of it is kept.
_RESERVED = frozenset(
    "type_name declared document_type meta language order_id status created_at updated_at pages document line_number "
    "paid_amount amount_due".split()
)
#: The kinds in which search looks.
_SEARCHED: tuple[FieldKind, ...] = ("identifier", "name", "text")


@lru_cache(maxsize=256)
def extend(base: DocumentType, definition: TypeDefinition) -> DocumentType:
    """``base``, a type that ships, with the header fields and columns that ``definition`` adds. What the type has by itself by now
    (a later version of the studio may bring a field of that name) is its own."""
    fields = [field for field in definition.fields if field.name not in set(base.names())]
    added = {table.name: table for table in definition.tables}
    tables = tuple(_with_columns(table, added.get(table.name)) for table in base.tables)
    members: dict[str, Any] = {field.name: _member(_told_to_models(field)) for field in fields}
    for before, table in zip(base.tables, tables, strict=True):
        if table is not before:
            known = base.model.model_fields[table.name]
            rows = Field((), title=known.title, description=known.description)
            members[table.name] = (tuple[table.model, ...], rows)  # type: ignore[name-defined]
    model = create_model(base.model.__name__, __base__=base.model, __doc__=base.model.__doc__, **members)
    _BUILT[model] = extended = replace(
        base,
        model=model,
        tables=tables,
        searched=(*base.searched, *(field.name for field in fields if field.kind in _SEARCHED)),
        list_columns=(*base.list_columns, *(field.name for field in fields)),
        extends=base,
        extension=definition,
    )
    return extended


def _with_columns(table: Table, added: TableDefinition | None) -> Table:
    known = {info.name for info in table.columns}
    columns = [column for column in added.columns if column.name not in known] if added else []
    if not columns:
        return table
    members: dict[str, Any] = {column.name: _member(_told_to_models(column)) for column in columns}
    model: type[BaseModel] = create_model(
        table.model.__name__, __base__=table.model, __doc__=table.model.__doc__, **members
    )
    synonyms = {column.name: tuple(word.casefold() for word in column.called) for column in columns}
    choosing = (*table.choosing, *(column.name for column in columns))
    return replace(table, model=model, choosing=choosing, synonyms={**table.synonyms, **synonyms})


def _told_to_models(field: FieldDefinition) -> FieldDefinition:
    """A field whose description says by which words paper calls it: whoever reads the type knows no others."""
    words = ", ".join(f"“{word}”" for word in field.labels if word != field.title)
    told = field.description or f"{field.title}."
    return field.model_copy(update={"description": f"{told} On paper: {words}." if words else told})


def refuse_unsound(base: DocumentType, definition: TypeDefinition) -> None:
    """Raises ValueError, with one sentence, where ``definition`` cannot be added to ``base``."""
    if not (definition.fields or definition.tables or definition.checks):
        raise ValueError(f"nothing is added to {base.title} yet: add a field")
    titles = {info.title.casefold() for info in base.header}
    _refuse_taken(base.title, definition.fields, {*base.names()}, titles)
    tables = {table.name: table for table in base.tables}
    for table in definition.tables:
        if table.name not in tables:
            known = ", ".join(tables) or "none"
            raise ValueError(f"{base.title} has no table “{table.name}” to add columns to: there is {known}")
        infos = tables[table.name].columns
        names = {info.name for info in infos} | {field.name for field in definition.fields}
        _refuse_taken(tables[table.name].title, table.columns, names, {info.title.casefold() for info in infos})
    extended = extend(base, definition)
    for relation in definition.relations():
        _refuse_relation(extended, relation)


def _refuse_taken(owner: str, fields: Sequence[FieldDefinition], names: set[str], titles: set[str]) -> None:
    for field in fields:
        if field.name in _RESERVED:
            raise ValueError(f"“{field.name}” is a word with another meaning here: choose another name")
        if field.name in names or field.title.casefold() in titles:
            raise ValueError(f"{owner} has “{field.title}” already: give yours another name")


def _refuse_relation(kind: DocumentType, relation: Relation) -> None:
    kinds = dict(_spoken_of(kind))
    if unknown := sorted(relation.names - kinds.keys()):
        raise ValueError(f"the check “{relation.text}” speaks of {unknown[0]}, which is no field of {kind.title}")
    relation.refuse_unfit(kinds.__getitem__)


def _spoken_of(kind: DocumentType) -> Iterator[tuple[str, FieldKind]]:
    """What a check may name, with its kind: header fields, and columns as ``table.column``."""
    yield from ((info.name, info.kind) for info in kind.header)
    yield from ((f"{table.name}.{info.name}", info.kind) for table in kind.tables for info in table.columns)


def _first(definition: TypeDefinition, kind: FieldKind) -> str:
    """The first field of a kind, a required one before others: it stands in lists of records of all types."""
    fields = sorted((field for field in definition.fields if field.kind == kind), key=lambda field: not field.required)
    return fields[0].name if fields else ""


def _member(field: FieldDefinition) -> tuple[Any, Any]:
    extra = about(field.kind, field.group, required=field.required)
    told = Field(None, title=field.title, description=field.description or field.title, json_schema_extra=extra)
    return _TYPES.get(field.kind, Text), told


def _table(definition: TypeDefinition, table: TableDefinition) -> Table:
    members: dict[str, Any] = {column.name: _member(column) for column in table.columns}
    model: type[BaseModel] = create_model(f"{definition.name}_{table.name}", __config__=_CONFIG, **members)
    ordered = tuple(
        column.name
        for column in sorted(table.columns, key=lambda column: (not column.required, _TELLING.index(column.kind)))
    )
    money = [column.name for column in table.columns if column.kind == "money"]
    return Table(
        name=table.name,
        model=model,
        title=table.title,
        description=f"the rows of {table.title.lower()} in page order",
        row_title=table.row_title,
        anchors=ordered[:3],
        choosing=ordered,
        rightmost=money[-1] if money else None,
        synonyms={column.name: tuple(word.casefold() for word in column.called) for column in table.columns},
    )
