"""``move``: all records to another database, or from it."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import agreed, warn
from core.stores.moving import Direction


def run(arguments: argparse.Namespace) -> int:
    """Say what it would do, ask, do it. 1 where the answer was no. Raises DatabaseUnavailable, StorageError."""
    studio = open_studio()
    url: str = arguments.to or arguments.source
    direction: Direction = "out" if arguments.to else "in"
    found = studio.preview_move(url, direction)
    print(
        f"{found.new:,} new there, {found.there:,} there already; {found.renumbered:,} of the new get another number."
    )
    if not found.new:
        return 0
    if not arguments.yes and not agreed(f"Copy {found.new:,}?"):
        warn("Nothing was changed.")
        return 1
    print(f"{studio.move(url, direction).new:,} records are copied.")
    return 0
