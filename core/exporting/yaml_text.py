"""Layouts as YAML, to be kept in a repository or given to a colleague."""

from __future__ import annotations

from pydantic import ValidationError

from core.errors import LayoutError
from core.exporting.layout import ExportLayout
from core.yaml_text import Refused, read_entries, write_documents

_DEEPEST = 5


def write_layout(layout: ExportLayout) -> str:
    """``layout`` as YAML."""
    return write_documents([layout.model_dump(mode="json", exclude_defaults=True)])


def read_layout(data: bytes) -> ExportLayout:
    """The layout in a YAML text. Raises LayoutError with one sentence that says what is not sound."""
    try:
        entries = read_entries(data, "layout", _DEEPEST)
    except Refused as error:
        raise LayoutError(str(error)) from error
    if len(entries) > 1 or not isinstance(entries[0], dict):
        raise LayoutError("This file is no layout: write name, title and columns as keys, one layout a file.")
    try:
        return ExportLayout.model_validate(entries[0])
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise LayoutError(f"This layout cannot be used: {f'{where}: ' if where else ''}{said}.") from error
