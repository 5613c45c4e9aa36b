"""``backup``: everything as one file, while the studio runs."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.place import place_of
from core.entrypoints.commands.reading import open_studio
from storage.backup import write_backup


def run(arguments: argparse.Namespace) -> int:
    """Write it. Raises StorageError."""
    studio = open_studio()
    try:
        made = write_backup(place_of(studio.settings, studio.workbook_path), arguments.file)
    finally:
        studio.close()
    megabytes = arguments.file.stat().st_size / 1e6
    print(f"{arguments.file}: database, workbook and {made.files:,} files, {megabytes:,.1f} MB.")
    return 0
