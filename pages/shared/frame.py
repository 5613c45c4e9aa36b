"""The frame that every page stands in: the one Studio of the process, the look, and errors as one sentence."""

from __future__ import annotations

import gc
import threading
from functools import cache
from pathlib import Path

import streamlit as st

from core.errors import StudioError
from core.studio import Studio

#: Seconds after the start at which memory is settled once more.
SETTLED_AFTER = 90.0

_STYLE = Path(__file__).with_name("style.css")
_ICON = Path(__file__).with_name("icon.svg")


@st.cache_resource(show_spinner=False)
def get_studio() -> Studio:
    """The process's Studio: engines, stores and queue are built once and shared by all sessions."""
    from core.entrypoints.bootstrap import build_studio

    studio = build_studio()
    _settle_process()
    return studio


@cache
def _settle_process() -> None:
    """Settle memory now and once more later, with the libraries that come with the first documents."""
    _settle_memory()
    late = threading.Timer(SETTLED_AFTER, _settle_memory)
    late.daemon = True
    late.start()


def _settle_memory() -> None:
    """Take what is loaded for good out of the garbage collector's sight. Streamlit collects after every run of a script,
    and looks through all there is: 35 ms for the code alone, 70 ms with pandas, in which no other page is answered."""
    gc.collect()
    gc.freeze()


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
