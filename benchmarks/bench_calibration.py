"""Whether confidences are probabilities, on vendors that the fit has not seen: expected calibration error, reliability,
and what a threshold lets through unseen.

    python -m benchmarks.bench_calibration [DIR ...] [--held DIR] [--cache DIR] [--generated N] [--scans N]

The folders named and invoices of our own are cross-validated, no vendor on both sides; ``--held`` is a folder that no fit
sees at all, judged by the fit on all the others and by the calibration that ships.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.model_selection import GroupKFold

from benchmarks.calibration_data import Reading, read
from benchmarks.train_calibration import add_choices, chosen_readings, fit
from core.evaluation.calibration import (
    Passing,
    coverage_curve,
    expected_calibration_error,
    point_at,
    reliability,
    share_interval,
)
from core.recipe import Recipe
from core.validation.calibration import Calibration, shipped_calibration
from core.validation.confidence import score

FOLDS = 8
THRESHOLDS = (0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)

Pairs = list[tuple[float, bool]]
#: A reading and the confidences of its values by path.
Judged = tuple[Reading, dict[str, float]]


def judge(reading: Reading, calibration: Calibration) -> Judged:
    """A reading with what the studio would say of its values with ``calibration``, its bounds included."""
    found = reading.extraction
    return reading, score(found.values, found.evidence, found.provenance, found.findings, calibration=calibration)


def cross_validate(readings: Sequence[Reading]) -> list[Judged]:
    """Every reading judged by a fit that has not seen its vendor."""
    judged = []
    vendors = [reading.vendor for reading in readings]
    for train, test in GroupKFold(min(FOLDS, len(set(vendors)))).split(readings, groups=vendors):
        calibration = fit([readings[at] for at in train])
        judged += [judge(readings[at], calibration) for at in test]
    return judged


def pairs_of(judged: Sequence[Judged], cells: bool) -> Pairs:
    """Confidence and truth of the header values, or of the cells of lines."""
    return [
        (confidences[path], right)
        for reading, confidences in judged
        for path, right in reading.outcome.right.items()
        if path.startswith("line_items.") == cells and path in confidences
    ]


def print_errors(name: str, judged: Sequence[Judged]) -> None:
    """One row: how far belief and truth lie apart, for header and lines."""
    row = f"{name:44s}{len({reading.case_id for reading, _ in judged}):6d}"
    for cells in (False, True):
        pairs = pairs_of(judged, cells)
        error = expected_calibration_error(pairs)
        right = sum(right for _, right in pairs) / len(pairs) if pairs else 0.0
        row += f"{len(pairs):8d}{right:8.1%}{'     –' if error is None else f'{error:7.3f}'}"
    print(row)


def print_reliability(judged: Sequence[Judged]) -> None:
    """Belief and truth bin by bin."""
    for title, cells in (("header values", False), ("cells of lines", True)):
        print(f"\n{title:20s}{'values':>8s}{'belief':>8s}{'right':>8s}")
        for part in reliability(pairs_of(judged, cells)):
            span = f"{part.low:.1f} to {part.high:.1f}"
            print(f"{span:20s}{part.count:8d}{part.mean_confidence:8.1%}{part.right_share:8.1%}")


def print_curve(judged: Sequence[Judged]) -> None:
    """What passes unseen at each threshold, and what of it is wrong."""
    documents: list[Passing] = [reading.passing(confidences) for reading, confidences in judged]
    curve = coverage_curve(documents)
    blocked = sum(document.blocked for document in documents)
    print(f"\n{len(documents)} documents, {blocked} held back by findings")
    print(f"{'threshold':>10s}{'pass':>8s}{'share':>8s}{'any wrong':>11s}{'critical':>10s}  95 % interval")
    for threshold in sorted({*THRESHOLDS, Recipe().approve_at}):
        if point := point_at(curve, threshold):
            low, high = share_interval(round(point.wrong_critical_share * point.passed), point.passed)
            print(
                f"{threshold:10.2f}{point.passed:8d}{point.passed_share:8.1%}{point.wrong_share:11.1%}"
                f"{point.wrong_critical_share:10.1%}  {low:.1%} to {high:.1%}"
            )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_calibration", description=__doc__.splitlines()[0])
    add_choices(parser)
    parser.set_defaults(generated=84, scans=14)
    parser.add_argument("--held", type=Path, metavar="DIR", help="a folder of cases that no fit sees")
    arguments = parser.parse_args()
    report(list(chosen_readings(arguments)), held_readings(arguments))


def held_readings(arguments: argparse.Namespace) -> list[Reading]:
    """The readings of the held-back folder, with every label known."""
    if arguments.held is None:
        return []
    with tempfile.TemporaryDirectory() as place:
        return read([arguments.held], (arguments.cache or Path(place)) / "pages", forgotten=(0.0,))


def report(readings: Sequence[Reading], held: Sequence[Reading]) -> None:
    """All tables."""
    judged = cross_validate(readings)
    print(f"{'':44s}{'docs':>6s}{'values':>8s}{'right':>8s}{'ECE':>7s}{'cells':>8s}{'right':>8s}{'ECE':>7s}")
    chosen: list[tuple[str, Callable[[Reading], bool]]] = [
        ("as the studio reads them", lambda one: one.forgotten == 0),
        ("with a part of the labels forgotten", lambda one: one.forgotten > 0),
    ]
    for source in sorted({reading.source for reading in readings}):
        for name, belongs in chosen:
            print_errors(f"{source}: {name}", [one for one in judged if one[0].source == source and belongs(one[0])])
    if held:
        unseen = [judge(reading, fit(readings)) for reading in held]
        print_errors("held back", unseen)
        print_errors("held back, the shipped calibration", [judge(one, shipped_calibration()) for one in held])
        print_reliability(unseen)
        print_curve(unseen)
    print("\ncross-validated, all readings")
    print_reliability(judged)
    for source in sorted({reading.source for reading in readings}):
        print(f"\n{source}, as the studio reads them")
        print_curve([one for one in judged if one[0].source == source and one[0].forgotten == 0])


if __name__ == "__main__":
    main()
