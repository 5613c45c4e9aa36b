"""The studio recalibrates itself from reviewed records, and goes back to what ships."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import TooFewReviewed
from core.events import RunFinished
from core.extraction import Extraction
from core.settings import Settings
from core.studio import Studio
from core.validation import calibration
from samples.shipped import CASES

DOCUMENT = CASES / "english-studio" / "document.pdf"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio of its own."""
    return build_studio(Settings(data_dir=tmp_path))


def extracted(studio: Studio, run_id: str) -> Extraction:
    """One run over the English sample."""
    document = studio.open(DOCUMENT.read_bytes(), "a.pdf")
    events = list(studio.extract(document, run_id=run_id))
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last.extraction


def reviewed(studio: Studio, few: Callable[[int], None]) -> Extraction:
    """A run whose record a person saved with another vendor, customer and number; that much is enough to learn from."""
    found = extracted(studio, "r1")
    changed = found.values.model_copy(update={"vendor_name": "A", "customer_name": "B", "invoice_number": "C"})
    studio.save(changed, ["database"], run_id="r1", extraction=found)
    few(20)
    return found


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes a few reviewed values enough."""
    return lambda count: monkeypatch.setattr(calibration, "ENOUGH_REVIEWED", count)


def test_a_studio_without_reviews_says_what_is_missing(studio: Studio) -> None:
    """And how much there is."""
    with pytest.raises(TooFewReviewed, match="from 200 reviewed values on; so far there are 0"):
        studio.recalibrate()


def test_what_people_changed_lowers_the_confidences_of_the_next_run(
    studio: Studio, few: Callable[[int], None], tmp_path: Path
) -> None:
    """The result is worked out anew, not taken from the cache; the run's recipe says so; a restart keeps it."""
    before = reviewed(studio, few)
    correction = studio.recalibrate()
    after = extracted(studio, "r2")
    assert after.confidences["invoice_number"] < before.confidences["invoice_number"]
    assert after.recipe.correction == correction == build_studio(Settings(data_dir=tmp_path)).calibration


def test_the_shipped_calibration_comes_back(studio: Studio, few: Callable[[int], None]) -> None:
    """As if nothing had been learnt."""
    before = reviewed(studio, few)
    studio.recalibrate()
    studio.forget_calibration()
    assert studio.calibration is None
    assert extracted(studio, "r2").confidences == before.confidences


def test_the_command_line_recalibrates_too(
    studio: Studio,
    few: Callable[[int], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It tells what becomes of a confidence."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    reviewed(studio, few)
    assert main(["calibrate"]) == 0
    assert "90% becomes" in capsys.readouterr().out
    assert main(["calibrate", "--shipped"]) == 0
    assert build_studio(Settings(data_dir=tmp_path)).calibration is None
