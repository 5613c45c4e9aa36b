"""A definition of one's own, begun from any type that there is."""

from __future__ import annotations

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo


def definition_of(kind: DocumentType) -> TypeDefinition:
    """What would declare ``kind``: its own definition, or one with the fields and tables of a type that ships. Where it has
    none of its own its titles are the words by which fields are called."""
    if kind.definition:
        return kind.definition
    return TypeDefinition(
        name=f"{kind.name}_copy",
        title=kind.title,
        titles=kind.titles,
        fields=tuple(_field(info) for info in kind.header),
        tables=tuple(
            TableDefinition(
                name=table.name,
                title=table.title,
                row_title=table.row_title,
                columns=tuple(_field(info) for info in table.columns),
            )
            for table in kind.tables
        ),
    )


def _field(info: FieldInfo) -> FieldDefinition:
    return FieldDefinition(
        name=info.name,
        title=info.title,
        description=info.description[:300],
        kind=info.kind,
        group=info.group,
        required=info.required,
    )
