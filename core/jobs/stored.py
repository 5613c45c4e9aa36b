"""What every queue says of its jobs: they lie in the store, whoever does them."""

from __future__ import annotations

from core.events import Event
from core.jobs.queue import Job, JobRequest
from core.jobs.snapshot import snapshot
from core.jobs.store import JobStore


class StoredQueue:
    """The side of :class:`core.jobs.queue.JobQueue` that looks and does nothing."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def get(self, job_id: str) -> Job | None:
        """See :meth:`core.jobs.queue.JobQueue.get`."""
        return snapshot(self._store, job_id)

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.queue.JobQueue.events`."""
        return self._store.events(job_id, after)

    def active(self, kind: str) -> list[JobRequest]:
        """See :meth:`core.jobs.queue.JobQueue.active`."""
        return [record.request for record in self._store.active() if record.request.kind == kind]


class WorkersQueue(StoredQueue):
    """A worker's own side of the queue: what it asks for lies in the store, and whoever looks after the workers does the rest.
    Implements :class:`core.jobs.queue.JobQueue`."""

    def submit(self, request: JobRequest) -> None:
        """See :meth:`core.jobs.queue.JobQueue.submit`."""
        self._store.add(request)

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.queue.JobQueue.cancel`."""
        self._store.cancel(job_id)

    def warm(self) -> None:
        """Nothing is to be made ready: this is a worker."""

    def close(self) -> None:
        """Nothing is to be ended but the worker, which others do."""
