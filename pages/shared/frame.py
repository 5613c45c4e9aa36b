"""The frame that every page stands in: the one Studio of the process, the look, and errors as one sentence."""

from __future__ import annotations

import gc
import threading
from functools import cache
from pathlib import Path

import streamlit as st

from core.errors import NotAllowed, StudioError
from core.person import Person
from core.studio import Studio
from pages.shared.who import current_person, draw_door, draw_who

#: Seconds after the start at which memory is settled once more.
SETTLED_AFTER = 90.0

_STYLE = Path(__file__).with_name("style.css")
_ICON = Path(__file__).with_name("icon.svg")


def get_studio() -> Studio:
    """The process's Studio in the hands of whoever this session belongs to. Raises NotAllowed for nobody who may come in."""
    studio = _process_studio()
    person = current_person(studio.person, studio.settings)
    if person is None:
        raise NotAllowed("Sign in first: this studio is for those who have a role in it.")
    return studio.by(person)


@st.cache_resource(show_spinner=False)
def _process_studio() -> Studio:
    """Engines, stores and queue are built once and shared by all sessions."""
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


def person_here() -> Person | None:
    """Who this session belongs to; ``None`` for nobody who may come in, or where there is no Studio."""
    try:
        studio = _process_studio()
    except StudioError:
        return None
    return current_person(studio.person, studio.settings)


def is_ready() -> bool:
    """Whether there is a Studio, and somebody who may come in; where not, the page says why instead."""
    try:
        studio = _process_studio()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    person = current_person(studio.person, studio.settings)
    if person is None:
        draw_door(plain)
        return False
    draw_who(person, plain)
    return True


def draw_frame() -> None:
    """Page config and the house's style; called once a run by ``app.py`` before the page."""
    st.set_page_config(page_title="Extraction studio", page_icon=str(_ICON), layout="wide")
    st.html(_STYLE)
    if st.context.theme.type == "dark":  # dialogs and popovers stand outside of what the theme calls dark
        st.html("<style>:root { color-scheme: dark; }</style>")


def plain(text: str) -> str:
    """``text`` so that Markdown shows it as it stands: a document's words are data, never markup."""
    return "".join(f"\\{char}" if char in _MARKUP else char for char in text).replace("\n", " ")


_MARKUP = frozenset("\\`*_{}[]()<>#+-.!|~$:&^=")
