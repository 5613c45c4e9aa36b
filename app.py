"""The frame of the app: ``streamlit run app.py``.

Streamlit loads this file twice: once as the server, which mounts our routes on the page's own port, and once a
script run, which draws the page.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.entrypoints.api import lived_with, make_api
from core.entrypoints.logs import set_up_logs
from core.entrypoints.python import complaint
from pages.review_parts.wire import routes as review_routes
from pages.shared.address import draw_address
from pages.shared.frame import draw_frame, get_studio, is_ready
from pages.shared.navigation import draw_navigation
from pages.shared.pictures import routes as picture_routes
from pages.shared.watch import routes as watch_routes
from pages.shared.who import AtHome

if get_script_run_ctx(suppress_warning=True) is None:
    if sentence := complaint():
        raise SystemExit(sentence)
    set_up_logs()
    # Else a server whose first visitor asks for /records would run that page bare, as if found in a pages folder.
    PagesManager.uses_pages_directory = False
    api = make_api(get_studio)
    app = st.App(
        __file__,
        routes=[
            *picture_routes(),
            *watch_routes(),
            *review_routes(),
            Mount("/api", api),
            Mount("/socket.io", api.state.rooms),
        ],
        middleware=[Middleware(AtHome)],
        lifespan=lambda _: lived_with(api),
    )
else:
    draw_frame()
    draw_address()
    page = draw_navigation()
    if is_ready():
        page.run()
