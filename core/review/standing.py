"""Where a judged extraction stands with the person: what they confirmed, what cannot be read, how it may be saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from core.extraction import Extraction, Finding, Provenance
from core.models import field_of, title_of, value_at
from core.review.edits import as_text
from core.review.reviewed import Reviewed
from core.review.trust import CONFIRMED, PROPOSED, UNREAD, doubtful_paths, is_confirmed, unsure_required
from core.stores import Status
from core.validation.gate import decide


def unread(reviewed: Reviewed, errors: Mapping[str, str]) -> Reviewed:
    """``reviewed`` with an error for every text that could not be read: such a value is doubtful, not absent, and
    nothing is approved with it."""
    if not errors:
        return reviewed
    found = tuple(
        Finding(UNREAD, "error", f"{title_of(path)}: {sentence.removeprefix(f'{field_of(path).title}: ')}", (path,))
        for path, sentence in errors.items()
    )
    findings = (*found, *reviewed.extraction.findings)
    return Reviewed(
        reviewed.extraction.model_copy(update={"findings": findings, "verdict": "needs review"}), reviewed.was
    )


def proposals(reviewed: Reviewed, taken: Mapping[str, str]) -> Reviewed:
    """``reviewed`` with the values that still are the proposals in ``taken`` (texts by path) named as such."""
    before = reviewed.extraction
    named = {
        path: replace(source, rule=PROPOSED)
        for path, source in before.provenance.items()
        if path in reviewed.was and path in taken and as_text(value_at(before.invoice, path)) == taken[path]
    }
    return Reviewed(before.model_copy(update={"provenance": {**before.provenance, **named}}), reviewed.was)


def confirmed(reviewed: Reviewed, paths: Collection[str]) -> Reviewed:
    """``reviewed`` with the values at ``paths`` marked as confirmed by the person. A finding becomes a note once all
    its fields are confirmed, and the verdict follows."""
    before = reviewed.extraction
    right = {path for path in paths if _stands(before, path)}
    if not right:
        return reviewed
    provenance = {path: replace(before.provenance.get(path, _PERSON), **_BY_PERSON) for path in right}
    findings = tuple(
        replace(finding, severity="info") if finding.fields and right.issuperset(finding.fields) else finding
        for finding in before.findings
    )
    confidences = {**before.confidences, **{path: 1.0 for path in right if value_at(before.invoice, path) is not None}}
    verdict = decide(before.invoice, confidences, findings, before.recipe.approve_at)
    after = {
        "provenance": {**before.provenance, **provenance},
        "findings": findings,
        "confidences": confidences,
        "verdict": verdict,
    }
    return Reviewed(before.model_copy(update=after), reviewed.was)


_PERSON = Provenance("person", CONFIRMED)
_BY_PERSON: dict[str, Any] = {"extractor": "person", "rule": CONFIRMED, "score": 1.0, "exact": True}


def _stands(extraction: Extraction, path: str) -> bool:
    """Whether ``path`` still leads somewhere: lines may have been removed, a required value emptied."""
    if path.startswith("line_items.") and int(path.split(".")[1]) >= len(extraction.invoice.line_items):
        return False
    return value_at(extraction.invoice, path) is not None or not field_of(path).required


def open_points(extraction: Extraction) -> list[str]:
    """What keeps the record from being called reviewed, a sentence each: required values missing or unsure, errors."""
    points = [f"{title_of(name)} {lack(extraction, name)}." for name in unsure_required(extraction)]
    told = {name for name in unsure_required(extraction) if getattr(extraction.invoice, name) is None}
    errors = [finding for finding in extraction.findings if finding.severity == "error"]
    return points + [finding.message for finding in errors if not told & set(finding.fields)]


def first_open(extraction: Extraction) -> str | None:
    """The field of the first open point; ``None`` where none of them names a field."""
    named = [path for finding in extraction.findings if finding.severity == "error" for path in finding.fields[:1]]
    return next(iter([*unsure_required(extraction), *named]), None)


def lack(extraction: Extraction, name: str) -> str:
    """What the required field ``name`` lacks: ``is missing``, or ``is only 75% sure``."""
    if getattr(extraction.invoice, name) is None:
        return "is missing"
    return f"is only {extraction.confidences.get(name, 0.0):.0%} sure"


def status_of(reviewed: Reviewed) -> Status:
    """The status that a save deserves: “reviewed” only where the person changed or confirmed something and no required
    value is left in doubt."""
    extraction = reviewed.extraction
    touched = bool(reviewed.was) or any(is_confirmed(extraction, path) for path in extraction.provenance)
    if open_points(extraction):
        return "needs review"
    if not touched:
        return extraction.verdict
    doubtful_required = [path for path in doubtful_paths(extraction) if field_of(path).required]
    return "needs review" if doubtful_required else "reviewed"
