"""Who may read the data folder and the database."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.invoice.model import Invoice
from core.settings import Settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")


def mode(path: Path) -> int:
    """Who may do what."""
    return stat.S_IMODE(path.stat().st_mode)


def open_and_save(folder: Path) -> None:
    """Use a data folder."""
    build_studio(Settings(data_dir=folder, DATABASE_URL=None)).save(Invoice(vendor_name="V"), ("database",))


def test_a_new_data_folder_is_private(tmp_path: Path) -> None:
    """The folder, the database and its helpers."""
    folder = tmp_path / "data"
    open_and_save(folder)
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.glob("studio.db*")} == {0o600}
    assert len(list(folder.glob("studio.db*"))) == 3


def test_an_old_data_folder_is_tightened(tmp_path: Path) -> None:
    """One that holds nothing but the studio's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    sqlite3.connect(folder / "studio.db").close()
    (folder / "studio.db").chmod(0o644)
    (folder / "files").mkdir(mode=0o755)
    open_and_save(folder)
    assert (mode(folder), mode(folder / "files"), mode(folder / "studio.db")) == (0o700, 0o700, 0o600)


@pytest.mark.parametrize("name", ["letters.txt", "invoice_database.xlsx"])
def test_a_folder_that_others_use_is_left(tmp_path: Path, name: str) -> None:
    """Somebody else's file in it, or a workbook that others may read: only the studio's own is closed to them."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / name).touch(mode=0o644)
    open_and_save(folder)
    assert mode(folder) == 0o755
    assert mode(folder / "studio.db") == 0o600
