"""``migrate``: bring the database to this version, before anything else of it starts."""

from __future__ import annotations

import argparse

from core.entrypoints.bootstrap import database_url, take_over_files
from core.settings import Settings
from storage.database import newest_version, open_database
from storage.private import make_private


def run(arguments: argparse.Namespace) -> int:
    """Do it; several at once wait for each other. Raises StorageError."""
    settings = Settings()
    if not settings.database_url:
        make_private(settings.data_dir)
    open_database(database_url(settings)).close()
    print(f"The database is at version {newest_version()}.")
    if arguments.take_over:
        count = take_over_files(settings)
        print(f"{count:,} documents and texts of {settings.data_dir.resolve()} are where all hosts find them.")
    return 0
