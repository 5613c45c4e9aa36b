"""How sure we are of a field, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.extraction import Extraction, Finding
from core.models import FieldInfo, field_of, header_fields, value_at, walk
from core.validation.confidence import explain
from core.validation.gate import needed

Level = Literal["sure", "check", "doubtful", "absent"]

#: Below this, a value is more likely wrong than right.
DOUBTFUL_BELOW = 0.5

#: The check that finds a typed text which cannot be read as its field's value.
UNREAD = "unread"

#: The provenance rule of a value that a person looked at and found right.
CONFIRMED = "confirmed"

#: The provenance rule of a value that a check proposed and the person took.
PROPOSED = "proposed"

_BY_HAND = {"drawn": "Drawn by you", PROPOSED: "Taken from the proposal"}


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a field can be trusted: the level and the words that say why."""

    level: Level
    words: str


def trust(extraction: Extraction, path: str) -> Trust:
    """How sure the field at ``path`` is, from its confidence, evidence and provenance."""
    value = value_at(extraction.invoice, path)
    if is_confirmed(extraction, path):
        return Trust("sure", "Confirmed by you")
    if value is None:
        return Trust("absent", "Missing: type it or draw a box" if field_of(path).required else "Not found")
    source = extraction.provenance.get(path)
    if source is not None and source.extractor == "person":
        return Trust("sure", _BY_HAND.get(source.rule, "Typed by you"))
    confidence = extraction.confidences.get(path, 0.0)
    level = level_of(confidence, needed(field_of(path).kind, extraction.recipe.approve_at))
    words = {"sure": "Sure", "check": "Check", "doubtful": "Doubtful"}[level]
    if source is not None and source.exact and path not in extraction.evidence and level == "sure":
        return Trust(level, "From the XML, not printed on the page" if extraction.pages else "From the XML")
    if level == "sure" and path not in extraction.evidence and not (source and (source.exact or source.derived)):
        level, words = "check", "Check"  # what stands nowhere on the page is looked at, however sure its reader was
    note = (
        ", derived" if source and source.derived else "" if path in extraction.evidence else ", not found on the page"
    )
    return Trust(level, f"{words} {confidence:.0%}{note}")


#: Reasons that take less than this from the log-odds lower nothing that a person would notice.
_LOWERS = -0.5


def reasons_for(extraction: Extraction, path: str) -> list[str]:
    """Why the value at ``path`` is as sure as it is, the weightiest reason first; those that speak against it are marked."""
    return [f"{'against it: ' if reason.weight < _LOWERS else ''}{reason.text}" for reason in explain(extraction, path)]


def is_confirmed(extraction: Extraction, path: str) -> bool:
    """Whether a person looked at the value at ``path`` and found it right."""
    source = extraction.provenance.get(path)
    return source is not None and source.extractor == "person" and source.rule == CONFIRMED


def is_given(extraction: Extraction, path: str) -> bool:
    """Whether the value at ``path`` is the person's own: typed, drawn or taken from a proposal."""
    source = extraction.provenance.get(path)
    return source is not None and source.extractor == "person" and source.rule != CONFIRMED


def level_of(confidence: float, sure_from: float) -> Level:
    """The level of a confidence from 0 to 1; ``sure_from`` is what the gate needs of such a value."""
    if confidence >= sure_from:
        return "sure"
    return "check" if confidence >= DOUBTFUL_BELOW else "doubtful"


def findings_of(extraction: Extraction, path: str) -> list[Finding]:
    """The findings that touch ``path``, gravest first."""
    return by_severity([finding for finding in extraction.findings if path in finding.fields])


def by_severity(findings: list[Finding]) -> list[Finding]:
    """Findings sorted by severity: errors, warnings, notes."""
    return sorted(findings, key=lambda finding: ("error", "warning", "info").index(finding.severity))


def doubtful_paths(extraction: Extraction) -> list[str]:
    """The paths that a person should look at, in form order: unsure values, missing required ones, and those that an
    error or a warning names."""
    named = {path for finding in extraction.findings if finding.severity != "info" for path in finding.fields}
    return [
        path for path, info, value in walk(extraction.invoice) if _is_doubtful(extraction, path, info, value, named)
    ]


def _is_doubtful(extraction: Extraction, path: str, info: FieldInfo, value: object, named: set[str]) -> bool:
    if is_confirmed(extraction, path):
        return False
    missing = value is None and info.required
    return path in named or missing or trust(extraction, path).level in ("check", "doubtful")


def can_confirm(extraction: Extraction, path: str) -> bool:
    """Whether a person can say that what stands at ``path`` is right: any doubtful value, and that an optional one is
    not on the page; never a text that cannot be read."""
    if any(finding.check == UNREAD for finding in findings_of(extraction, path)):
        return False
    return path in doubtful_paths(extraction) and (
        value_at(extraction.invoice, path) is not None or not field_of(path).required
    )


def unsure_required(extraction: Extraction) -> list[str]:
    """The required fields that keep the document from being approved: missing, or below the recipe's threshold."""
    return [
        info.name
        for info in header_fields()
        if info.required
        and (
            getattr(extraction.invoice, info.name) is None
            or extraction.confidences.get(info.name, 0.0) < needed(info.kind, extraction.recipe.approve_at)
        )
    ]
