"""A worker's process with work of a test's own; its first line says where the jobs are. See test_worker_processes.py."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator

from core.events import Event, StepFinished, StepStarted
from core.jobs.channel import Channel
from core.jobs.queue import JobRequest
from core.jobs.worker import Passwords, Worker
from storage.database import open_database
from storage.jobs import SqlJobs


def wait(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
    """Ends when it is cancelled."""
    yield StepStarted(str(os.getpid()))
    while not cancelled():
        time.sleep(0.02)
    yield StepFinished("wait", 1.0)


def stubborn(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
    """Never ends, and hears nothing."""
    yield StepStarted(str(os.getpid()))
    time.sleep(600)


def quick(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
    """Ends at once."""
    yield StepStarted(str(os.getpid()))


def deadly(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
    """Ends its process."""
    yield StepStarted("load")
    os.kill(os.getpid(), 9)


def main() -> None:
    """Serve."""
    outgoing = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    channel = Channel(sys.stdin, outgoing)
    told = next(channel.messages())
    passwords = Passwords(channel)

    def password(request: JobRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        yield StepStarted("known" if passwords(request.payload["document"]) == "s3same" else "not known")

    store = SqlJobs(open_database(told["url"]), "here")
    kinds = {"wait": wait, "stubborn": stubborn, "quick": quick, "deadly": deadly, "password": password}
    Worker(store, kinds, told["slots"], name=told["name"], idle=told["idle"], megabytes=told["megabytes"]).serve(
        channel, passwords
    )


if __name__ == "__main__":
    main()
