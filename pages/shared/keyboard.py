"""The keyboard beside the form: what the browser must do for shortcuts, and the list of keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_SCRIPT = Path(__file__).with_name("keyboard.js")

_KEYS = (
    ("Alt + N", "next open question"),
    ("Alt + Y", "what stands here looks right"),
    ("1 … 9", "take one of the other values offered (Alt + 1 … 9 while typing)"),
    ("Ctrl + S", "save"),
    ("Ctrl + Enter", "save, and open the next document that needs somebody"),
    ("Tab, Shift + Tab", "next field, field before"),
    ("Shift + drag", "words on the page into the field at hand"),
    ("Page up, Page down, +, −, 0", "turn and zoom the page, once it is clicked"),
    ("D, or Shift while dragging", "draw around words on the page: they go into the field at hand"),
    ("Alt + Page up, Alt + Page down", "document before, document after"),
    ("?", "this list"),
)


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    return st.components.v2.component("form_keyboard", js=_SCRIPT.read_text(encoding="utf-8"))


def draw_keyboard() -> None:
    """Mount the browser side; it shows nothing."""
    _component()(key="form_keyboard", width="content", height="content")


def draw_keys() -> None:
    """The list of keys; ``?`` opens it."""
    with st.popover("Keys", key="show_keys", type="tertiary", icon=":material/keyboard:"):
        rows = "\n".join(f"| **{key}** | {does} |" for key, does in _KEYS)
        st.markdown(f"| Key | What it does |\n|---|---|\n{rows}")
