"""``inbox``: what is laid into a folder comes into the Inbox."""

from __future__ import annotations

import argparse
import time

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import warn
from core.entrypoints.watching import Watch
from core.errors import StorageError, StudioError


def run(arguments: argparse.Namespace) -> int:
    """Watch until it is stopped; with ``--once`` until all that lies there was taken. Gives 1 where something was not. Raises
    StudioError where no folder is named, or another process watches it."""
    studio = open_studio()
    address = arguments.address or studio.settings.inbox_folder
    if not address:
        raise StudioError("Name a folder: python -m core inbox FOLDER, or set STUDIO_INBOX_FOLDER.")
    watch = Watch(studio, address)
    if not watch.holds():
        raise StudioError("Another process watches this folder: stop it first, or leave it to that one.")
    studio.inbox.go_on()
    studio.warm()
    faultless = True
    try:
        while True:
            faultless &= _look(watch)
            if arguments.once and not watch.waits():
                return 0 if faultless else 1
            time.sleep(arguments.every)
    finally:
        watch.close()
        studio.close()


def _look(watch: Watch) -> bool:
    try:
        found = watch.look()
    except StorageError as error:  # it may answer at the next look
        warn(str(error))
        return False
    for path in found.taken:
        warn(f"{path}: taken.")
    for path, sentence in found.failed:
        warn(f"{path}: {sentence.removeprefix(f'{path}: ')}")
    return not found.failed
