"""The command line in a process of its own that tells how much memory it took: ``python -m tests.core.peak FILE ARGUMENT …``
writes the peak of the resident set (MB) into FILE. The kernel's own count for a child begins with what its parent held."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from core.entrypoints.cli import main


def peak_megabytes() -> float:
    """The most memory that this process has held, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1000


if __name__ == "__main__":
    status = main(sys.argv[2:])
    Path(sys.argv[1]).write_text(str(peak_megabytes()))
    sys.exit(status)
