"""A pydantic model's JSON schema, changed only as far as a strict wire demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Keywords that a strict wire takes; the rest (defaults, patterns, how a form shows a field) is left out.
_KEPT = ("$ref", "anyOf", "type", "enum", "const", "description", "items", "properties")
#: Formats of strings that every strict wire knows.
_FORMATS = ("date", "date-time", "time")


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` as OpenAI, Groq and Anthropic take it when they hold a reply to it.

    Objects are closed and all their fields required; an absent value is ``null``. A Decimal, for which pydantic asks a
    number or a string, is a string: a float would lose its digits. What a wire does not take is left out; the reply
    is validated by the model itself in any case. ``$defs`` and ``$ref`` stay.
    """
    strict = _node(schema)
    if "$defs" in schema:
        strict["$defs"] = {name: _node(inner) for name, inner in schema["$defs"].items()}
    return strict


def with_unions(schema: dict[str, Any], most: int) -> dict[str, Any]:
    """A strict ``schema`` in which at most ``most`` fields may be ``null``; further ones may be left out instead.

    Anthropic takes 16 fields of several types, and 24 that may be left out; the model that validates the reply reads an
    absent field as ``null``.
    """
    return _with_unions(schema, [most])


def _with_unions(node: Any, left: list[int]) -> Any:
    if isinstance(node, list):
        return [_with_unions(inner, left) for inner in node]
    if not isinstance(node, dict):
        return node
    left_out: list[str] = []
    properties = {}
    for name, field in node.get("properties", {}).items():
        if "anyOf" in field:
            left[0] -= 1
            if left[0] < 0 and _may_be_null(field):
                field = _never_null(field)
                left_out.append(name)
        properties[name] = _with_unions(field, left)
    kept = {name: properties if name == "properties" else _with_unions(inner, left) for name, inner in node.items()}
    if left_out:
        kept["required"] = [name for name in kept.get("required", ()) if name not in left_out]
    return kept


def _never_null(field: dict[str, Any]) -> dict[str, Any]:
    rest = [inner for inner in field["anyOf"] if inner.get("type") != "null"]
    about = {name: value for name, value in field.items() if name != "anyOf"}
    return rest[0] | about if len(rest) == 1 else {"anyOf": rest} | about


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    kept = {name: node[name] for name in _KEPT if name in node}
    if node.get("format") in _FORMATS:
        kept["format"] = node["format"]
    alternatives = node.get("anyOf") or node.get("oneOf")
    if alternatives:
        kept["anyOf"] = _alternatives(alternatives)
        if len(kept["anyOf"]) == 1:
            return kept.pop("anyOf")[0] | kept
    if "items" in node:
        kept["items"] = _node(node["items"])
    if node.get("type") == "object" or "properties" in node:
        properties = node.get("properties", {})
        kept["properties"] = {
            name: _field(inner, name in node.get("required", ())) for name, inner in properties.items()
        }
        kept["required"] = list(properties)
        kept["additionalProperties"] = False
    return kept


def _alternatives(nodes: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The alternatives without a number beside a string: that is how pydantic describes a Decimal."""
    kinds = {node.get("type") for node in nodes}
    return [_node(node) for node in nodes if not (node.get("type") == "number" and "string" in kinds)]


def _field(node: Mapping[str, Any], required: bool) -> dict[str, Any]:
    """A field of an object; one that may be left out may be ``null`` in place of that."""
    field = _node(node)
    if required or "default" not in node or _may_be_null(field):
        return field
    if node["default"] is not None:
        return field
    return {"anyOf": [field, {"type": "null"}]}


def _may_be_null(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "null" or any(inner.get("type") == "null" for inner in node.get("anyOf", ()))
