"""Which comparison is open, and which of its documents: in the address, so that a reload finds it."""

from __future__ import annotations

import re

import streamlit as st

from pages.shared import keys

_ID = re.compile(r"[0-9a-f]{32}")


def opened_comparison() -> str | None:
    """The id that the address names, else the one that was open before the person went to another page."""
    named = st.query_params.get(keys.COMPARISON_PARAM, "")
    if _ID.fullmatch(named):
        st.session_state[keys.COMPARISON] = named
        return named
    held: str | None = st.session_state.get(keys.COMPARISON)
    if held:
        st.query_params[keys.COMPARISON_PARAM] = held
    return held


def open_comparison(comparison_id: str | None) -> None:
    """Open a comparison (``None``: choose anew)."""
    st.session_state[keys.COMPARISON] = comparison_id
    st.session_state[keys.COMPARE_EARLIER] = None
    st.session_state.pop(keys.COMPARE_ESTIMATE, None)
    st.query_params.pop(keys.COMPARED_PARAM, None)
    if comparison_id is None:
        st.query_params.pop(keys.COMPARISON_PARAM, None)
    else:
        st.query_params[keys.COMPARISON_PARAM] = comparison_id


def opened_row(count: int) -> int:
    """The document that is open, from 0; the first where the address names none of ``count``."""
    named = st.query_params.get(keys.COMPARED_PARAM, "")
    place = int(named) - 1 if named.isdecimal() and len(named) < 6 else 0
    return place if 0 <= place < count else 0


def open_row(row: int) -> None:
    """Open a document of the comparison."""
    st.query_params[keys.COMPARED_PARAM] = str(row + 1)
