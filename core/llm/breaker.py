"""The circuit breaker of one provider: one that fails again and again is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from core.errors import ProviderError, RateLimited

#: Failures in a row that open the circuit, and seconds until one call may try again.
FAILURES = 5
PAUSE = 30.0


class Breaker:
    """For calls that run side by side: closed, open, or (after the pause) half open, when one call at a time is let
    through."""

    def __init__(
        self, failures: int = FAILURES, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opened: float | None = None
        self._trial = False

    def admit(self) -> float:
        """0 where a call may go; its outcome must then be told. Else the seconds until one may be tried."""
        with self._lock:
            if self._opened is None:
                return 0.0
            left = self._opened + self._pause - self._clock()
            if left > 0 or self._trial:
                return max(left, 1.0)
            self._trial = True
            return 0.0

    def tell(self, error: BaseException | None) -> None:
        """The outcome of a call that was let through: ``None`` or an error that is not the provider's closes the circuit, a
        failure of the provider's brings it nearer to opening. A limit on the rate is no failure."""
        with self._lock:
            late = self._opened is not None and not self._trial
            self._trial = False
            if late or not (error is None or isinstance(error, ProviderError)):
                return
            if isinstance(error, ProviderError) and error.temporary and not isinstance(error, RateLimited):
                self._failed += 1
                if self._opened is not None or self._failed >= self._failures:
                    self._opened = self._clock()
            else:
                self._failed, self._opened = 0, None
