"""``trail``: what happened to a record or a document."""

from __future__ import annotations

import argparse
from datetime import UTC

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import one_line, print_json, warn
from core.history import Entry
from core.studio import Studio


def run(arguments: argparse.Namespace) -> int:
    """Print the trail, oldest first; times are this machine's. 1 where nothing is known of the id."""
    found = _entries(open_studio(), arguments.id.strip().removeprefix("#"))
    if arguments.json:
        print_json([entry.to_json() for entry in found])
    else:
        for entry in found:
            print(_line(entry))
    if not found:
        warn(f"Nothing is known of {arguments.id}: name a record by its number or a document by its SHA-256.")
    return 0 if found else 1


def _entries(studio: Studio, named: str) -> list[Entry]:
    if named.isascii() and named.isdigit() and len(named) < 19:
        return studio.history.of_record(int(named))
    return studio.history.of_document(named.lower())


def _line(entry: Entry) -> str:
    at = entry.at.replace(tzinfo=entry.at.tzinfo or UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    who = f"{entry.who} ({entry.known})" if entry.known else entry.who
    moved = f": {entry.before or 'nothing'} → {entry.after or 'nothing'}" if entry.path else ""
    return one_line(f"{at}  {who}  {entry.what}{moved}")
