"""An extraction judged: checks, confidences and verdict. The pipeline judges what was read, the review judges what
the person made of it; both by the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from pydantic import BaseModel

from core.extraction import Extraction
from core.placing import evidence_as_read
from core.validation.checks import check
from core.validation.confidence import score
from core.validation.gate import pass_gate
from core.validation.registry import rules_of


def judge(
    extraction: Extraction,
    *,
    today: date,
    page_view: BaseModel | None = None,
    kept: Mapping[str, float] = MappingProxyType({}),
) -> Extraction:
    """``extraction`` with findings, confidences and verdict worked out anew from its invoice and evidence.

    Findings it already has (of loading and reading) come first. ``page_view`` is what the page itself
    says where the values came from elsewhere (an e-invoice's XML); ``kept`` are confidences that stay as they were: of
    values that nobody looked at since.
    """
    findings = [
        *extraction.findings,
        *check(
            extraction.values,
            tuple(page.as_read() for page in extraction.page_texts),
            evidence_as_read(extraction.evidence, extraction.page_texts),
            extraction.provenance,
            extraction.language,
            today,
            candidates=extraction.candidates,
            charges=extraction.charges,
            document_type=extraction.document_type,
        ),
    ]
    if page_view is not None:
        compared = rules_of(extraction.values).compare_with_page(extraction.values, page_view, extraction.evidence)
        findings += [replace(finding, reading=True) for finding in compared]  # the page is not read again for a review
    recipe = extraction.recipe
    confidences = score(extraction.values, extraction.evidence, extraction.provenance, findings, recipe.correction)
    confidences |= kept
    return pass_gate(extraction.model_copy(update={"findings": tuple(findings), "confidences": confidences}))
