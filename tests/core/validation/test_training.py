"""The script that fits the shipped calibration does what the studio then reads."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sklearn")

from benchmarks.bench_calibration import judge, pairs_of
from benchmarks.calibration_data import Reading, forgetting, generate, read
from benchmarks.train_calibration import as_toml, fit
from core.evaluation.calibration import expected_calibration_error
from core.rules.lexicon import load_lexicon
from core.validation.calibration import read_calibration


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[Reading]:
    """Seven invoices of ours, one a language, read with all labels known and with most of them forgotten."""
    folder: Path = tmp_path_factory.mktemp("training")
    return read([generate(folder / "cases", 7, 0)], folder / "pages", forgotten=(0.0, 0.7))


def test_what_is_written_is_what_was_fitted(readings: list[Reading]) -> None:
    """Sign by sign, to three decimals; the tiniest weights are left out."""
    fitted = fit(readings)
    again = read_calibration(as_toml(fitted, "a test"))
    heavy = {name: weight for name, weight in fitted.weights.items() if abs(weight) >= 0.005}
    assert again.weights == pytest.approx(heavy, abs=0.0006)
    assert again.usual == pytest.approx(fitted.usual, abs=0.0006)


def test_a_fit_knows_how_often_values_are_right(readings: list[Reading]) -> None:
    """Even on so little, belief and truth do not lie far apart."""
    calibration = fit(readings)
    pairs = pairs_of([judge(reading, calibration) for reading in readings], cells=False)
    assert not all(right for _, right in pairs)
    error = expected_calibration_error(pairs)
    assert error is not None
    assert error < 0.2


def test_forgetting_takes_labels_away_and_leaves_the_shipped_ones_alone() -> None:
    """Always the same ones for the same document."""
    known = len(load_lexicon().labels)
    half = forgetting(0.5, "a")
    assert 0.4 * known < len(half.labels) < 0.6 * known
    assert half.labels.keys() == forgetting(0.5, "a").labels.keys()
    assert len(load_lexicon().labels) == known
    assert half.for_language("de").labels.keys() <= half.labels.keys()
