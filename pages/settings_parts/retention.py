"""Retention: days for each kind of data, with what would go today, before it is kept."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.settings import Retention
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

_SAID, _FORESEEN = "retention_said", "retention_foreseen"


def draw_retention() -> None:
    """Draw it."""
    st.markdown("##### How long things are kept")
    with st.container(border=True, key="settings_retention"):
        st.caption(
            "In days; what has none is kept for good. What is over its days is taken away for good while the studio runs, and the trail says how "
            "much. Records themselves stay until somebody deletes them."
        )
        kept = get_studio().defaults.retention
        for name, info in Retention.model_fields.items():
            key = _key(name)
            if key not in st.session_state:  # as a default, it would come back where the person empties the field
                st.session_state[key] = getattr(kept, name)
            st.number_input(
                info.title or name,
                min_value=1,
                max_value=36_500,
                step=1,
                value=None,
                placeholder="for good",
                key=key,
                help=info.description,
                on_change=_clear,
            )
        if said := st.session_state.get(_SAID):
            st.info(plain(said))
        st.button("Show what would go today", key="retention_show", on_click=_show, **kept_for("retention.foresee"))
        foreseen = st.session_state.get(_FORESEEN)
        if foreseen is None:
            return
        for sentence in foreseen:
            st.markdown(f"- {plain(sentence)}")
        if not foreseen:
            st.markdown("Nothing would go today.")
        st.button("Keep these days", key="retention_keep", type="primary", on_click=_keep, **kept_for("configure"))


def _key(name: str) -> str:
    return f"retention_{name}"


def _typed() -> Retention:
    return Retention(**{name: st.session_state.get(_key(name)) for name in Retention.model_fields})


def _clear() -> None:
    for name in (_SAID, _FORESEEN):
        st.session_state.pop(name, None)


def _show() -> None:
    _clear()
    try:
        st.session_state[_FORESEEN] = [each.sentence for each in get_studio().retention.foresee(_typed())]
    except StudioError as error:
        st.session_state[_SAID] = str(error)


def _keep() -> None:
    _clear()
    try:
        get_studio().configure(retention=_typed())
    except StudioError as error:
        st.session_state[_SAID] = str(error)
    else:
        st.session_state[_SAID] = "These days are kept: what is over them goes within the hour while the studio runs."
