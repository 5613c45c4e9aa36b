"""The Document types page: what documents are read as; types of one's own, drawn on an example."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from core.errors import StudioError, TypeDefinitionError
from core.schema.document_type import DocumentType
from pages.document_types_parts.example import draw_example
from pages.document_types_parts.fields import draw_checks, draw_fields
from pages.document_types_parts.list import draw_list
from pages.document_types_parts.shipped import draw_shipped
from pages.document_types_parts.trial import draw_trial
from pages.document_types_parts.type_draft import TABS, TypeDraft, discard, get_draft, save, take_out
from pages.shared.entries import draw_notice
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
            _draw_chosen(get_draft(chosen), shown if shown is not None and shown.definition is None else None)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
    keep_desk(get_desk())


def _draw_chosen(draft: TypeDraft, shipped: DocumentType | None) -> None:
    """The draft of a type of one's own, or of what is added to one that is ``shipped``."""
    head = st.container()
    tabs: dict[str, Callable[[TypeDraft], None]] = {"Checks": draw_checks, "Try": draw_trial}
    if shipped is None:
        tabs = {"Example": draw_example, "Fields": draw_fields, **tabs}
    else:
        looked_at = partial(_draw_shipped, shipped)
        tabs = {"Its fields": looked_at, "Add a field": draw_example, "Yours": draw_fields, **tabs}
    drawn = st.tabs(list(tabs), key=f"{TABS}_shipped" if shipped else TABS, on_change="rerun")
    for tab, draw in zip(drawn, tabs.values(), strict=True):
        with tab:
            if tab.open:
                draw(draft)
    with head:  # it speaks of what the tabs have just changed
        _draw_head(draft)


def _draw_shipped(shipped: DocumentType, _: TypeDraft) -> None:
    draw_shipped(shipped)


def _draw_head(draft: TypeDraft) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="type_head"):
        if draft.base is None:
            key = f"type_title_{draft.name}_{draft.revision}"
            title = st.text_input("Title", draft.parts["title"], key=key, max_chars=60, width=300)
            draft.change(title=" ".join(title.split()) or draft.parts["title"])
        else:
            st.markdown(f"##### {plain(draft.base.title)}", width="content")
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
            what = "your fields" if draft.base else "this type"
            with st.popover("", icon=":material/delete:", key="type_remove", help=f"Take {what} out of use"):
                st.markdown("Documents and records that were read with it stay readable.")
                st.button(f"Take {what} out of use", key="type_remove_now", on_click=take_out, args=(draft,))
        if draft.adds_nothing and not draft.is_changed:
            return
        st.button(
            _to_save(draft),
            key="type_save",
            type="primary",
            icon=":material/save:",
            disabled=not draft.is_changed or bool(_trouble(draft)),
            help=_trouble(draft) or None,
            on_click=save,
            args=(draft,),
        )
    if (trouble := _trouble(draft)) and any(draft.parts[part] for part in ("fields", "tables", "checks")):
        st.warning(plain(trouble), icon=":material/help:")


def _to_save(draft: TypeDraft) -> str:
    if draft.adds_nothing:
        return "Save without your fields"
    return f"Save as version {draft.version + 1}" if draft.is_changed else f"Saved as version {draft.version}"


def _trouble(draft: TypeDraft) -> str:
    """What keeps the draft from being saved; empty where nothing does."""
    if draft.adds_nothing:
        return ""
    if draft.base is None and not draft.parts["fields"]:
        return "A type needs at least one field: draw one on an example, or write one under Fields."
    try:
        draft.definition()
    except TypeDefinitionError as error:
        return str(error)
    return ""


draw_page()
