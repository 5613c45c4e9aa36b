"""``restore``: everything back from a backup."""

from __future__ import annotations

import argparse

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.commands.place import place_of
from core.entrypoints.console import agreed, warn
from core.errors import StudioError
from core.settings import Settings
from storage.backup import read_backup, restore_backup


def run(arguments: argparse.Namespace) -> int:
    """Say what it is, ask, put it back. 1 where the answer was no. Raises StorageError."""
    made, _ = read_backup(arguments.file)
    print(f"{arguments.file}: the state of {made.at}, with {made.files:,} files. What came since will be gone.")
    if not arguments.yes and not agreed("Put it back?"):
        warn("Nothing was changed.")
        return 1
    settings = Settings()
    restore_backup(arguments.file, place_of(settings, settings.data_dir / "invoice_database.xlsx"))
    try:
        build_studio(settings).close()
    except StudioError as error:
        warn(f"It is put back, and cannot be opened: {error}")
        return 1
    print("Everything is as it was then. Load open pages of the studio anew.")
    return 0
