"""The layouts that there are: those that ship, and those that people keep by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from core.document_types import SHIPPED
from core.errors import LayoutError
from core.exporting.layout import ExportLayout
from core.exporting.table import unknown_names
from core.exporting.yaml_text import read_layout, write_layout
from core.schema.document_type import DocumentType
from core.stores.layouts import LayoutStore


class LayoutShelf:
    """Layouts by name. One of one's own stands before a shipped one of the same name."""

    def __init__(self, store: LayoutStore) -> None:
        self._store = store

    def layouts(self) -> list[ExportLayout]:
        """All of them, by title."""
        own = {name: read_layout(text.encode()) for name, text in self._store.texts().items()}
        known = {layout.name: layout for layout in shipped_layouts()} | own
        return sorted(known.values(), key=lambda layout: layout.title.casefold())

    def own(self) -> frozenset[str]:
        """The names of those that people keep."""
        return frozenset(self._store.texts())

    def named(self, name: str) -> ExportLayout:
        """One layout. Raises LayoutError."""
        known = {layout.name: layout for layout in self.layouts()}
        if name not in known:
            raise LayoutError(f"There is no layout “{name}” here. There are: {', '.join(sorted(known))}.")
        return known[name]

    def take_in(self, data: bytes, kinds: Sequence[DocumentType] = ()) -> ExportLayout:
        """Keep the layout in a YAML text. ``kinds`` are the types of which there are records: what none of them has cannot stand
        in a layout. Raises LayoutError."""
        layout = read_layout(data)
        if unknown := unknown_names(layout, kinds or SHIPPED):
            raise LayoutError(f"This layout cannot be used: no record has “{unknown[0]}”.")
        self._store.keep(layout.name, write_layout(layout))
        return layout

    def export(self, name: str) -> str:
        """A layout as YAML. Raises LayoutError."""
        return write_layout(self.named(name))

    def remove(self, name: str) -> None:
        """Drop a layout of one's own; a shipped one of its name is there again. Raises LayoutError for one that ships."""
        if name not in self.own():
            raise LayoutError(f"“{name}” is no layout of your own.")
        self._store.remove(name)


@cache
def shipped_layouts() -> tuple[ExportLayout, ...]:
    """The layouts that ship, of the rooms of the types whose fields they name."""
    folders = [kind.layouts for kind in SHIPPED if kind.layouts]
    return tuple(read_layout(path.read_bytes()) for folder in folders for path in sorted(Path(folder).glob("*.yaml")))
