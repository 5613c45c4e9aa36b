"""The figures of some measured documents: what the page and the command line say, made in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.accuracy.causes import CAUSES, Cause
from core.accuracy.measured import Measured
from core.evaluation.calibration import (
    Bin,
    CurvePoint,
    coverage_curve,
    expected_calibration_error,
    point_at,
    reliability,
)
from core.evaluation.report import Report


@dataclass(frozen=True, slots=True)
class Figures:
    """``wholly_right``, ``approved`` and ``unread`` count documents; ``approved_wrong`` those of the approved that have any
    wrong value, ``approved_critical`` those with a wrong amount, number or date. ``causes`` counts the misses by field
    (its key in the counts) and cause."""

    report: Report
    documents: int
    unread: int
    wholly_right: int
    approved: int
    approved_wrong: int
    approved_critical: int
    misses: int
    causes: dict[str, dict[Cause, int]]
    bins: tuple[Bin, ...]
    calibration_error: float | None
    curve: tuple[CurvePoint, ...]

    @property
    def causes_in_all(self) -> dict[Cause, int]:
        """The misses of all fields by cause, in the order of :data:`CAUSES`."""
        return {cause: sum(counts.get(cause, 0) for counts in self.causes.values()) for cause in CAUSES}

    def at(self, threshold: float) -> CurvePoint | None:
        """What the gate would do at ``threshold``; ``None`` where nothing passes."""
        return point_at(self.curve, threshold)


def figures_of(documents: Sequence[Measured]) -> Figures:
    """The figures of ``documents``."""
    approved = [one for one in documents if one.verdict == "approved"]
    pairs = [pair for one in documents for pair in one.pairs]
    causes: dict[str, Counter[Cause]] = {}
    for one in documents:
        for miss in one.misses:
            causes.setdefault(miss.name, Counter())[miss.cause] += 1
    return Figures(
        report=Report(tuple(one.scored for one in documents)),
        documents=len(documents),
        unread=sum(one.status != "ok" for one in documents),
        wholly_right=sum(one.wholly_right for one in documents),
        approved=len(approved),
        approved_wrong=sum(one.wrong > 0 for one in approved),
        approved_critical=sum(one.wrong_critical > 0 for one in approved),
        misses=sum(len(one.misses) for one in documents),
        causes={name: dict(counts) for name, counts in causes.items()},
        bins=reliability(pairs),
        calibration_error=expected_calibration_error(pairs),
        curve=coverage_curve([one.passing for one in documents]),
    )


def figures_json(figures: Figures) -> dict[str, Any]:
    """What :func:`core.evaluation.report.to_json` does not have: ``documents``, ``causes``, ``calibration``, ``curve``."""
    return {
        "documents": {
            "count": figures.documents,
            "unread": figures.unread,
            "wholly_right": figures.wholly_right,
            "approved": figures.approved,
            "approved_wrong": figures.approved_wrong,
            "approved_critical": figures.approved_critical,
        },
        "causes": {"all": figures.causes_in_all, "by_field": figures.causes},
        "calibration": {"error": figures.calibration_error, "bins": [asdict(each) for each in figures.bins]},
        "curve": [asdict(point) for point in figures.curve],
    }


def render_figures(figures: Figures) -> str:
    """The same as a few lines of text."""
    count = figures.documents
    lines = [
        f"{figures.wholly_right} of {count} documents wholly right; {figures.approved} ready, of them "
        f"{figures.approved_wrong} with a wrong value, {figures.approved_critical} with a wrong amount, number or date"
    ]
    counted = ", ".join(f"{number} {cause}" for cause, number in figures.causes_in_all.items() if number)
    lines.append(f"{figures.misses} misses{f': {counted}' if counted else ''}")
    if figures.calibration_error is not None:
        lines.append(f"expected calibration error {figures.calibration_error:.3f}")
    form = "{:<18}{:>11}{:>9}{:>17}".format
    lines += ["", form("threshold", "passed %", "wrong %", "wrong critical %")]
    for step in range(50, 100, 5):
        point = figures.at(step / 100)
        shares = (point.passed_share, point.wrong_share, point.wrong_critical_share) if point else (0.0, 0.0, 0.0)
        lines.append(form(f"{step / 100:.2f}", *(f"{100 * share:.1f}" for share in shares)))
    return "\n".join(lines)
