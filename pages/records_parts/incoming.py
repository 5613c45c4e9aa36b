"""Records from an Excel workbook or another database: looked through first, then brought in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.bulk import Incoming
from core.errors import StudioError
from core.stores.moving import Direction
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

_SHOWN = 12
_DIRECTIONS: dict[str, Direction] = {"Bring them in from there": "in", "Copy ours to there": "out"}


@st.dialog("Bring records in", width="large")
def ask_incoming() -> None:
    """Choose where from; what it would do is told before anything is done."""
    book, database = st.tabs(["Excel workbook", "Another database"])
    with book:
        _draw_workbook()
    with database:
        _draw_database()


def _draw_workbook() -> None:
    st.markdown(
        "A workbook with our sheets SalesOrderHeader and SalesOrderDetail, also of an earlier version or made by hand."
    )
    given = st.file_uploader("Workbook (.xlsx)", type=["xlsx"], key="records_incoming_file")
    if given is None:
        return
    try:
        incoming = get_studio().bulk.look_into(given.getvalue(), given.name)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _draw_incoming(incoming)
    if st.button(
        f"Bring {len(incoming.new):,} in",
        key="records_incoming_take",
        type="primary",
        **kept_for("bulk.bring_in", disabled=not incoming.new),
    ):
        _take(incoming, given.name)


def _draw_incoming(incoming: Incoming) -> None:
    st.markdown(
        f"**{len(incoming.new):,}** new · **{len(incoming.there):,}** there already · "
        f"**{len(incoming.not_understood):,}** not understood"
    )
    for title, told in (
        ("Not understood", incoming.not_understood),
        ("Cells that are left empty", incoming.empty),
        ("There already", incoming.there),
    ):
        _draw_told(title, told)


def _draw_told(title: str, told: Sequence[tuple[str, str]]) -> None:
    if not told:
        return
    with st.expander(f"{title}: {len(told):,}"):
        for place, sentence in told[:_SHOWN]:
            st.markdown(f"{plain(place)}: {plain(sentence)}")
        if len(told) > _SHOWN:
            st.caption(f"These are the first {_SHOWN}.")


def _take(incoming: Incoming, name: str) -> None:
    bar = st.empty()
    try:
        for step in get_studio().bulk.bring_in(incoming.new, name):
            bar.progress(step.over / max(1, step.size), f"{step.over:,} of {step.size:,}")
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()


def _draw_database() -> None:
    st.markdown(
        "All records with their page texts and history, between SQLite and PostgreSQL. Nothing is taken away from where they come from."
    )
    url = st.text_input(
        "Address of the other database",
        type="password",
        key="records_move_url",
        placeholder="postgresql://user:password@host:5432/database",
    )
    way = st.radio("Which way", list(_DIRECTIONS), key="records_move_way", horizontal=True)
    direction = _DIRECTIONS[way or next(iter(_DIRECTIONS))]
    if not url or (
        not st.button("See what it would do", key="records_move_look", **kept_for("preview_move"))
        and not st.session_state.get("records_move_seen")
    ):
        return
    try:
        found = get_studio().preview_move(url, direction)
        st.session_state["records_move_seen"] = True
        st.markdown(
            f"**{found.new:,}** new there · **{found.there:,}** there already · {found.renumbered:,} of the new get another number"
        )
        if st.button(
            f"Copy {found.new:,}", key="records_move_now", type="primary", **kept_for("move", disabled=not found.new)
        ):
            done = get_studio().move(url, direction)
            st.session_state.pop("records_move_seen", None)
            st.success(f"{done.new:,} records are copied.")
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
