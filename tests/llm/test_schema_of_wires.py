"""A pydantic model's schema as strict wires take it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field

from core.invoice.model import Invoice
from core.llm.wires.schema import strict_schema, with_unions


class Line(BaseModel):
    """A line."""

    text: str
    price: Decimal | None = None


class Paper(BaseModel):
    """A small document type."""

    kind: Literal["invoice", "receipt"] = Field(description="What it is.")
    day: date | None = None
    total: Decimal
    note: str = Field("", max_length=80, pattern="^[a-z]*$")
    lines: list[Line] = []


def test_objects_are_closed_and_all_their_fields_required() -> None:
    """What may be absent is null, never left out."""
    schema = strict_schema(Paper.model_json_schema())
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["kind", "day", "total", "note", "lines"]
    assert schema["$defs"]["Line"]["required"] == ["text", "price"]
    assert schema["$defs"]["Line"]["additionalProperties"] is False


def test_amounts_are_texts_and_days_are_dates() -> None:
    """A float would lose an amount's digits."""
    properties = strict_schema(Paper.model_json_schema())["properties"]
    assert properties["total"] == {"type": "string"}
    assert properties["day"]["anyOf"] == [{"type": "string", "format": "date"}, {"type": "null"}]
    line = strict_schema(Paper.model_json_schema())["$defs"]["Line"]["properties"]
    assert line["price"]["anyOf"] == [{"type": "string"}, {"type": "null"}]


def test_what_strict_wires_refuse_is_left_out() -> None:
    """Patterns, lengths, defaults and a form's own hints; descriptions and choices stay."""
    text = str(strict_schema(Invoice.model_json_schema()))
    assert not [word for word in ("pattern", "default", "maxLength", "column", "'kind'", "oneOf") if word in text]
    properties = strict_schema(Paper.model_json_schema())["properties"]
    assert properties["kind"] == {"type": "string", "enum": ["invoice", "receipt"], "description": "What it is."}
    assert properties["note"] == {"type": "string"}


def test_every_object_of_the_invoice_is_strict() -> None:
    """OpenAI refuses a schema of which one object is open."""

    def objects(node: Any) -> list[dict[str, Any]]:
        inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        own = [node] if isinstance(node, dict) and node.get("type") == "object" else []
        return own + [found for part in inner for found in objects(part)]

    found = objects(strict_schema(Invoice.model_json_schema()))
    assert len(found) >= 2
    for node in found:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


def test_a_schema_that_is_strict_already_is_sent_as_it_is() -> None:
    """Nothing is changed without need."""
    schema = strict_schema(Invoice.model_json_schema())
    assert strict_schema(schema) == schema


def test_fields_over_the_limit_of_unions_may_be_left_out_instead() -> None:
    """Anthropic counts fields that may be null; what is absent reads as null all the same."""
    schema = strict_schema(Invoice.model_json_schema())
    fewer = with_unions(schema, 3)
    assert str(fewer).count("anyOf") == 3
    first, *_, last = (name for name, field in schema["properties"].items() if "anyOf" in field)
    assert first in fewer["required"]
    assert last in schema["required"]
    assert last not in fewer["required"]
    line = fewer["$defs"]["LineItem"]["properties"]["quantity"]
    assert (line["type"], "anyOf" in line) == ("string", False)
    assert Invoice.model_validate({first: "R-7"}).invoice_number == "R-7"
    assert with_unions(schema, 99) == schema
