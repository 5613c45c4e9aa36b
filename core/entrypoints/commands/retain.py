"""``retain``: what is kept only for so many days."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import agreed, one_line, warn


def run(arguments: argparse.Namespace) -> int:
    """Print what would go today; with ``--apply`` ask, take it away and look that it is gone. 1 where the answer was no, or something
    is left."""
    studio = open_studio()
    try:
        room = studio.retention
        if studio.forgetting.go_on():
            warn("A deletion that had broken off is finished.")
        found = room.foresee()
        for each in found:
            print(one_line(each.sentence))
        if not found:
            print("Nothing is over its days.")
        if not found or not arguments.apply:
            return 0
        if not arguments.yes and not agreed("Take it away for good? Nobody can bring it back."):
            warn("Nothing was taken away.")
            return 1
        room.apply()
        left = room.foresee()
    finally:
        studio.close()
    print("It is gone." if not left else "Some of it is left: see below.")
    for each in left:
        warn(each.sentence)
    return 1 if left else 0
