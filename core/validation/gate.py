"""The gate: whether a result is good enough without a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.extraction import Finding, Verdict
from core.models import Invoice, header_fields


def decide(
    invoice: Invoice, confidences: Mapping[str, float], findings: Sequence[Finding], approve_at: float
) -> Verdict:
    """“approved” when every required field has a value of at least ``approve_at`` confidence, no finding is an error,
    and no warning touches a field."""
    required = {info.name for info in header_fields() if info.required}
    if any(getattr(invoice, name) is None or confidences.get(name, 0.0) < approve_at for name in required):
        return "needs review"
    blocking = any(
        finding.severity == "error" or (finding.severity == "warning" and finding.fields) for finding in findings
    )
    return "needs review" if blocking else "approved"
