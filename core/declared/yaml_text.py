"""Declared types as YAML, to be kept in a repository or given to a colleague."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.declared.building import refuse_unsound
from core.declared.definition import TypeDefinition
from core.document_types import type_named
from core.errors import TypeDefinitionError
from core.yaml_text import Refused, read_entries, write_documents

#: The deepest that a type goes: a list of tables of columns of words.
_DEEPEST = 10
#: Where it is imported it gets a number of its own.
_OURS = {"version"}


def write_type(definition: TypeDefinition) -> str:
    """``definition`` as YAML, without its version."""
    return write_documents([definition.model_dump(mode="json", exclude=_OURS, exclude_defaults=True)])


def read_type(data: bytes) -> TypeDefinition:
    """The type in a YAML text. Raises TypeDefinitionError with what is wrong and where."""
    try:
        entries = read_entries(data, "document type", _DEEPEST)
    except Refused as error:
        raise TypeDefinitionError(str(error)) from error
    if len(entries) > 1 or not isinstance(entries[0], dict):
        raise TypeDefinitionError(
            "This file is no document type: write name, title and fields as keys, one type a file."
        )
    return make_definition({key: value for key, value in entries[0].items() if key not in _OURS})


def make_definition(parts: dict[str, Any]) -> TypeDefinition:
    """A definition of plain parts. Raises TypeDefinitionError with one sentence that says what is not sound."""
    try:
        definition = TypeDefinition.model_validate(parts)
        if definition.extends:
            refuse_unsound(type_named(definition.extends), definition)
        return definition
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        said = f"{where}: {message}" if where else message
        raise TypeDefinitionError(f"This document type cannot be used: {said}.") from error
    except ValueError as error:
        raise TypeDefinitionError(f"This cannot be added: {str(error).rstrip('.')}.") from error
