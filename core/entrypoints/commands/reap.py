"""``reap``: send jobs again that were lost with their worker or their message. Any API does it too; several may run."""

from __future__ import annotations

import argparse

from core.entrypoints.bootstrap import build_reaper
from core.entrypoints.console import warn
from core.settings import Settings


def run(arguments: argparse.Namespace) -> int:
    """Look once, or until it is stopped. Raises QueueUnavailable, StorageError."""
    reaper = build_reaper(Settings())
    if arguments.once:
        done = reaper.round()
        print(f"{done.lost} lost jobs wait again, {done.sent} messages sent.")
        return 0
    warn(f"Looking for lost jobs every {arguments.every:g} s.")
    reaper.serve(arguments.every)
    return 0
