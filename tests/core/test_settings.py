"""Settings: choices persist, atomically, and a damaged file is no disaster."""

from pathlib import Path

import pytest

from core.settings import Settings, write_atomically


def test_choices_persist(tmp_path: Path) -> None:
    """What the person chose is there after a restart."""
    settings = Settings(data_dir=tmp_path)
    settings.keep_defaults(settings.defaults().model_copy(update={"cache_megabytes": 77}))
    assert Settings(data_dir=tmp_path).defaults().cache_megabytes == 77


def test_a_damaged_settings_file_gives_the_shipped_choices(tmp_path: Path) -> None:
    """The studio starts whatever the file holds."""
    settings = Settings(data_dir=tmp_path)
    settings.settings_file.write_text("{not json")
    assert settings.defaults().save_to == ("database", "workbook")


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
