"""One contract of queues, over threads of this process on SQLite and over Celery's workers on Redis and PostgreSQL: real servers, real
processes, never Celery's eager mode."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.events import StepFinished, StepStarted
from core.jobs.celery import CeleryQueue
from core.jobs.local import LocalQueue
from core.jobs.queue import Job, JobQueue, JobRequest, Lane
from core.jobs.redis import RedisEvents
from core.jobs.store import PARKED
from storage.database import open_database
from storage.jobs import SqlJobs
from tests.hosts.little_worker import KINDS
from tests.hosts.servers import PostgresServer, RedisServer, Worker


@pytest.fixture(scope="module")
def celery(redis: RedisServer, postgres: PostgresServer) -> Iterator[tuple[CeleryQueue, Worker]]:
    """A queue and its worker, of one process with a lease of 3 seconds."""
    database = open_database(postgres.url)
    queue = CeleryQueue(SqlJobs(database, "shared", events=RedisEvents(redis.url)), redis.url)
    queue.warm()
    worker = Worker(
        {},
        ("tests.hosts.little_worker", redis.url, postgres.url, "1", "2"),
        Path(os.environ.get("STUDIO_TEST_LOG", os.devnull)),
    )
    yield queue, worker
    queue.close()
    worker.kill()
    database.close()


@pytest.fixture(params=["threads", pytest.param("celery", marks=pytest.mark.postgres)])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JobQueue]:
    """A queue of each kind with one worker."""
    if request.param == "celery":
        yield request.getfixturevalue("celery")[0]
        return
    lanes: tuple[Lane, ...] = ("short", "long", "asking", "background")
    local = LocalQueue(SqlJobs(open_database(f"sqlite:///{tmp_path / 'studio.db'}"), "here"), KINDS, (lanes,))
    yield local
    local.close()


def until(queue: JobQueue, job_id: str, wanted: Callable[[Job], bool], seconds: float = 30) -> Job:
    """The job once it is as wanted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = queue.get(job_id)
        if job is not None and wanted(job):
            return job
        time.sleep(0.02)
    raise AssertionError(f"{job_id} is {queue.get(job_id)}")


def ended(queue: JobQueue, job_id: str) -> Job:
    """The job once it has ended."""
    return until(queue, job_id, lambda job: not job.active)


def begun(queue: JobQueue, job_id: str) -> int:
    """The process that does the job, once it has begun."""
    return int(until(queue, job_id, lambda job: bool(job.events)).events[0].step)


def happened_after(queue: JobQueue, job_id: str, seen: int) -> None:
    """Wait until something happened in a job after the event that was seen last."""
    until(queue, job_id, lambda job: bool(queue.events(job_id, after=seen)))


def ask(queue: JobQueue, kind: str, name: str, **more: object) -> str:
    """Queue work; gives its id."""
    job_id = f"{name}{time.monotonic_ns()}"
    queue.submit(JobRequest(kind, job_id, name, **{"lane": "short", **more}))  # type: ignore[arg-type]
    return job_id


def test_work_is_done_and_what_happened_can_be_read_on(queue: JobQueue) -> None:
    """Its events are numbered; whoever saw some asks for those after."""
    job_id = ask(queue, "quick", "a")
    assert ended(queue, job_id).state == "done"
    (one, began), (two, over) = queue.events(job_id)
    assert (one, two) == (1, 2)
    assert isinstance(began, StepStarted)
    assert queue.events(job_id, after=1) == [(2, over)] == [(2, StepFinished("quick", 0.0))]


def test_a_failure_is_its_sentence_and_can_be_sent_again(queue: JobQueue) -> None:
    """What is done, or waits, cannot."""
    failed, done, unknown = ask(queue, "broken", "b"), ask(queue, "quick", "a"), ask(queue, "nothing", "c")
    assert (ended(queue, failed).state, ended(queue, failed).error) == ("failed", "x.pdf: it is damaged.")
    assert "update the studio" in (ended(queue, unknown).error or "")
    assert ended(queue, done).state == "done"
    assert not queue.again(done)
    assert queue.again(failed)
    assert ended(queue, failed).state == "failed"


def test_what_waits_is_cancelled_at_once_and_what_runs_soon(queue: JobQueue) -> None:
    """Nothing of the first is ever begun."""
    running, waiting = ask(queue, "wait", "r"), ask(queue, "quick", "w")
    begun(queue, running)
    queue.cancel(waiting)
    job = queue.get(waiting)
    assert job
    assert job.state == "cancelled"
    began = time.monotonic()
    queue.cancel(running)
    assert ended(queue, running).state == "cancelled"
    assert time.monotonic() - began < 3
    assert queue.events(waiting) == []


