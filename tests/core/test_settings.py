"""Settings: secrets stay secret, files are written whole or not at all."""

from pathlib import Path

import pytest

from core.atomic import write_atomically
from core.settings import Settings


def test_the_database_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The URL is a secret wherever settings are printed."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@localhost/x")
    assert "hunter2" not in repr(Settings()) + Settings().model_dump_json()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written, nothing left behind."""
    path = tmp_path / "file"
    write_atomically(path, b"old")
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
