"""``doctor``: what is usable here, and why something is not."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import one_line, print_json, warn
from core.errors import StudioError
from core.records import describe_difference
from core.studio import Studio


def run(arguments: argparse.Namespace) -> int:
    """Print every engine, extractor, store and accelerator with its state."""
    studio = open_studio()
    troubles = [str(trouble) for trouble in studio.preferences.troubles]
    rows = studio.health()
    if arguments.mend:
        _mend(studio)
    differing = [describe_difference(difference) for difference in studio.records.what_differs()]
    if arguments.json:
        print_json(
            {
                "data_folder": str(studio.settings.data_dir.resolve()),
                "workbook": str(studio.workbook_path.resolve()),
                "settings": troubles,
                "differences": differing,
                "parts": [
                    {"kind": kind, "name": name, "usable": state.usable, "reason": state.reason}
                    for kind, name, state in rows
                ],
            }
        )
        return 0
    for kind, name, state in rows:
        mark = "usable" if state.usable else "not usable"
        print(f"{kind:<12}  {name:<16}  {mark:<10}  {one_line(state.reason)}".rstrip())
    for trouble in troubles:
        print(f"{'Settings':<12}  {'':<16}  {'not usable':<10}  {one_line(trouble)}")
    print(f"\nData folder: {studio.settings.data_dir.resolve()}\nWorkbook: {studio.workbook_path.resolve()}")
    for sentence in differing:
        print(f"{one_line(sentence)} `doctor --mend` mends it.")
    return 0


def _mend(studio: Studio) -> None:
    """Bring the workbook to what the database has where a save broke off; one that cannot be mended is told of."""
    for difference in studio.records.what_differs():
        try:
            studio.records.mend(difference)
        except StudioError as error:
            warn(str(error))
        else:
            warn(f"Mended: {one_line(describe_difference(difference))}")
