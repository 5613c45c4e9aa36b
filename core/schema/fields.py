"""A field of a document, as the pydantic model describes it: what kind of value it holds and how it is called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

FieldKind = Literal["identifier", "date", "name", "address", "money", "quantity", "currency", "text"]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What the rest of the house needs to know of one field of a model.

    ``kind`` decides widget, format and matching; ``group`` the form's section; ``column`` the database column.
    ``secondary`` marks what most documents do not print: a form folds it while it is empty, and a truth that says nothing of it
    says nothing of extra rows either.
    """

    name: str
    title: str
    description: str
    kind: FieldKind
    group: str
    required: bool
    column: str
    secondary: bool = False


def about(
    kind: FieldKind, group: str = "", *, required: bool = False, column: str | None = None, secondary: bool = False
) -> dict[str, Any]:
    """How a field of a model behaves: its ``json_schema_extra``. ``column`` is the database column where it is not the
    field's name."""
    return {"kind": kind, "group": group, "required": required, "column": column, "secondary": secondary}


@cache
def fields_of(model: type[BaseModel]) -> tuple[FieldInfo, ...]:
    """The scalar fields of ``model`` in order (its tables are not among them)."""
    found = []
    for name, info in model.model_fields.items():
        about = info.json_schema_extra
        if isinstance(about, dict):
            found.append(
                FieldInfo(
                    name,
                    info.title or name,
                    info.description or "",
                    about["kind"],  # type: ignore[arg-type]
                    str(about["group"]),
                    bool(about["required"]),
                    str(about["column"] or name),
                    bool(about.get("secondary")),
                )
            )
    return tuple(found)
