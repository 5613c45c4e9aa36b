"""Confidence per field, 0 to 1: the probability that the value is right; and the reasons for it in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from core.evidence import Evidence
from core.examination.case import PERSON
from core.extraction import Extraction, Finding, Provenance
from core.recipe import Correction
from core.validation.calibration import LOWERED, Calibration, corrected, shipped_calibration
from core.validation.registry import rules_of
from core.validation.rule_words import rule_words
from core.validation.signs import Signs, log_odds, signs

#: Reasons that move the log-odds less than this are not worth a word.
_WORTH_SAYING = 0.15
#: A value that a check suspects first, a total that the sums or its own words contradict, and what stands nowhere on the
#: page are at most this sure; what the sums or XML vouch for is at least that sure.
DOUBTED, VOUCHED = 0.75, 0.95
_ALMOST_SURE_READING = 0.97
#: Where the rules stood a value relative to its label.
_PLACES = {
    "behind": "right behind the label “{}”",
    "beside": "beside the label “{}”",
    "beneath": "beneath the label “{}”",
    "labelled block": "in the block headed “{}”",
    "form": "in the form's field “{}”",
    "sum of its column": "the sum of the column “{}”",
    "beneath, one of several": "one of several beneath “{}”",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a confidence: a short phrase that begins in lower case, and how much it moves the log-odds
    (above 0: towards right)."""

    text: str
    weight: float


def score(
    values: BaseModel,
    evidence: Mapping[str, Evidence],
    provenance: Mapping[str, Provenance],
    findings: Sequence[Finding],
    correction: Correction | None = None,
    calibration: Calibration | None = None,
) -> dict[str, float]:
    """The confidence of every value of ``values`` by path; ``correction`` is the studio's own, ``calibration`` another than
    the one that ships."""
    calibration = calibration or shipped_calibration()
    rules = rules_of(values)
    by_sums = rules.summed(values)
    confidences = {}
    for path, found in signs(values, evidence, provenance, findings):
        confidence = calibration.confidence(found)
        if correction is not None and not found.exact:
            confidence = corrected(confidence, path, correction)
        bounded = _bounded(confidence, path, found, provenance.get(path), path in by_sums, path in rules.contested)
        confidences[path] = round(bounded, 4)
    return confidences


def _bounded(
    confidence: float, path: str, found: Signs, known: Provenance | None, by_sums: bool, contested: bool
) -> float:
    """``confidence`` within what a person would say at a look, whatever its signs add up to."""
    if known is not None and known.extractor == PERSON:
        return shipped_calibration().exact_found
    objections = [finding for finding in found.findings if finding.severity != "info"]
    derived = known is not None and known.derived
    if ("unfound" in found.numbers and not derived) or any(
        contested or path == finding.fields[0] for finding in objections
    ):
        return min(confidence, DOUBTED)
    vouched = not objections and (found.exact or (by_sums and "confirmed" in found.numbers))
    return max(confidence, VOUCHED) if vouched else confidence


def explain(extraction: Extraction, path: str) -> tuple[Reason, ...]:
    """Why the value at ``path`` has its confidence, the weightiest reason first; empty where there is no value."""
    found = dict(signs(extraction.values, extraction.evidence, extraction.provenance, extraction.findings)).get(path)
    if found is None:
        return ()
    known, place = extraction.provenance.get(path), extraction.evidence.get(path)
    reasons = _of_exact(found, known, place) if found.exact else _of_signs(found, known, place)
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.weight)))


def _of_exact(found: Signs, known: Provenance | None, place: Evidence | None) -> Iterator[Reason]:
    calibration = shipped_calibration()
    sure = log_odds(calibration.exact_found)
    yield Reason("given by you" if known and known.extractor == PERSON else "stated in the invoice's XML", sure)
    if place is not None:
        yield Reason("stands on the page", _WORTH_SAYING)
    elif not found.found:
        yield Reason("not found on the page", log_odds(calibration.exact_unfound) - sure)
    for finding in found.findings:
        if LOWERED[finding.severity] < 1:
            yield Reason(_plain(finding), 2 * log_odds(LOWERED[finding.severity] / 2))


def _of_signs(found: Signs, known: Provenance | None, place: Evidence | None) -> Iterator[Reason]:
    weigh = _Weighing(shipped_calibration(), found)
    if source := _source(known):
        yield Reason(source, weigh.part("believed", "rule", "unlabelled"))
    phrases = [
        (_place(place, known), ("match", "unfound", "unmatched")),
        (_reading(place), ("reading",)),
        ("the sums confirm it", ("confirmed", "sums")),
        ("a second reader says the same", ("agreed",)),
        ("a second reader says otherwise", ("disputed",)),
        ("it is below zero, and signs are often printed otherwise", ("negative",)),
        ("it is more than any tax we know of the total", ("big_tax",)),
    ]
    for text, names in phrases:
        weight = weigh.part(*names)
        if text and abs(weight) >= _WORTH_SAYING:
            yield Reason(text, weight)
    objections = [finding for finding in found.findings if finding.severity != "info"]
    together = weigh.part("finding", "warnings", "errors", "elsewhere") if objections else 0.0
    for finding in objections:
        yield Reason(_plain(finding), together / len(objections))


class _Weighing:
    """What each group of signs adds to the log-odds, measured against what is usual."""

    def __init__(self, calibration: Calibration, found: Signs) -> None:
        self._calibration = calibration
        self._found = found

    def part(self, *groups: str) -> float:
        """The part of the signs whose names are in ``groups`` or begin with one and a colon."""
        total = 0.0
        for name, number in self._found.numbers.items():
            if name.split(":", 1)[0] in groups:
                usual = self._calibration.usual.get(name, 0.0)
                total += self._calibration.weights.get(name, 0.0) * (number - usual)
        return total


def _source(known: Provenance | None) -> str:
    if known is None:
        return ""
    if not known.label:
        placed = known.rule and known.box is not None
        return f"no label names it: {rule_words(known.rule)}" if placed else f"read by {known.extractor}"
    place = _PLACES.get(known.rule)
    return place.format(known.label) if place else f"{rule_words(known.rule)}, label “{known.label}”"


def _place(place: Evidence | None, known: Provenance | None) -> str:
    if place is not None:
        return f"only something alike stands on the page: “{place.text}”" if place.method == "fuzzy" else ""
    if known is not None and known.derived:
        return "worked out, not printed on the page"
    return "not found on the page"


def _reading(place: Evidence | None) -> str:
    if place is None or place.ocr_confidence >= _ALMOST_SURE_READING:
        return ""
    return f"read with {place.ocr_confidence:.0%} OCR certainty"


def _plain(finding: Finding) -> str:
    """A finding's sentence as a phrase."""
    return finding.message.rstrip(".")
