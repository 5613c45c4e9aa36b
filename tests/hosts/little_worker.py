"""A Celery worker with work of a test's own: ``python -m tests.hosts.little_worker REDIS DATABASE``. See test_queues.py."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping

from core.errors import BrokenDocument
from core.events import Event, StepFinished, StepStarted
from core.jobs import running
from core.jobs.queue import Handler, JobRequest
from core.jobs.redis import RedisEvents
from core.jobs.routes import QUEUES
from core.jobs.store import JobStore
from storage.database import open_database
from storage.jobs import SqlJobs

Cancelled = Callable[[], bool]


def wait(request: JobRequest, cancelled: Cancelled) -> Iterator[Event]:
    """Ends when it is cancelled, or when the file that it names is there."""
    yield StepStarted(str(os.getpid()))
    while not cancelled() and not os.path.exists(request.payload.get("file", "")):  # noqa: PTH110
        time.sleep(0.01)
    yield StepFinished("wait", 1.0)


def quick(request: JobRequest, cancelled: Cancelled) -> Iterator[Event]:
    """Ends at once."""
    yield StepStarted(str(os.getpid()))
    yield StepFinished("quick", 0.0)


def broken(request: JobRequest, cancelled: Cancelled) -> Iterator[Event]:
    """Fails."""
    yield StepStarted("load")
    raise BrokenDocument("x.pdf", "it is damaged.")


def stubborn(request: JobRequest, cancelled: Cancelled) -> Iterator[Event]:
    """Never ends, and hears nothing."""
    yield StepStarted(str(os.getpid()))
    time.sleep(600)


def deadly(request: JobRequest, cancelled: Cancelled) -> Iterator[Event]:
    """Ends its process, unless the file that it names is there."""
    yield StepStarted("load")
    if not os.path.exists(request.payload["file"]):  # noqa: PTH110
        os.kill(os.getpid(), 9)


KINDS: Mapping[str, Handler] = {
    "run": quick,
    "wait": wait,
    "quick": quick,
    "broken": broken,
    "stubborn": stubborn,
    "deadly": deadly,
}


def main() -> None:
    """Serve."""
    from core.jobs.celery import serve

    redis, database, concurrency, lease = sys.argv[1:5]
    running.GRACE = 0.5

    def build() -> tuple[JobStore, Mapping[str, Handler]]:
        return SqlJobs(open_database(database), "shared", events=RedisEvents(redis)), KINDS

    sys.exit(serve(redis, QUEUES, build, concurrency=int(concurrency), lease=float(lease)))


if __name__ == "__main__":
    main()