def test_what_is_urgent_is_next_and_owners_take_turns(queue: JobQueue, tmp_path: Path) -> None:
    """One urgent among many; one owner's many do not hold up another's one."""
    go, order = tmp_path / "go", []
    first = ask(queue, "wait", "first", payload={"file": str(go)}, owner="a")
    begun(queue, first)
    jobs = [ask(queue, "quick", f"a{number}", owner="a") for number in range(8)]
    other, urgent = ask(queue, "quick", "b", owner="b"), ask(queue, "quick", "now", owner="a", priority=0)
    late = ask(queue, "quick", "late", owner="b", priority=9)
    go.touch()
    everything = [*jobs, other, urgent, late]
    for job_id in everything:
        assert ended(queue, job_id).state == "done"
    store = queue._store  # type: ignore[attr-defined]
    order = sorted(everything, key=lambda job_id: store.get(job_id).started)
    assert order == [urgent, other, *jobs, late]


@pytest.mark.postgres
def test_a_job_that_kills_its_worker_is_parked_and_can_be_sent_again(
    celery: tuple[CeleryQueue, Worker], tmp_path: Path
) -> None:
    """On the third try, with its reason; the next one is done meanwhile."""
    queue, _ = celery
    mended = tmp_path / "mended"
    poison, other = (
        ask(queue, "deadly", "p", payload={"file": str(mended)}, owner="a"),
        ask(queue, "quick", "n", owner="b"),
    )
    assert ended(queue, other).state == "done"
    assert (ended(queue, poison).state, ended(queue, poison).error) == ("parked", PARKED)
    mended.touch()
    assert queue.again(poison)
    assert ended(queue, poison).state == "done"


@pytest.mark.postgres
def test_a_job_that_hears_nothing_is_ended_with_its_process(celery: tuple[CeleryQueue, Worker]) -> None:
    """At its cancel, and at its time limit; the queue goes on."""
    queue, _ = celery
    job_id = ask(queue, "stubborn", "s")
    begun(queue, job_id)
    queue.cancel(job_id)
    assert ended(queue, job_id).state == "cancelled"
    limited = ask(queue, "stubborn", "l", seconds=0.5)
    assert "longest that a run may take" in (ended(queue, limited).error or "")
    assert ended(queue, ask(queue, "quick", "n")).state == "done"


@pytest.mark.postgres
def test_what_a_killed_process_or_worker_held_is_done_once_by_another(celery: tuple[CeleryQueue, Worker]) -> None:
    """kill -9 of the child: at once; of the whole worker: after its lease, or as soon as this host has one again. SIGTERM gives
    it back, which is no attempt. Who watched misses no event."""
    queue, worker = celery
    job_id = ask(queue, "wait", "w")
    seen, store = 0, queue._store
    for attempt, end in ((1, "child"), (2, "term"), (2, "worker")):
        happened_after(queue, job_id, seen)
        assert store.get(job_id).attempt == attempt  # type: ignore[union-attr]
        (number, event), *_ = queue.events(job_id, after=seen)
        assert isinstance(event, StepStarted)
        seen, killed = number, time.monotonic()
        if end == "child":
            os.kill(int(event.step), signal.SIGKILL)
        elif end == "worker":
            worker.kill()
            worker.start()
        else:
            assert worker.stop() == 0
            assert store.get(job_id).state == "queued"  # type: ignore[union-attr]
            worker.start()
        happened_after(queue, job_id, seen)
        assert time.monotonic() - killed < 15
    assert store.get(job_id).attempt == 3  # type: ignore[union-attr]
    queue.cancel(job_id)
    assert ended(queue, job_id).state == "cancelled"


@pytest.mark.postgres
def test_messages_that_redis_lost_are_sent_again(celery: tuple[CeleryQueue, Worker], redis: RedisServer) -> None:
    """Also what was queued while it was away."""
    queue, _ = celery
    redis.kill()
    waiting = ask(queue, "quick", "q")
    redis.start()
    assert ended(queue, waiting).state == "done"


@pytest.mark.postgres
def test_what_runs_while_postgresql_is_killed_is_done_once_it_is_back(
    celery: tuple[CeleryQueue, Worker], postgres: PostgresServer, tmp_path: Path
) -> None:
    """The worker goes on, or the job is done anew; nobody has to start anything."""
    queue, _ = celery
    go = tmp_path / "go"
    job_id = ask(queue, "wait", "w", payload={"file": str(go)})
    begun(queue, job_id)
    postgres.kill()
    postgres.start()
    go.touch()
    assert ended(queue, job_id).state == "done"
    assert ended(queue, ask(queue, "quick", "n")).state == "done"
