"""Waiting one's turn at a provider: so many calls at once, so many a minute."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.cancelling import IsCancelled, stop_if

#: Seconds between two looks at whether the person has stopped the run.
STEP = 0.2
MINUTE = 60.0

Sleep = Callable[[float], None]
Clock = Callable[[], float]


def pause(seconds: float, cancelled: IsCancelled, sleep: Sleep = time.sleep) -> None:
    """Sleep in short steps. Raises Cancelled as soon as the person stops the run."""
    while seconds > 0:
        stop_if(cancelled)
        sleep(min(STEP, seconds))
        seconds -= STEP
    stop_if(cancelled)


class Turns:
    """The turns of one provider. The limits are said at every call, so a change on the Settings page holds at once."""

    def __init__(self, sleep: Sleep = time.sleep, clock: Clock = time.monotonic) -> None:
        self._sleep = sleep
        self._clock = clock
        self._free = threading.Condition()
        self._running = 0
        self._begun: deque[float] = deque()

    @contextmanager
    def turn(self, at_once: int, per_minute: int, cancelled: IsCancelled) -> Iterator[None]:
        """Waits until a call may begin, and counts it until it ends (``per_minute`` 0: no limit). Raises Cancelled."""
        with self._free:
            while self._running >= at_once:
                stop_if(cancelled)
                self._free.wait(STEP)
            self._running += 1
        try:
            if per_minute:
                self._wait_for_minute(per_minute, cancelled)
            yield
        finally:
            with self._free:
                self._running -= 1
                self._free.notify()

    def _wait_for_minute(self, per_minute: int, cancelled: IsCancelled) -> None:
        while (wait := self._claim(per_minute)) > 0:
            pause(wait, cancelled, self._sleep)

    def _claim(self, per_minute: int) -> float:
        with self._free:
            now = self._clock()
            while self._begun and self._begun[0] <= now - MINUTE:
                self._begun.popleft()
            if len(self._begun) < per_minute:
                self._begun.append(now)
                return 0.0
            return self._begun[-per_minute] + MINUTE - now
