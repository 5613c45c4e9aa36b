"""A studio learns from reviewed records how far its confidences are to be trusted."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.declared.building import build
from core.declared.extractor import read_declared
from core.recipe import Correction
from core.stores.ledger import ReviewedValue
from core.validation.calibration import (
    ENOUGH_REVIEWED,
    HIGHEST,
    LOWEST,
    corrected,
    fit_correction,
    read_calibration,
    shipped_calibration,
    uncorrected,
    with_kinds,
)
from core.validation.signs import Signs, log_odds, signs
from tests.core.declared.papers import PAYSLIP, paper
from tests.core.declared.test_reading import from_example, pages_of

SHARE = st.floats(LOWEST, HIGHEST)


def values(
    count: int, wrong: int, confidence: float = 0.9, path: str = "tax", **more: Correction
) -> list[ReviewedValue]:
    """``count`` reviewed values of one confidence, ``wrong`` of which a person had to change."""
    return [ReviewedValue(path, confidence, number < wrong, **more) for number in range(count)]


def test_too_few_reviews_change_nothing() -> None:
    """A handful of records says little."""
    assert fit_correction(values(ENOUGH_REVIEWED - 1, 50)) is None


def test_reviews_that_bear_the_confidences_out_leave_them_as_they_are() -> None:
    """Nine of ten at 90 %."""
    correction = fit_correction(values(500, 50))
    assert correction is not None
    assert corrected(0.9, "tax", correction) == pytest.approx(0.9, abs=0.002)
    assert correction.reviewed == 500


def test_values_that_are_wrong_more_often_are_believed_less() -> None:
    """And the more reviews say so, the more it counts; cells of lines are corrected apart."""
    few, many = fit_correction(values(200, 60)), fit_correction(values(2000, 600))
    assert few is not None
    assert many is not None
    assert 0.7 < corrected(0.9, "tax", many) < corrected(0.9, "tax", few) < 0.85
    assert corrected(0.9, "line_items.0.quantity", many) == pytest.approx(0.9)


def test_a_correction_learnt_under_another_one_starts_from_the_shipped_calibration() -> None:
    """Otherwise each would correct the last one's work a second time."""
    before = Correction(header_shift=-1.0, reviewed=300)
    shown = corrected(0.9, "tax", before)
    right = round(400 * (1 - shown))
    again = fit_correction(values(400, right, shown, correction=before))
    assert again is not None
    assert corrected(0.9, "tax", again) == pytest.approx(shown, abs=0.03)


def many(count: int, digits: int) -> Iterator[ReviewedValue]:
    """Reviewed values of all kinds, some of them shown under a correction; nearly as often right as they say."""
    chance, before = Random(3), Correction(header_slope=0.9, header_shift=-0.4, line_shift=0.3, reviewed=300)
    for number in range(count):
        path = ("total_amount", "line_items.0.quantity", "vendor_name")[number % 3]
        confidence = round(chance.random() ** 0.2, digits)
        changed = chance.random() > confidence - 0.1
        yield ReviewedValue(path, confidence, changed, before if number % 4 == 0 else None)


def test_values_that_are_alike_are_learnt_from_together() -> None:
    """What is learnt is what each by itself taught; and many records need no more memory than a few."""
    assert fit_correction(many(40_000, 4)) == Correction(
        header_slope=0.5583, header_shift=-0.0923, line_slope=0.5611, line_shift=-0.0151, reviewed=40_000
    )
    tracemalloc.start()
    try:
        fit_correction(many(40_000, 2))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@given(SHARE, SHARE, st.floats(0.3, 3), st.floats(-3, 3))
def test_a_correction_keeps_the_order_and_can_be_taken_back(a: float, b: float, slope: float, shift: float) -> None:
    """The surer of two values stays the surer one."""
    low, high = sorted((a, b))
    correction = Correction(header_slope=slope, header_shift=shift)
    assert corrected(low, "tax", correction) <= corrected(high, "tax", correction)
    found = corrected(a, "tax", correction)
    if LOWEST < found < HIGHEST:
        assert uncorrected(found, "tax", correction) == pytest.approx(a, abs=1e-6)


@pytest.mark.parametrize("wrong", [0, 300])
def test_reviews_that_all_say_the_same_give_a_sensible_correction(wrong: int) -> None:
    """No figure runs away where nothing or everything was changed."""
    correction = fit_correction(values(300, wrong))
    assert correction is not None
    assert 0.2 <= correction.header_slope <= 5
    assert LOWEST <= corrected(0.9, "tax", correction) <= HIGHEST


def test_the_file_names_its_signs_by_table_and_key() -> None:
    """``[weights.rule.tax] beside`` is the sign rule:tax:beside."""
    text = "[exact]\nfound = 0.99\nunfound = 0.9\n[usual]\n[weights]\nbase = 1\n[weights.rule.tax]\nbeside = 0.5\n"
    assert read_calibration(text).weights == {"base": 1.0, "rule:tax:beside": 0.5}


def test_what_ships_weighs_good_signs_up_and_bad_ones_down() -> None:
    """Whatever the next fit gives."""
    weights = shipped_calibration().weights
    assert all(weights.get(name, 0) >= 0 for name in ("believed", "match", "reading", "agreed"))
    assert all(weights[name] < 0 for name in ("unfound", "disputed"))


def test_a_field_without_a_weight_of_its_own_weighs_what_its_kind_does() -> None:
    """A date that a person declared as much as the dates of an invoice on average; one that was fitted as it was fitted."""
    fitted = read_calibration(
        "[exact]\nfound = 0.9\nunfound = 0.8\n[usual]\n[weights]\nbase = 0.5\n[weights.field]\ninvoice_date = 1.0\ndue_date = 2.0\n"
        '"item.quantity" = -1.0'
    )

    calibration = with_kinds(fitted)

    def log_odds_of(*names: str) -> float:
        return log_odds(calibration.confidence(Signs(dict.fromkeys(("base", *names), 1.0), False, True, ())))

    assert log_odds_of("field:due_date", "kind:date") == pytest.approx(2.5)
    assert log_odds_of("field:pay_date", "kind:date") == pytest.approx(2.0)
    assert log_odds_of("field:item.hours", "kind:item.quantity") == pytest.approx(-0.5)
    assert log_odds_of("field:hours", "kind:quantity") == pytest.approx(0.5)  # no quantity of a header was fitted


def test_a_declared_field_has_the_sign_of_its_kind() -> None:
    """In the header and in a table."""
    kind = build(from_example(PAYSLIP, 3)[0])
    read = read_declared(pages_of(paper(PAYSLIP, 5)), kind.definition)  # type: ignore[arg-type]
    known = {path: set(found.numbers) for path, found in signs(read.values, {}, read.provenance, ())}
    dates = [info.name for info in kind.header if info.kind == "date"]
    assert all("kind:date" in known[name] for name in dates)
    assert "kind:item.money" in known[kind.tables[0].path(0, "amount")]
    assert "kind:date" in shipped_calibration().weights


def test_a_few_values_that_are_much_alike_are_learnt_from_too() -> None:
    """Slope and shift trade for each other there: whole steps led back to where they began, and nothing was learnt."""
    sure = (0.9696, 0.9716, 0.987, 0.9873, 0.9888, 0.9782, 0.9792, 0.995, 0.9938, 0.9767, 0.9854, 0.9884)
    reviewed = [ReviewedValue(f"field_{n}", confidence, n < 3) for n, confidence in enumerate(sure)] * 20
    found = fit_correction(reviewed)
    assert found is not None
    assert corrected(0.975, "field_0", found) < 0.93
