"""The Gates page: what a document needs to pass without anybody, and what a change of that would have done."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.gates_parts.draft import base, is_changed
from pages.gates_parts.foresight import draw_change, draw_history, draw_nothing_changed
from pages.gates_parts.form import draw_everybody, draw_type
from pages.shared.entries import draw_notice
from pages.shared.spot_checks import draw_spot_checks

_STYLE = Path(__file__).parent / "gates_parts" / "style.css"


def draw_page() -> None:
    """Draw the choices on the left, and what a change would have done on the right."""
    st.html(_STYLE)
    draw_notice()
    base()
    chosen, told = st.columns([10, 11], gap="large")
    with chosen:
        st.markdown("#### What passes without anybody")
        draw_type()
        draw_everybody()
        draw_spot_checks()
    with told:
        if is_changed():
            draw_change()
        else:
            draw_nothing_changed()
        draw_history()


draw_page()
