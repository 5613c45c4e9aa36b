"""Results of items to take away: what was saved as it is stored, the rest as it was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import streamlit as st

from pages.shared.frame import get_studio

_FORMS = (
    ("xlsx", "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("csv", "CSV (zip of two tables)", "zip", "application/zip"),
    ("json", "JSON", "json", "application/json"),
)


def draw_downloads(key: str, name: str, ids: Callable[[], Sequence[str]]) -> None:
    """Downloads of what was found in the items that ``ids`` names then."""
    file = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "results"
    with st.popover("Results", icon=":material/download:", key=f"inbox_download_{key}"):
        st.caption("What was saved as it is stored, the rest as it was read. Times are UTC.")
        for form, title, suffix, media_type in _FORMS:
            st.download_button(
                title,
                _maker(form, ids),
                file_name=f"{file}.{suffix}",
                mime=media_type,
                key=f"inbox_{key}_as_{form}",
                on_click="ignore",
                width="stretch",
            )


def _maker(form: str, ids: Callable[[], Sequence[str]]) -> Callable[[], bytes]:
    return lambda: get_studio().export_results(ids(), form)
