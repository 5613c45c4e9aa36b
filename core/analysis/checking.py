"""The checks over values that stand nowhere on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import InvalidValues
from core.extraction import Finding
from core.schema.document_type import DocumentType
from core.validation.checks import check


def values_of(kinds: Sequence[DocumentType], type_name: str, told: Mapping[str, Any]) -> BaseModel:
    """Values as those of a document of a type. Raises InvalidValues."""
    kind = next((kind for kind in kinds if kind.name == type_name), None)
    if kind is None:
        raise InvalidValues(f"There is no document type “{type_name[:80]}” here.")
    try:
        return kind.model.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidValues(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


def check_values(values: BaseModel) -> list[Finding]:
    """What the checks of their type notice."""
    return check(values, (), {}, {}, None, date.today())


def told_of_check(values: BaseModel) -> dict[str, Any]:
    """The same as JSON values; ``ready`` where nothing is an error."""
    found = check_values(values)
    told = [
        {"check": each.check, "severity": each.severity, "message": each.message, "fields": list(each.fields)}
        for each in found
    ]
    return {"ready": all(each.severity != "error" for each in found), "findings": told}
