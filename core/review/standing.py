"""Where a judged extraction stands with the person: what they confirmed, what cannot be read, how it may be saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from core.extraction import Extraction, Finding, Provenance
from core.review.edits import as_text
from core.review.reviewed import Reviewed
from core.review.stops import OF_DOCUMENT, stops
from core.review.trust import CONFIRMED, PROPOSED, UNREAD, is_by_person, is_given
from core.schema.path import Path
from core.spot_checks.drawing import DRAWN as SPOT_CHECK
from core.stores.records import Status
from core.validation.gate import decide


def unread(reviewed: Reviewed, errors: Mapping[str, str]) -> Reviewed:
    """``reviewed`` with an error for every text that could not be read: such a value is doubtful, not absent, and
    nothing is approved with it."""
    if not errors:
        return reviewed
    kind = reviewed.extraction.type
    found = tuple(
        Finding(
            UNREAD,
            "error",
            f"{kind.title_of(path)}: {sentence.removeprefix(f'{kind.field_of(path).title}: ')}",
            (path,),
        )
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
        if path in reviewed.was and path in taken and as_text(before.value_at(path)) == taken[path]
    }
    return Reviewed(before.model_copy(update={"provenance": {**before.provenance, **named}}), reviewed.was)


def confirmed(reviewed: Reviewed, paths: Collection[str]) -> Reviewed:
    """``reviewed`` with the values at ``paths`` (a stop's ``answers``) marked as confirmed by the person. A finding becomes
    a note once the person confirmed all its fields, or its ``check:NAME`` where it has none; a warning also where all its
    values are the person's own. The verdict follows."""
    before = reviewed.extraction
    right = {path for path in paths if path.startswith(OF_DOCUMENT) or _stands(before, path)}
    values = {path for path in right if not path.startswith(OF_DOCUMENT)}
    given = {path for path in before.provenance if is_given(before, path)}
    provenance = {path: replace(before.provenance.get(path, _PERSON), **_BY_PERSON) for path in values}
    findings = tuple(
        replace(finding, severity="info") if _is_settled(finding, right, given) else finding
        for finding in before.findings
    )
    sure = {path: 1.0 for path in values if before.value_at(path) is not None}
    confidences = {**before.confidences, **sure}
    after = {
        "provenance": {**before.provenance, **provenance},
        "findings": findings,
        "confidences": confidences,
        "verdict": decide(before.values, confidences, findings, before.recipe.approve_at, before.gate),
    }
    return Reviewed(before.model_copy(update=after), reviewed.was)


def _is_settled(finding: Finding, right: set[str], given: set[str]) -> bool:
    if not finding.fields:
        return f"{OF_DOCUMENT}{finding.check}" in right
    own = given if finding.severity == "warning" else set()
    return finding.check != UNREAD and set(finding.fields) <= right | own


_PERSON = Provenance("person", CONFIRMED)
_BY_PERSON: dict[str, Any] = {"extractor": "person", "rule": CONFIRMED, "score": 1.0, "exact": True}


def _stands(extraction: Extraction, path: str) -> bool:
    """Whether ``path`` still leads somewhere: lines may have been removed, a required value emptied."""
    kind, place = extraction.type, Path.parse(path)
    if place.is_cell and place.row >= len(kind.rows(extraction.values, kind.table(place.table))):
        return False
    return extraction.value_at(path) is not None or not extraction.requires(path)


def open_points(extraction: Extraction) -> list[str]:
    """What keeps the record from being called reviewed, a sentence each: the questions of the walk."""
    return [stop.sentence for stop in stops(extraction)]


def first_open(extraction: Extraction) -> str | None:
    """The field of the first open point; ``None`` where none of them names a field."""
    return next((stop.path for stop in stops(extraction) if stop.path), None)


def status_of(reviewed: Reviewed) -> Status:
    """The status that a save deserves, by one rule for page, command line, queue and API: “needs review” while a question is
    open; else “reviewed” where the person changed or confirmed something, and “approved” (ready) where nobody did."""
    extraction = reviewed.extraction
    if stops(extraction):
        return "needs review"
    touched = bool(reviewed.was) or any(is_by_person(extraction, path) for path in extraction.provenance)
    touched |= any(finding.check == SPOT_CHECK for finding in extraction.findings)  # answered, or it were a question
    return "reviewed" if touched else "approved"
