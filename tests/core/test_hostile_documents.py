"""Documents made to cost much, the quick ones: ``python -m benchmarks hostile`` runs them all, each by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.core.hostile import QUICK

ROOT = Path(__file__).parent.parent.parent
#: Those that hold an invoice, or a page, after all.
READ = {"xref.pdf", "digits.pdf", "nul.pdf"}
MOST_MEGABYTES = 600


def test_each_ends_with_a_result_or_one_sentence(tmp_path: Path) -> None:
    """All in one call of the command line: none costs the others anything."""
    for name, make in QUICK.items():
        (tmp_path / name).write_bytes(make())
    command = [sys.executable, "-m", "tests.core.peak", str(tmp_path / "peak"), "extract", "--quiet"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out"), *(str(tmp_path / name) for name in QUICK)],
        cwd=ROOT,
        env=os.environ | {"STUDIO_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "unexpected" not in done.stderr
    assert "Traceback" not in done.stderr
    named = [line.partition(": ")[0].rpartition("/")[2] for line in done.stderr.splitlines()]
    assert set(named) == QUICK.keys() - READ
    assert {f"{Path(name).stem}.json" for name in READ} <= {path.name for path in (tmp_path / "out").iterdir()}
    assert float((tmp_path / "peak").read_text()) < MOST_MEGABYTES
