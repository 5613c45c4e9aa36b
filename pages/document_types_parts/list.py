"""The document types to choose from, new ones, and bringing in YAML."""

from __future__ import annotations

import streamlit as st

from core.declared.copying import definition_of
from core.schema.document_type import DocumentType
from pages.document_types_parts.type_draft import CHOSEN, begin, choose, unsaved
from pages.shared.entries import draw_bring_in, draw_entry, say
from pages.shared.frame import get_studio

_NOTHING = "nothing"


def draw_list(types: list[DocumentType]) -> str:
    """A button a type, new ones below; gives the name of the chosen one."""
    entries = [(kind.name, kind.title, _about(kind)) for kind in types]
    known = {name for name, _, _ in entries}
    entries += [
        (draft.name, str(draft.parts["title"]), "not saved yet") for draft in unsaved() if draft.name not in known
    ]
    names = [name for name, _, _ in entries]
    chosen = st.session_state.get(CHOSEN)
    own = [name for name in names if name not in {kind.name for kind in types if kind.definition is None}]
    chosen = chosen if chosen in names else own[-1] if own else names[0]
    st.markdown("##### Document types")
    with st.container(key="type_list", gap="xsmall"):
        for number, (name, title, about) in enumerate(entries):
            draw_entry("type", number, name, about, title=title, chosen=name == chosen, choose=choose)
    with st.popover("New type", icon=":material/add:", key="type_new", width="stretch"):
        _draw_new(types)
    with st.popover("Bring in YAML", icon=":material/upload:", key="type_import", width="stretch"):
        draw_bring_in("type", "A YAML file with one type", ["yaml", "yml"], 2, _bring_in, "types.take_in")
    return str(chosen)


def _about(kind: DocumentType) -> str:
    if kind.extension is not None:
        count = len(kind.added) + sum(len(kind.added_columns(table)) for table in kind.tables)
        return f"ships with the studio · {count} {'field' if count == 1 else 'fields'} of yours"
    if kind.definition is None:
        return "ships with the studio"
    fields = len(kind.header)
    return f"version {kind.definition.version} · {fields} {'field' if fields == 1 else 'fields'}"


def _draw_new(types: list[DocumentType]) -> None:
    titles = {
        _NOTHING: "Nothing: draw the fields on an example",
        **{kind.name: f"A copy of {kind.title}" for kind in types},
    }
    with st.form("type_new_form", border=False):
        st.text_input("Title", key="type_new_title", placeholder="Payslip", max_chars=60)
        st.selectbox("Begin with", list(titles), format_func=titles.__getitem__, key="type_new_from")
        st.form_submit_button("Make it", key="type_new_make", type="primary", on_click=_make)


def _make() -> None:
    title = " ".join(st.session_state["type_new_title"].split())
    kinds = get_studio().types.types()
    if not title:
        say("Give the type a title first, such as Payslip.", bad=True)
    elif any(kind.title.casefold() == title.casefold() for kind in kinds):
        say(f"There is a type “{title}” already: choose it in the list, or take another title.", bad=True)
    else:
        base = next((kind for kind in kinds if kind.name == st.session_state["type_new_from"]), None)
        begin(title, definition_of(base) if base else None)


def _bring_in(data: bytes) -> str:
    kept = get_studio().types.take_in(data)
    choose(kept.name)
    return f"{kept.title} is stored as version {kept.version}."
