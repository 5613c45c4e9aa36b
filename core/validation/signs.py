"""What speaks for and against each value of a document: the signs that a calibration weighs, by name.

A sign is a number. Those that begin with a word and a colon say which of several things holds (``field:NAME``,
``rule:NAME:beside``, ``finding:CHECK``, ``sums:NAME``: the sums confirm it) and are 1; the others are explained here:

    base         1 for every value
    kind:KIND    1 for every value of a kind (kind:item.KIND for cells): counts where its field has no weight of its own
    believed     the extractor's own score
    match        how well the place on the page matches the value, less 1 (0: exactly)
    reading      the log-odds of the OCR confidence of its words, less those of a sure reading (0: sure)
    unfound      1 where the value stands nowhere on the page; unmatched where only its reader knows the place
    unlabelled   1 where a value of the header was taken from a place that no label announces
    confirmed    1 where the document's own sums confirm a printed amount above zero and nothing objects
    warnings     how many warnings touch it, errors how many errors (at most 2)
    elsewhere    how many warnings and errors the document has in all (at most 3)
    negative     1 for an amount below zero that every document has, big_tax for a tax above the highest rate we know
    agreed       1 where a second reader says the same of a printed value, disputed where it says otherwise
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log

from pydantic import BaseModel

from core.document_types import type_of
from core.evidence import Evidence
from core.examination.case import PERSON
from core.extraction import Finding, Provenance
from core.schema.fields import FieldInfo
from core.schema.path import is_cell
from core.validation.registry import rules_of

#: Cells of lines are told from header fields by this in their sign's name: ``field:item.quantity``.
ITEM_PREFIX = "item."
#: How the names of the signs begin that say which field a value is of, and of which kind.
FIELD, KIND = "field:", "kind:"

#: Checks that say nothing of other values: what is empty, and what bounds a confidence by itself.
_NO_SIGN = frozenset({"not_found", "other_total"})

_UNKNOWN_BELIEF = 0.5
_SURE_READING = 0.98
_SEVERAL, _MANY = 2, 3


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one value by name; ``exact`` values (XML, a person) are not weighed, but trusted: a little less where
    they should stand on the page and were not ``found`` there."""

    numbers: Mapping[str, float]
    exact: bool
    found: bool
    findings: tuple[Finding, ...]


def log_odds(probability: float) -> float:
    """ln(p / (1 − p))."""
    return log(probability / (1 - probability))


def signs(
    values: BaseModel,
    evidence: Mapping[str, Evidence],
    provenance: Mapping[str, Provenance],
    findings: Sequence[Finding],
) -> Iterator[tuple[str, Signs]]:
    """Each value of ``values`` by path with its signs."""
    rules = rules_of(values)
    by_sums = rules.confirmed(values)
    touching: dict[str, list[Finding]] = {}
    for finding in findings:
        for path in finding.fields:
            touching.setdefault(path, []).append(finding)
    objections = min(sum(finding.severity != "info" and finding.check not in _NO_SIGN for finding in findings), _MANY)
    for path, info, value in type_of(values).walk(values):
        if value is None:
            continue
        known, found, objects = provenance.get(path), evidence.get(path), tuple(touching.get(path, ()))
        if known is not None and known.exact:
            # A document that is nothing but XML has no page to stand on, and a person needs none.
            trusted = found is not None or not evidence or known.extractor == PERSON
            yield path, Signs({}, True, trusted, objects)
            continue
        name = ITEM_PREFIX + info.name if is_cell(path) else info.name
        numbers = {"base": 1.0, f"{FIELD}{name}": 1.0, _kind_sign(path, info): 1.0, "elsewhere": float(objections)}
        numbers |= _of_source(name, known) | _of_place(found, known) | _of_findings(objects)
        if "unfound" in numbers:
            numbers.pop("agreed", None)  # two models may well invent the same
        objected = any(finding.severity != "info" for finding in objects)
        if path in by_sums and not objected and _can_be_confirmed(info, value, numbers):
            numbers["confirmed"] = numbers[f"sums:{name}"] = 1.0
        numbers |= _of_amount(info, value)
        numbers |= rules.signs_of(info.name, value, values)
        yield path, Signs(numbers, False, found is not None, objects)


def _kind_sign(path: str, info: FieldInfo) -> str:
    return f"{KIND}{ITEM_PREFIX if is_cell(path) else ''}{info.kind}"


def _can_be_confirmed(info: FieldInfo, value: object, numbers: Mapping[str, float]) -> bool:
    """Sums are compared without signs, so they say nothing of one (but for a rounding and the like, which are added with it);
    and whoever makes an amount up makes it fit."""
    return not (isinstance(value, Decimal) and value < 0 and not info.secondary) and "unfound" not in numbers


def _of_source(name: str, known: Provenance | None) -> dict[str, float]:
    if known is None:
        return {"believed": _UNKNOWN_BELIEF}
    found = {"believed": known.score}
    if known.rule:
        found[f"rule:{name}:{known.rule}"] = 1.0
        if not known.label and known.box is not None and not name.startswith(ITEM_PREFIX):
            found["unlabelled"] = 1.0
    if known.agreed is not None:
        found["agreed" if known.agreed else "disputed"] = 1.0
    return found


def _of_place(found: Evidence | None, known: Provenance | None) -> dict[str, float]:
    if found is None:
        return {"unmatched" if known is not None and known.rule and known.box is not None else "unfound": 1.0}
    confidence = min(max(found.ocr_confidence, 1 - _SURE_READING), _SURE_READING)
    return {"match": found.score - 1, "reading": log_odds(confidence) - log_odds(_SURE_READING)}


def _of_findings(findings: Iterable[Finding]) -> dict[str, float]:
    findings = [finding for finding in findings if finding.check not in _NO_SIGN]
    numbers = {f"finding:{finding.check}": 1.0 for finding in findings if finding.severity != "info"}
    for name, severity in (("warnings", "warning"), ("errors", "error")):
        count = sum(finding.severity == severity for finding in findings)
        if count:
            numbers[name] = float(min(count, _SEVERAL))
    return numbers


def _of_amount(info: FieldInfo, value: object) -> dict[str, float]:
    below = isinstance(value, Decimal) and value < 0
    return {"negative": 1.0} if info.kind == "money" and below and not info.secondary else {}
