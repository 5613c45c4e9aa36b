"""The batches: how far each is, what came of it, and all its results to take away."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.stores.inbox import BatchReport, InboxQuery
from pages.inbox_parts.download import draw_downloads
from pages.inbox_parts.query import show_batch
from pages.inbox_parts.rows import bar_html
from pages.inbox_parts.words import report_words
from pages.shared.frame import get_studio, plain
from pages.shared.times import local_time, local_zone
from pages.shared.watch import place

#: Batches that are shown; the others are a click away.
SHOWN = 3
_KEPT = 30


def draw_batches() -> None:
    """The latest batches, and a way to the others."""
    reports = get_studio().inbox.reports(_KEPT)
    if not reports:
        return
    latest = [report for report in reports if report.active][:SHOWN] or reports[:1]
    columns = st.columns(len(latest))
    for column, report in zip(columns, latest, strict=True):
        with column:
            _draw(report)
    others = [report for report in reports if report not in latest]
    if others:
        with st.popover(f"{len(others)} earlier", icon=":material/inventory_2:", key="inbox_earlier", type="tertiary"):
            for report in others:
                _draw(report)


def _draw(report: BatchReport) -> None:
    batch = report.batch
    with st.container(border=True, key=f"inbox_batch_{batch.batch_id}"):
        when = local_time(batch.arrived_at, local_zone())
        words = place(f"batch_words_{batch.batch_id}", escape(report_words(report)), "span")
        bar = place(f"batch_bar_{batch.batch_id}", bar_html(report)).replace("<div ", '<div class="batch_bar" ', 1)
        st.html(f'<div class="batch_head"><b>{escape(batch.name)}</b><span>{when}</span>{words}</div>{bar}')
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Show",
                key=f"inbox_show_{batch.batch_id}",
                icon=":material/filter_alt:",
                on_click=show_batch,
                args=(batch.batch_id,),
            )
            query = InboxQuery(batch_id=batch.batch_id, descending=False)
            draw_downloads(f"batch_{batch.batch_id}", batch.name, lambda: get_studio().inbox.ids(query))
            with st.popover("", icon=":material/more_horiz:", key=f"inbox_batch_more_{batch.batch_id}"):
                st.text_input(
                    "Name", batch.name, key=f"inbox_name_{batch.batch_id}", on_change=_rename, args=(batch.batch_id,)
                )
                if batch.again:
                    st.caption("Came before and left as they are: " + plain(", ".join(batch.again[:20])))


def _rename(batch_id: str) -> None:
    get_studio().inbox.rename(batch_id, st.session_state[f"inbox_name_{batch_id}"])
