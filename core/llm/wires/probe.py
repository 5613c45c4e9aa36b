"""Whether anything answers at an address: a connection is tried, nothing is sent."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

#: Seconds that a connection may take, and for which its outcome is taken as it was.
PATIENCE, FRESH = 0.5, 10.0

_seen: dict[str, tuple[float, bool]] = {}


def answers(address: str) -> bool:
    """Whether a server takes connections at ``address`` (http or https)."""
    looked, found = _seen.get(address, (0.0, False))
    if address not in _seen or time.monotonic() - looked > FRESH:
        found = _connects(address)
        _seen[address] = (time.monotonic(), found)
    return found


def _connects(address: str) -> bool:
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), PATIENCE).close()
    except (OSError, ValueError):
        return False
    return True
