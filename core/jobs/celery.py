"""A job queue of workers on many hosts: Celery on Redis. The row in the store is the truth about a job; a message only wakes a worker of its
queue, and the claim in the store picks the job: priority, turns and cancel are the same as in every queue, and a message that comes twice or
is lost does no harm. Nothing else imports Celery."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import QueueUnavailable, StudioError
from core.jobs.queue import Handler, JobRequest
from core.jobs.reaping import Reaper
from core.jobs.redis import connect, told
from core.jobs.routes import QUEUES, queue_of
from core.jobs.running import Running, run_job
from core.jobs.store import JobRecord, JobStore
from core.jobs.stored import StoredQueue

log = logging.getLogger(__name__)

#: The task that every message asks for.
WAKE = "studio.wake"
#: Seconds: a message that nobody confirmed comes again; a child that does not come up is given up; a job that has outlived its limit by
#: so much is ended with its child by the worker itself.
VISIBLE, CHILD_UP, OVER = 900, 60, 60
#: Kilobytes above which a child makes room for a fresh one between two jobs, and jobs after which it does.
MOST_KILOBYTES, MOST_JOBS = 1_500_000, 500
#: Seconds for which Redis is left alone after it did not answer: whoever submits does not wait for it each time.
LEFT_ALONE = 5.0


@cache
def make_app(url: str) -> Any:
    """The Celery application of this process for a Redis."""
    from celery import Celery
    from kombu.entity import Queue

    app = Celery("studio", broker=url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_queues=[Queue(name) for name in QUEUES],
        task_create_missing_queues=False,
        task_default_queue="documents",
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=CHILD_UP,
        worker_max_tasks_per_child=MOST_JOBS,
        worker_max_memory_per_child=MOST_KILOBYTES,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBLE,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
        },
    )
    app.task(name=WAKE, acks_late=True, ignore_result=True)(_wake)
    return app


class CeleryWaker:
    """Implements :class:`core.jobs.reaping.Waker`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def wake(self, queue: str, job_id: str = "", seconds: float = 0.0) -> None:
        """See :meth:`core.jobs.reaping.Waker.wake`. ``seconds`` is how long the job may take (0: as long as it takes)."""
        limit = seconds + OVER if seconds else None
        try:
            make_app(self._url).send_task(WAKE, (queue, job_id), queue=queue, retry=False, time_limit=limit)
        except Exception as error:
            raise QueueUnavailable(f"Redis takes no message ({type(error).__name__}): check that it runs.") from None

    def depth(self, queue: str) -> int:
        """See :meth:`core.jobs.reaping.Waker.depth`."""
        with told():
            return int(connect(self._url).llen(queue))

    def turn(self, seconds: float) -> bool:
        """See :meth:`core.jobs.reaping.Waker.turn`."""
        with told():
            return bool(connect(self._url).set("studio:reaper", os.getpid(), nx=True, px=int(seconds * 1000)))


