"""The gate: whether a result is good enough without a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from core.document_types import type_of
from core.extraction import Finding, Verdict
from core.schema.fields import FieldKind

#: Values of these kinds cost money when they are wrong: amounts, numbers and dates.
CRITICAL: frozenset[FieldKind] = frozenset({"identifier", "date", "money", "quantity"})
#: The share of the approval threshold that is asked of the others: names, addresses, texts. A reader is seldom surer of
#: them, and with this share as many documents again pass, none of them with a wrong critical value (docs/ACCURACY.md).
OTHERS_NEED = 0.87


def needed(kind: FieldKind, approve_at: float) -> float:
    """The confidence from which a value of ``kind`` counts as sure, with ``approve_at`` as the approval threshold."""
    return approve_at if kind in CRITICAL else approve_at * OTHERS_NEED


def decide(
    values: BaseModel, confidences: Mapping[str, float], findings: Sequence[Finding], approve_at: float
) -> Verdict:
    """“approved” (ready, in a person's words) when every required field has a value, every value is sure enough
    (:func:`needed`), and no finding is more than a note: where nothing is left to ask."""
    complete = all(value is not None for _, info, value in type_of(values).walk(values) if info.required)
    sure = complete and lowest_confidence(values, confidences) >= approve_at
    return "approved" if sure and not is_blocked(findings) else "needs review"


def lowest_confidence(values: BaseModel, confidences: Mapping[str, float]) -> float:
    """The highest approval threshold (0 to 1) at which every value is sure enough; 0 where a required one is missing."""
    return min(_gated(values, confidences), default=0.0)


def is_blocked(findings: Sequence[Finding]) -> bool:
    """Whether findings keep a result from being approved, whatever its confidences: a warning blocks, or it is a note."""
    return any(finding.severity != "info" for finding in findings)


def _gated(values: BaseModel, confidences: Mapping[str, float]) -> Iterator[float]:
    for path, info, value in type_of(values).walk(values):
        if value is not None:
            yield min(1.0, confidences.get(path, 0.0) / needed(info.kind, 1.0))
        elif info.required:
            yield 0.0
