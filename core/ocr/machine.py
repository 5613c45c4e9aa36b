"""What this machine gives to reading."""

from __future__ import annotations

import os
from pathlib import Path

#: Where a container's memory limit stands (version 2 and 1 of control groups).
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def processors() -> int:
    """How many processors this process may use (not how many there are), at least 1. ``STUDIO_THREADS`` says less: a
    worker has its share."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = os.environ.get("STUDIO_THREADS", "")
    return max(1, min(there, int(told))) if told.isdecimal() and int(told) else there


def memory() -> int | None:
    """Bytes of memory that this process may fill: the machine's or its container's; ``None`` where nobody says."""
    found = [int(text) for path in _LIMITS if (text := _read(path)).isdecimal()]
    total = _read(Path("/proc/meminfo")).partition("MemTotal:")[2].split()
    found += [int(total[0]) * 1024] if total else []
    return min(found, default=None)


def resident(pid: int) -> int:
    """Bytes of memory that a process holds now; 0 where that is not told (only Linux tells)."""
    pages = _read(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if len(pages) > 1 else 0


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
