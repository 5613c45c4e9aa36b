"""Downloads of records as Excel, CSV and JSON: made only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from core.stores.records import RecordQuery
from pages.shared.frame import get_studio

#: The form that Studio exports, what it is called, the file's suffix and its media type.
FORMS = (
    ("xlsx", "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("csv", "CSV (zip of two tables)", "zip", "application/zip"),
    ("json", "JSON", "json", "application/json"),
)


def draw_search_downloads(query: RecordQuery, total: int) -> None:
    """Downloads of all matches of the current search, not only of the page shown."""
    what = "All 1 record" if total == 1 else f"All {total:,} records"
    studio = get_studio()
    with st.popover("Download", icon=":material/download:", key="records_download"):
        st.caption(f"{what} of this list, in its order. Times are UTC.")
        name = f"records-{date.today().isoformat()}"
        _draw_buttons("records", name, lambda form: lambda: studio.export(query, form))


def draw_record_downloads(order_id: int) -> None:
    """Downloads of one record as it is stored."""
    studio = get_studio()
    with st.popover("Download", icon=":material/download:", key="record_download"):
        st.caption("This record as it is stored. Times are UTC.")
        _draw_buttons("record", f"order-{order_id}", lambda form: lambda: studio.export_record(order_id, form))


def _draw_buttons(key: str, name: str, make: Callable[[str], Callable[[], bytes]]) -> None:
    for form, title, suffix, media_type in FORMS:
        st.download_button(
            title,
            make(form),
            file_name=f"{name}.{suffix}",
            mime=media_type,
            key=f"{key}_as_{form}",
            on_click="ignore",
            width="stretch",
        )
