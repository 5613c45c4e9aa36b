"""The proposal to read a file as the several documents that it seems to hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.recognition.parts import Part
from pages.shared.desk import OpenDocument, range_text
from pages.shared.frame import plain
from pages.shared.recognised import titles_of_types

#: So many of the documents are listed.
_MOST = 12


def draw_split_offer(document: OpenDocument, parts: Sequence[Part], split: Callable[[], None]) -> None:
    """Each document that the file seems to hold, with its pages, and the choice: ``split`` takes it."""
    with st.container(key="split_offer", border=True, gap="small"):
        st.markdown(f":material/call_split: **This file seems to hold {len(parts)} documents.**")
        st.markdown("\n".join(f"{number}. {_described(part)}" for number, part in enumerate(parts[:_MOST], 1)))
        if len(parts) > _MOST:
            st.caption(f"… and {len(parts) - _MOST} more.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Split into these {len(parts)}",
                key="split_accept",
                icon=":material/call_split:",
                help="Each is then read by itself. You can still move pages between them.",
                on_click=split,
            )
            st.button("It is one document", key="split_decline", type="tertiary", on_click=document.read_as_one)


def pages_of(parts: Sequence[Part]) -> list[tuple[int, ...]]:
    """The pages of each part."""
    return [part.pages for part in parts]


def _described(part: Part) -> str:
    """A part in a line: what it is and why, its number, its pages and its first words."""
    choice = part.choice
    title = titles_of_types().get(choice.type_name, choice.type_name) if choice.known else "Not known"
    number = f" {plain(part.number)}" if part.number else ""
    word = "page" if len(part.pages) == 1 else "pages"
    words = f" · “{plain(part.words)}”" if part.words else ""
    return f"**{plain(title)}{number}** · {word} {range_text(part.pages)} :gray[· {plain(choice.reason)}{words}]"
