"""The checks of a declared type: its relations, masks and allowed values, each broken one a finding with the fields it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from core.declared import mask
from core.declared.definition import FieldDefinition, TypeDefinition
from core.declared.relation import Relation, Unknown
from core.examination.case import Examination
from core.extraction import Finding, Severity
from core.notation.folding import fold
from core.notation.writing import text_of
from core.schema.document_type import DocumentType

_NAME = re.compile(r"[a-z]\w*(?:\.\w+)?")


def check_declared(case: Examination) -> Iterator[Finding]:
    """What a document does not keep of what its type declares."""
    definition = case.kind.declared
    if definition is None:
        return
    yield from _form(definition, case.kind, case.values)
    for relation in _relations(case.kind):
        for row in _rows_of(relation, case.kind, case.values):
            yield from _broken(relation, case.kind, case.values, row)


def confirmed_by(values: BaseModel, kind: DocumentType) -> frozenset[str]:
    """The paths of all amounts that a sum or product of the type confirms: of at least two amounts, and it comes out."""
    found: set[str] = set()
    for relation in _relations(kind):
        if relation.operator != "=":
            continue
        for row in _rows_of(relation, kind, values):
            try:
                holds, off, members = _difference(relation, kind, values, row)
            except Unknown:
                continue
            if holds and off is not None and members > 1:
                found.update(_paths(relation, kind, values, row))
    return frozenset(found)


def _relations(kind: DocumentType) -> Iterator[Relation]:
    """The checks that a person declared, as far as the type still has what they speak of."""
    names = {info.name for info in kind.header}
    names |= {f"{table.name}.{info.name}" for table in kind.tables for info in table.columns}
    return (one for one in (kind.declared.relations() if kind.declared else ()) if one.names <= names)


def _form(definition: TypeDefinition, kind: DocumentType, values: BaseModel) -> Iterator[Finding]:
    declared: dict[str, FieldDefinition] = {field.name: field for field in definition.fields}
    declared |= {f"{table.name}.{column.name}": column for table in definition.tables for column in table.columns}
    for path, info, value in kind.walk(values):
        table = path.partition(".")[0] if "." in path else ""
        field = declared.get(f"{table}.{info.name}" if table else info.name)
        if field is None or not isinstance(value, str):
            continue
        if field.allowed and fold(value) not in {fold(word) for word in field.allowed}:
            some = ", ".join(field.allowed[:5])
            yield Finding("allowed", "warning", f"{kind.label_of(path)} “{value}” is none of {some}.", (path,))
        elif field.mask and not mask.fits(field.mask, value):
            yield Finding(
                "mask", "warning", f"{kind.label_of(path)} “{value}” is not written as {field.mask}.", (path,)
            )


def _rows_of(relation: Relation, kind: DocumentType, values: BaseModel) -> Iterator[int | None]:
    """The rows that a relation is to hold in; ``None``, once, where it speaks of the whole document."""
    if relation.row_table is None:
        yield None
    else:
        yield from range(len(kind.rows(values, kind.table(relation.row_table))))


def _broken(relation: Relation, kind: DocumentType, values: BaseModel, row: int | None) -> Iterator[Finding]:
    try:
        holds, off, _ = _difference(relation, kind, values, row)
    except Unknown:
        return
    if holds:
        return
    where = (
        "" if row is None or relation.row_table is None else f"{kind.table(relation.row_table).row_title} {row + 1}: "
    )
    severity: Severity = "error" if relation.operator == "=" else "warning"
    sentence = f"{where}{_said(relation, kind)} does not hold"
    sentence += f": it is off by {text_of(abs(off))}." if off is not None and relation.operator == "=" else "."
    paths = tuple(_paths(relation, kind, values, row))
    yield Finding("declared", severity, sentence, paths, difference=-off if off is not None else None)


def _said(relation: Relation, kind: DocumentType) -> str:
    """The relation in the fields' titles."""
    said = _NAME.sub(lambda m: _title_of(kind, m[0]) if m[0] in relation.names else m[0], relation.text)
    return f"“{said}”"


def _title_of(kind: DocumentType, name: str) -> str:
    """The title of what a check calls ``name``: a header field, or a column as ``table.column``."""
    table, dot, column = name.partition(".")
    return kind.field_of(kind.table(table).path(0, column) if dot else name).title


def _difference(
    relation: Relation, kind: DocumentType, values: BaseModel, row: int | None
) -> tuple[bool, Decimal | None, int]:
    def lookup(name: str) -> Any:
        table, _, column = name.partition(".")
        holder = kind.rows(values, kind.table(table))[row or 0] if column else values
        value = getattr(holder, column or name)
        return value if value is None or isinstance(value, Decimal) else text_of(value)

    def column(name: str) -> list[Decimal | None]:
        table, _, cell = name.partition(".")
        return [getattr(cells, cell) for cells in kind.rows(values, kind.table(table))]

    return relation.difference(lookup, column)


def _paths(relation: Relation, kind: DocumentType, values: BaseModel, row: int | None) -> Iterator[str]:
    """The paths that a relation speaks of: header fields first, of a column every row or the one at hand."""
    for name in sorted(relation.names, key=lambda name: ("." in name, name)):
        table, _, column = name.partition(".")
        if not column:
            yield name
        elif row is not None and table == relation.row_table:
            yield kind.table(table).path(row, column)
        else:
            for at in range(len(kind.rows(values, kind.table(table)))):
                yield kind.table(table).path(at, column)
