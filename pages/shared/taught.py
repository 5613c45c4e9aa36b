"""What a save taught of a vendor: in words, with the places on the page that say it, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from core.stores.receipt import Taught
from core.stores.vendors import Place
from pages.shared.frame import get_studio, plain
from pages.shared.pictures import crop_address

_STYLE = "max-width:100%;max-height:7rem;border:1px solid rgba(128,128,128,0.4);border-radius:4px;background:#fff"


def draw_taught(taught: Taught | None, run_id: str, forget: Callable[[], None], key: str) -> None:
    """Draw it under ``key``, where anything was taught; ``forget`` is called once it was taken back."""
    if taught is None or not taught.things:
        return
    with st.popover(f"Learnt {taught.count}", icon=":material/school:", key=key):
        st.markdown(f"Learnt from this document of **{plain(taught.vendor)}**, for its next ones:")
        for number, thing in enumerate(taught.things):
            st.markdown(f"- {plain(thing)}")
            draw_crop(taught.places[number] if number < len(taught.places) else None)
        st.button(
            "Take back what was learnt",
            key=f"{key}_unlearn",
            icon=":material/undo:",
            on_click=_unlearn,
            args=(run_id, forget),
        )
        st.caption("All that was learnt stands on the Vendors page.")


def draw_crop(place: Place | None) -> None:
    """The cutting of the page around a place; nothing where there is none."""
    if place is not None:
        st.html(
            f'<img src="{escape(crop_address(place))}" alt="Where it stands on the page" loading="lazy" style="{_STYLE}">'
        )


def _unlearn(run_id: str, forget: Callable[[], None]) -> None:
    done = get_studio().memory.unlearn(run_id)
    forget()
    words = "Nothing was learnt from it." if done else "More was learnt since: forget single rules on the Vendors page."
    st.toast(words, icon=":material/task_alt:")
