"""What a save that broke off left between the database and the Excel workbook: a sentence each, and the way to mend it."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.records import Difference, describe_difference
from pages.shared.frame import get_studio, plain

#: Differences that are told one by one.
_MOST_TOLD = 3
_MENDS = {"lacking": "Add it", "outdated": "Bring it up to date", "left over": "Take it out", "unreadable": "Try again"}
_TROUBLE = "differences_trouble"


def draw_differences() -> None:
    """Offer to mend what differs; nothing where all agrees."""
    try:
        found = get_studio().records.what_differs()
    except StudioError:  # the page itself says that the database does not answer
        return
    if not found:
        return
    with st.container(key="differences", gap="xsmall"):
        for place, difference in enumerate(found[:_MOST_TOLD]):
            _draw_one(place, difference)
        if len(found) > 1:
            st.button(f"Mend all {len(found)}", key="mend_all", icon=":material/build:", on_click=_mend, args=(found,))
        if trouble := st.session_state.pop(_TROUBLE, None):
            st.error(plain(trouble), icon=":material/error:")


def _draw_one(place: int, difference: Difference) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":orange[:material/sync_problem: {plain(describe_difference(difference))}]", width="content")
        st.button(_MENDS[difference.kind], key=f"mend_{place}", on_click=_mend, args=([difference],))
        st.button(
            "Leave it", key=f"leave_{place}", type="tertiary", on_click=get_studio().records.leave, args=(difference,)
        )


def _mend(differences: list[Difference]) -> None:
    try:
        for difference in differences:
            get_studio().records.mend(difference)
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)
