"""The Operation page, run without a browser: figures, what lies behind them, rules and alerts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.spending import PERIODS
from core.studio import Studio
from storage.database import open_database
from tests.storage.worked import keep_weeks

ROOT = Path(__file__).parents[2]


def open_page() -> AppTest:
    """The page as a person finds it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.switch_page("pages/operation.py")
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    return "\n".join(str(text.value) for text in (*app.markdown, *app.caption, *app.warning))


@pytest.fixture
def worked(studio: Studio, tmp_path: Path) -> Studio:
    """Eight weeks of work."""
    database = open_database(f"sqlite:///{tmp_path / 'studio.db'}")
    keep_weeks(database, 8, (tmp_path / "place").read_text(), datetime.now(UTC))
    database.close()
    return studio


def test_without_documents_the_page_says_what_will_stand_there(studio: Studio) -> None:
    """And leads to the Studio."""
    app = open_page()
    assert "Nothing came in in this time" in said(app)
    assert app.button(key="operation_to_studio")


def test_figures_stand_beside_those_of_the_time_before(worked: Studio) -> None:
    """With what the next week brings."""
    app = open_page()
    figures = {metric.label: metric.value for metric in app.metric}
    standing = worked.operation.standing(PERIODS["Last 7 days"](worked.operation.now()))
    assert figures["Documents"] == str(standing.now.documents)
    assert figures["Could not be read"] == str(standing.now.failed)
    assert "in eight of ten such weeks" in said(app)


def test_a_rule_that_a_person_sets_tells_at_once_and_stays_set(worked: Studio) -> None:
    """The alert holds until the queue is younger."""
    app = open_page()
    assert "No rule is set" in said(app)
    app.number_input(key="operation_rule_queue_hours").set_value(5.0)
    next(button for button in app.button if button.label == "Keep").click().run()
    assert re.search(r"documents wait for a person, the oldest for 5[67] days", said(app))
    assert worked.defaults.alerts.queue_hours == 5
    assert [alert.seen_at is None for alert in worked.operation.alerts()] == [False]
