"""What every queue says of its jobs: they lie in the store, whoever does them."""

from __future__ import annotations

from collections.abc import Sequence

from core.events import Event
from core.jobs.queue import Job, JobRequest
from core.jobs.snapshot import Snapshots
from core.jobs.store import JobStore


class StoredQueue:
    """What is the same in every :class:`core.jobs.queue.JobQueue`."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._snapshots = Snapshots(store)

    def get(self, job_id: str) -> Job | None:
        """See :meth:`core.jobs.queue.JobQueue.get`."""
        return self._snapshots.of(job_id)

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.queue.JobQueue.events`."""
        return self._store.events(job_id, after)

    def active(self, kind: str) -> list[JobRequest]:
        """See :meth:`core.jobs.queue.JobQueue.active`."""
        return [record.request for record in self._store.active(kind)]

    def submit(self, request: JobRequest) -> None:
        """See :meth:`core.jobs.queue.JobQueue.submit`."""
        self._store.add(request)
        self._snapshots.forget()
        self._queued(request)

    def again(self, job_id: str) -> bool:
        """See :meth:`core.jobs.queue.JobQueue.again`."""
        record = self._store.again(job_id)
        self._snapshots.forget()
        if record is not None:
            self._queued(record.request)
        return record is not None

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.queue.JobQueue.cancel`."""
        self._store.cancel(job_id)
        self._snapshots.forget()

    def forget(self, job_ids: Sequence[str]) -> None:
        """See :meth:`core.jobs.queue.JobQueue.forget`."""
        self._store.forget(job_ids)

    def ping(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.ping`."""
        self._store.active("")

    def _queued(self, request: JobRequest) -> None:
        """Somebody is to look for work now. To be said by each queue where there is anybody."""


class WorkersQueue(StoredQueue):
    """A worker's own side of the queue: what it asks for lies in the store, and whoever looks after the workers does the rest.
    Implements :class:`core.jobs.queue.JobQueue`."""

    def warm(self) -> None:
        """Nothing is to be made ready: this is a worker."""

    def close(self) -> None:
        """Nothing is to be ended but the worker, which others do."""
