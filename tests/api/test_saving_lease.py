"""A process that ends while it saves a task's record: another goes on, and the record is there once."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.entrypoints.api import tasks as task_rooms
from core.entrypoints.api.caller import Caller
from core.entrypoints.api.tasks import Tasks
from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.person import STUDIO
from core.settings import Settings
from core.stores.api import SAVING, ApiTask
from core.stores.records import RecordQuery
from core.studio import Studio
from tests.conftest import SampleFile
from tests.core.test_history import wait_for

LEASE = 1.5


def rooms(studio: Studio) -> Tasks:
    """What the API's own loop works with."""
    return Tasks(Caller(studio, STUDIO, None), studio.access.store)


def killed_at_the_save(folder: Path, after: bool) -> None:
    """A process of its own that is killed as it saves the record, before or after it did."""
    child = os.fork()
    if child == 0:
        try:
            studio = build_studio(Settings(data_dir=folder, DATABASE_URL=None))
            save = studio.save

            def last_breath(*given: Any, **named: Any) -> Any:
                if after:
                    save(*given, **named)
                os.kill(os.getpid(), signal.SIGKILL)

            studio.save = last_breath  # type: ignore[method-assign]
            rooms(studio).settle()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
@pytest.mark.parametrize("after", [False, True], ids=["before the save", "after the save"])
def test_a_kill_while_saving_leaves_the_record_to_the_next(
    tmp_path: Path, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """It is left alone while its saver may live; then it is saved, or found as saved: once, and the task names it."""
    monkeypatch.setattr(task_rooms, "SAVING_LEASE", LEASE)
    studio = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    document = studio.open(digital_pdf.data, digital_pdf.name)
    run_id = studio.start(document.sha256, [PageRef(1)])
    wait_for(studio, run_id)
    store = studio.access.store
    store.add_task(ApiTask(run_id, "", document.sha256, "extraction", 1, datetime.now(UTC), save=("database",)))
    killed_at_the_save(tmp_path, after)
    rooms(studio).settle()
    assert store.task(run_id).order_id == SAVING  # type: ignore[union-attr]
    assert [task.task_id for task in store.unsaved()] == []
    time.sleep(LEASE + 0.1)
    rooms(studio).settle()
    rooms(studio).settle()
    [row] = studio.search(RecordQuery()).rows
    assert store.task(run_id).order_id == row.order_id  # type: ignore[union-attr]
    studio.close()


def test_the_tasks_of_a_document_are_asked_for_by_it(tmp_path: Path) -> None:
    """However many others came since, by an index; those to be saved too."""
    studio = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    store, began = studio.access.store, datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(12):
        at, document = began + timedelta(seconds=number), "a" * 64 if number < 2 else "b" * 64
        owner = "key" if number == 1 else ""
        store.add_task(ApiTask(f"t{number}", owner, document, "extraction", 1, at, save=("database",) * (number % 2)))
    assert [task.task_id for task in store.tasks_of(None, "a" * 64, 100)] == ["t1", "t0"]
    assert [task.task_id for task in store.tasks_of("key", "a" * 64, 100)] == ["t1"]
    assert [task.task_id for task in store.unsaved()] == ["t1", "t3", "t5", "t7", "t9", "t11"]
    database = store._database  # type: ignore[attr-defined]
    unsaved = "SELECT * FROM api_tasks WHERE (order_id IS NULL OR order_id = 0) AND save <> '[]' ORDER BY created_at"
    plans = {
        "ix_api_tasks_document": "SELECT * FROM api_tasks WHERE document = 'b' ORDER BY created_at DESC",
        "ix_api_tasks_unsaved": unsaved,
    }
    with database.read() as connection:
        for index, query in plans.items():
            told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
            assert any(index in str(line) for line in told), told
    studio.close()
