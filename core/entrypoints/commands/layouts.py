"""``layouts``: how files for other programs are laid out, as YAML out and in."""

from __future__ import annotations

import argparse

from core.atomic import write_atomically
from core.entrypoints.commands.reading import open_studio, read_file
from core.entrypoints.console import one_line, warn


def run(arguments: argparse.Namespace) -> int:
    """List the layouts, write one as YAML, take one in, or drop one. Raises LayoutError."""
    studio = open_studio()
    shelf = studio.layouts
    match arguments.do:
        case "export":
            write_atomically(arguments.file, shelf.export(arguments.name).encode())
            warn(f"{arguments.name} stands in {arguments.file}.")
        case "import":
            data = read_file(arguments.file, arguments.file.name, studio.defaults.limits.file_megabytes)
            kept = shelf.take_in(data, studio.types.types())
            warn(f"{kept.title}: kept as {kept.name}.")
        case "remove":
            shelf.remove(arguments.name)
            warn(f"{arguments.name} is gone.")
        case _:
            own, found = shelf.own(), shelf.layouts()
            width = max(len(layout.name) for layout in found)
            for layout in found:
                origin = "yours" if layout.name in own else "ships"
                print(f"{layout.name:<{width}}  {origin:<6}  {one_line(layout.title)}, a row for {_rows(layout.rows)}")
    return 0


def _rows(rows: str) -> str:
    return "each record" if rows == "records" else "each line"
