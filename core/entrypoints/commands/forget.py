"""``forget``: deletion on request."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import agreed, one_line, warn
from core.forgetting.counting import describe_counts
from core.forgetting.forgetting import Reached


def run(arguments: argparse.Namespace) -> int:
    """Show what goes, ask, delete it. 1 where nothing was found, the answer was no, or something is left."""
    studio = open_studio()
    try:
        room = studio.forgetting
        found = room.of_name(arguments.name) if arguments.name else room.of_document(arguments.document)
        _show(found)
        if not arguments.yes and not agreed("Delete it for good? Nobody can bring it back."):
            warn("Nothing was deleted.")
            return 1
        done = room.forget(found)
    finally:
        studio.close()
    print(f"Deleted for good: {describe_counts(done.counts)}.")
    for path in done.left:
        warn(f"The name still stands in {path}.")
    if arguments.name and not done.left:
        print("The name stands in no file of the data folder any more.")
    return 1 if done.left else 0


def _show(found: Reached) -> None:
    for _, name in found.documents:
        print(f"  {one_line(name)}")
    print(f"To be deleted: {describe_counts(found.counts)}; the cache is emptied.")
    if found.unread:
        warn(f"{found.unread} documents were never read and have no text of their own: the name may stand on them.")
