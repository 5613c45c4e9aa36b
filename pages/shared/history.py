"""What happened to a record: who did what, when, by which gate or recipe."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.history import Entry
from pages.shared.frame import get_studio, plain
from pages.shared.times import local_time, local_zone


def draw_history(order_id: int) -> None:
    """The trail of a record, newest first; asked for only while it is open."""
    with st.expander("History", key="record_history", icon=":material/history:", on_change="rerun") as opened:
        if not opened.open:
            return
        zone = local_zone()
        entries = get_studio().history.of_record(order_id)
        for (at, who), group in groupby(reversed(entries), key=lambda entry: (local_time(entry.at, zone), entry.who)):
            told = list(group)
            known = f" :gray[({plain(told[0].known)})]" if told[0].known else ""
            st.caption(f"{at} · **{plain(who)}**{known}")
            st.markdown("\n".join(f"- {_said(entry)}" for entry in reversed(told)))
        st.caption(f"Times are those of {zone.key}. Nothing of this can be changed here.")


def _said(entry: Entry) -> str:
    if not entry.path:
        return plain(entry.what)
    return f"{plain(entry.what)}: {plain(entry.before or 'nothing')} → {plain(entry.after or 'nothing')}"
