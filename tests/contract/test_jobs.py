"""What keeps jobs: one contract, run over memory, SQLite and PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.events import ReplyArrived, StepFailed, StepFinished, StepProgressed, StepSkipped, StepStarted
from core.jobs.queue import USUAL, JobRequest, Lane
from core.jobs.snapshot import Snapshots
from core.jobs.store import NUMBERS, PARKED, JobRecord, JobStore
from storage.database import Database
from storage.jobs import SqlJobs
from tests.doubles.jobs import MemoryJobs

KINDS = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, open_store: Callable[[str], Database]) -> JobStore:
    """An empty store of each kind."""
    if request.param == "memory":
        return MemoryJobs()
    sqlite = f"sqlite:///{tmp_path / 'studio.db'}"
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else sqlite
    return SqlJobs(open_store(url), "here")


def asked(job_id: str, owner: str = "", lane: Lane = "long", priority: int = USUAL) -> JobRequest:
    """A request."""
    return JobRequest("run", job_id, f"{job_id}.pdf", {"pages": [[1, 0]]}, owner, lane, 2, 600.0, priority)


def taken(store: JobStore, worker: str = "w", *lanes: Lane) -> JobRecord:
    """The next job, claimed."""
    found = store.claim(worker, lanes or ("long",), 30)
    assert found is not None
    return found


def test_what_was_asked_comes_back_whole(store: JobStore) -> None:
    """The request is data: its kind, title, payload, owner, lane, size and time."""
    store.add(asked("a", "me"))
    found = store.get("a")
    assert found
    assert found.request == asked("a", "me")
    assert (found.state, found.attempt) == ("queued", 0)
    assert store.get("b") is None


def test_nobody_else_gets_a_claimed_job(store: JobStore) -> None:
    """Also under many hands at once: each job is given once."""
    for number in range(30):
        store.add(asked(f"job{number}", f"owner{number % 3}"))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda number: store.claim(f"w{number % 6}", ("long",), 30), range(40)))
    given = [record.job_id for record in found if record]
    assert sorted(given) == sorted({f"job{number}" for number in range(30)})


def test_a_worker_takes_only_from_its_lanes_in_their_order(store: JobStore) -> None:
    """What it prefers comes first, whatever is older."""
    store.add(asked("scan", lane="long"))
    store.add(asked("pdf", lane="short"))
    assert store.claim("w", ("background",), 30) is None
    assert [taken(store, "w", "short", "long").job_id for _ in range(2)] == ["pdf", "scan"]


def test_owners_take_turns(store: JobStore) -> None:
    """The one who was served longest ago comes next."""
    for number in range(3):
        store.add(asked(f"a{number}", "a"))
    store.add(asked("b0", "b"))
    assert [taken(store).job_id for _ in range(4)] == ["a0", "b0", "a1", "a2"]


def test_what_is_urgent_comes_first_whoever_asks(store: JobStore) -> None:
    """Before everything that is not, in every line that it waits in."""
    for number in range(20):
        store.add(asked(f"a{number}", "a"))
    store.add(asked("late", "b", priority=9))
    store.add(asked("now", "a", priority=0))
    assert taken(store).job_id == "now"
    assert taken(store, "w", "ocr").job_id == "a0"  # type: ignore[arg-type]


def test_a_queue_gives_only_its_own_kind_of_work(store: JobStore) -> None:
    """A worker of many hosts asks by queue."""
    store.add(asked("scan"))
    store.add(replace(asked("archive"), kind="inbox"))
    store.add(replace(asked("cell", lane="background"), kind="cell"))
    assert store.claim("w", ("llm", "extraction", "documents"), 30) is None
    assert store.waiting() == {"ocr": 1, "preprocessing": 1, "evaluation": 1}
    for queue, job_id in (("preprocessing", "archive"), ("evaluation", "cell"), ("ocr", "scan")):
        found = store.claim("w", (queue,), 30)
        assert found
        assert found.job_id == job_id
    assert len(store.running()) == 3


def test_how_many_come_before_is_known_without_looking_at_each(store: JobStore) -> None:
    """Of its own stack all that are older, of another's one a round, of what is more urgent all, of what can wait none."""
    for number in range(4):
        store.add(asked(f"a{number}", "a"))
    for name, owner, priority in (("b0", "b", USUAL), ("b1", "b", USUAL), ("now", "c", 0), ("late", "d", 9)):
        store.add(asked(name, owner, priority=priority))
    snapshots = Snapshots(store)
    order = ["now", "a0", "b0", "a1", "b1", "a2", "a3", "late"]
    ahead = {name: job.ahead for name in order if (job := snapshots.of(name))}
    assert ahead == {name: place for place, name in enumerate(order)}
    assert [taken(store).job_id for _ in order] == order


