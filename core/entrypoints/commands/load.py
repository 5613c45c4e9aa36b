"""``load``: records from an Excel workbook with our sheets."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import agreed, warn

#: Lines that are shown of each kind.
_SHOWN = 20


def run(arguments: argparse.Namespace) -> int:
    """Say what it would do, ask, do it. 1 where the answer was no. Raises StorageError."""
    studio = open_studio()
    incoming = studio.bulk.look_into(arguments.file.read_bytes(), arguments.file.name)
    print(
        f"{len(incoming.new):,} new, {len(incoming.there):,} there already, {len(incoming.not_understood):,} not understood."
    )
    for place, sentence in (*incoming.not_understood[:_SHOWN], *incoming.there[:_SHOWN], *incoming.empty[:_SHOWN]):
        print(f"  {place}: {sentence}")
    if not incoming.new:
        return 0
    if not arguments.yes and not agreed(f"Bring {len(incoming.new):,} in?"):
        warn("Nothing was changed.")
        return 1
    for _ in studio.bulk.bring_in(incoming.new, arguments.file.name):
        pass
    print(f"{len(incoming.new):,} records are brought in.")
    return 0
