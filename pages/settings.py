"""The Settings page: what works here, where things are kept, and the person's defaults."""

from __future__ import annotations

import streamlit as st

from pages.parts.settings_place import draw_cache, draw_health, draw_paths
from pages.parts.settings_widgets import draw_settings_form


def draw_page() -> None:
    """Draw the choices on the left and the place on the right."""
    chosen, place = st.columns([11, 8], gap="large")
    with chosen:
        st.markdown("### Your defaults")
        draw_settings_form()
    with place:
        draw_health()
        draw_paths()
        draw_cache()


draw_page()
