"""Who called the API, and what was answered."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import get_studio
from pages.shared.times import local_zone

#: Calls that are shown.
_SHOWN = 500
_ALL = "Everybody"


def draw_calls() -> None:
    """Draw the last calls, of all or of one key."""
    access = get_studio().access
    made = access.keys()
    keys = {f"{key.name} ({key.prefix}…)": key.key_id for key in made}
    who = st.selectbox("Whose calls", [_ALL, *keys], key="programs_calls_of", width=360)
    calls = access.calls(keys.get(who or _ALL), None, _SHOWN)
    if not calls:
        st.info(
            "No call is noted yet. Each stands here a second after it was answered, for 90 days.",
            icon=":material/info:",
        )
        return
    zone = local_zone()
    st.dataframe(
        [
            {
                "When": call.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
                "Who": call.who or "not known",
                "Call": f"{call.method} {call.path}",
                "Answer": call.status,
                "Seconds": call.seconds,
            }
            for call in calls
        ],
        hide_index=True,
        width="stretch",
        column_config={
            "Seconds": st.column_config.NumberColumn(format="%.3f", width="small"),
            "Answer": st.column_config.NumberColumn(format="%d", width="small"),
        },
    )
    st.caption(f"The last {len(calls)} calls." if len(calls) == _SHOWN else "All that are noted.")
