"""The local job queue: runs are watched, cancelled and kept apart."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.errors import BrokenDocument
from core.events import Event, ReplyArrived, RunFinished, StepFinished, StepStarted
from core.extraction import Extraction
from core.jobs.local import LocalQueue
from core.jobs.queue import Job
from core.models import Invoice
from core.recipe import Recipe

RESULT = Extraction(document="d", name="n", pages=(), recipe=Recipe(), invoice=Invoice())


@pytest.fixture
def queue() -> Iterator[LocalQueue]:
    """A queue that ends with the test."""
    local = LocalQueue()
    yield local
    local.close()


def settled(queue: LocalQueue, job_id: str, seconds: float = 5) -> Job:
    """The job once it is no longer active."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = queue.get(job_id)
        if job is not None and not job.active:
            return job
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def test_a_run_can_be_watched_to_its_result(queue: LocalQueue) -> None:
    """Events, reply and result are in the snapshot."""

    def work(cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("load")
        yield ReplyArrived("rules", "{")
        yield StepFinished("load", 0.1)
        yield RunFinished(RESULT)

    queue.submit("a", "A", work)
    job = settled(queue, "a")
    assert (job.state, job.reply, job.extraction) == ("done", "{", RESULT)
    assert job.events == (StepStarted("load"), StepFinished("load", 0.1))


def test_a_cancelled_run_stops_at_its_next_event(queue: LocalQueue) -> None:
    """Cancel ends the run without a result."""
    go = threading.Event()

    def work(cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("ocr")
        go.wait(5)
        yield StepFinished("ocr", 1)
        raise AssertionError("went on after cancel")

    queue.submit("a", "A", work)
    queue.cancel("a")
    go.set()
    assert settled(queue, "a").state == "cancelled"


def test_an_error_is_its_sentence_and_others_go_on(queue: LocalQueue) -> None:
    """One bad document does not touch the rest; an unforeseen error shows no traceback."""

    def broken(cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("load")
        raise BrokenDocument("x.pdf", "it is damaged.")

    def bug(cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("load")
        raise ZeroDivisionError("division by zero")

    def good(cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield RunFinished(RESULT)

    for name, work in (("a", broken), ("b", bug), ("c", good)):
        queue.submit(name, name, work)
    assert settled(queue, "a").error == "x.pdf: it is damaged."
    assert "division" not in (settled(queue, "b").error or "")
    assert settled(queue, "c").state == "done"


def test_an_unknown_job_is_none(queue: LocalQueue) -> None:
    """Asking for or cancelling it does no harm."""
    queue.cancel("nothing")
    assert queue.get("nothing") is None
