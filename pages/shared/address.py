"""The address bar: what it names, and what the browser's Back leads to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    script = Path(__file__).with_name("address.js").read_text(encoding="utf-8")
    return st.components.v2.component("address", js=script)


def draw_address() -> None:
    """Make the browser's history one of pages and documents; drawn before any page names something."""
    _component()(key="address", width="content", height="content")


def came_by_history() -> bool:
    """Whether the person pressed Back or Forward: the address says where to, and nothing that is remembered does. Any
    other run may come with an address that the browser has not brought up to date yet."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def name_in_address(named: Mapping[str, str | None]) -> None:
    """Set parameters of the address (``None`` takes one out) in one message, so that the browser sees one change."""
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = {name: values for name, values in before.items() if name not in named}
    after |= {name: [value] for name, value in named.items() if value is not None}
    if after != before:
        st.query_params.from_dict(after)
