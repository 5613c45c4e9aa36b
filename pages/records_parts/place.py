"""The page that a record was read from, with the places of its values, beside the form."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.extraction import Extraction
from pages.shared.frame import plain
from pages.shared.viewer import draw_found

#: Whether the person wants to see pages; it holds for every record.
WANTED = "record_page_wanted"


def draw_page_switch(extraction: Extraction | None) -> bool:
    """The switch, where the record has a page; gives whether the page is to be drawn."""
    if extraction is None or not extraction.pages:
        return False
    wanted = st.session_state.setdefault(WANTED, True)
    shown = st.toggle("Page", wanted, key="record_page_switch", help="Show the page beside the values")
    st.session_state[WANTED] = shown
    return bool(shown)


def draw_place(order_id: int, extraction: Extraction) -> None:
    """The pages with a box around every value that is found on them."""
    with st.container(key="record_page"):
        try:
            draw_found(f"record_{order_id}", extraction)
        except StudioError as error:
            st.info(plain(str(error)), icon=":material/hide_image:")
