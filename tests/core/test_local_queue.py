"""The local job queue: jobs are watched, cancelled, kept apart, and come in turn."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from core.errors import BrokenDocument, Cancelled
from core.events import RESTART, Event, ReplyArrived, RunFinished, StepFinished, StepStarted
from core.extraction import Extraction
from core.invoice.model import Invoice
from core.jobs.local import LocalQueue
from core.jobs.queue import Handler, Job, JobQueue, JobRequest
from core.recipe import Recipe
from tests.doubles.jobs import MemoryJobs

RESULT = Extraction(document="d", name="n", pages=(), recipe=Recipe(), values=Invoice())
MakeQueue = Callable[[Mapping[str, Handler]], LocalQueue]


@pytest.fixture
def make() -> Iterator[MakeQueue]:
    """Makes queues that end with the test."""
    made: list[LocalQueue] = []

    def make(handlers: Mapping[str, Handler]) -> LocalQueue:
        made.append(LocalQueue(MemoryJobs(), handlers))
        return made[-1]

    yield make
    for queue in made:
        queue.close()


def settled(queue: JobQueue, job_id: str, seconds: float = 10) -> Job:
    """The job once it is no longer active."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = queue.get(job_id)
        if job is not None and not job.active:
            return job
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def asked(job_id: str, kind: str = "work", **more: object) -> JobRequest:
    """A request."""
    return JobRequest(kind, job_id, job_id.upper(), **more)  # type: ignore[arg-type]


def test_a_run_can_be_watched_to_its_end(make: MakeQueue) -> None:
    """Events and reply are in the snapshot; the result is kept by whoever made it."""

    def work(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted(request.payload["step"])
        yield ReplyArrived("rules", "void")
        yield ReplyArrived("rules", RESTART)
        yield ReplyArrived("rules", "{")
        yield StepFinished("load", 0.1)
        yield RunFinished(RESULT)

    queue = make({"work": work})
    queue.submit(asked("a", payload={"step": "load"}))
    job = settled(queue, "a")
    assert (job.state, job.title, job.reply) == ("done", "A", "{")
    assert job.events == (StepStarted("load"), StepFinished("load", 0.1))


def test_events_are_numbered_and_can_be_read_on(make: MakeQueue) -> None:
    """Whoever saw some of them asks for those after."""

    def work(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield from (StepStarted("load"), StepFinished("load", 0.1), StepStarted("ocr"))

    queue = make({"work": work})
    queue.submit(asked("a"))
    settled(queue, "a")
    assert [number for number, _ in queue.events("a")] == [1, 2, 3]
    assert queue.events("a", after=2) == [(3, StepStarted("ocr"))]


def test_a_cancelled_run_stops_at_its_next_event(make: MakeQueue) -> None:
    """Cancel ends the run without a result."""
    begun, go = threading.Event(), threading.Event()

    def work(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("ocr")
        begun.set()
        go.wait(5)
        yield StepFinished("ocr", 1)
        raise AssertionError("went on after cancel")

    queue = make({"work": work})
    queue.submit(asked("a"))
    assert begun.wait(5)
    queue.cancel("a")
    go.set()
    assert settled(queue, "a").state == "cancelled"


def test_a_run_that_takes_too_long_is_stopped_with_its_sentence(make: MakeQueue) -> None:
    """The limit is told, and what can be done."""

    def work(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("ocr")
        while not cancelled():
            time.sleep(0.01)
        raise Cancelled("The run was cancelled.")

    queue = make({"work": work})
    queue.submit(asked("a", seconds=0.2))
    job = settled(queue, "a")
    assert job.state == "failed"
    assert "longest that a run may take" in (job.error or "")


def test_an_error_is_its_sentence_and_others_go_on(make: MakeQueue) -> None:
    """One bad document does not touch the rest; an unforeseen error shows no traceback."""

    def broken(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("load")
        raise BrokenDocument("x.pdf", "it is damaged.")

    def bug(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("load")
        raise ZeroDivisionError("division by zero")

    def good(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield RunFinished(RESULT)

    queue = make({"a": broken, "b": bug, "c": good})
    for name in "abc":
        queue.submit(asked(name, name))
    assert settled(queue, "a").error == "x.pdf: it is damaged."
    assert "division" not in (settled(queue, "b").error or "")
    assert settled(queue, "c").state == "done"


def test_short_work_does_not_wait_behind_long_work(make: MakeQueue) -> None:
    """A PDF is done while a scan is being read and others wait."""
    go = threading.Event()

    def read(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        go.wait(10)
        yield RunFinished(RESULT)

    def look(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield RunFinished(RESULT)

    queue = make({"scan": read, "pdf": look})
    for number in range(4):
        queue.submit(asked(f"scan{number}", "scan", lane="long"))
    queue.submit(asked("pdf", "pdf", lane="short"))
    assert settled(queue, "pdf").state == "done"
    first, last = queue.get("scan0"), queue.get("scan3")
    assert first
    assert first.state == "running"
    assert last
    assert (last.state, last.ahead) == ("queued", 2)
    go.set()
    assert settled(queue, "scan3").state == "done"


def test_a_single_file_does_not_wait_for_another_persons_stack(make: MakeQueue) -> None:
    """Owners take turns."""
    order: list[str] = []
    go = threading.Event()

    def work(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        go.wait(5)
        order.append(request.job_id)
        yield RunFinished(RESULT)

    queue = make({"work": work})
    for number in range(4):
        queue.submit(asked(f"stack{number}", owner="many"))
    queue.submit(asked("single", owner="one"))
    go.set()
    settled(queue, "stack3")
    assert order.index("single") == 1


def test_how_long_it_still_takes_is_told_once_something_was_read(make: MakeQueue) -> None:
    """By what a page took lately; nothing is invented before."""
    go = threading.Event()

    def work(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        if request.job_id == "first":
            time.sleep(0.2)
        else:
            go.wait(5)
        yield RunFinished(RESULT)

    queue = make({"work": work})
    queue.submit(asked("first"))
    settled(queue, "first")
    queue.submit(asked("b"))
    queue.submit(asked("c", size=10))
    job = queue.get("c")
    assert job
    assert job.left is not None
    assert 1.9 < job.left < 4.0
    go.set()


def test_an_unknown_job_is_none(make: MakeQueue) -> None:
    """Asking for or cancelling it does no harm."""
    queue = make({})
    queue.cancel("nothing")
    assert queue.get("nothing") is None
