"""Several reviewers, a process each, at one queue: the short form of ``python -m benchmarks.bench_reviewers``."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.bench_reviewers import review_together
from core.reviewing import desk
from core.settings import Settings


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_nothing_is_lost_and_nothing_done_twice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four reviewers, one of whom is killed on the way: each document is a record once, with the correction of whoever saved it."""
    monkeypatch.setattr(desk, "LEASE", desk.LEASE)  # as it was, afterwards
    url = database_url if database_url.startswith("postgres") else None
    settings = Settings(data_dir=tmp_path / "data", DATABASE_URL=url, workers="threads")
    settings.data_dir.mkdir()
    told = review_together(settings, documents=24, reviewers=4, killed=1)
    assert (told.saved, told.lost, told.twice, told.foreign) == (24, [], [], [])
    assert len(told.by) > 1
