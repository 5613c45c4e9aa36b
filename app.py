"""The frame of the app: `streamlit run app.py`."""

from __future__ import annotations

import streamlit as st

from pages.parts.frame import draw_frame

draw_frame()
st.navigation(
    [
        st.Page("pages/studio.py", title="Studio", icon=":material/document_scanner:", default=True),
        st.Page("pages/records.py", title="Records", icon=":material/table_rows:"),
        st.Page("pages/settings.py", title="Settings", icon=":material/tune:"),
    ],
    position="top",
).run()
