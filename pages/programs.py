"""The Programs page: keys of programs that call the API, who is told what happens here, and who called."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.programs_parts.calls import draw_calls
from pages.programs_parts.keys import draw_keys
from pages.programs_parts.secret import draw_secret
from pages.programs_parts.webhooks import draw_sources, draw_webhooks
from pages.shared.entries import draw_notice

_STYLE = Path(__file__).parent / "programs_parts" / "style.css"


def draw_page() -> None:
    """Draw the tab that is open, under what is shown once."""
    st.html(_STYLE)
    draw_notice()
    draw_secret()
    keys, webhooks, calls = st.tabs(["Keys", "Webhooks", "Calls"], key="programs_tabs", on_change="rerun")
    if keys.open:
        with keys:
            draw_keys()
    elif webhooks.open:
        with webhooks:
            draw_webhooks()
            draw_sources()
    elif calls.open:
        with calls:
            draw_calls()


draw_page()
