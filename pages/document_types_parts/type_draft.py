"""A document type as the person is changing it: plain parts, kept on disk until they are saved as a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.declared.example import name_for
from core.declared.yaml_text import make_definition
from core.errors import TypeDefinitionError
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
    def is_changed(self) -> bool:
        """Whether anything differs from the saved version."""
        return self.saved is None or self.parts != _parts(self.saved)

    def definition(self) -> TypeDefinition:
        """The parts as a definition. Raises TypeDefinitionError with what is not sound."""
        return make_definition(self.parts)

    def names(self) -> list[str]:
        """The names of header fields and tables: no other may be called so."""
        return [part["name"] for part in (*self.parts["fields"], *self.parts["tables"])]

    def add_field(self, field: FieldDefinition) -> None:
        """Add a header field."""
        self.parts["fields"] = [*self.parts["fields"], _plain(field)]
        self._begin_anew()

    def add_table(self, table: TableDefinition) -> None:
        """Add a table."""
        self.parts["tables"] = [*self.parts["tables"], _plain(table)]
        self._begin_anew()

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
        saved = next((found for found in get_studio().types.declared() if found.name == name), None)
        kept = get_studio().draft(_place(name))
        parts = kept["parts"] if kept and kept.get("version") == (saved.version if saved else 0) else None
        if not isinstance(parts, dict):
            saved = saved or get_studio().types.named(name)
            parts = _parts(saved)
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
    """Save the draft as the newest version."""
    try:
        draft.saved = get_studio().types.keep(draft.definition())
    except TypeDefinitionError as error:
        say(str(error), bad=True)
        return
    draft.parts = _parts(draft.saved)
    draft.revision += 1
    keep(draft)
    say(f"{draft.saved.title} is saved as version {draft.saved.version}: choose it in the Studio under “Read as”.")


def discard(draft: TypeDraft) -> None:
    """Back to the saved version; a type that was never saved is gone."""
    if draft.saved is None:
        forget(draft.name)
        return
    draft.parts = _parts(draft.saved)
    draft.revision += 1
    keep(draft)


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
