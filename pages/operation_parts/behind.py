"""The documents behind a figure: whatever was clicked last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from core.spending import Period
from core.stores.operation import Which
from pages.shared.frame import get_studio, plain
from pages.shared.times import local_time, local_zone

_SHOWN = "operation_shown"


def show(title: str, **meant: Any) -> None:
    """Have the documents of one figure shown: the parts of a :class:`Which` beside its time."""
    st.session_state[_SHOWN] = (title, meant)


def show_day(day: date) -> None:
    """Have the documents of a day shown."""
    show(f"Documents of {day.isoformat()}", day=day)


def draw_behind(period: Period) -> None:
    """The documents of the figure that was clicked last, in a dialog; each leads to its record."""
    title, meant = st.session_state.pop(_SHOWN, ("", {}))
    if title:
        _draw_documents(title, replace(Which(period.since, period.until), **meant))


@st.dialog("Documents behind the figure", width="large")
def _draw_documents(title: str, which: Which) -> None:
    found = get_studio().operation.documents(which)
    st.markdown(f"**{plain(title)}** · {len(found)}{' newest' if len(found) >= 200 else ''}")
    zone = local_zone()
    rows = [
        {
            "Came in": local_time(one.arrived_at, zone),
            "File": one.name,
            "Vendor": one.vendor,
            "Number": one.number,
            "State": one.state,
            "Record": f"/records?record={one.order_id}" if one.order_id is not None else None,
            "Why": one.sentence,
        }
        for one in found
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key="operation_documents",
        placeholder="",
        column_config={"Record": st.column_config.LinkColumn("Record", display_text=r"record=(\d+)", width=70)},
    )
