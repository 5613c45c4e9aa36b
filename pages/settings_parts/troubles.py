"""Kept choices that cannot be used: which, why, and the way out."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from pages.shared.frame import get_studio, plain


def draw_troubles() -> None:
    """A line for each choice that cannot be used, and the button that drops them; nothing where all can."""
    preferences = get_studio().preferences
    troubles = preferences.troubles
    if not troubles:
        return
    with st.container(key="settings_troubles"):
        lines = ["Some of the settings that are kept cannot be used; all others hold."]
        lines += [str(trouble) for trouble in troubles]
        if preferences.unsure:
            lines.append("One of them may be a limit of yours, so no model is asked until this is put right.")
        lines.append("Choose them anew, or take what the studio ships in their place.")
        st.error("  \n".join(plain(line) for line in lines), icon=":material/settings_alert:")
        st.button("Take the shipped ones", key="settings_mend", icon=":material/restart_alt:", on_click=_mend)


def _mend() -> None:
    try:
        get_studio().preferences.mend()
    except StudioError as error:
        st.toast(f"Not kept: {plain(str(error))}", icon=":material/error:")
