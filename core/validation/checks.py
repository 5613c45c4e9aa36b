"""What the checks of a document's type noticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from pydantic import BaseModel

from core.evidence import Evidence, PageText
from core.examination.case import Examination
from core.extraction import Candidate, Charge, Finding, Provenance
from core.validation.registry import rules_of


def check(
    values: BaseModel,
    pages: Sequence[PageText],
    evidence: Mapping[str, Evidence],
    provenance: Mapping[str, Provenance],
    language: str | None,
    today: date,
    *,
    candidates: Mapping[str, Sequence[Candidate]] = MappingProxyType({}),
    charges: Sequence[Charge] = (),
    document_type: str | None = None,
) -> list[Finding]:
    """What all checks noticed, in the order of the type's table. ``pages`` may be empty (a bare e-invoice)."""
    rules = rules_of(values)
    case = rules.case(values, pages, evidence, provenance, language, today, candidates, charges, document_type)
    return [_toned(case, finding) for examine in rules.checks for finding in examine(case)]


def _toned(case: Examination, finding: Finding) -> Finding:
    """What XML states is not doubted for looking unusual: such a warning becomes a note. A sum that does not come out is
    told of whoever states it."""
    stated = bool(finding.fields) and all(map(case.is_exact, finding.fields))
    unusual = finding.severity == "warning" and not finding.members
    return replace(finding, severity="info") if stated and unusual else finding
