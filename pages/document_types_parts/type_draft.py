"""A document type as the person is changing it: plain parts, kept on disk until they are saved as a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.declared.example import name_for
from core.declared.yaml_text import make_definition
from core.document_types import SHIPPED, USUAL, type_named
from core.errors import StudioError, TypeDefinitionError
from core.schema.document_type import DocumentType, Table
from pages.shared.entries import say
from pages.shared.frame import get_studio

#: What the session remembers: the chosen type and the drafts by name.
CHOSEN = "types_chosen"
DRAFTS = "types_drafts"
TRIALS = "types_trials"
EXAMPLE = "types_example"
DRAWN = "types_drawn"
TABS = "types_tabs"


@dataclass(slots=True)
class TypeDraft:
    """``parts`` of a definition, sound or not; ``saved`` is the version that they began from, where there is one; ``revision``
    counts what was changed from outside of the tables, which then begin anew."""

    parts: dict[str, Any]
    saved: TypeDefinition | None = None
    revision: int = 0

    @property
    def name(self) -> str:
        """The type's name, which never changes."""
        return str(self.parts["name"])

    @property
    def version(self) -> int:
        """The version that is saved; 0 for none."""
        return self.saved.version if self.saved else 0

    @property
    def base(self) -> DocumentType | None:
        """The type that ships and to which the draft adds fields; ``None`` for a type of one's own."""
        extends = self.parts.get("extends")
        return type_named(extends) if extends else None

    @property
    def adds_nothing(self) -> bool:
        """Whether nothing is added (any more) to the type that ships."""
        return self.base is not None and not any(self.parts[part] for part in ("fields", "tables", "checks"))

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the saved version."""
        if self.saved is None:
            return not self.adds_nothing
        return self.parts != _parts(self.saved)

    def definition(self) -> TypeDefinition:
        """The parts as a definition, also where it adds nothing yet. Raises TypeDefinitionError with what is not sound."""
        return TypeDefinition.model_validate(self.parts) if self.adds_nothing else make_definition(self.parts)

    def names(self) -> list[str]:
        """The names of header fields and tables: no other may be called so."""
        own = [part["name"] for part in (*self.parts["fields"], *self.parts["tables"])]
        return [*own, *(self.base.names() if self.base else ())]

    def column_names(self, table: str) -> list[str]:
        """The names that no further column of a table of the type that ships may have."""
        own = [column["name"] for part in self.parts["tables"] if part["name"] == table for column in part["columns"]]
        return [*own, *self.names()]

    def add_field(self, field: FieldDefinition) -> None:
        """Add a header field."""
        self.parts["fields"] = [*self.parts["fields"], _plain(field)]
        self._begin_anew()

    def add_table(self, table: TableDefinition) -> None:
        """Add a table."""
        self.parts["tables"] = [*self.parts["tables"], _plain(table)]
        self._begin_anew()

    def set_columns(self, table: Table, columns: list[dict[str, Any]]) -> None:
        """Set the columns that are added to a table of the type that ships; none: the table stays as it is."""
        if (columns or self.columns_of(table)) and columns != self.columns_of(table):
            others = [part for part in self.parts["tables"] if part["name"] != table.name]
            told = {"name": table.name, "title": table.title, "row_title": table.row_title, "columns": columns}
            self.change(tables=[*others, told] if columns else others)

    def add_columns(self, table: Table, columns: Sequence[FieldDefinition]) -> None:
        """Add columns to a table of the type that ships."""
        self.set_columns(table, [*self.columns_of(table), *map(_plain, columns)])
        self._begin_anew()

    def drop_column(self, table: Table, name: str) -> None:
        """Take out a column that was added."""
        self.set_columns(table, [column for column in self.columns_of(table) if column["name"] != name])
        self._begin_anew()

    def columns_of(self, table: Table) -> list[dict[str, Any]]:
        """The columns that are added to a table of the type that ships."""
        return next((part["columns"] for part in self.parts["tables"] if part["name"] == table.name), [])

    def drop(self, name: str) -> None:
        """Take out a header field or a table."""
        for kind in ("fields", "tables"):
            self.parts[kind] = [part for part in self.parts[kind] if part["name"] != name]
        self._begin_anew()

    def change(self, **parts: Any) -> None:
        """Set some parts, as a widget has them."""
        if any(self.parts.get(name) != part for name, part in parts.items()):
            self.parts |= parts
            keep(self)

    def _begin_anew(self) -> None:
        self.revision += 1
        keep(self)


def get_draft(name: str) -> TypeDraft:
    """The draft of a type: the one in memory, else the one kept on disk, else the newest version. Raises TypeDefinitionError."""
    drafts: dict[str, TypeDraft] = st.session_state.setdefault(DRAFTS, {})
    if name not in drafts:
        types = get_studio().types
        saved = next((found for found in types.declared() if found.name == name), None) or types.extension(name)
        kept = get_studio().draft(_place(name))
        parts = kept["parts"] if kept and kept.get("version") == (saved.version if saved else 0) else None
        if not isinstance(parts, dict):
            shipped = next((kind for kind in SHIPPED if kind.name == name), None)
            parts = _parts(saved) if saved else _nothing_added(shipped) if shipped else _parts(types.named(name))
        drafts[name] = TypeDraft(parts, saved)
    return drafts[name]


def begin(title: str, of: TypeDefinition | None = None) -> TypeDraft:
    """A new draft called ``title``: empty, or with the parts of another type."""
    studio = get_studio()
    taken = [kind.name for kind in studio.types.types()] + list(st.session_state.get(DRAFTS, {}))
    parts = (
        _parts(of)
        if of
        else {"description": "", "titles": "", "headings": [], "fields": [], "tables": [], "checks": []}
    )
    draft = TypeDraft(parts | {"name": name_for(title, taken), "title": title, "titles": "", "headings": []})
    st.session_state.setdefault(DRAFTS, {})[draft.name] = draft
    keep(draft)
    choose(draft.name)
    return draft


def keep(draft: TypeDraft) -> None:
    """Keep the draft on disk, so that a reload finds it."""
    get_studio().keep_draft(_place(draft.name), {"parts": draft.parts, "version": draft.version})


def save(draft: TypeDraft) -> None:
    """Save the draft as the newest version. Where nothing is added to a type that ships any more, it is as it was."""
    if draft.adds_nothing:
        take_out(draft)
        return
    try:
        draft.saved = get_studio().types.keep(draft.definition())
    except TypeDefinitionError as error:
        say(str(error), bad=True)
        return
    draft.parts = _parts(draft.saved)
    draft.revision += 1
    keep(draft)
    say(
        f"Your fields of {draft.saved.title} are saved as version {draft.saved.version}: they are read from now on."
        if draft.base
        else f"{draft.saved.title} is saved as version {draft.saved.version}: choose it in the Studio under “Read as”."
    )


def take_out(draft: TypeDraft) -> None:
    """Take a type, or what was added to one that ships, out of use: what was read with it stays readable."""
    try:
        get_studio().types.remove(draft.name)
    except StudioError as error:
        say(str(error), bad=True)
        return
    base = draft.base
    forget(draft.name)
    if base is None:
        say(f"{draft.parts['title']} is out of use.")
    else:
        choose(draft.name)
        say(f"{base.title} is read without your fields from now on; records keep what they have.")


def discard(draft: TypeDraft) -> None:
    """Back to the saved version; a type that was never saved is gone."""
    if draft.saved is None and draft.base is None:
        forget(draft.name)
        return
    draft.parts = _parts(draft.saved) if draft.saved else _nothing_added(draft.base or USUAL)
    draft.revision += 1
    keep(draft)


def _nothing_added(kind: DocumentType) -> dict[str, Any]:
    """The parts of what adds nothing to a type that ships."""
    empty = TypeDefinition.model_construct(name=kind.name, extends=kind.name, title=kind.title, fields=())
    return empty.model_dump(mode="json", exclude={"version"})


def forget(name: str) -> None:
    """Show no draft of ``name`` any more."""
    st.session_state.get(DRAFTS, {}).pop(name, None)
    st.session_state.pop(CHOSEN, None)
    get_studio().keep_draft(_place(name), {"parts": None, "version": -1})


def unsaved() -> list[TypeDraft]:
    """The drafts of this session that were never saved."""
    return [draft for draft in st.session_state.get(DRAFTS, {}).values() if draft.saved is None]


def choose(name: str) -> None:
    """Show this type from now on."""
    st.session_state[CHOSEN] = name


def _parts(definition: TypeDefinition) -> dict[str, Any]:
    return definition.model_dump(mode="json", exclude={"version"})


def _plain(part: FieldDefinition | TableDefinition) -> dict[str, Any]:
    return part.model_dump(mode="json")


def _place(name: str) -> str:
    return f"type-{name}"
