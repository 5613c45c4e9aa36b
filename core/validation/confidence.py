"""Confidence per field, 0 to 1: how sure the house is that the value is right.

It grows with each of its parts and never leaves 0 to 1:

    believed   the extractor's own score (1 for an e-invoice's XML and for the person)
    seen       the match's score × the OCR confidence of its words; a fixed, lower figure where nothing was found
    start      √(believed × seen)
    raised     by CONFIRMED of what is missing to 1, where the invoice's own sums confirm the value
    lowered    by a factor for each warning or error that touches it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from core.evidence import Evidence
from core.extraction import Finding, Provenance
from core.models import Invoice, walk
from core.validation.arithmetic import confirmed

#: What stands nowhere on the page: read (perhaps invented), or given by XML or a person (who need no page).
UNSEEN, UNSEEN_EXACT = 0.25, 0.9
#: What a confirming sum takes away of the remaining doubt.
CONFIRMED = 0.6
LOWERED = {"error": 0.5, "warning": 0.7, "info": 1.0}
_UNKNOWN_BELIEF = 0.5


def score(
    invoice: Invoice,
    evidence: Mapping[str, Evidence],
    provenance: Mapping[str, Provenance],
    findings: Sequence[Finding],
) -> dict[str, float]:
    """The confidence of every value of ``invoice`` by path."""
    by_sums = confirmed(invoice)
    doubts = _doubts(findings)
    confidences = {}
    for path, _, value in walk(invoice):
        if value is None:
            continue
        known = provenance.get(path)
        exact = known is not None and known.exact
        believed = known.score if known else _UNKNOWN_BELIEF
        doubt = doubts.get(path, 1.0)
        confidence = sqrt(believed * _seen(evidence.get(path), exact))
        if path in by_sums and doubt == 1.0:
            confidence += CONFIRMED * (1 - confidence)
        confidences[path] = round(min(max(confidence * doubt, 0.0), 1.0), 4)
    return confidences


def _seen(found: Evidence | None, exact: bool) -> float:
    if found is None:
        return UNSEEN_EXACT if exact else UNSEEN
    seen = found.score * found.ocr_confidence
    return max(seen, UNSEEN_EXACT) if exact else seen


def _doubts(findings: Sequence[Finding]) -> dict[str, float]:
    """The factor by which the findings lower each path."""
    factors: dict[str, float] = {}
    for finding in findings:
        for path in finding.fields:
            factors[path] = factors.get(path, 1.0) * LOWERED[finding.severity]
    return factors
