"""Deletion on request: what a name or a document reaches, shown, confirmed, and gone."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.forgetting.counting import describe_counts
from core.forgetting.forgetting import Reached
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

#: Documents that are named before it is done; the others are counted.
_NAMED = 20
_REACHED, _SAID = "forget_reached", "forget_said"


def draw_forgetting() -> None:
    """Draw it."""
    st.markdown("##### Deletion on request")
    with st.container(border=True, key="settings_forget"):
        st.caption(
            "Everything of a vendor or a person, or one document, with all that came of it: file, texts, records, Excel rows, what was "
            "sent to models, what was learnt. The trail keeps only that it was done, by whom, when, and how much."
        )
        st.text_input(
            "Name, or a document's SHA-256",
            key="forget_what",
            on_change=_clear,
            help="A name is found as whole words, in any case, with or without accents.",
        )
        st.button("Show what goes", key="forget_show", on_click=_show, **kept_for("forgetting.of_name"))
        if said := st.session_state.get(_SAID):
            st.info(plain(said))
        if reached := st.session_state.get(_REACHED):
            _draw_reached(reached)


def _draw_reached(reached: Reached) -> None:
    st.markdown(f"To be deleted for good: **{plain(describe_counts(reached.counts))}**. The cache is emptied.")
    for _, name in reached.documents[:_NAMED]:
        st.markdown(f"- {plain(name)}")
    if (more := len(reached.documents) - _NAMED) > 0:
        st.caption(f"and {more:,} more")
    if reached.unread:
        st.warning(
            f"{reached.unread} documents were never read and have no text of their own: read them first to know whether the name "
            "stands on them."
        )
    st.checkbox("Nobody can bring it back: I am sure", key="forget_sure")
    st.button(
        "Delete for good",
        key="forget_do",
        type="primary",
        icon=":material/delete_forever:",
        on_click=_forget,
        args=(reached,),
        **kept_for("forgetting.forget", disabled=not st.session_state.get("forget_sure")),
    )


def _clear() -> None:
    for name in (_REACHED, _SAID, "forget_sure"):
        st.session_state.pop(name, None)


def _show() -> None:
    _clear()
    what = str(st.session_state.get("forget_what", "")).strip()
    room = get_studio().forgetting
    is_digest = len(what) == 64 and all(letter in "0123456789abcdef" for letter in what.lower())
    try:
        st.session_state[_REACHED] = room.of_document(what) if is_digest else room.of_name(what)
    except StudioError as error:
        st.session_state[_SAID] = str(error)


def _forget(reached: Reached) -> None:
    _clear()
    try:
        done = get_studio().forgetting.forget(reached)
    except StudioError as error:
        st.session_state[_SAID] = str(error)
        return
    left = f" The name still stands in {', '.join(done.left)}." if done.left else ""
    gone = " The name stands in no file of the data folder any more." if reached.name and not left else ""
    st.session_state[_SAID] = f"Deleted for good: {describe_counts(done.counts)}.{gone}{left}"
