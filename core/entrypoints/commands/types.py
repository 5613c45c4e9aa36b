"""``types``: the document types that there are, and those of one's own as YAML out and in."""

from __future__ import annotations

import argparse

from core.atomic import write_atomically
from core.entrypoints.commands.reading import open_studio, read_file
from core.entrypoints.console import one_line, print_json, warn
from core.schema.document_type import DocumentType


def run(arguments: argparse.Namespace) -> int:
    """List the types, write one as YAML, or take one in. Raises TypeDefinitionError."""
    studio = open_studio()
    match arguments.do:
        case "export":
            write_atomically(arguments.file, studio.types.export(arguments.name).encode())
            warn(f"{arguments.name} stands in {arguments.file}.")
        case "import":
            limit = studio.defaults.limits.file_megabytes
            taken = studio.types.take_in(read_file(arguments.file, arguments.file.name, limit))
            warn(f"{taken.title}: kept as {taken.name}, version {taken.version}.")
        case "remove":
            studio.types.remove(arguments.name)
            warn(f"{arguments.name} is out of use; what was read with it stays readable.")
        case _:
            _list(studio.types.types(), arguments.json)
    return 0


def _list(types: list[DocumentType], as_json: bool) -> None:
    rows = [
        {
            "name": kind.name,
            "title": kind.title,
            "version": kind.declared.version if kind.declared else None,
            "fields": [info.name for info in kind.header],
            "tables": {table.name: [column.name for column in table.columns] for table in kind.tables},
        }
        for kind in types
    ]
    if as_json:
        print_json(rows)
        return
    width = max(len(kind.name) for kind in types)
    for kind in types:
        tables = ", ".join(f"{table.title.lower()} ({len(table.columns)} columns)" for table in kind.tables)
        said = f"{kind.title}, {len(kind.header)} fields{f', {tables}' if tables else ''}"
        print(f"{kind.name:<{width}}  {_origin(kind):<10}  {one_line(said)}")


def _origin(kind: DocumentType) -> str:
    """Where a type comes from, and what of it a person declared."""
    if kind.definition:
        return f"version {kind.definition.version}"
    if kind.extension is None:
        return "ships"
    count = len(kind.added) + sum(len(kind.added_columns(table)) for table in kind.tables)
    return f"ships, with {count} {'field' if count == 1 else 'fields'} of your own (version {kind.extension.version})"
