"""The Prompts page: what is said to models, in versions."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from pages.prompts_parts.editor import draw_editor
from pages.prompts_parts.examples import draw_examples
from pages.prompts_parts.list import chosen_prompt, draw_list
from pages.prompts_parts.versions import draw_versions
from pages.shared.entries import draw_notice
from pages.shared.frame import plain

_STYLE = Path(__file__).parent / "prompts_parts" / "style.css"


def draw_page() -> None:
    """Draw the prompts on the left and the chosen one on the right."""
    st.html(_STYLE)
    draw_notice()
    beside, main = st.columns([4, 13], gap="large")
    try:
        with beside:
            draw_list()
        prompt = chosen_prompt()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    with main:
        edit, examples, versions = st.tabs(["Text", "Examples", "Versions"], key="prompt_tabs", on_change="rerun")
        with edit:
            draw_editor(prompt)
        with examples:
            draw_examples(prompt)
        with versions:
            draw_versions(prompt)


draw_page()
