"""Damaged documents by the thousand: each is read or refused with one of our errors; none crashes or hangs.

``STUDIO_FUZZ_SECONDS`` sets how long (15 by default), ``STUDIO_FUZZ_SEED`` where to start.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.core.fuzzing import PATIENCE

ROOT = Path(__file__).parent.parent.parent


def test_damaged_documents_are_read_or_refused(tmp_path: Path) -> None:
    seconds = float(os.environ.get("STUDIO_FUZZ_SECONDS", "15"))
    first = os.environ.get("STUDIO_FUZZ_SEED", "1")
    note = tmp_path / "seed"
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.fuzzing", str(seconds), first, str(note)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + PATIENCE + 60,
    )
    seed = note.read_text(encoding="ascii") if note.exists() else "none yet"
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-3000:]}"
    assert not any(noise in done.stderr for noise in ("Traceback", "Warning", "MuPDF"))  # libtiff prints by itself
    assert "without the name" not in done.stdout
    assert int(done.stdout.split()[0]) > 100
