"""The Vendors page: what was learnt of each vendor from reviewed records, in words, to lock, forget and take elsewhere."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from pages.shared.entries import draw_notice
from pages.shared.frame import get_studio, plain
from pages.vendors_parts.list import chosen_vendor, draw_list, draw_packs
from pages.vendors_parts.vendor import draw_vendor

_STYLE = Path(__file__).parent / "vendors_parts" / "style.css"


def draw_page() -> None:
    """Draw the vendors on the left and the chosen one on the right."""
    st.html(_STYLE)
    draw_notice()
    try:
        vendors = get_studio().memory.all()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not vendors:
        _draw_nothing()
        return
    beside, main = st.columns([5, 12], gap="large")
    with beside:
        draw_list(vendors)
        draw_packs(vendors)
    with main:
        draw_vendor(chosen_vendor(vendors))


def _draw_nothing() -> None:
    with st.container(key="empty_state"):
        st.markdown("## Nothing was learnt yet")
        st.markdown(
            "Correct or confirm what was read of a document and save it: what that teaches of its vendor is used for the "
            "vendor’s next documents and stands here."
        )
        if st.button("Read a document in the Studio", key="vendors_to_studio", icon=":material/document_scanner:"):
            st.switch_page("pages/studio.py")
        draw_packs([])


draw_page()
