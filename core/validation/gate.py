"""The gate: whether a result is good enough without a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from core.document_types import type_of
from core.extraction import Extraction, Finding, Verdict
from core.gates import ANY_CURRENCY, Gate, Gates
from core.notation.writing import text_of
from core.schema.fields import FieldKind
from core.schema.values import is_amount

#: Values of these kinds cost money when they are wrong: amounts, numbers and dates.
CRITICAL: frozenset[FieldKind] = frozenset({"identifier", "date", "money", "quantity"})
#: The share of the approval threshold that is asked of the others: names, addresses, texts. A reader is seldom surer of
#: them, and with this share as many documents again pass, none of them with a wrong critical value (docs/ACCURACY.md).
OTHERS_NEED = 0.87

#: Checks of the gate's own, about the document as a whole.
_VENDOR, _AMOUNT, _COUNT = "gate_vendor", "gate_amount", "gate_count"
#: What a vendor that is never reviewed is not let pass with: it would be saved twice, or somebody is to look at what passes.
_STOPS_EVERYBODY = frozenset({"duplicate", "spot_check", "gate_asks_more"})


def needed(kind: FieldKind, approve_at: float, gate: Gate | None = None) -> float:
    """The confidence from which a value of ``kind`` counts as sure, with ``approve_at`` as the recipe's approval threshold."""
    critical = approve_at if gate is None or gate.approve_at is None else gate.approve_at
    if kind in CRITICAL:
        return critical
    return critical * OTHERS_NEED if gate is None or gate.others_at is None else gate.others_at


def decide(
    values: BaseModel,
    confidences: Mapping[str, float],
    findings: Sequence[Finding],
    approve_at: float,
    gate: Gate | None = None,
) -> Verdict:
    """“approved” (ready, in a person's words) when every required field has a value, every value is sure enough
    (:func:`needed`), and no finding is more than a note: where nothing is left to ask."""
    required = _required(values, gate)
    complete = all(value is not None for path, _, value in type_of(values).walk(values) if path in required)
    if not complete or is_blocked(findings):
        return "needs review"
    if gate is not None and (gate.vendor == "never" or _is_sure(values, confidences, approve_at, gate)):
        return "approved"
    return "approved" if gate is None and lowest_confidence(values, confidences) >= approve_at else "needs review"


def lowest_confidence(values: BaseModel, confidences: Mapping[str, float]) -> float:
    """The highest approval threshold (0 to 1) at which every value is sure enough; 0 where a required one is missing."""
    return min(_gated(values, confidences), default=0.0)


def is_blocked(findings: Sequence[Finding]) -> bool:
    """Whether findings keep a result from being approved, whatever its confidences: a warning blocks, or it is a note."""
    return any(finding.severity != "info" for finding in findings)


def pass_gate(extraction: Extraction) -> Extraction:
    """``extraction`` with what its gate (:attr:`core.extraction.Extraction.gate`) has to say, in place of what an earlier one said,
    and the verdict that follows. The values stay as they are."""
    gate, kind = extraction.gate, extraction.type
    findings = [_as_found(one) for one in extraction.findings if not _is_a_gates(one, extraction)]
    if gate is not None:
        findings = [_let_pass(one, gate) for one in findings]
        findings += [
            Finding("required", "error", f"{kind.field_of(name).title} was not found on the document.", (name,))
            for name in gate.required or ()
            if name in {info.name for info in kind.header if not info.required} and extraction.value_at(name) is None
        ]
        findings += [Finding(check, "warning", sentence) for check, sentence in _objections(extraction, gate)]
    verdict = decide(extraction.values, extraction.confidences, findings, extraction.recipe.approve_at, gate)
    return extraction.model_copy(update={"findings": tuple(findings), "verdict": verdict})


def gated_by(gates: Gates, extraction: Extraction) -> Extraction:
    """``extraction`` judged by what ``gates`` ask of it, and by nothing that was asked before."""
    issuer = extraction.value_at(extraction.type.issuer) if extraction.type.issuer else None
    gate = gates.of(extraction.type_name, (extraction.vendor, issuer))
    if gate is None and extraction.gate is None:
        return extraction
    return pass_gate(extraction.model_copy(update={"gate": gate}))


