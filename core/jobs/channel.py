"""How the page's process and a worker's talk: a line of JSON a message, over the worker's own standard input and output.
What passes here never rests on disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import IO, Any


class Channel:
    """One end. Safe for several writers and one reader."""

    def __init__(self, incoming: IO[str], outgoing: IO[str]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, **message: Any) -> bool:
        """Send a message. ``False``: the other end is gone."""
        try:
            with self._lock:
                self._outgoing.write(json.dumps(message) + "\n")
                self._outgoing.flush()
        except (OSError, ValueError):
            return False
        return True

    def messages(self) -> Iterator[dict[str, Any]]:
        """What comes, until the other end is gone."""
        try:
            for line in self._incoming:
                yield json.loads(line)
        except (OSError, ValueError):
            return
