"""“Keep as a test case”: a checked record with its document becomes a case that accuracy is measured on."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.stores.records import Record
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for


def draw_keep(order: Record) -> None:
    """The button. A record without a document has none."""
    if not order.document:
        return
    kept = get_studio().accuracy.library.kept(order) is not None
    waits = order.status == "needs review"
    st.button(
        "",
        key="keep_case",
        icon=":material/published_with_changes:" if kept else ":material/science:",
        **kept_for(
            "accuracy.library.keep",
            "Review the record first: a test case needs values that are right." if waits else _ABOUT[kept],
            disabled=waits,
        ),
        on_click=_keep,
        args=(order,),
    )


_ABOUT = {
    False: "Keep as a test case: document and values become a case on the Accuracy page.",
    True: "This document is a test case already: update it with the values as they are saved now.",
}


def _keep(order: Record) -> None:
    try:
        case_id = get_studio().accuracy.library.keep(order)
    except StudioError as error:
        st.toast(plain(str(error)), icon=":material/error:")
    else:
        st.toast(
            f"Kept as the test case {plain(case_id)}: measure it on the Accuracy page.", icon=":material/task_alt:"
        )
