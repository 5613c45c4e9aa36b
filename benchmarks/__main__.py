"""Runs every benchmark of this folder in its own process: ``python -m benchmarks [name ...]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the named benchmarks (all without names); the exit status is the number that failed."""
    found = sorted(path.stem for path in FOLDER.glob("bench_*.py"))
    chosen = [name for name in found if not names or name.removeprefix("bench_") in names or name in names]
    failed = 0
    for name in chosen:
        print(f"\n=== {name.removeprefix('bench_')} ===", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent).returncode != 0
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
