"""Predictions in the shapes that programs give: plain values or wrapped ones, columns under several names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.document_types import USUAL
from core.notation.sameness import is_empty
from core.schema.document_type import DocumentType, Table

_VALUE_KEYS = ("value", "amount", "text")
_KEYS = ("data", "result")


def load_prediction(folder: Path, case_id: str, kind: DocumentType = USUAL) -> dict[str, Any] | None:
    """The values of a document of ``kind`` predicted for a case, from ``<id>.json`` or ``<id>/(pred|result|invoice).json``; ``None`` when there
    is no file or it holds no JSON."""
    inside = folder / case_id
    paths = (folder / f"{case_id}.json", inside / "pred.json", inside / "result.json", inside / "invoice.json")
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return None
    try:
        return values_in(json.loads(path.read_bytes()), kind)
    except (OSError, ValueError, RecursionError):
        return None


def values_in(data: Any, kind: DocumentType) -> dict[str, Any]:
    """The object of values in ``data``: itself, or under the type's name, ``data`` or ``result``; the first of a list."""
    if isinstance(data, list):
        data = data[0] if data else {}
    for key in (kind.key, *_KEYS):
        if isinstance(data, dict) and isinstance(data.get(key), dict) and kind.header[0].name not in data:
            data = data[key]
    return data if isinstance(data, dict) else {}


def plain_value(value: Any) -> Any:
    """A value without its wrapping: ``{"value": …}`` opened, the parts of an address or a list joined by commas."""
    while isinstance(value, dict):
        key = next((key for key in _VALUE_KEYS if key in value), None)
        value = ", ".join(str(part) for part in value.values() if part not in (None, "")) if key is None else value[key]
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return value


def plain_items(value: Any, table: Table) -> list[dict[str, Any]]:
    """Rows of ``table`` with our column names and plain values; rows without any value are left out."""
    if isinstance(value, dict):
        value = value.get("value") or value.get("items") or []
    items = [_plain_item(item, table) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return [item for item in items if any(not is_empty(cell) for cell in item.values())]


def _plain_item(item: Mapping[str, Any], table: Table) -> dict[str, Any]:
    cells = {}
    for cell in table.columns:
        keys = (cell.name, *table.synonyms.get(cell.name, ()))
        values = (plain_value(item[key]) for key in keys if key in item)
        cells[cell.name] = next((value for value in values if not is_empty(value)), None)
    return cells
