"""Documents made to cost much: each is read or refused within a minute and 1.5 GB, in a process of its own.

``python -m benchmarks.bench_hostile [NAME ...]`` takes only those. The longest run is set to 50 seconds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from core.entrypoints.bootstrap import build_studio
from core.settings import Limits, Settings
from tests.core.hostile import QUICK, SLOW

SECONDS, MEGABYTES = 60, 1500
RUN_SECONDS = 50
#: Libraries reserve more addresses than memory; this stops only what has run away.
_ADDRESSES = 8 * 2**30


class Measured(NamedTuple):
    """One document: seconds, megabytes at the peak, and what was said of it."""

    name: str
    seconds: float
    megabytes: float
    end: str

    @property
    def fault(self) -> bool:
        """Whether it took more than it may, or ended without a sentence."""
        told = not any(word in self.end for word in ("unexpected", "Traceback", "Error", "ended by"))
        return self.seconds > SECONDS or self.megabytes > MEGABYTES or not told

    def __str__(self) -> str:
        mark = "!" if self.fault else " "
        return f"{mark} {self.name:16} {self.seconds:6.1f} s {self.megabytes:6.0f} MB  {self.end[:110]}"


def measure(path: Path, data_dir: Path) -> Measured:
    """Extract a document as the command line does; the process is ended after a minute."""
    command = [sys.executable, "-m", "core", "extract", "--quiet", "--out", str(data_dir), str(path)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=os.environ | {"STUDIO_DATA_DIR": str(data_dir)},
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES)),
        text=True,
    )
    watch = threading.Timer(SECONDS + 1, process.kill)
    watch.start()
    assert process.stderr
    said = process.stderr.read().strip()
    _, status, used = os.wait4(process.pid, 0)
    watch.cancel()
    ended = f"ended by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else ""
    last = said.splitlines()[-1].removeprefix(f"{path}: ") if said else "read"
    return Measured(path.name, time.perf_counter() - started, used.ru_maxrss / 1000, ended or last)


def main(names: list[str]) -> int:
    """Print a line a document and the sum; the exit status is 1 where one took more than it may."""
    chosen = {name: make for name, make in {**QUICK, **SLOW}.items() if not names or name in names}
    done: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        studio = build_studio(Settings(data_dir=data_dir, DATABASE_URL=None))
        studio.configure(limits=Limits(run_seconds=RUN_SECONDS))
        for name, make in chosen.items():
            path = Path(folder) / name
            path.write_bytes(make())
            done.append(measure(path, data_dir))
            path.unlink()
            print(done[-1], flush=True)
    slowest, largest = max(one.seconds for one in done), max(one.megabytes for one in done)
    beyond = [one.name for one in done if one.fault]
    print(f"{len(done)} documents, at most {slowest:.1f} s and {largest:.0f} MB; beyond: {', '.join(beyond) or 'none'}")
    return 1 if beyond else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
