"""Predictions in the shapes that programs give: plain values or wrapped ones, line items under several names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.notation.sameness import is_empty

_VALUE_KEYS = ("value", "amount", "text")
_INVOICE_KEYS = ("invoice", "data", "result")
_ITEM_KEYS: dict[str, tuple[str, ...]] = {
    "description": ("description", "name", "desc", "item"),
    "quantity": ("quantity", "qty"),
    "unit_price": ("unit_price", "price_unit", "price"),
    "total_price": ("total_price", "total", "amount", "price_subtotal", "line_total"),
}


def load_prediction(folder: Path, case_id: str) -> dict[str, Any] | None:
    """The invoice predicted for a case, from ``<id>.json`` or ``<id>/(pred|result|invoice).json``; ``None`` when there
    is no file or it holds no JSON."""
    inside = folder / case_id
    paths = (folder / f"{case_id}.json", inside / "pred.json", inside / "result.json", inside / "invoice.json")
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return None
    try:
        return invoice_in(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None


def invoice_in(data: Any) -> dict[str, Any]:
    """The invoice object in ``data``: itself, or under ``invoice``, ``data`` or ``result``; the first of a list."""
    if isinstance(data, list):
        data = data[0] if data else {}
    for key in _INVOICE_KEYS:
        if isinstance(data, dict) and isinstance(data.get(key), dict) and "invoice_number" not in data:
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


def plain_items(value: Any) -> list[dict[str, Any]]:
    """Line items with our cell names and plain values; lines without any value are left out."""
    if isinstance(value, dict):
        value = value.get("value") or value.get("items") or []
    items = [_plain_item(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return [item for item in items if any(not is_empty(cell) for cell in item.values())]


def _plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    cells = {}
    for cell, keys in _ITEM_KEYS.items():
        values = (plain_value(item[key]) for key in keys if key in item)
        cells[cell] = next((value for value in values if not is_empty(value)), None)
    return cells
