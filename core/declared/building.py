"""A definition made into the document type that the house reads, checks, shows and stores by."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
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
