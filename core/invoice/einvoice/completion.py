"""Filling the gaps of an e-invoice from its page: some profiles (MINIMUM, BASIC WL) carry no lines and few fields."""

from __future__ import annotations

from dataclasses import replace

from core.extractor import Extracted
from core.invoice.document_type import INVOICE


def complete(extracted: Extracted, page: Extracted) -> Extracted:
    """``extracted`` (from XML) with what it lacks taken from ``page`` (what was read there), each value with the page's
    own provenance. An XML that has line items is whole: only its language is filled in."""
    language = extracted.language or page.language
    if extracted.values.line_items:
        return replace(extracted, language=language)
    gaps = {path: value for path, _, value in INVOICE.walk(extracted.values) if value is None}
    filled = {path: getattr(page.values, path) for path in gaps}
    invoice = extracted.values.model_copy(update={**filled, "line_items": page.values.line_items})
    taken = {path: known for path, known in page.provenance.items() if path in gaps or path.startswith("line_items.")}
    return replace(extracted, values=invoice, provenance=extracted.provenance | taken, language=language)
