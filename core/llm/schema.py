"""What a model is asked to answer, drawn from the pydantic model: as JSON schema and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import GenerateJsonSchema

from core.document_types import USUAL, type_of
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo, FieldKind

#: What a model calls a document that is not of the type it was asked for (a letter, a delivery note).
OTHER = "other"

#: How values of a kind are to be written.
NOTATION: dict[FieldKind, str] = {
    "identifier": "As printed.",
    "date": "YYYY-MM-DD.",
    "name": "As printed.",
    "address": "As printed.",
    "money": "A plain decimal as text, such as 1234.50 or -20.00.",
    "quantity": "A plain decimal as text, such as 3 or 2.5.",
    "currency": "Three letters, such as EUR.",
    "text": "As printed.",
}
#: Keywords of JSON Schema that every provider's strict mode takes.
_KEPT = frozenset({"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "description"})


class DocumentAnswer(BaseModel):
    """A model's whole answer on a document of some type; :func:`answer_of` makes that of one type. ``values`` stand in its
    JSON under the type's key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_type: str
    language: str = ""
    values: Any


@cache
def answer_of(kind: DocumentType) -> type[DocumentAnswer]:
    """The answer that a model is asked for on a document of ``kind``."""
    told: Any = Literal[(*kind.told_kinds, OTHER)]
    language = "ISO 639-1 code of the document's language, such as en."
    return create_model(
        "Answer",
        __base__=DocumentAnswer,
        __doc__="A model's whole answer.",
        document_type=(told, Field(description="What the document is.")),
        language=(str, Field("", description=language)),
        values=(kind.model, Field(alias=kind.key, description="What stands in the document.")),
    )


def answer(values: BaseModel, document_type: str, language: str = "") -> DocumentAnswer:
    """An answer with these values."""
    kind = type_of(values)
    told = {"document_type": document_type, "language": language, kind.key: values}
    return answer_of(kind).model_validate(told)


class _Plain(GenerateJsonSchema):
    """Every property is required (``null`` where there is nothing) and amounts are texts, so that no digit is lost."""

    def decimal_schema(self, schema: Any) -> dict[str, Any]:
        return {"type": "string"}

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True


@cache
def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The JSON schema of ``model`` as providers can be held to it: every property required, nothing beside them,
    definitions written out, only common keywords. How a kind of field is to be written stands in its description."""
    schema = model.model_json_schema(schema_generator=_Plain)
    plain: dict[str, Any] = _plain(schema, schema.get("$defs", {}))
    return plain


def _plain(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_plain(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = {**definitions[node["$ref"].rsplit("/", 1)[-1]], **{k: v for k, v in node.items() if k != "$ref"}}
    plain: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            plain[key] = {name: _plain(part, definitions) for name, part in value.items()}
        elif key in _KEPT and not (key == "required" and not isinstance(value, list)):
            plain[key] = value if key in ("enum", "required") else _plain(value, definitions)
    if kind := node.get("kind"):
        plain["description"] = f"{node.get('description', '')} {NOTATION[kind]}".strip()
        if kind == "text" or node.get("secondary"):
            # strict modes limit how many values may be null: what is not there is an empty text
            plain = {"type": "string", "description": f"{plain['description']} Empty where there is none."}
    if plain.get("type") == "object":
        plain["required"] = list(plain["properties"])
        plain["additionalProperties"] = False
    return plain


@cache
def fields_in_words(kind: DocumentType = USUAL) -> str:
    """The answer's shape for a document of ``kind`` in words, for a prompt: models that cannot be held to a schema have nothing else."""
    lines = [
        "One JSON object with exactly these keys (null for what the document does not say):",
        f"- document_type: one of {', '.join((*kind.told_kinds, OTHER))}.",
        "- language: ISO 639-1 code of the document's language.",
        f"- {kind.key}: an object with",
        *_in_words(kind.header, "  "),
    ]
    for table in kind.tables:
        what = f"{table.description}, a list (empty where there are none) of objects with"
        lines += [f"  - {table.name}: {what}", *_in_words(table.columns, "    ")]
    return "\n".join(lines)


def _in_words(fields: tuple[FieldInfo, ...], indent: str) -> Iterator[str]:
    for info in fields:
        yield f"{indent}- {info.name} ({info.title}): {info.description} {NOTATION[info.kind]}"


def reply_of(values: BaseModel, document_type: str | None = None, language: str | None = None) -> str:
    """The JSON that a perfect model would answer for ``values``: for examples."""
    kinds = type_of(values).told_kinds
    told = document_type if document_type in (*kinds, OTHER) else kinds[0]
    return answer(values, told or kinds[0], language or "").model_dump_json(by_alias=True)
