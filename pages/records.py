"""The Records page: find, open, correct and download what is saved."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from core.stores.records import RecordPage, RecordQuery
from pages.records_parts.actions import draw_notice
from pages.records_parts.bulk import draw_batch, draw_bulk, draw_choosing
from pages.records_parts.choosing import is_choosing
from pages.records_parts.detail import draw_record
from pages.records_parts.download import draw_search_downloads
from pages.records_parts.incoming import ask_incoming
from pages.records_parts.query import (
    clear_query,
    current_query,
    draw_paging,
    draw_search_bar,
    is_narrowed,
    search_page,
)
from pages.records_parts.reread import draw_reread
from pages.records_parts.table import draw_table, opened_record
from pages.records_parts.twins import draw_beside, draw_twins, draw_twins_switch, shows_twins
from pages.records_parts.views import draw_views, take_view_of_address
from pages.shared.differences import draw_differences
from pages.shared.entries import draw_notice as draw_said
from pages.shared.frame import get_studio, plain

_INCOMING = "Records of an Excel workbook or of another database"
_STYLE = Path(__file__).parent / "records_parts" / "style.css"


def draw_page() -> None:
    """Draw the list and, beside it, the record that is open.

    The list has the same place with and without an open record (the style hides an empty second column), so that the
    arrow keys walk on through its rows as records open."""
    st.html(_STYLE)
    take_view_of_address()
    get_studio().begin_indexing()  # records of an earlier version are put into the index of words
    draw_notice()
    draw_said()
    draw_batch()
    draw_differences()
    draw_reread()
    draw_beside()
    with st.container(key="records_split"):
        beside, detail = st.columns([9, 11], gap="medium")
    opened = opened_record()
    with beside:
        draw_search_bar()
        try:
            _draw_list(*search_page(current_query()))
        except StudioError as error:
            st.error(plain(str(error)), icon=":material/error:")
            st.button("Try again", key="records_try_again", icon=":material/refresh:")
            return
    if opened is not None:
        with detail, st.container(key="record_panel"):
            draw_record(opened)


def _draw_list(query: RecordQuery, listed: RecordPage) -> None:
    if not listed.rows:
        if is_narrowed(query):
            _draw_no_match(query)
        else:
            _draw_nothing_saved()
        return
    if is_choosing():
        draw_bulk(query, listed.total)
    if shows_twins():
        draw_twins()
    else:
        draw_table(query, listed)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        draw_paging(query, listed)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            draw_choosing()
            if st.button(
                "Bring in", key="records_incoming", type="tertiary", icon=":material/upload_file:", help=_INCOMING
            ):
                ask_incoming()
            draw_twins_switch()
            draw_views()
            draw_search_downloads(query, listed.total)


def _draw_nothing_saved() -> None:
    with st.container(key="empty_state"):
        st.markdown("## No records yet")
        st.markdown("A record appears here once you have read a document in the Studio and saved it.")
        if st.button(
            "Read a document in the Studio", key="records_to_studio", type="primary", icon=":material/document_scanner:"
        ):
            st.switch_page("pages/studio.py")
        if st.button(
            "Bring records in",
            key="records_incoming_first",
            type="tertiary",
            icon=":material/upload_file:",
            help=_INCOMING,
        ):
            ask_incoming()


def _draw_no_match(query: RecordQuery) -> None:
    with st.container(key="records_no_match"):
        what = f"“{plain(query.text)}”" if query.text else "this filter"
        status = f" with the status “{query.status}”" if query.status and query.text else ""
        st.markdown(f"No record matches {what}{status}.")
        st.button("Show all records", key="records_clear", icon=":material/filter_alt_off:", on_click=clear_query)


draw_page()
