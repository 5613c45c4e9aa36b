"""The Settings page: what works here, where things are kept, and the person's defaults."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.settings_parts.default import draw_default_recipe
from pages.settings_parts.forgetting import draw_forgetting
from pages.settings_parts.models import draw_models
from pages.settings_parts.place import draw_cache, draw_health, draw_paths
from pages.settings_parts.retention import draw_retention
from pages.settings_parts.troubles import draw_troubles
from pages.settings_parts.widgets import draw_settings_form

_STYLE = Path(__file__).parent / "settings_parts" / "style.css"


def draw_page() -> None:
    """Draw the choices on the left and the place on the right."""
    st.html(_STYLE)
    draw_troubles()
    chosen, place = st.columns([11, 8], gap="large")
    with chosen:
        draw_default_recipe()
        draw_settings_form()
        draw_models()
    with place:
        draw_health()
        draw_paths()
        draw_cache()
        draw_retention()
        draw_forgetting()


draw_page()
