"""Whether confidences are probabilities, and what a threshold on them does: reliability, expected calibration error,
and the share of documents that pass unseen against the share of those with something wrong. Plain data, to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

#: The normal distribution's quantile of a two-sided interval of 95 %.
_95_PERCENT = 1.96


@dataclass(frozen=True, slots=True)
class Bin:
    """The values whose confidence lies from ``low`` up to ``high`` (the last bin includes 1): how many they are, their
    mean confidence, and the share of them that is right. Both shares are 0 to 1."""

    low: float
    high: float
    count: int
    mean_confidence: float
    right_share: float


@dataclass(frozen=True, slots=True)
class Passing:
    """One document before the gate: the ``lowest`` confidence of the fields that the gate looks at (0 where a required
    one is missing), whether findings hold it back whatever the threshold, and how many of its fields are wrong;
    ``wrong_critical`` of them are amounts, numbers or dates."""

    lowest: float
    blocked: bool
    wrong: int
    wrong_critical: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What the gate does at one threshold. ``passed_share`` of all documents pass unseen; ``wrong_share`` of those that
    passed have any wrong field, ``wrong_critical_share`` a wrong amount, number or date. ``passed`` counts documents."""

    threshold: float
    passed_share: float
    wrong_share: float
    wrong_critical_share: float
    passed: int


def reliability(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> tuple[Bin, ...]:
    """``pairs`` of confidence and whether the value is right, in ``bins`` of equal width, lowest first; bins without
    values are left out. Raises ValueError for less than one bin."""
    if bins < 1:
        raise ValueError(f"{bins} bins cannot hold values: use at least one.")
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in pairs:
        groups[min(max(int(confidence * bins), 0), bins - 1)].append((confidence, right))
    return tuple(
        Bin(
            low=index / bins,
            high=(index + 1) / bins,
            count=len(group),
            mean_confidence=sum(confidence for confidence, _ in group) / len(group),
            right_share=sum(right for _, right in group) / len(group),
        )
        for index, group in enumerate(groups)
        if group
    )


def expected_calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float | None:
    """How far confidence and right share lie apart, bin by bin, weighted by the values in each: 0 is perfect, ``None``
    where there is no value.

    Naeini, Cooper, Hauskrecht: Obtaining well calibrated probabilities using Bayesian binning (AAAI 2015).
    """
    if not pairs:
        return None
    table = reliability(pairs, bins)
    return sum(part.count * abs(part.mean_confidence - part.right_share) for part in table) / len(pairs)


def coverage_curve(documents: Sequence[Passing]) -> tuple[CurvePoint, ...]:
    """What the gate does at every threshold that makes a difference, strictest first; empty where no document can pass.

    A document passes when nothing blocks it and its lowest confidence reaches the threshold.
    """
    able = sorted((document for document in documents if not document.blocked), key=lambda one: -one.lowest)
    points = []
    for position, document in enumerate(able):
        if position + 1 < len(able) and able[position + 1].lowest == document.lowest:
            continue
        passed = able[: position + 1]
        points.append(
            CurvePoint(
                threshold=document.lowest,
                passed_share=len(passed) / len(documents),
                wrong_share=sum(one.wrong > 0 for one in passed) / len(passed),
                wrong_critical_share=sum(one.wrong_critical > 0 for one in passed) / len(passed),
                passed=len(passed),
            )
        )
    return tuple(points)


def point_at(curve: Iterable[CurvePoint], threshold: float) -> CurvePoint | None:
    """The point of ``curve`` that holds at ``threshold``: the loosest that is no looser; ``None`` where nothing passes."""
    return min((point for point in curve if point.threshold >= threshold), key=lambda one: one.threshold, default=None)


def share_interval(hits: int, count: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95 % when ``hits`` of ``count`` were seen; 0 to 1 for none.

    Wilson's score interval, which also holds for few observations and for shares near 0.
    """
    if count == 0:
        return 0.0, 1.0
    share, square = hits / count, _95_PERCENT**2 / count
    middle = (share + square / 2) / (1 + square)
    half = _95_PERCENT * sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)
