"""Work that is done again and again in the background, while what it needs does not answer: said once, tried less and less often, and
said when it goes on."""

from __future__ import annotations

import logging

from core.errors import StudioError

#: Seconds until the first try after a failure, and the most that are waited: each failure in a row doubles them.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class Outage:
    """What one loop says of its failures. Not thread-safe: a loop has its own."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """``what`` fails, as the log says it: “those who are told could not be told”."""
        self._log = log
        self._what = what
        self._said = ""
        self.pause = 0.0
        """Seconds that the loop is to wait beside its own pace; 0 while all is well."""

    def began(self, error: Exception) -> None:
        """Note a failure. The same one is said once, an unexpected one with where it happened; another is said anew."""
        told = str(error) if isinstance(error, StudioError) else type(error).__name__
        if told != self._said:
            self._said = told
            if isinstance(error, StudioError):
                self._log.warning("%s: %s It is tried again, and said when it works.", self._what, told)
            else:
                self._log.error("%s; it is tried again", self._what, exc_info=error)
        self.pause = min(max(self.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)

    def ended(self) -> None:
        """Note that it works."""
        if self._said:
            self._log.warning("it works again (%s)", self._what)
        self._said, self.pause = "", 0.0
