"""What this machine gives to reading."""

from __future__ import annotations

import os


def processors() -> int:
    """How many processors this process may use (not how many there are), at least 1."""
    if hasattr(os, "sched_getaffinity"):  # Linux only
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
