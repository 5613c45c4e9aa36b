"""A definition of one's own, begun from any type that there is."""

from __future__ import annotations

from collections.abc import Mapping

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo


def definition_of(kind: DocumentType) -> TypeDefinition:
    """What would declare ``kind``: its own definition, or one with the fields and tables of a type that ships. Where it has
    none of its own its titles are the words by which fields are called."""
    if kind.definition:
        return kind.definition
    added = {field.name: field for field in kind.extension.fields} if kind.extension else {}
    own = kind.extension.tables if kind.extension else ()
    columns = {table.name: {column.name: column for column in table.columns} for table in own}
    return TypeDefinition(
        name=f"{kind.name}_copy",
        title=kind.title,
        titles=kind.titles,
        fields=tuple(_field(info, added) for info in kind.header),
        tables=tuple(
            TableDefinition(
                name=table.name,
                title=table.title,
                row_title=table.row_title,
                columns=tuple(_field(info, columns.get(table.name, {})) for info in table.columns),
            )
            for table in kind.tables
        ),
    )


def _field(info: FieldInfo, added: Mapping[str, FieldDefinition]) -> FieldDefinition:
    """A field as it is declared; one that a person added keeps its words and pattern."""
    return added.get(info.name) or FieldDefinition(
        name=info.name,
        title=info.title,
        description=info.description[:300],
        kind=info.kind,
        group=info.group,
        required=info.required,
    )
