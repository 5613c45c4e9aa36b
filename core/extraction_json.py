"""An extraction as plain JSON: what the command line prints and the page's raw tab shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from core.extraction import Extraction
from core.invoice.model import payment_of
from core.notation.writing import text_of
from core.review.stops import stops
from core.status import STATUS_WORDS


def to_json(extraction: Extraction) -> dict[str, Any]:
    """``extraction`` as JSON values: amounts as plain decimal strings, dates ISO, boxes in page units.

    ``evidence``, ``provenance`` and ``confidences`` are keyed by path (``total_amount``, ``line_items.0.quantity``);
    ``verdict`` is ``ready`` or ``needs review``, ``stops`` the questions that keep it from being ready;
    ``text`` is what was read on the pages, ``raw`` the extractor's own reply.
    """
    parts = {
        "name": extraction.name,
        "document": extraction.document,
        "pages": extraction.pages,
        "language": extraction.language,
        "extractor": extraction.extractor,
        "document_type": extraction.document_type,
        "verdict": STATUS_WORDS[extraction.verdict],
        "stops": stops(extraction),
        extraction.type.key: extraction.values.model_dump(),
        "payment": payment_of(extraction.values),
        "confidences": {path: round(value, 4) for path, value in extraction.confidences.items()},
        "findings": extraction.findings,
        "evidence": extraction.evidence,
        "provenance": extraction.provenance,
        "candidates": extraction.candidates,
        "recipe": {**extraction.recipe.model_dump(), "digest": extraction.recipe.digest},
        "steps": extraction.steps,
        "text": extraction.text,
        "raw": extraction.raw,
    }
    if extraction.learnt:
        parts["learnt"] = extraction.learnt
    if extraction.gate:
        parts["gate"] = extraction.gate.model_dump()
    return {key: plain(value) for key, value in parts.items()}


def plain(value: Any) -> Any:
    """``value`` in JSON's own types: amounts as plain decimal text, dates ISO."""
    if isinstance(value, Decimal | date):
        return text_of(value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value if isinstance(value, str | int | float | None) else plain(asdict(value))
