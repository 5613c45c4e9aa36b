"""A model's reply while it arrives: the fields that are complete, and the raw text."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.document_types import USUAL
from core.llm.reply import fields_so_far


def draw_arriving(reply: str) -> None:
    """What has come so far: fields on the left, raw JSON on the right."""
    fields, raw = st.columns(2, gap="medium")
    with fields:
        st.html(fields_html(fields_so_far(reply, USUAL)))
    with raw, st.container(height=360, autoscroll=True, key="arriving"):
        st.code(reply, language="json", wrap_lines=True)


def fields_html(found: dict[str, str]) -> str:
    """The complete fields as a table. Their texts are a document's words: escaped."""
    rows = "".join(
        f"<div><span>{escape(USUAL.title_of(path))}</span><b>{escape(value)}</b></div>" for path, value in found.items()
    )
    return f'<div class="arriving" aria-live="polite">{rows or "<i>The reply begins …</i>"}</div>'
