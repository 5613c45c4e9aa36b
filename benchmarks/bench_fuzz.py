"""Five thousand damaged documents: each is read or refused with its sentence. Prints how they ended, the longest time that
one took and the most memory. ``python -m benchmarks.bench_fuzz [FIRST_SEED]``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

COUNT, MOST_SECONDS = 5000, 3600


def main(first: str = "1") -> int:
    """The exit status is that of the process that used the documents; a crash names the document's seed."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "seed"
        command = [sys.executable, "-m", "tests.core.fuzzing", str(MOST_SECONDS), first, str(note), str(COUNT)]
        done = subprocess.run(command, capture_output=True, text=True)  # libtiff says much by itself
        print(done.stdout)
        if done.returncode:
            print(f"seed {note.read_text(encoding='ascii')}: {done.stderr[-3000:]}")
        return done.returncode


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
