"""The frame that every page stands in: the one Studio of the process, the look, and errors as one sentence."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from core.studio import Studio

_STYLE = Path(__file__).with_name("style.css")
_ICON = Path(__file__).with_name("icon.svg")


@st.cache_resource(show_spinner=False)
def get_studio() -> Studio:
    """The process's Studio: engines, stores and queue are built once and shared by all sessions."""
    from core.entrypoints.bootstrap import build_studio

    return build_studio()


def is_ready() -> bool:
    """Whether there is a Studio; where there is none (its database does not answer) the page says why instead."""
    try:
        get_studio()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    return True


def draw_frame() -> None:
    """Page config and the house's style; called once a run by ``app.py`` before the page."""
    st.set_page_config(page_title="Extraction studio", page_icon=str(_ICON), layout="wide")
    st.html(_STYLE)


def plain(text: str) -> str:
    """``text`` so that Markdown shows it as it stands: a document's words are data, never markup."""
    return "".join(f"\\{char}" if char in _MARKUP else char for char in text).replace("\n", " ")


_MARKUP = frozenset("\\`*_{}[]()<>#+-.!|~$:&^=")
