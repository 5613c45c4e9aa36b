"""The person's choices, kept from wherever on the pages they are made; where that fails it is said, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.settings import Defaults
from pages.shared.frame import get_studio, plain


def keep(said: str, **choices: Any) -> bool:
    """Keep these choices, each by its name in :class:`Defaults`, and say ``said``; gives whether that went well."""
    return keep_change(said, lambda now: now.model_copy(update=choices))


def keep_change(said: str, change: Callable[[Defaults], Defaults]) -> bool:
    """Keep what ``change`` makes of the choices as they are now, and say ``said``; gives whether that went well."""
    try:
        get_studio().preferences.change(change)
    except StudioError as error:
        st.toast(f"Not kept: {plain(str(error))}", icon=":material/error:")
        return False
    if said:
        st.toast(said, icon=":material/task_alt:")
    return True