class CeleryQueue(StoredQueue):
    """Implements :class:`core.jobs.queue.JobQueue` with Celery's workers, which others start (``python -m core worker``)."""

    def __init__(self, store: JobStore, url: str, reaps: bool = True) -> None:
        """``reaps``: lost jobs are sent again from here too, once it is warm."""
        super().__init__(store)
        self._waker = CeleryWaker(url)
        self._reaper = Reaper(store, self._waker) if reaps else None
        self._reaping: threading.Thread | None = None
        self._lock = threading.Lock()
        self._silent_until = 0.0

    def ping(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.ping`."""
        super().ping()
        self._waker.depth(QUEUES[0])

    def _queued(self, request: JobRequest) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._waker.wake(queue_of(request), request.job_id, request.seconds)
        except QueueUnavailable as error:  # the row is there: the reaper sends it
            self._silent_until = time.monotonic() + LEFT_ALONE
            log.warning("%s waits for a message: %s", request.job_id, error)

    def warm(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.warm`."""
        with self._lock:
            if self._reaper and self._reaping is None:
                self._reaping = threading.Thread(target=self._reaper.serve, name="studio-reaper", daemon=True)
                self._reaping.start()

    def close(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.close`. The workers are others' and go on."""
        if self._reaper:
            self._reaper.stop()


# --- a worker ----------------------------------------------------------------------------------------------------------

#: Builds what a child works with, after the fork: the jobs, and who does the work of each kind.
Build = Callable[[], "tuple[JobStore, Mapping[str, Handler]]"]


class _Child:
    """A process that does jobs, one at a time."""

    def __init__(self, url: str, build: Build, lease: float) -> None:
        self._store, self._handlers = build()
        self._lease = lease
        self.name = f"{_here()}{os.getpid()}"
        with suppress(StudioError):  # the reaper does it otherwise
            for record in self._bury():
                CeleryWaker(url).wake(queue_of(record.request), record.job_id, record.request.seconds)

    def work(self, queue: str) -> None:
        """Do the job whose turn it is in a queue, if there is one."""
        record = self._store.claim(self.name, (queue,), self._lease)
        if record is None and self._bury():
            record = self._store.claim(self.name, (queue,), self._lease)
        if record is None:
            return
        try:
            run_job(self._store, Running(record), self._handlers, self._lease, end_worker=lambda: os._exit(1))
        except SystemExit:  # the worker is told to go: what it does counts as no attempt
            with suppress(StudioError):
                self._store.give_back([self.name])
            raise

    def _bury(self) -> list[JobRecord]:
        """Let the jobs of children of this host that are gone wait again, before their lease ends; gives those that do."""
        here = _here()
        gone = {one.worker for one in self._store.running() if one.worker.startswith(here) and not _lives(one.worker)}
        return [record for record in self._store.lost(sorted(gone)) if record.state == "queued"] if gone else []


@cache
def _here() -> str:
    """This host's part of a worker's name: its processes' numbers mean something only here and since it was started."""
    parts = [socket.gethostname()[:32]]
    for path in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        with suppress(OSError):
            parts.append(Path(path).readlink().name[5:-1] if path.endswith("pid") else Path(path).read_text()[:8])
    return ":".join(parts) + ":"


def _lives(worker: str) -> bool:
    try:
        os.kill(int(worker.rpartition(":")[2]), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        return True
    return True


_begun: tuple[str, Build, float] | None = None
_child: _Child | None = None
_made = threading.Lock()


def _wake(queue: str, job_id: str = "") -> None:
    """What a message asks for."""
    _the_child().work(queue)


def _the_child() -> _Child:
    global _child
    with _made:
        if _child is None:
            assert _begun is not None, "messages are for workers"
            _child = _Child(*_begun)
    return _child


def _begin_child(**_: object) -> None:
    """A child begins: it makes what it works with."""
    _the_child()


def serve(
    url: str,
    queues: Sequence[str],
    build: Build,
    *,
    concurrency: int,
    lease: float,
    watched: bool = False,
    alive: Path | None = None,
) -> int:
    """Work for these queues until it is told to end; gives the exit status. ``build`` is called in each child. ``watched`` tells monitors such
    as Flower what happens; the file ``alive`` is touched while the worker hears from Redis."""
    global _begun
    # Told before Celery is imported: SIGTERM gives back what is under way instead of waiting for its end.
    os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")
    from celery import signals

    _begun = (url, build, lease)
    app = make_app(url)
    signals.worker_process_init.connect(_begin_child, weak=False)
    if alive is not None:
        signals.heartbeat_sent.connect(lambda **_: alive.touch(), weak=False)
        signals.worker_ready.connect(lambda **_: alive.touch(), weak=False)
    arguments = ["worker", "--queues", ",".join(queues), "--concurrency", str(concurrency), "--loglevel", "WARNING"]
    arguments += ["--hostname", f"{queues[0]}-{os.getpid()}@%h", "--without-gossip", "--without-mingle"]
    arguments += [] if alive else ["--without-heartbeat"]
    arguments += ["--task-events"] if watched else []
    try:
        app.worker_main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    finally:
        sys.stdout.flush()
    return 0
