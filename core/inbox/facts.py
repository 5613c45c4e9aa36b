"""What a row of the Inbox says of what was read, and of a record."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.document_types import type_of
from core.extraction import Extraction
from core.notation.writing import text_of
from core.review.stake import stake
from core.review.stops import Stop, stops
from core.stores.records import Record

#: The kinds of questions, the gravest first.
_GRAVITY = ("unread", "missing", "sum", "document", "finding", "empty", "doubt")


def facts_of_values(values: BaseModel) -> dict[str, Any]:
    """The type, and what plays the parts that a list shows: fields of an item."""
    kind = type_of(values)
    held = {part: getattr(values, name) for part, name in kind.parts.items()}
    return {
        "type_name": kind.name,
        "vendor": text_of(held.get("issuer")),
        "number": text_of(held.get("identifier")),
        "total": held.get("total"),
        "currency": text_of(held.get("currency"))[:3],
    }


def facts_of_extraction(extraction: Extraction) -> dict[str, Any]:
    """What a run gave: fields of an item."""
    asked = stops(extraction)
    return facts_of_values(extraction.values) | {
        "document_type": extraction.document_type or "",
        "verdict": extraction.verdict,
        "doubts": len(asked),
        "worst": min(asked, key=_gravity).sentence if asked else "",
        "stake": stake(extraction),
        "seconds": sum(step.seconds for step in extraction.steps),
    }


def facts_of_record(record: Record) -> dict[str, Any]:
    """What a saved record says: fields of an item."""
    return facts_of_values(record.values) | {"document_type": record.document_type or "", "order_id": record.order_id}


def _gravity(stop: Stop) -> int:
    return _GRAVITY.index(stop.kind)
