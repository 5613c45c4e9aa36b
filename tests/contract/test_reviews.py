"""Reviews on SQLite and on PostgreSQL: one has a run at a time, nobody's edits go under, and each review is timed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.stores.reviews import KeptEdits, ReviewPace, Reviews, ReviewTime
from storage.database import Database
from storage.reviews import SqlReviews

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TIME = ReviewTime("1", "run", "Ana", NOON, 0.4, 9.0, 5, 1, 3, 1, "saved")


@pytest.fixture
def reviews(database_url: str, open_store: Callable[[str], Database]) -> Reviews:
    """An empty store."""
    return SqlReviews(open_store(database_url))


def test_a_run_is_one_persons_until_they_leave(reviews: Reviews) -> None:
    """The other sees who has it; the same seat only renews it."""
    mine = reviews.claim("run", "Ana", "a", 60)
    assert reviews.claim("run", "Ben", "b", 60) == mine
    again = reviews.claim("run", "Ana", "a", 90)
    assert (again.since, again.until > mine.until) == (mine.since, True)
    reviews.release("b", ["run"])
    assert reviews.claims(["run", "other"]) == {"run": again}
    reviews.release("a", ["run"])
    assert reviews.claim("run", "Ben", "b", 60).who == "Ben"


def test_a_claim_that_nobody_renews_lapses(reviews: Reviews) -> None:
    """A window that was closed without a word holds nothing up."""
    reviews.claim("run", "Ana", "a", -1)
    assert reviews.claims(["run"]) == {}
    assert reviews.claim("run", "Ben", "b", 60).who == "Ben"


def test_of_ten_at_once_one_gets_it(reviews: Reviews) -> None:
    """And all are told the same name."""
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda n: reviews.claim("run", f"person {n}", f"seat {n}", 60).who, range(10)))
    assert len(set(found)) == 1


def test_edits_made_over_an_older_version_are_not_kept(reviews: Reviews) -> None:
    """Neither over the first ones nor over later ones."""
    assert reviews.edits("run") is None
    assert reviews.keep_edits("run", {"texts": {"total": "1"}}, 0, "Ana") == 1
    assert reviews.keep_edits("run", {"texts": {"total": "2"}}, 0, "Ben") is None
    assert reviews.keep_edits("run", {"texts": {"total": "3"}}, 1, "Ben") == 2
    assert reviews.keep_edits("run", {"texts": {"total": "4"}}, 1, "Ana") is None
    assert reviews.edits("run") == KeptEdits(2, {"texts": {"total": "3"}}, "Ben")


def test_every_review_is_kept_once_and_the_median_is_told(reviews: Reviews) -> None:
    """Of those that were saved."""
    assert reviews.pace() is None
    later = replace(TIME, review_id="2", seconds=30.0, looks=1, opened_at=NOON + timedelta(minutes=1))
    left = replace(TIME, review_id="3", seconds=999.0, outcome="left")
    for review in (later, TIME, TIME, left):
        reviews.note(review)
    assert reviews.times("run") == [TIME, left, later]
    assert reviews.pace() == ReviewPace(2, 19.5, 2.0)
