"""The walk: it happens in the browser (``walk.js``) and tells the studio afterwards (:mod:`pages.review_parts.wire`)."""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.review_parts.wire import address, take_seat
from pages.shared import keys
from pages.shared.frame import get_studio

_HERE = Path(__file__).parent
#: One field over many documents is drawn by a file of its own.
_FILES = (("walk.html",), ("walk.css", "column.css"), ("walk.js", "column.js"))


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    html, css, js = ("\n".join((_HERE / name).read_text(encoding="utf-8") for name in names) for names in _FILES)
    return st.components.v2.component("review_walk", html=html, css=css, js=js)


def draw_desk() -> None:
    """Draw the window: a seat at the desk. What it shows it asks for itself."""
    seat: str = st.session_state.setdefault(keys.SEAT, uuid.uuid4().hex)
    studio = get_studio()
    take_seat(seat, studio.person)
    named = studio.person.name if studio.person.known != "account" else ""
    _component()(key="review_walk", data={"seat": seat, "address": address(seat), "who": named})
    studio.warm()
