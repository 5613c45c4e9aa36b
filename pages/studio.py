"""The Studio page: documents in, checked records out."""

from __future__ import annotations

import streamlit as st

from pages.parts.frame import get_studio

st.title("Studio")
st.caption(f"Records are kept in {get_studio().workbook_path.parent}")
