"""A worker's own process: it claims jobs and runs them until it is told to end, its parent is gone, or it has grown too
big. ``core/entrypoints/worker.py`` builds what it needs."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Mapping, Sequence

from core.jobs.channel import Channel
from core.jobs.local import Slots
from core.jobs.queue import Handler, Lane
from core.jobs.store import JobStore
from core.ocr.machine import resident

#: Seconds that an answer of the page's process may take.
ANSWER = 10.0
#: How often a worker looks at itself, in seconds.
LOOK = 0.5


class Passwords:
    """Asks the page's process for the passwords of encrypted documents: they are nowhere else."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()

    def __call__(self, sha256: str) -> str | None:
        """The password of a document, or ``None`` where nobody has given it."""
        with self._lock:
            if not self._channel.send(ask=sha256):
                return None
            try:
                return self._answers.get(timeout=ANSWER)
            except queue.Empty:
                return None

    def answer(self, password: str | None) -> None:
        """Take what the page's process answered."""
        self._answers.put(password)


class Worker:
    """Serves its lanes. ``idle`` ends it after so many seconds without work (0: never), ``megabytes`` once it holds more
    memory between two jobs."""

    def __init__(
        self,
        store: JobStore,
        handlers: Mapping[str, Handler],
        slots: Sequence[Sequence[Lane]],
        *,
        name: str,
        idle: float = 0.0,
        megabytes: int = 0,
    ) -> None:
        self._store = store
        self._slots = Slots(store, handlers, slots, name)
        self._idle = idle
        self._megabytes = megabytes

    def serve(self, channel: Channel, passwords: Passwords) -> None:
        """Work until it is over; never returns where the parent is gone."""
        listener = threading.Thread(target=self._listen, args=(channel, passwords), name="studio-listen", daemon=True)
        listener.start()
        self._slots.start()
        worked = time.monotonic()
        while True:
            time.sleep(LOOK)
            if self._slots.busy:
                worked = time.monotonic()
            elif self._has_grown() or (self._idle and time.monotonic() - worked > self._idle):
                break
        self._slots.close()

    def _has_grown(self) -> bool:
        # One that is too big as it starts would be no smaller the next time.
        return bool(self._megabytes) and self._slots.done > 0 and resident(os.getpid()) > self._megabytes * 1_000_000

    def _listen(self, channel: Channel, passwords: Passwords) -> None:
        for message in channel.messages():
            if "password" in message:
                passwords.answer(message["password"])
            elif "cancel" in message:
                self._slots.stop(message["cancel"])
            else:
                self._slots.wake()
        self._leave()

    def _leave(self) -> None:
        """The page's process has closed or is gone: what runs here waits for the next one."""
        try:
            self._store.give_back([self._slots.name])
        finally:
            sys.stderr.flush()
            os._exit(0)
