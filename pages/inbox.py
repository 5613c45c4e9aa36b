"""The Inbox page: whatever comes is dropped here, read, handed out, and followed until it is saved or rejected."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from core.stores.inbox import InboxPage, InboxQuery
from pages.inbox_parts.actions import draw_actions, draw_deleted
from pages.inbox_parts.batches import draw_batches
from pages.inbox_parts.intake import draw_again, draw_drop_zone, draw_folder_zone, draw_wish, what_leaves
from pages.inbox_parts.opening import open_items
from pages.inbox_parts.query import clear_query, current_query, draw_filters, draw_paging, is_narrowed, search_page
from pages.inbox_parts.rows import OPENING, draw_live, draw_rows
from pages.shared.entries import draw_notice
from pages.shared.frame import get_studio, plain
from pages.shared.intake import refuse
from pages.shared.session import begin_drawing, mark_seen

_STYLE = Path(__file__).parent / "inbox_parts" / "style.css"


def draw_page() -> None:
    """Draw what there is; without anything, where to begin."""
    begin_drawing()
    st.html(_STYLE)
    _open_wished()
    draw_notice()
    draw_again()
    draw_deleted()
    try:
        query, listed = search_page(current_query())
        if listed.rows or is_narrowed(query) or get_studio().inbox.reports(1):
            _draw_inbox(query, listed)
        else:
            _draw_empty()
        draw_live(query, listed)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.button("Try again", key="inbox_try_again", icon=":material/refresh:")
    mark_seen()
    get_studio().warm()  # what was queued when the studio last ran is taken up


def _draw_empty() -> None:
    with st.container(key="inbox_empty"):
        st.markdown("## Drop whatever comes in")
        st.markdown(
            "Hundreds of files, a zip or a folder at once. Each becomes a row that says vendor, amount and what is doubtful; what has "
            f"no pages to choose is read at once, the rest waits for you. {what_leaves()}"
        )
        draw_drop_zone("PDF, PNG, JPG, TIFF, WebP, BMP, e-invoice XML or a zip")
        with st.container(horizontal=True, gap="small"):
            _draw_other_ways()
            if st.button(
                "One document? Open it in the Studio",
                key="inbox_to_studio",
                icon=":material/document_scanner:",
                type="tertiary",
            ):
                st.switch_page("pages/studio.py")


def _draw_other_ways() -> None:
    with st.popover("Add a folder", icon=":material/create_new_folder:", key="inbox_add_folder"):
        draw_folder_zone()
    draw_wish()


def _draw_inbox(query: InboxQuery, listed: InboxPage) -> None:
    with st.container(key="inbox_top"):
        zone, ways, batches = st.columns([5, 2, 6], gap="medium")
        with zone:
            draw_drop_zone("Drop files or a zip")
        with ways, st.container(gap="xsmall"):
            _draw_other_ways()
        with batches:
            draw_batches()
    draw_filters()
    counts = get_studio().inbox.counts(query)
    draw_actions(query, listed.total, counts.get("failed", 0))
    draw_rows(query, listed)
    if listed.rows:
        draw_paging(query, listed)
    else:
        with st.container(horizontal=True, vertical_alignment="center", key="inbox_no_match"):
            st.markdown("Nothing matches this.", width="content")
            st.button("Show all", key="inbox_show_all", icon=":material/filter_alt_off:", on_click=clear_query)


def _open_wished() -> None:
    """Go to the Studio with the items that somebody wants to open there."""
    wished = st.session_state.pop(OPENING, None)
    if not wished:
        return
    for sentence in open_items(get_studio().inbox.some(wished)):
        refuse(sentence)
    st.switch_page("pages/studio.py")


draw_page()