def test_events_of_every_kind_come_back_in_order(store: JobStore) -> None:
    """Numbered from 1, through JSON and back."""
    store.add(asked("a"))
    job = taken(store)
    happened = [
        StepStarted("load"),
        StepProgressed("ocr", 1, 2, "page 1 of 2"),
        StepFinished("ocr", 1.5, True, "é"),
        StepSkipped("einvoice", "no"),
        StepFailed("extract", 0.1, "why"),
        ReplyArrived("llm", '{"a": 1'),
    ]
    store.note(job, happened[:2])
    store.note(job, happened[2:])
    assert store.events("a") == list(enumerate(happened, start=1))
    assert [number for number, _ in store.events("a", after=4)] == [5, 6]


def test_a_job_ends_once(store: JobStore) -> None:
    """By the worker that holds it; a second word changes nothing."""
    store.add(asked("a"))
    job = taken(store)
    assert store.finish(job, "failed", "why")
    assert not store.finish(job, "done")
    found = store.get("a")
    assert found
    assert (found.state, found.error) == ("failed", "why")
    assert store.active() == []


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_told(store: JobStore) -> None:
    """The heartbeat says so."""
    for name in ("a", "b"):
        store.add(asked(name))
    job = taken(store)
    assert store.beat(job, 30)
    store.cancel("a")
    store.cancel("b")
    assert not store.beat(job, 30)
    found = store.get("b")
    assert found
    assert found.state == "cancelled"
    assert store.claim("w", ("long",), 30) is None


def test_a_lost_workers_job_comes_back_once_and_is_then_set_aside(store: JobStore) -> None:
    """What its worker noted is dropped; the third loss sets it aside with a sentence; somebody may send it again."""
    store.add(asked("a"))
    store.note(taken(store, "first"), [StepStarted("load")])
    (back,) = store.lost(["first"])
    assert back.state == "queued"
    again = taken(store, "second")
    assert again.attempt == 2
    assert store.events("a") == []
    store.note(again, [StepStarted("load")])
    assert store.events("a", after=1) == [(NUMBERS + 1, StepStarted("load"))]
    store.lost(["second"])
    assert taken(store, "third").attempt == 3
    store.lost(["third"])
    found = store.get("a")
    assert found
    assert (found.state, found.error) == ("parked", PARKED)
    assert store.claim("fourth", ("long",), 30) is None
    assert store.again("a")
    assert taken(store, "fourth").attempt == 1
    assert store.again("a") is None


def test_a_job_whose_lease_has_ended_is_given_to_another(store: JobStore) -> None:
    """The first worker's end then changes nothing."""
    store.add(asked("a"))
    first = store.claim("gone", ("long",), 0.01)
    assert first
    time.sleep(0.05)
    second = taken(store, "other")
    assert second.job_id == "a"
    assert not store.beat(first, 30)
    assert not store.finish(first, "done")
    assert store.finish(second, "done")


def test_a_heartbeat_holds_a_job(store: JobStore) -> None:
    """The lease goes on."""
    store.add(asked("a"))
    job = store.claim("w", ("long",), 0.2)
    assert job
    assert store.beat(job, 30)
    time.sleep(0.25)
    assert store.lost() == []


def test_what_is_given_back_counts_as_no_attempt(store: JobStore) -> None:
    """A planned end of a worker costs a job nothing."""
    store.add(asked("a"))
    for name in ("w1", "w2", "w3"):
        assert taken(store, name).attempt == 1
        store.give_back([name])


def test_a_cancelled_job_of_a_lost_worker_is_cancelled(store: JobStore) -> None:
    """It does not run again."""
    store.add(asked("a"))
    taken(store, "w")
    store.cancel("a")
    (ended,) = store.lost(["w"])
    assert ended.state == "cancelled"


def test_what_was_done_last_is_known(store: JobStore) -> None:
    """By lane, to tell how long the next may take."""
    for name, lane in (("a", "long"), ("b", "short"), ("c", "long")):
        store.add(asked(name, lane=lane))  # type: ignore[arg-type]
    for _ in range(3):
        store.finish(taken(store, "w", "short", "long"), "done")
    assert [record.job_id for record in store.lane("long").done] == ["c", "a"]


def test_jobs_of_another_data_folder_are_left_alone(database_url: str, open_store: Callable[[str], Database]) -> None:
    """Their documents are not here."""
    database = open_store(database_url)
    SqlJobs(database, "there").add(asked("a"))
    assert SqlJobs(database, "here").claim("w", ("long",), 30) is None
    assert SqlJobs(database, "there").claim("w", ("long",), 30) is not None


def test_a_job_outlives_its_process(database_url: str, open_store: Callable[[str], Database]) -> None:
    """Whoever opens the database next finds it."""
    first = open_store(database_url)
    SqlJobs(first, "here").add(asked("a"))
    first.close()
    assert taken(SqlJobs(open_store(database_url), "here")).request == asked("a")
