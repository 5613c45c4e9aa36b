"""The data folder and the database in it are for nobody but the account that the studio runs under."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

#: What the studio makes in a data folder, beside the workbook and what stands beside that.
_FOLDERS = ("cache", "files", "cases", "evaluation")
_FILES = ("studio.db", "studio.db-wal", "studio.db-shm", "settings.json")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(folder: Path) -> None:
    """Make the data folder for this account alone. One that was there is tightened only where it belongs to this account and
    holds nothing but the studio's own; what is the studio's own in it is tightened in any case. Raises OSError where it
    cannot be made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        return
    if os.name == "nt":
        return
    entries = list(folder.iterdir())
    for name in (*_FOLDERS, *_FILES):
        _tighten(folder / name)
    if entries and all(_is_ours(entry) for entry in entries):
        _tighten(folder)


def make_private_file(path: Path) -> None:
    """Make a file that is not there yet for this account alone; SQLite gives its helpers the same rights."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _is_ours(entry: Path) -> bool:
    """Whether the studio made ``entry``; a workbook that others may read is shared on purpose."""
    if entry.name.startswith("invoice_database.xlsx"):
        return not stat.S_IMODE(entry.stat().st_mode) & _OTHERS
    return entry.name in (*_FOLDERS, *_FILES) or entry.name.startswith((".invoice_database.xlsx.", ".settings.json."))


def _tighten(path: Path) -> None:
    """Take others' rights away, where the file is this account's."""
    with suppress(OSError):
        held = path.lstat()
        mode = stat.S_IMODE(held.st_mode)
        if held.st_uid == os.getuid() and mode & _OTHERS and not stat.S_ISLNK(held.st_mode):
            path.chmod(mode & ~_OTHERS)
