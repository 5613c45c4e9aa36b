"""The Settings page: what works here, where things are kept, and the person's defaults."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts.settings_default import draw_default_recipe
from pages.parts.settings_models import draw_models
from pages.parts.settings_place import draw_cache, draw_health, draw_paths
from pages.parts.settings_widgets import draw_settings_form

_STYLE = Path(__file__).parent / "parts" / "settings_style.css"


def draw_page() -> None:
    """Draw the choices on the left and the place on the right."""
    st.html(_STYLE)
    chosen, place = st.columns([11, 8], gap="large")
    with chosen:
        draw_default_recipe()
        draw_settings_form()
        draw_models()
    with place:
        draw_health()
        draw_paths()
        draw_cache()


draw_page()
