"""Confidence as a probability: the fitted weights that ship, and a studio's own correction from what people reviewed.

A value's confidence is the logistic function of the weighted sum of its signs (:mod:`core.validation.signs`). The
weights were fitted on documents with their truth (``python -m benchmarks.train_calibration``) and lie beside this file
as ``calibration.toml``. A correction (Platt's: Probabilistic outputs for support vector machines, 1999) stretches and
shifts the log-odds afterwards, so that it never changes which of two values is the surer.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log1p
from pathlib import Path

from core.document_types import USUAL
from core.recipe import Correction
from core.schema.path import cell_path, is_cell
from core.stores.ledger import ReviewedValue
from core.validation.signs import FIELD, ITEM_PREFIX, KIND, Signs, log_odds

#: No reading is quite sure or quite hopeless, whatever its signs.
LOWEST, HIGHEST = 0.01, 0.995

#: What findings leave of the confidence of an exact value (XML, a person), a factor each.
LOWERED = {"error": 0.5, "warning": 0.7, "info": 1.0}

#: Fewer reviewed values than this do not make a correction.
ENOUGH_REVIEWED = 200

#: The shipped calibration counts as much as this many reviewed values when a correction is fitted.
_SHIPPED_COUNTS = 100.0
_STEPS, _STEP_IS_SMALL, _HALVED = 50, 1e-9, 40
_RIDGE, _LEAST_SLOPE = 1e-9, 0.2
#: A confidence, whether its values were right, and how many they are.
_Pair = tuple[float, bool, int]
_FILE = Path(__file__).with_name("calibration.toml")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by sign, in log-odds; the confidence of exact values that stand on the page and that do not; and what a
    sign usually is, against which its part in a confidence is told."""

    weights: Mapping[str, float]
    exact_found: float
    exact_unfound: float
    usual: Mapping[str, float]

    def confidence(self, signs: Signs) -> float:
        """The probability that a value with these signs is right."""
        if signs.exact:
            trusted = self.exact_found if signs.found else self.exact_unfound
            for finding in signs.findings:
                trusted *= LOWERED[finding.severity]
            return trusted
        total = sum(self.weight(name, signs) * number for name, number in signs.numbers.items())
        return min(max(logistic(total), LOWEST), HIGHEST)

    def weight(self, name: str, signs: Signs) -> float:
        """What a sign weighs beside the others: the kind of a value only where its field has no weight of its own."""
        if name.startswith(KIND) and any(other.startswith(FIELD) and other in self.weights for other in signs.numbers):
            return 0.0
        return self.weights.get(name, 0.0)


def logistic(number: float) -> float:
    """1 / (1 + e^−number), for any number."""
    return 1 / (1 + exp(-number)) if number >= 0 else exp(number) / (1 + exp(number))


@cache
def shipped_calibration() -> Calibration:
    """The calibration that ships, read once a process."""
    return with_kinds(read_calibration(_FILE.read_text(encoding="utf-8")))


def read_calibration(text: str) -> Calibration:
    """A calibration from the text of ``calibration.toml``: tables whose names and keys joined by a colon are signs."""
    data = tomllib.loads(text)
    exact = data["exact"]
    return Calibration(dict(_signs(data["weights"])), exact["found"], exact["unfound"], data["usual"])


def with_kinds(calibration: Calibration) -> Calibration:
    """``calibration`` with what a value of a kind weighs whose field has no weight of its own: what those of the usual type that have one
    weigh on average."""
    weights = calibration.weights
    cells = (
        (f"{ITEM_PREFIX}{info.name}", f"{ITEM_PREFIX}{info.kind}") for table in USUAL.tables for info in table.columns
    )
    found: dict[str, list[float]] = {}
    for name, kind in (*((info.name, info.kind) for info in USUAL.header), *cells):
        if (sign := f"{FIELD}{name}") in weights:
            found.setdefault(f"{KIND}{kind}", []).append(weights[sign])
    kinds = {kind: sum(known) / len(known) for kind, known in found.items()}
    return replace(calibration, weights={**weights, **kinds})


def _signs(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, float]]:
    for name, entry in table.items():
        if isinstance(entry, Mapping):
            yield from _signs(entry, f"{before}{name}:")
        elif isinstance(entry, int | float):
            yield before + name, float(entry)


def corrections_told(correction: Correction, before: Sequence[float]) -> dict[str, list[float]]:
    """What the confidences ``before`` become, for header values and for cells of lines."""
    return {
        title: [corrected(each, path, correction) for each in before]
        for title, path in (("header values", "field"), ("line items", cell_path("table", 0, "column")))
    }


