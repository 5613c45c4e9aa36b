"""Confidences that learn from reviewed records, and the way back."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.recipe import Correction
from core.studio import Studio


def _page() -> None:
    from pages.accuracy_parts.learning import draw_learning

    draw_learning()


def test_too_few_records_are_told_with_what_to_do(studio: Studio) -> None:
    """Nothing changes."""
    page = AppTest.from_function(_page).run()
    page.button(key="learn").click().run()
    assert "review and save more records" in page.info[0].value
    assert studio.calibration is None


def test_what_was_learnt_is_told_and_can_be_forgotten(studio: Studio) -> None:
    """With what it does to a confidence."""
    learnt = Correction(header_slope=0.5, reviewed=300)
    studio.configure(correction=learnt)
    page = AppTest.from_function(_page).run()
    assert "300 reviewed values: 90 % becomes 75% for header values" in page.caption[0].value
    page.button(key="unlearn").click().run()
    assert studio.calibration is None
