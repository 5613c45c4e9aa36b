"""Which rows are chosen: kept by id, so that a list that moves or turns its page changes nothing of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

CHOSEN = "inbox_chosen"
_NONCE = "inbox_chosen_nonce"


def chosen() -> list[str]:
    """The ids of the chosen items, in the order in which they were chosen."""
    found: list[str] = st.session_state.setdefault(CHOSEN, [])
    return found


def choose(item_ids: Collection[str]) -> None:
    """Choose these and no others; the browser takes it over."""
    st.session_state[CHOSEN] = list(item_ids)
    st.session_state[_NONCE] = nonce() + 1


def take_choice(told: Any) -> None:
    """What the browser says: which of the rows that it shows (``of``) are chosen (``on``). Those of other pages stay chosen."""
    try:
        on, of = [str(each) for each in told["on"]], {str(each) for each in told["of"]}
    except (KeyError, TypeError):
        return
    st.session_state[CHOSEN] = [each for each in chosen() if each not in of] + on


def nonce() -> int:
    """Counts the choices that were made here and not in the browser."""
    found: int = st.session_state.get(_NONCE, 0)
    return found
