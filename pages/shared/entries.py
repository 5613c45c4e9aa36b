"""The list of named things beside a page (prompts, vendors, document types): its entries, bringing in a file, and what the last
action had to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import StudioError
from pages.shared.frame import plain
from pages.shared.rights import kept_for

_NOTICE = "entries_notice"


def say(text: str, bad: bool = False) -> None:
    """Have the page say what an action did."""
    st.session_state[_NOTICE] = (text, bad)


def draw_notice() -> None:
    """What the last action had to say, once."""
    text, bad = st.session_state.pop(_NOTICE, ("", False))
    if text and bad:
        st.error(plain(text), icon=":material/error:")
    elif text:
        st.toast(plain(text), icon=":material/task_alt:")


def draw_entry(
    what: str, number: int, name: str, about: str, *, title: str, chosen: bool, choose: Callable[[str], None]
) -> None:
    """One entry of a list: a button ``<what>_<number>`` that chooses ``name``, and a line on it."""
    with st.container(key=f"{what}_entry_{number}{'_chosen' if chosen else ''}", gap=None):
        st.button(plain(title), key=f"{what}_{number}", on_click=choose, args=(name,), width="stretch", type="tertiary")
        st.caption(about)


def draw_bring_in(
    what: str, label: str, suffixes: Sequence[str], megabytes: int, take: Callable[[bytes], str], verb: str
) -> None:
    """An upload ``<what>_file_<n>`` with its button ``<what>_bring_in``. ``take`` gets the file's bytes and gives what to say; the
    sentence of a StudioError that it raises is said with the file's name. ``verb`` is what stands behind it."""
    key = f"{what}_file_{st.session_state.get(_count(what), 0)}"
    st.file_uploader(label, type=list(suffixes), key=key, max_upload_size=megabytes)
    st.button(
        "Bring in", key=f"{what}_bring_in", type="primary", on_click=_bring_in, args=(what, key, take), **kept_for(verb)
    )


def _bring_in(what: str, key: str, take: Callable[[bytes], str]) -> None:
    upload = st.session_state.get(key)
    if upload is None:
        say("Choose a file first.", bad=True)
        return
    try:
        sentence = take(upload.getvalue())
    except StudioError as error:
        say(f"{upload.name}: {error}", bad=True)
        return
    st.session_state[_count(what)] = st.session_state.get(_count(what), 0) + 1  # a new key empties the upload
    say(sentence)


def _count(what: str) -> str:
    return f"{what}_uploads"
