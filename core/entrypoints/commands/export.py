"""``export``: saved records as a file for another program."""

from __future__ import annotations

import argparse

from core.atomic import write_atomically
from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import warn
from core.errors import LayoutError
from core.stores.records import RecordQuery
from core.studio import Studio


def run(arguments: argparse.Namespace) -> int:
    """Write the file; its name says the form. Raises LayoutError, RecordMissing, EInvoiceLacking, StorageError."""
    studio = open_studio()
    forms = {form.name: form for form in studio.export_forms()}
    form = forms.get(arguments.form)
    if form is None:
        raise LayoutError(f"There is no form or layout “{arguments.form}”: use {', '.join(forms)}.")
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.order is not None:
        data = studio.export_record(arguments.order, form.name)
        path = arguments.out / f"order-{arguments.order}.{form.alone[0] if form.alone else form.suffix}"
    else:
        data = studio.export(_query(arguments, studio), form.name)
        path = arguments.out / f"records-{form.name}.{form.suffix}"
    write_atomically(path, data)
    warn(f"{form.title}: {path}")
    return 0


def _query(arguments: argparse.Namespace, studio: Studio) -> RecordQuery:
    known = {kind.name for kind in studio.types.types()}
    if arguments.type and arguments.type not in known:
        raise LayoutError(f"There is no document type “{arguments.type}”: use {', '.join(sorted(known))}.")
    if arguments.search:
        studio.index_records()
    return RecordQuery(text=arguments.search, status=arguments.status, type_name=arguments.type)
