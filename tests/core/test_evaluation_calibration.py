"""Calibration is measured as the literature says, and the coverage curve tells what a threshold lets through."""

from __future__ import annotations

import pytest

from core.evaluation.calibration import (
    Passing,
    coverage_curve,
    expected_calibration_error,
    point_at,
    reliability,
    share_interval,
)


def test_values_are_binned_by_confidence_with_their_share_of_right_ones() -> None:
    """Empty bins are left out, and a confidence of 1 belongs to the last one."""
    first, last = reliability([(0.12, False), (0.18, True), (0.95, True), (1.0, True)])
    assert (first.low, first.high, first.count) == (0.1, 0.2, 2)
    assert (first.mean_confidence, first.right_share) == (pytest.approx(0.15), 0.5)
    assert (last.low, last.high, last.count, last.right_share) == (0.9, 1.0, 2, 1.0)


def test_bins_must_exist() -> None:
    """No bins is a caller's mistake."""
    with pytest.raises(ValueError, match="at least one"):
        reliability([(0.5, True)], bins=0)


def test_the_calibration_error_is_the_weighted_gap_between_belief_and_truth() -> None:
    """Three of four right at 75 % is perfect; all wrong at 90 % is off by 0.9."""
    assert expected_calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0)
    assert expected_calibration_error([(0.9, False)] * 2) == pytest.approx(0.9)
    assert expected_calibration_error([(0.9, False), (0.2, False)]) == pytest.approx(0.55)
    assert expected_calibration_error([]) is None


DOCUMENTS = (
    Passing(0.95, False, 0, 0),
    Passing(0.90, False, 1, 0),
    Passing(0.90, False, 0, 0),
    Passing(0.60, False, 2, 1),
    Passing(0.99, True, 3, 3),
)


def test_the_curve_tells_what_passes_and_what_of_it_is_wrong() -> None:
    """A loose gate passes more and errs more; a blocked document never passes."""
    strict, middle, loose = coverage_curve(DOCUMENTS)
    assert (strict.threshold, strict.passed_share, strict.wrong_share) == (0.95, 0.2, 0.0)
    assert (middle.threshold, middle.passed, middle.wrong_share) == (0.90, 3, pytest.approx(1 / 3))
    assert (loose.passed_share, loose.wrong_share, loose.wrong_critical_share) == (0.8, 0.5, 0.25)


def test_a_threshold_between_two_points_holds_the_stricter_one() -> None:
    """At 80 % the documents of 90 % and more pass; at 99 % none does."""
    curve = coverage_curve(DOCUMENTS)
    found = point_at(curve, 0.8)
    assert found is not None
    assert found.threshold == 0.90
    assert point_at(curve, 0.99) is None
    assert coverage_curve([Passing(0.9, True, 0, 0)]) == ()


def test_few_documents_leave_a_wide_interval() -> None:
    """No error among 50 still allows 7 %; among 2000, 0.2 %."""
    low, high = share_interval(0, 50)
    assert low == 0
    assert 0.05 < high < 0.08
    assert share_interval(0, 2000)[1] < 0.002
    assert share_interval(0, 0) == (0.0, 1.0)