def _objections(extraction: Extraction, gate: Gate) -> Iterator[tuple[str, str]]:
    if gate.vendor == "always":
        yield _VENDOR, f"Somebody looks at every document of {gate.of_vendor}, as the gates say."
    count = sum(extraction.value_at(info.name) is not None for info in extraction.type.header)
    if count < gate.least_values:
        told = f"Only {count} field{' has' if count == 1 else 's have'} a value"
        yield _COUNT, f"{told}, and the gates ask for {gate.least_values}: is the document read right?"
    if gate.most and (sentence := _of_amount(extraction, gate)):
        yield _AMOUNT, sentence


def _of_amount(extraction: Extraction, gate: Gate) -> str:
    """Why the amount of a document keeps it from passing unseen; empty where it does not."""
    kind = extraction.type
    title = kind.field_of(kind.total).title if kind.total else "largest amount"
    total = extraction.value_at(kind.total) if kind.total else None
    amounts = [value for _, info, value in extraction.walk() if info.kind == "money" and value is not None]
    if not kind.total and amounts:
        total = max(amounts, key=abs)
    currency = text_of(extraction.value_at(kind.parts["currency"])) if "currency" in kind.parts else ""
    if total is None or not is_amount(total):
        return f"The {title.lower()} is not known, and only amounts up to a limit pass unseen."
    limit = gate.most.get(currency or ANY_CURRENCY, gate.most.get(ANY_CURRENCY))
    if limit is None:
        told = f"{currency} has" if currency else "The currency is not known, so it has"
        return f"{told} no limit in the gates: somebody looks at {title.lower()} {text_of(total)}."
    if abs(total) > limit:
        return f"{title} {text_of(total)} {currency} is above {text_of(limit)}: somebody looks at it.".replace(
            "  ", " "
        )
    return ""


def _let_pass(finding: Finding, gate: Gate) -> Finding:
    """A finding as a mere note where the gate lets documents pass with it."""
    optional = (
        finding.check == "required" and gate.required is not None and not set(finding.fields) & set(gate.required)
    )
    doubted = gate.vendor == "never" and finding.severity == "warning" and finding.check not in _STOPS_EVERYBODY
    if finding.severity == "info" or not (optional or doubted):
        return finding
    return replace(finding, severity="info", let_pass=finding.severity)


def _as_found(finding: Finding) -> Finding:
    return replace(finding, severity=finding.let_pass, let_pass=None) if finding.let_pass else finding


def _is_a_gates(finding: Finding, extraction: Extraction) -> bool:
    """Whether a gate said it, and not a check."""
    if finding.check in (_VENDOR, _AMOUNT, _COUNT):
        return True
    asked = {info.name for info in extraction.type.header if not info.required}
    return finding.check == "required" and bool(finding.fields) and set(finding.fields) <= asked


def _required(values: BaseModel, gate: Gate | None) -> Collection[str]:
    """The paths that must have a value."""
    own = gate.required if gate is not None and gate.required is not None else None
    kind = type_of(values)
    header = {info.name for info in kind.header}
    return {
        path
        for path, info, _ in kind.walk(values)
        if (info.required if own is None or path not in header else path in own)
    }


def _is_sure(values: BaseModel, confidences: Mapping[str, float], approve_at: float, gate: Gate) -> bool:
    if gate.others_at is None:
        critical = approve_at if gate.approve_at is None else gate.approve_at
        return min(_gated(values, confidences, _required(values, gate)), default=0.0) >= critical
    return all(
        min(1.0, confidences.get(path, 0.0)) >= needed(info.kind, approve_at, gate)
        for path, info, value in type_of(values).walk(values)
        if value is not None
    )


def _gated(
    values: BaseModel, confidences: Mapping[str, float], required: Collection[str] | None = None
) -> Iterator[float]:
    for path, info, value in type_of(values).walk(values):
        if value is not None:
            yield min(1.0, confidences.get(path, 0.0) / needed(info.kind, 1.0))
        elif info.required if required is None else path in required:
            yield 0.0