def corrected(confidence: float, path: str, correction: Correction) -> float:
    """The shipped confidence of the value at ``path`` as ``correction`` has it."""
    slope, shift = _of_kind(correction, is_cell(path))
    return _inside(logistic(slope * log_odds(_inside(confidence)) + shift))


def uncorrected(confidence: float, path: str, correction: Correction) -> float:
    """The shipped confidence that ``correction`` made ``confidence``."""
    return _undone(confidence, *_of_kind(correction, is_cell(path)))


def _undone(confidence: float, slope: float, shift: float) -> float:
    return _inside(logistic((log_odds(_inside(confidence)) - shift) / slope))


def fit_correction(reviewed: Iterable[ReviewedValue]) -> Correction | None:
    """The correction that people's reviews ask for, for header values and cells of lines apart; ``None`` where fewer
    than ENOUGH_REVIEWED values were reviewed. The fewer there are, the nearer it stays to the shipped calibration."""
    counts = Counter((is_cell(one.path), one.confidence, one.correction, not one.changed) for one in reviewed)
    count = counts.total()
    if count < ENOUGH_REVIEWED:
        return None
    pairs: dict[bool, list[_Pair]] = {True: [], False: []}
    for (cell, confidence, correction, right), times in counts.items():
        shipped = _undone(confidence, *_of_kind(correction, cell)) if correction else confidence
        pairs[cell].append((shipped, right, times))
    header, line = _platt(pairs[False]), _platt(pairs[True])
    return Correction(
        header_slope=header[0], header_shift=header[1], line_slope=line[0], line_shift=line[1], reviewed=count
    )


def _platt(pairs: Sequence[_Pair]) -> tuple[float, float]:
    """Slope and shift of the log-odds that make ``pairs`` likeliest, by Newton's method.

    Every value is also counted as right to the share that the shipped calibration says, all of these together as
    much as _SHIPPED_COUNTS values: that part alone would give 1 and 0.
    """
    slope, shift = 1.0, 0.0
    if not pairs:
        return slope, shift
    kept = _SHIPPED_COUNTS / sum(times for _, _, times in pairs)
    points = [(log_odds(_inside(p)), (right + kept * _inside(p)) / (1 + kept), times) for p, right, times in pairs]
    loss = _loss(points, slope, shift)
    for _ in range(_STEPS):
        down_slope = down_shift = 0.0
        bends = [_RIDGE, 0.0, _RIDGE]
        for x, target, times in points:
            p = logistic(slope * x + shift)
            bend = times * p * (1 - p)
            down_slope += times * (p - target) * x
            down_shift += times * (p - target)
            bends = [bends[0] + bend * x * x, bends[1] + bend * x, bends[2] + bend]
        area = bends[0] * bends[2] - bends[1] ** 2
        step_slope = (bends[2] * down_slope - bends[1] * down_shift) / area
        step_shift = (bends[0] * down_shift - bends[1] * down_slope) / area
        # Where all confidences are much alike the two trade for each other, and a whole step leads far beyond: it is shortened as
        # one, until it leads down.
        length = min(1.0, 1 / max(abs(step_slope), abs(step_shift), _STEP_IS_SMALL))
        for _ in range(_HALVED):
            tried = min(max(slope - length * step_slope, _LEAST_SLOPE), 1 / _LEAST_SLOPE), shift - length * step_shift
            if (found := _loss(points, *tried)) <= loss:
                break
            length /= 2
        else:
            break
        moved = abs(tried[0] - slope) + abs(tried[1] - shift)
        (slope, shift), loss = tried, found
        if moved < _STEP_IS_SMALL:
            break
    return round(slope, 4), round(shift, 4)


def _loss(points: Sequence[tuple[float, float, int]], slope: float, shift: float) -> float:
    """How unlikely the targets are (cross-entropy), with the log-odds moved so."""
    total = 0.0
    for x, target, times in points:
        odds = slope * x + shift
        total += times * (log1p(exp(-abs(odds))) + max(odds, 0.0) - target * odds)
    return total


def _inside(confidence: float) -> float:
    return min(max(confidence, LOWEST), HIGHEST)


def _of_kind(correction: Correction, cell: bool) -> tuple[float, float]:
    if cell:
        return correction.line_slope, correction.line_shift
    return correction.header_slope, correction.header_shift
