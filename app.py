"""The frame of the app: ``streamlit run app.py``.

Streamlit loads this file twice: once as the server, which mounts our routes on the page's own port, and once a
script run, which draws the page.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.entrypoints.python import complaint
from pages.review_parts.wire import routes as review_routes
from pages.shared.address import draw_address
from pages.shared.frame import draw_frame, is_ready
from pages.shared.pictures import routes as picture_routes
from pages.shared.watch import routes as watch_routes

if get_script_run_ctx(suppress_warning=True) is None:
    if sentence := complaint():
        raise SystemExit(sentence)
    # Else a server whose first visitor asks for /records would run that page bare, as if found in a pages folder.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, routes=[*picture_routes(), *watch_routes(), *review_routes()])
else:
    draw_frame()
    draw_address()
    page = st.navigation(
        [
            st.Page("pages/studio.py", title="Studio", icon=":material/document_scanner:", default=True),
            st.Page("pages/inbox.py", title="Inbox", icon=":material/inbox:"),
            st.Page("pages/review.py", title="Review", icon=":material/fact_check:"),
            st.Page("pages/records.py", title="Records", icon=":material/table_rows:"),
            st.Page("pages/vendors.py", title="Vendors", icon=":material/store:"),
            st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
            st.Page("pages/prompts.py", title="Prompts", icon=":material/chat:"),
            st.Page("pages/document_types.py", title="Document types", icon=":material/category:"),
            st.Page("pages/accuracy.py", title="Accuracy", icon=":material/speed:"),
            st.Page("pages/cost.py", title="Cost", icon=":material/payments:"),
            st.Page("pages/operation.py", title="Operation", icon=":material/monitoring:"),
            st.Page("pages/settings.py", title="Settings", icon=":material/tune:"),
        ],
        position="top",
    )
    if is_ready():
        page.run()
