"""A backup that is made while the studio works brings everything back, after all of it was deleted."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import StorageError
from core.invoice.model import Invoice
from core.settings import Settings
from core.stores.records import RecordQuery
from core.studio import Studio
from storage import backup
from tests.conftest import SampleFile


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A studio with a data folder of its own, which the commands use too."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build_studio(Settings(data_dir=tmp_path / "data"))
    yield made
    made.close()


def save(studio: Studio, number: str) -> int:
    """A record in both stores."""
    return studio.save(Invoice(invoice_number=number, vendor_name="Acme"), ("database", "workbook")).order_id


def test_everything_comes_back_after_all_was_deleted(studio: Studio, digital_pdf: SampleFile, tmp_path: Path) -> None:
    """Records in both stores, documents, choices: made while another thread saves, so that database and workbook agree."""
    document = studio.open(digital_pdf.data, digital_pdf.name)
    studio.configure(read_on_arrival="none")
    first = save(studio, "A-1")
    stop = threading.Event()

    def go_on_saving() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            save(studio, f"B-{number}")

    worker = threading.Thread(target=go_on_saving)
    worker.start()
    try:
        assert main(["backup", str(tmp_path / "safe.zip")]) == 0
    finally:
        stop.set()
        worker.join()
    studio.close()
    shutil.rmtree(studio.settings.data_dir)
    assert main(["restore", str(tmp_path / "safe.zip"), "--yes"]) == 0
    again = build_studio(studio.settings)
    ids = {record.order_id for record in again._parts.orders.each(RecordQuery())}
    sheet = openpyxl.load_workbook(again.workbook_path)["SalesOrderHeader"]
    assert {row[0].value for row in sheet.iter_rows(min_row=2) if row[0].value} == ids
    assert first in ids
    assert again.document(document.sha256).page_count == document.page_count
    assert again.defaults.read_on_arrival == "none"
    assert again.records.what_differs() == []
    again.close()


def test_a_running_studio_sees_what_was_put_back(studio: Studio, digital_pdf: SampleFile, tmp_path: Path) -> None:
    """What came since the backup is gone, without a restart."""
    first = save(studio, "A-1")
    assert main(["backup", str(tmp_path / "safe.zip")]) == 0
    save(studio, "A-2")
    later = studio.open(digital_pdf.data, digital_pdf.name)
    studio.configure(read_on_arrival="none")
    assert main(["restore", str(tmp_path / "safe.zip"), "--yes"]) == 0
    assert [row.order_id for row in studio.search(RecordQuery()).rows] == [first]
    assert not list((studio.settings.data_dir / "files").rglob(later.sha256))
    assert Settings(data_dir=studio.settings.data_dir)
    assert build_studio(studio.settings).defaults.read_on_arrival == "simple"


def spoil(path: Path, **told: object) -> None:
    """Change what a backup says of itself."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["backup.json"] = json.dumps(json.loads(parts["backup.json"]) | told).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_a_newer_version_is_refused(studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence; nothing is changed. So is a file that is none."""
    save(studio, "A-1")
    assert main(["backup", str(tmp_path / "safe.zip")]) == 0
    spoil(tmp_path / "safe.zip", version="9999")
    save(studio, "A-2")
    assert main(["restore", str(tmp_path / "safe.zip"), "--yes"]) == 1
    assert "newer version" in capsys.readouterr().err
    (tmp_path / "none.zip").write_bytes(b"PK")
    assert main(["restore", str(tmp_path / "none.zip"), "--yes"]) == 1
    assert studio.search(RecordQuery()).total == 2


def test_what_fails_on_the_way_back_changes_nothing(
    studio: Studio, digital_pdf: SampleFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are where they were when the database refuses."""
    assert main(["backup", str(tmp_path / "safe.zip")]) == 0
    document = studio.open(digital_pdf.data, digital_pdf.name)
    save(studio, "A-2")

    def refuse(*_: object) -> None:
        raise StorageError("no")

    monkeypatch.setattr(backup, "_put_database", refuse)
    assert main(["restore", str(tmp_path / "safe.zip"), "--yes"]) == 1
    assert studio.document(document.sha256).page_count == 1
    assert studio._parts.files.load(document.sha256) == digital_pdf.data
    assert studio.search(RecordQuery()).total == 1
    assert not list(studio.settings.data_dir.glob(".restore-*"))


def test_a_backup_is_whole_or_not_there(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails leaves the earlier one, and nothing beside it; it is no part of the folder that it saves."""
    target = tmp_path / "safe" / "studio.zip"
    target.parent.mkdir()
    assert main(["backup", str(target)]) == 0
    before = target.read_bytes()

    def refuse(*_: object) -> None:
        raise StorageError("no")

    monkeypatch.setattr(backup, "_copy_database", refuse)
    assert main(["backup", str(target)]) == 1
    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["studio.zip"]
    assert target.stat().st_mode & 0o077 == 0
    assert main(["backup", str(studio.settings.data_dir / "x.zip")]) == 1


def test_a_damaged_database_in_a_backup_is_noticed(studio: Studio, tmp_path: Path) -> None:
    """Before anything is replaced."""
    save(studio, "A-1")
    assert main(["backup", str(tmp_path / "safe.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "safe.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["studio.db"] = parts["studio.db"][:8192] + b"\xff" * 8192 + parts["studio.db"][16384:]
    with zipfile.ZipFile(tmp_path / "safe.zip", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert main(["restore", str(tmp_path / "safe.zip"), "--yes"]) == 1
    with closing(sqlite3.connect(studio.settings.data_dir / "studio.db")) as connection:
        assert connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    assert studio.search(RecordQuery()).total == 1


def test_without_the_programs_of_postgresql_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pg_dump is not installed."""
    monkeypatch.setattr(backup.shutil, "which", lambda name: None)
    place = backup.Place(tmp_path / "data", "postgresql+psycopg://me:secret@nowhere/db", tmp_path / "book.xlsx")
    with pytest.raises(StorageError, match="pg_dump of PostgreSQL is not installed") as told:
        backup.write_backup(place, tmp_path / "safe.zip")
    assert "secret" not in str(told.value)
    assert list(tmp_path.iterdir()) == []
