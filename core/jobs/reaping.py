"""Jobs that were lost are sent again: those of workers that are gone, and those whose message Redis lost. Any process may do it, several at
once too: a message more finds nothing to do."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Protocol

from core.jobs.store import JobStore
from core.outage import Outage

log = logging.getLogger(__name__)

#: How often lost jobs are looked for, in seconds.
EVERY = 2.0
#: Messages that one look sends at most for a queue.
MOST_SENT = 1000
#: Seconds that are waited at most beside that while something does not answer: jobs wait for it.
LONGEST = 5.0


class Waker(Protocol):
    """Wakes the workers of a queue."""

    def wake(self, queue: str, job_id: str = "") -> None:
        """Have one worker of a queue look for work. Raises QueueUnavailable."""

    def depth(self, queue: str) -> int:
        """How many messages lie in a queue. Raises QueueUnavailable."""

    def turn(self, seconds: float) -> bool:
        """Whether nobody else has had this turn within ``seconds``. Raises QueueUnavailable."""


@dataclass(frozen=True, slots=True)
class Reaped:
    """What a look did: jobs that were lost, and messages that were sent."""

    lost: int = 0
    sent: int = 0


class Reaper:
    """Looks for lost jobs."""

    def __init__(self, store: JobStore, waker: Waker) -> None:
        self._store = store
        self._waker = waker
        self._stop = threading.Event()

    def round(self) -> Reaped:
        """Look once. Raises StorageError, QueueUnavailable."""
        lost = self._store.lost()
        sent = 0
        for queue, waiting in self._store.waiting().items():
            for _ in range(min(MOST_SENT, waiting - self._waker.depth(queue))):
                self._waker.wake(queue)
                sent += 1
        return Reaped(len(lost), sent)

    def serve(self, every: float = EVERY) -> None:
        """Look again and again until it is stopped; one of all reapers does at a time."""
        outage = Outage(log, "lost jobs could not be looked for")
        wait = every
        while not self._stop.wait(wait):
            try:
                if self._waker.turn(every * 0.9) and (done := self.round()) != Reaped():
                    log.info("%s lost jobs wait again, %s messages were sent", done.lost, done.sent)
                outage.ended()
            except Exception as error:  # it does not answer: at a later look
                outage.began(error)
            wait = every + min(outage.pause, LONGEST)

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
