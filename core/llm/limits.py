"""Waiting one's turn at a provider: so many calls at once, so many a minute, none while it is left alone."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.cancelling import IsCancelled, stop_if
from core.errors import ProviderError, RateLimited, StorageError
from core.stores.traffic import LEASE, Limits, Outcome, Traffic

#: Seconds between two looks at whether the person has stopped the run.
STEP = 0.2

Sleep = Callable[[float], None]


def pause(seconds: float, cancelled: IsCancelled, sleep: Sleep = time.sleep) -> None:
    """Sleep in short steps. Raises Cancelled as soon as the person stops the run."""
    while seconds > 0:
        stop_if(cancelled)
        sleep(min(STEP, seconds))
        seconds -= STEP
    stop_if(cancelled)


def outcome_of(error: BaseException) -> Outcome:
    """What an error of a call says of its provider. One that answers no, or asks for patience, works."""
    if not isinstance(error, ProviderError):
        return "nothing"
    return "failed" if error.temporary and not isinstance(error, RateLimited) else "works"


@dataclass(slots=True)
class Turn:
    """A call's turn: who makes the call says what came of it."""

    outcome: Outcome = "nothing"


class Turns:
    """The turns at all providers, for the threads of one process; ``traffic`` knows those of the others. The limits are said
    at every call, so a change on the Settings page holds at once."""

    def __init__(self, traffic: Traffic, sleep: Sleep = time.sleep) -> None:
        self._traffic = traffic
        self._sleep = sleep
        self._first: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._state = threading.Condition()
        self._ended = 0
        self._running: set[str] = set()
        self._renewing = False

    @contextmanager
    def turn(
        self, line: str, limits: Limits, paused: Callable[[float], ProviderError], cancelled: IsCancelled
    ) -> Iterator[Turn]:
        """Waits until a call of ``line`` may begin, and counts it until it ends. Raises Cancelled, StorageError, and what
        ``paused`` makes of the seconds for which the provider is left alone."""
        call_id, turn = uuid.uuid4().hex, Turn()
        try:
            with self._first_in_line(line, cancelled):
                self._wait(line, call_id, limits, paused, cancelled)
            self._keep(call_id)
            yield turn
        finally:
            # Where the database does not answer, the call counts until nobody has renewed it for a while.
            with contextlib.suppress(StorageError):
                self._traffic.end(line, call_id, turn.outcome)
            with self._state:
                self._running.discard(call_id)
                self._ended += 1
                self._state.notify_all()

    @contextmanager
    def _first_in_line(self, line: str, cancelled: IsCancelled) -> Iterator[None]:
        """One thread of the process asks for its turn, the others wait behind it: so processes take turns too."""
        with self._state:
            first = self._first[line]
        while not first.acquire(timeout=STEP):
            stop_if(cancelled)
        try:
            yield
        finally:
            first.release()

    def _wait(
        self,
        line: str,
        call_id: str,
        limits: Limits,
        paused: Callable[[float], ProviderError],
        cancelled: IsCancelled,
    ) -> None:
        while True:
            ended = self._ended
            not_now = self._traffic.begin(line, call_id, limits)
            if not_now is None:
                return
            if not_now.why == "paused":
                raise paused(not_now.seconds)
            if not_now.why == "busy":  # one of our own may end sooner
                stop_if(cancelled)
                with self._state:
                    self._state.wait_for(lambda ended=ended: self._ended != ended, not_now.seconds)  # type: ignore[misc]
            else:
                pause(not_now.seconds, cancelled, self._sleep)

    def _keep(self, call_id: str) -> None:
        """Have the call renewed until it ends."""
        with self._state:
            self._running.add(call_id)
            if not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew, name="studio-renew", daemon=True).start()

    def _renew(self) -> None:
        while True:
            time.sleep(LEASE / 4)
            with self._state:
                running = set(self._running)
                if not running:
                    self._renewing = False
                    return
            with contextlib.suppress(StorageError):
                self._traffic.renew(running)
