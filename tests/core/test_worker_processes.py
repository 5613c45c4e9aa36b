"""The queue of worker processes: a worker that dies, hangs or grows costs its job nothing twice, and what is secret never
rests on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.jobs import running
from core.jobs.channel import Channel
from core.jobs.processes import Plan, ProcessQueue
from core.jobs.queue import Job, JobRequest, Lane
from core.jobs.store import PARKED
from core.settings import Settings
from storage.database import open_database
from storage.jobs import SqlJobs
from tests.conftest import PASSWORD, SampleFile

ROOT = Path(__file__).parents[2]
LONG, SHORT = Plan((("long",),)), Plan((("short",),))
MakeQueue = Callable[..., ProcessQueue]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeQueue]:
    """Makes queues whose workers know the work of ``little_worker``; they end with the test."""
    monkeypatch.setattr(running, "GRACE", 0.5)
    url = f"sqlite:///{tmp_path / 'studio.db'}"
    made: list[ProcessQueue] = []

    def start(plan: Plan, name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.core.little_worker"]
        worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert worker.stdin
        assert worker.stdout
        told = {"url": url, "slots": plan.slots, "name": name, "idle": plan.idle, "megabytes": plan.megabytes}
        Channel(worker.stdout, worker.stdin).send(**told)
        return worker

    def make(*plans: Plan, password: Callable[[str], str | None] = lambda sha256: None) -> ProcessQueue:
        made.append(ProcessQueue(SqlJobs(open_database(url), "here"), start, plans or (LONG,), password))
        return made[-1]

    yield make
    for queue in made:
        queue.close()


def until(queue: ProcessQueue, job_id: str, wanted: Callable[[Job], bool], seconds: float = 60) -> Job:
    """The job once it is as wanted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = queue.get(job_id)
        if job is not None and wanted(job):
            return job
        time.sleep(0.02)
    raise AssertionError(f"{job_id} is {queue.get(job_id)}")


def ended(queue: ProcessQueue, job_id: str) -> Job:
    """The job once it has ended."""
    return until(queue, job_id, lambda job: not job.active)


def begun(queue: ProcessQueue, job_id: str) -> int:
    """The process that does the job, once it has begun."""
    return int(until(queue, job_id, lambda job: bool(job.events)).events[0].step)


def ask(queue: ProcessQueue, kind: str, job_id: str, lane: Lane = "long", **more: object) -> None:
    """Queue work."""
    queue.submit(JobRequest(kind, job_id, job_id, lane=lane, **more))  # type: ignore[arg-type]


def test_work_is_done_in_another_process_short_work_beside_long(make: MakeQueue) -> None:
    """What is quick does not wait."""
    queue = make(LONG, SHORT)
    ask(queue, "wait", "scan")
    ask(queue, "quick", "pdf", "short")
    assert ended(queue, "pdf").state == "done"
    assert begun(queue, "scan") not in (begun(queue, "pdf"), os.getpid())
    queue.cancel("scan")
    assert ended(queue, "scan").state == "cancelled"


def test_a_killed_workers_job_comes_back_and_is_done_by_the_next(make: MakeQueue) -> None:
    """Once, in a new process."""
    queue = make()
    ask(queue, "wait", "scan")
    first = begun(queue, "scan")
    os.kill(first, signal.SIGKILL)
    until(queue, "scan", lambda job: bool(job.events) and job.events[0].step != str(first))
    queue.cancel("scan")
    assert ended(queue, "scan").state == "cancelled"


def test_a_document_that_kills_its_worker_three_times_is_set_aside(make: MakeQueue) -> None:
    """With its sentence, and the next one is read."""
    queue = make()
    ask(queue, "deadly", "poison")
    ask(queue, "quick", "next")
    job = ended(queue, "poison")
    assert (job.state, job.error) == ("parked", PARKED)
    assert ended(queue, "next").state == "done"


def test_a_job_that_does_not_answer_its_cancel_is_ended(make: MakeQueue) -> None:
    """Within seconds, and its lane goes on."""
    queue = make()
    ask(queue, "stubborn", "scan")
    begun(queue, "scan")
    queue.cancel("scan")
    assert ended(queue, "scan").state == "cancelled"
    ask(queue, "quick", "next")
    assert ended(queue, "next").state == "done"


def test_a_job_that_hangs_is_ended_at_its_time_limit(make: MakeQueue) -> None:
    """The sentence says so."""
    queue = make()
    ask(queue, "stubborn", "scan", seconds=1.0)
    assert "longest that a run may take" in (ended(queue, "scan").error or "")


def test_what_shares_a_worker_with_a_stubborn_job_begins_again(make: MakeQueue) -> None:
    """That counts as no attempt."""
    queue = make(Plan((("long",), ("short",))))
    ask(queue, "wait", "other", "short")
    ask(queue, "stubborn", "scan")
    first = begun(queue, "other")
    begun(queue, "scan")
    queue.cancel("scan")
    until(queue, "other", lambda job: bool(job.events) and job.events[0].step != str(first))
    record = queue._store.get("other")
    assert record
    assert record.attempt == 1


def test_a_worker_that_has_grown_makes_room_for_a_fresh_one(make: MakeQueue) -> None:
    """Between two jobs; nothing is lost."""
    queue = make(Plan((("long",),), megabytes=1))
    for name in ("a", "b"):
        ask(queue, "quick", name)
        assert ended(queue, name).state == "done"
        time.sleep(0.7)
    assert begun(queue, "a") != begun(queue, "b")


def test_a_worker_for_rare_work_is_there_only_while_there_is_any(make: MakeQueue) -> None:
    """It comes when it is needed and leaves."""
    queue = make(Plan((("background",),), idle=0.3))
    queue.warm()
    time.sleep(0.5)
    assert queue.pids == []
    ask(queue, "quick", "cell", "background")
    assert ended(queue, "cell").state == "done"
    deadline = time.monotonic() + 20
    while queue.pids and time.monotonic() < deadline:
        time.sleep(0.05)
    assert queue.pids == []


def test_what_waited_is_done_after_a_restart(make: MakeQueue) -> None:
    """A running job too: its worker gives it back."""
    queue = make()
    ask(queue, "wait", "running")
    ask(queue, "quick", "waiting")
    begun(queue, "running")
    queue.close()
    later = make()
    later.warm()
    begun(later, "running")
    later.cancel("running")
    assert ended(later, "waiting").state == "done"


def test_a_worker_asks_for_a_password_and_gets_it(make: MakeQueue) -> None:
    """From the process that was given it."""
    queue = make(password={"abc": "s3same"}.get)
    ask(queue, "password", "a", payload={"document": "abc"})
    assert ended(queue, "a").events[0].step == "known"


def test_an_encrypted_document_is_read_by_a_worker_and_its_password_is_nowhere_on_disk(
    tmp_path: Path, encrypted_pdf: SampleFile
) -> None:
    """Not in the jobs, not in a file, not in a log."""
    studio = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="processes"))
    password = PASSWORD
    document = studio.open(encrypted_pdf.data, "locked.pdf", password)
    run = studio.start(document.sha256, [PageRef(1)])
    queue = studio._parts.queue
    assert isinstance(queue, ProcessQueue)
    try:
        job = ended(queue, run)
        assert job.error is None
        found = studio.job(run)
        assert found
        assert found.extraction
        assert found.extraction.values.invoice_number == encrypted_pdf.truth["invoice_number"]
    finally:
        queue.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if password.encode() in path.read_bytes()] == []
