"""The first start on a fresh machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from core.entrypoints.python import complaint

ROOT = Path(__file__).parent.parent


def test_the_first_start_asks_for_nothing() -> None:
    """Streamlit's question for an e-mail address would hold up `make run` in a terminal."""
    config = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text())
    assert config["server"]["showEmailPrompt"] is False
    assert config["browser"]["gatherUsageStats"] is False


@pytest.mark.parametrize(("version", "fits"), [("3.10", False), ("3.11", True), ("3.13", True), ("3.14", False)])
def test_setup_stops_on_a_python_that_the_libraries_have_no_builds_for(
    tmp_path: Path, version: str, fits: bool
) -> None:
    """One sentence, before anything is downloaded; a Python that will do goes on to the next step."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).touch()
    python = tmp_path / "python3"
    numbers = tuple(map(int, version.split(".")))
    python.write_text(
        f"#!{sys.executable}\nimport sys\nsys.version_info = type('V', (tuple,), {{}})({(*numbers, 0)})\n"
        "if sys.argv[1] == '-c': exec(sys.argv[2])\nelse: sys.exit('goes on')\n"
    )
    python.chmod(0o755)
    there = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["make", "setup"], cwd=tmp_path, env=there, capture_output=True, text=True, timeout=60)
    said = "goes on" if fits else "Python 3.11, 3.12 or 3.13 is needed"
    assert said in done.stderr
    assert ("is needed" in done.stderr) is not fits
    assert bool(complaint(numbers)) is not fits  # type: ignore[arg-type]


def test_pip_is_told_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"


def test_the_gpu_image_names_no_index_but_paddles_own() -> None:
    """Whoever has a mirror of the package index keeps it."""
    text = (ROOT / "Dockerfile.gpu").read_text()
    options = [line for line in text.splitlines() if "-index-url" in line or " -i " in line]
    assert len(options) == 1
    assert "--extra-index-url https://www.paddlepaddle.org.cn/" in options[0]
    assert "pypi.org" not in text
