"""What carries the events of jobs: one contract, run over memory, a table of each database, and Redis."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.events import Event, ReplyArrived, StepFinished, StepStarted
from core.jobs.queue import JobRequest
from core.jobs.redis import KEPT, MOST, RedisEvents, connect
from core.jobs.store import NUMBERS, JobEvents, JobRecord, JobStore
from storage.database import Database
from storage.jobs import SqlJobs
from tests.doubles.jobs import MemoryEvents, MemoryJobs

Carried = tuple[JobStore, JobEvents]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres), "redis"])
def carried(request: pytest.FixtureRequest, tmp_path: Path, open_store: Callable[[str], Database]) -> Carried:
    """Jobs, and what carries their events, of each kind."""
    events: JobEvents
    if request.param == "memory":
        events = MemoryEvents()
        return MemoryJobs(events), events
    sqlite = f"sqlite:///{tmp_path / 'studio.db'}"
    database = open_store(request.getfixturevalue("postgres_url") if request.param == "postgres" else sqlite)
    if request.param == "redis":
        events = RedisEvents(request.getfixturevalue("redis_server"))
        return SqlJobs(database, "here", events=events), events
    jobs = SqlJobs(database, "here")
    return jobs, jobs._events


def claimed(jobs: JobStore, job_id: str = "") -> JobRecord:
    """A new job, claimed."""
    jobs.add(JobRequest("run", job_id or uuid.uuid4().hex, "a.pdf"))
    found = jobs.claim("w", ("long",), 30)
    assert found
    return found


SOME: list[Event] = [StepStarted("load"), StepFinished("load", 0.1, True, "é"), ReplyArrived("llm", '{"a": "ü"')]


def test_who_comes_late_or_back_reads_from_the_number_they_name(carried: Carried) -> None:
    """Numbered in order, whole, and only those after."""
    jobs, events = carried
    job = claimed(jobs)
    events.note(job, SOME[:1])
    events.note(job, SOME[1:])
    assert events.read(job.job_id) == list(enumerate(SOME, start=1))
    assert events.read(job.job_id, after=2) == [(3, SOME[2])]
    assert events.read(job.job_id, after=3) == []
    assert events.read("unknown") == []


def test_another_process_goes_on_where_the_first_was(carried: Carried) -> None:
    """What is known of the numbers in memory is not the truth about them."""
    jobs, events = carried
    job = claimed(jobs)
    events.note(job, SOME[:2])
    if isinstance(events, MemoryEvents):
        return
    events._last.clear()  # type: ignore[attr-defined]
    events.note(job, SOME[2:])
    assert [number for number, _ in events.read(job.job_id)] == [1, 2, 3]


def test_a_claim_that_is_over_adds_nothing_and_the_next_ones_numbers_are_above(carried: Carried) -> None:
    """Whoever saw the first claim's events misses none of the second's, though it was given back and that is no attempt."""
    jobs, events = carried
    first = claimed(jobs)
    events.note(first, SOME)
    jobs.give_back(["w"])
    second = jobs.claim("other", ("long",), 30)
    assert second
    assert (second.attempt, second.claims) == (1, 2)
    events.note(second, SOME[:1])
    events.note(first, SOME[1:])
    assert events.read(first.job_id) == [(NUMBERS + 1, SOME[0])]
    assert events.read(first.job_id, after=3) == [(NUMBERS + 1, SOME[0])]


def test_what_is_forgotten_is_gone(carried: Carried) -> None:
    """It may tell what stands on a document."""
    jobs, events = carried
    job = claimed(jobs)
    events.note(job, SOME)
    jobs.forget([job.job_id])
    jobs.forget([])
    assert events.read(job.job_id) == []


def test_redis_keeps_them_for_a_day_and_not_without_end(redis_server: str) -> None:
    """The stream has a length and an end."""
    job = replace(claimed(MemoryJobs()), claims=1)
    events = RedisEvents(redis_server)
    for _ in range(3):
        events.note(job, SOME[:1] * 2500)
    key = f"studio:events:{job.job_id}"
    assert MOST <= connect(redis_server).xlen(key) < MOST * 1.2
    assert KEPT - 60 < connect(redis_server).ttl(key) <= KEPT


def test_without_redis_nothing_is_read_and_the_claim_goes_on() -> None:
    """How a job ends stands in its row."""
    events = RedisEvents("redis://127.0.0.1:1/0")
    events.begin(replace(claimed(MemoryJobs()), claims=2))
    assert events.read("a") == []
