"""Spot checks on the pages: what they say, and how many there are to be."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.settings import SpotChecks
from core.studio import Studio


def _part() -> None:
    from pages.shared.spot_checks import draw_spot_checks

    draw_spot_checks()


def test_a_person_chooses_how_many_and_it_is_kept(studio: Studio) -> None:
    """None at first."""
    page = AppTest.from_function(_part).run()
    assert "No spot checks" in page.markdown[1].value
    page.select_slider(key="spot_share").set_value(2.0)
    page.number_input(key="spot_most").set_value(10)
    page.button[0].click().run()
    assert not page.exception
    kept = studio.spot_checks.choices
    assert (kept.share, kept.most_wrong) == (0.02, 10)
    assert "Nothing was spot" in page.markdown[1].value
    assert "spot checks: 2 %" in str(studio.gating.changes()[0].told)


def _told() -> None:
    from pages.shared.spot_checks import draw_guarantee

    draw_guarantee()


def test_the_accuracy_page_says_what_is_certain(studio: Studio) -> None:
    """It chooses nothing: that is done on the Gates page."""
    studio.configure(spot_checks=SpotChecks(share=0.05, most_wrong=10, seed="a", asks=0.96))
    page = AppTest.from_function(_told).run()
    assert "Nothing was spot" in page.markdown[0].value
    assert "asks for 96 %" in page.warning[0].value
    assert not page.button


def test_a_gate_that_asks_more_says_so_and_can_be_loosened(studio: Studio) -> None:
    """By one button."""
    studio.configure(spot_checks=SpotChecks(share=0.05, most_wrong=10, seed="a", asks=0.96))
    page = AppTest.from_function(_part).run()
    assert "asks for 96 %" in page.warning[0].value
    page.button(key="spot_checks_loosen").click().run()
    assert studio.spot_checks.choices.asks is None
