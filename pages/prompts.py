"""The Prompts page: what is said to models, in versions."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from pages.parts.frame import plain
from pages.parts.prompt_editor import draw_editor
from pages.parts.prompt_examples import draw_examples
from pages.parts.prompt_list import chosen_prompt, draw_list, draw_notice
from pages.parts.prompt_versions import draw_versions

_STYLE = Path(__file__).parent / "parts" / "prompts_style.css"


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
