"""A key or a secret that was just made: shown until it is kept, and never again."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import plain

_SHOWN = "programs_shown"


def show_once(text: str, about: str) -> None:
    """Have the page show ``text``, which is kept nowhere, with a line ``about`` it."""
    st.session_state[_SHOWN] = (text, about)


def draw_secret() -> None:
    """Draw it, until the person says that they have it."""
    if (shown := st.session_state.get(_SHOWN)) is None:
        return
    text, about = shown
    with st.container(border=True, key="programs_secret"):
        st.markdown(f":material/key: **{plain(about)}** Keep it now: it is shown this once.")
        st.code(text, language=None, wrap_lines=True)
        st.button("I have it", key="programs_kept", on_click=_hide)


def _hide() -> None:
    st.session_state.pop(_SHOWN, None)
