"""A job queue in this process: a few threads, snapshots under a lock, and the last finished runs kept for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from core.errors import Cancelled, StudioError
from core.events import Event, ReplyArrived, RunFinished, StepEvent
from core.extraction import Extraction
from core.jobs.queue import Job, JobState, Work
from core.llm.provider import RESTART

log = logging.getLogger(__name__)

#: Finished runs that stay known; older ones are found in the files store.
KEPT = 200


@dataclass(slots=True)
class _Running:
    job_id: str
    title: str
    cancel: threading.Event = field(default_factory=threading.Event)
    state: JobState = "queued"
    events: list[StepEvent] = field(default_factory=list)
    reply: list[str] = field(default_factory=list)
    extraction: Extraction | None = None
    error: str | None = None
    started: float = 0.0
    ended: float = 0.0


class LocalQueue:
    """Implements :class:`core.jobs.queue.JobQueue` with threads."""

    def __init__(self, workers: int = 2) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="studio-job")
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, _Running] = OrderedDict()

    def submit(self, job_id: str, title: str, work: Work) -> None:
        """See :meth:`core.jobs.queue.JobQueue.submit`."""
        job = _Running(job_id, title)
        with self._lock:
            self._jobs[job_id] = job
            self._forget_old()
        self._pool.submit(self._run, job, work)

    def get(self, job_id: str) -> Job | None:
        """See :meth:`core.jobs.queue.JobQueue.get`."""
        with self._lock:
            job = self._jobs.get(job_id)
            return _snapshot(job) if job else None

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.queue.JobQueue.cancel`."""
        with self._lock:
            if job := self._jobs.get(job_id):
                job.cancel.set()

    def jobs(self) -> list[Job]:
        """See :meth:`core.jobs.queue.JobQueue.jobs`."""
        with self._lock:
            return [_snapshot(job) for job in self._jobs.values()]

    def close(self) -> None:
        """Cancel what runs and end the threads."""
        with self._lock:
            for job in self._jobs.values():
                job.cancel.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget_old(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.state not in ("queued", "running")]
        for key in ended[: max(0, len(ended) - KEPT)]:
            del self._jobs[key]

    def _run(self, job: _Running, work: Work) -> None:
        with self._lock:
            job.state, job.started = "running", time.monotonic()
        state: JobState = "done"
        error: str | None = None
        try:
            for event in work(job.cancel.is_set):
                self._note(job, event)
                if job.cancel.is_set() and not isinstance(event, RunFinished):
                    raise Cancelled("The run was cancelled.")
        except Cancelled as stop:
            state, error = "cancelled", str(stop)
        except StudioError as failure:
            state, error = "failed", str(failure)
        except Exception:
            log.exception("run %s failed", job.job_id)
            state, error = "failed", "Something unexpected went wrong in this run; the log has the details. Try again."
        with self._lock:
            job.state, job.error, job.ended = state, error, time.monotonic()

    def _note(self, job: _Running, event: Event) -> None:
        with self._lock:
            if isinstance(event, RunFinished):
                job.extraction = event.extraction
            elif isinstance(event, ReplyArrived):
                if event.text == RESTART:  # what came so far is void
                    job.reply.clear()
                else:
                    job.reply.append(event.text)
            else:
                job.events.append(event)


def _snapshot(job: _Running) -> Job:
    until = job.ended or time.monotonic()
    return Job(
        job.job_id,
        job.title,
        job.state,
        tuple(job.events),
        "".join(job.reply),
        job.extraction,
        job.error,
        until - job.started if job.started else 0.0,
    )
