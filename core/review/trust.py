"""How sure we are of a field, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.extraction import Extraction, Finding
from core.validation.confidence import DOUBTED, explain
from core.validation.gate import OTHERS_NEED, needed

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
    value = extraction.value_at(path)
    if is_confirmed(extraction, path):
        return Trust("sure", "Confirmed by you")
    if value is None:
        return _of_empty(extraction, path)
    source = extraction.provenance.get(path)
    if source is not None and source.extractor == "person":
        return Trust("sure", _BY_HAND.get(source.rule, "Typed by you"))
    confidence, enough = sureness(extraction, path), sure_from(extraction, path)
    level = level_of(confidence, enough)
    if source is not None and source.exact and path not in extraction.evidence and level == "sure":
        return Trust(level, "From the XML, not printed on the page" if extraction.pages else "From the XML")
    words = (
        f"{word_of(confidence, needed('money', extraction.recipe.approve_at, extraction.gate))} {percent(confidence)}"
    )
    limit = "" if level == "sure" else f" (enough: {percent(enough)})"
    note = (
        ", derived" if source and source.derived else "" if path in extraction.evidence else ", not found on the page"
    )
    return Trust(level, f"{words}{limit}{note}")


def _of_empty(extraction: Extraction, path: str) -> Trust:
    if extraction.requires(path):
        return Trust("absent", "Missing: type it or draw a box")
    asked = path in doubtful_paths(extraction)
    return Trust("check", "Not found: is it printed?") if asked else Trust("absent", "Not found")


def sureness(extraction: Extraction, path: str) -> float:
    """The confidence of the value at ``path``; what stands nowhere on the page is not sure, however sure its reader was."""
    confidence, source = extraction.confidences.get(path, 0.0), extraction.provenance.get(path)
    vouched = source is not None and (source.exact or source.derived or source.box is not None)
    return confidence if vouched or path in extraction.evidence else min(confidence, DOUBTED)


def sure_from(extraction: Extraction, path: str) -> float:
    """The confidence that is enough for the value at ``path``: more for amounts, numbers and dates than for names."""
    return needed(extraction.type.field_of(path).kind, extraction.recipe.approve_at, extraction.gate)


def word_of(confidence: float, approve_at: float) -> str:
    """The word for a confidence, the same for every kind of value."""
    steps = ((approve_at, "Sure"), (approve_at * OTHERS_NEED, "Likely"), (DOUBTFUL_BELOW, "Check"))
    return next((word for least, word in steps if confidence >= least), "Doubtful")


def percent(share: float) -> str:
    """A confidence in whole percent, rounded down: what is below a limit never reads as the limit."""
    return f"{int(share * 100 + 1e-6)}%"


#: Reasons that take less than this from the log-odds lower nothing that a person would notice.
_LOWERS = -0.5


def reasons_for(extraction: Extraction, path: str) -> list[str]:
    """Why the value at ``path`` is as sure as it is, the weightiest reason first; those that speak against it are marked."""
    return [f"{'against it: ' if reason.weight < _LOWERS else ''}{reason.text}" for reason in explain(extraction, path)]


def is_confirmed(extraction: Extraction, path: str) -> bool:
    """Whether a person looked at the value at ``path`` and found it right."""
    return is_by_person(extraction, path) and extraction.provenance[path].rule == CONFIRMED


def is_given(extraction: Extraction, path: str) -> bool:
    """Whether the value at ``path`` is the person's own: typed, drawn or taken from a proposal."""
    return is_by_person(extraction, path) and extraction.provenance[path].rule != CONFIRMED


def is_by_person(extraction: Extraction, path: str) -> bool:
    """Whether the person gave or confirmed what stands at ``path``."""
    source = extraction.provenance.get(path)
    return source is not None and source.extractor == "person"


def level_of(confidence: float, sure_from: float) -> Level:
    """The level of a confidence from 0 to 1; ``sure_from`` is what the gate needs of such a value."""
    if confidence >= sure_from:
        return "sure"
    return "check" if confidence >= DOUBTFUL_BELOW else "doubtful"


def findings_of(extraction: Extraction, path: str) -> list[Finding]:
    """The findings that touch ``path``, gravest first."""
    return by_severity([finding for finding in extraction.findings if path in finding.fields])


#: Checks that a field's own words already tell ("Missing", "not found on the page", "derived").
_TOLD = frozenset({"required", "not_on_page", "derived", UNREAD})


def worth_showing(extraction: Extraction, path: str) -> list[Finding]:
    """The findings to tell beside the field at ``path``: without mere notes that propose nothing, and without what the
    field's own words tell."""
    found = [finding for finding in findings_of(extraction, path) if finding.check not in _TOLD]
    return [finding for finding in found if finding.severity != "info" or finding.proposed is not None]


def by_severity(findings: list[Finding]) -> list[Finding]:
    """Findings sorted by severity: errors, warnings, notes."""
    return sorted(findings, key=lambda finding: ("error", "warning", "info").index(finding.severity))


def doubtful_paths(extraction: Extraction) -> list[str]:
    """The paths to look at, in form order: what a check suspects first, required values that are missing, and values that
    are not sure enough. The walk's questions about them are :func:`core.review.stops.stops`."""
    asked = {asked_at(extraction, finding) for finding in extraction.findings if finding.severity != "info"}
    named = {path for finding in extraction.findings if finding.severity != "info" for path in finding.fields}
    return [
        path for path, _, _ in extraction.walk() if path in asked or (path not in named and is_unsure(extraction, path))
    ]


def asked_at(extraction: Extraction, finding: Finding) -> str | None:
    """The field at which a finding is asked about: the most suspect one that the person has not looked at yet."""
    return next(
        (path for path in finding.fields if not is_by_person(extraction, path)), next(iter(finding.fields), None)
    )


def is_unsure(extraction: Extraction, path: str) -> bool:
    """Whether the value at ``path`` is to be looked at for itself: a required one that is missing, or one that is not sure
    enough and not the person's own; of a vendor that is never reviewed no value is."""
    if extraction.value_at(path) is None:
        return extraction.requires(path)
    if extraction.gate is not None and extraction.gate.vendor == "never":
        return False
    return not is_by_person(extraction, path) and sureness(extraction, path) < sure_from(extraction, path)
