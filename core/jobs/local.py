"""A job queue of threads in this process: for little memory, for tests, and for whoever wants one process only."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Mapping, Sequence

from core.jobs.queue import Handler, JobRequest, Lane
from core.jobs.running import LEASE, Running, run_job
from core.jobs.store import JobStore
from core.jobs.stored import StoredQueue
from core.outage import Outage

log = logging.getLogger(__name__)

#: How often a thread looks for work that others put into the store, in seconds: a worker's, and one of the queue itself,
#: which is told of it.
LOOK = 1.0
LOOK_ALONE = 10.0
#: The lanes that each thread serves, those it prefers first.
SLOTS: tuple[tuple[Lane, ...], ...] = (("short",), ("long", "asking"), ("asking",))


class Slots:
    """Threads that claim jobs and run them, each in its lanes. Used by :class:`LocalQueue` and by a worker's process."""

    def __init__(
        self,
        store: JobStore,
        handlers: Mapping[str, Handler],
        slots: Sequence[Sequence[Lane]],
        name: str = "",
        look: float = LOOK,
    ) -> None:
        self.name = name or uuid.uuid4().hex
        self.done = 0
        """How many jobs ended here."""
        self._look = look
        self._store = store
        self._handlers = handlers
        self._slots = slots
        self._running: dict[str, Running] = {}
        self._lock = threading.Lock()
        self._wake = [threading.Event() for _ in slots]
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; does nothing where they run."""
        with self._lock:
            if self._threads or self._closing.is_set():
                return
            self._threads = [
                threading.Thread(target=self._serve, args=(place,), name=f"studio-job-{place}", daemon=True)
                for place in range(len(self._slots))
            ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for work now."""
        for event in self._wake:
            event.set()

    def stop(self, job_id: str) -> None:
        """Stop a job at its next event or page, if it runs here."""
        with self._lock:
            if running := self._running.get(job_id):
                running.stop.set()

    @property
    def busy(self) -> bool:
        """Whether something runs here."""
        return bool(self._running)

    def close(self, seconds: float = 10.0) -> None:
        """Stop what runs and end the threads; waits at most so long for each."""
        self._closing.set()
        with self._lock:
            for running in self._running.values():
                running.stop.set()
        self.wake()
        for thread in self._threads:
            thread.join(seconds)

    def _serve(self, place: int) -> None:
        wake = self._wake[place]
        outage = Outage(log, "no job could be taken or ended")
        while not self._closing.is_set():
            wake.clear()
            try:
                was_one = self._run_next(self._slots[place])
                outage.ended()
            except Exception as error:  # the store does not answer: later perhaps
                outage.began(error)
                was_one = False
            if not was_one:
                wake.wait(self._look + outage.pause)

    def _run_next(self, lanes: Sequence[Lane]) -> bool:
        record = self._store.claim(self.name, lanes, LEASE)
        if record is None:
            return False
        running = Running(record)
        with self._lock:
            self._running[record.job_id] = running
            if self._closing.is_set():
                running.stop.set()
        try:
            run_job(self._store, running, self._handlers)
        finally:
            with self._lock:
                del self._running[record.job_id]
                self.done += 1
        return True


class LocalQueue(StoredQueue):
    """Implements :class:`core.jobs.queue.JobQueue` with threads."""

    def __init__(
        self, store: JobStore, handlers: Mapping[str, Handler], slots: Sequence[Sequence[Lane]] = SLOTS
    ) -> None:
        super().__init__(store)
        self._slots = Slots(store, handlers, slots, look=LOOK_ALONE)

    def _queued(self, request: JobRequest) -> None:
        self.warm()
        self._slots.wake()

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.queue.JobQueue.cancel`."""
        super().cancel(job_id)
        self._slots.stop(job_id)

    def warm(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.warm`."""
        self._slots.start()

    def close(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.close`."""
        self._slots.close()
