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
    """pybreaker's states around calls that run side by side. pybreaker's own ``call`` holds a lock for as long as a call
    lasts, so only the outcomes go through it. Of a half-open circuit one call at a time is let through."""

    def __init__(
        self, failures: int = FAILURES, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from pybreaker import CircuitBreaker

        self._circuit = CircuitBreaker(fail_max=failures, reset_timeout=pause, throw_new_error_on_trip=False)
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._opened = 0.0
        self._trial = False

    def admit(self) -> float:
        """0 where a call may go; its outcome must then be told. Else the seconds until one may be tried."""
        with self._lock:
            if self._circuit.current_state == "open":
                left = self._opened + self._pause - self._clock()
                if left > 0:
                    return left
                self._circuit.half_open()
                self._trial = False
            if self._circuit.current_state == "half-open":
                if self._trial:
                    return 1.0
                self._trial = True
            return 0.0

    def tell(self, error: BaseException | None) -> None:
        """The outcome of a call that was let through: ``None`` or an error that is not the provider's closes the circuit, a
        failure of the provider's brings it nearer to opening. A limit on the rate is no failure."""
        failed = isinstance(error, ProviderError) and error.temporary and not isinstance(error, RateLimited)
        answered = error is None or isinstance(error, ProviderError)
        with self._lock:
            self._trial = False
            if self._circuit.current_state == "open" or not answered:
                return
            try:
                self._circuit.call(_outcome, error if failed else None)
            except ProviderError:
                if self._circuit.current_state == "open":
                    self._opened = self._clock()


def _outcome(error: BaseException | None) -> None:
    if error is not None:
        raise error
