"""The Document types page: what documents are read as; types of one's own, drawn on an example."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError, TypeDefinitionError
from pages.document_types_parts.example import draw_example
from pages.document_types_parts.fields import draw_checks, draw_fields
from pages.document_types_parts.list import draw_list
from pages.document_types_parts.shipped import draw_shipped
from pages.document_types_parts.trial import draw_trial
from pages.document_types_parts.type_draft import CHOSEN, TABS, TypeDraft, discard, forget, get_draft, save
from pages.shared.entries import draw_notice, say
from pages.shared.frame import get_studio, plain
from pages.shared.session import get_desk, keep_desk

_STYLE = Path(__file__).parent / "document_types_parts" / "style.css"


def draw_page() -> None:
    """Draw the types on the left and the chosen one on the right."""
    st.html(_STYLE)
    draw_notice()
    beside, main = st.columns([4, 14], gap="large")
    try:
        types = get_studio().types.types()
        with beside:
            chosen = draw_list(types)
        shown = next((kind for kind in types if kind.name == chosen), None)
        with main:
            if shown is not None and shown.definition is None:
                draw_shipped(shown)
            else:
                _draw_own(get_draft(chosen))
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
    keep_desk(get_desk())


def _draw_own(draft: TypeDraft) -> None:
    head = st.container()
    tabs = {"Example": draw_example, "Fields": draw_fields, "Checks": draw_checks, "Try": draw_trial}
    for tab, draw in zip(st.tabs(list(tabs), key=TABS, on_change="rerun"), tabs.values(), strict=True):
        with tab:
            if tab.open:
                draw(draft)
    with head:  # it speaks of what the tabs have just changed
        _draw_head(draft)


def _draw_head(draft: TypeDraft) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="type_head"):
        key = f"type_title_{draft.name}_{draft.revision}"
        title = st.text_input("Title", draft.parts["title"], key=key, max_chars=60, width=300)
        draft.change(title=" ".join(title.split()) or draft.parts["title"])
        st.space("stretch")
        if draft.is_changed:
            st.button(
                "Discard changes" if draft.saved else "Discard",
                key="type_discard",
                type="tertiary",
                on_click=discard,
                args=(draft,),
            )
        if draft.saved:
            st.download_button(
                "YAML",
                get_studio().types.export(draft.name),
                file_name=f"{draft.name}.yaml",
                mime="application/yaml",
                key="type_export",
                icon=":material/download:",
                on_click="ignore",
            )
            with st.popover("", icon=":material/delete:", key="type_remove", help="Take this type out of use"):
                st.markdown("Documents and records that were read with it stay readable.")
                st.button("Take it out of use", key="type_remove_now", on_click=_remove, args=(draft,))
        st.button(
            f"Save as version {draft.version + 1}" if draft.is_changed else f"Saved as version {draft.version}",
            key="type_save",
            type="primary",
            icon=":material/save:",
            disabled=not draft.is_changed or bool(_trouble(draft)),
            help=_trouble(draft) or None,
            on_click=save,
            args=(draft,),
        )
    if (trouble := _trouble(draft)) and draft.parts["fields"]:
        st.warning(plain(trouble), icon=":material/help:")


def _trouble(draft: TypeDraft) -> str:
    """What keeps the draft from being saved; empty where nothing does."""
    if not draft.parts["fields"]:
        return "A type needs at least one field: draw one on an example, or write one under Fields."
    try:
        draft.definition()
    except TypeDefinitionError as error:
        return str(error)
    return ""


def _remove(draft: TypeDraft) -> None:
    try:
        get_studio().types.remove(draft.name)
    except StudioError as error:
        say(str(error), bad=True)
        return
    forget(draft.name)
    st.session_state.pop(CHOSEN, None)
    say(f"{draft.parts['title']} is out of use.")


draw_page()
