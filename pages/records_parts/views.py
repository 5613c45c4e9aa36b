"""Lists that are kept by name: what they are narrowed to, their columns and order, one's own or everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.stores.views import RecordView
from pages.records_parts import filters
from pages.records_parts.query import COLUMNS, DAYS, ORDER, SEARCH, SIZE, SORT, STATUS, TYPE, clear_query
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

#: The name of the address that says which list is shown.
VIEW = "view"
_KEYS = (SEARCH, STATUS, TYPE, *DAYS, SORT, ORDER, SIZE, COLUMNS, *filters.KEYS)
_APPLIED = "records_view_applied"
_DAYS = frozenset(DAYS) | {f"{name}{slot}" for name in (filters.FIRST, filters.LAST) for slot in filters.SLOTS}


def take_view_of_address() -> None:
    """Show the list that the address names, once: what is changed afterwards stays."""
    named = st.query_params.get(VIEW, "")
    if named == st.session_state.get(_APPLIED, ""):
        return
    st.session_state[_APPLIED] = named
    if named and (view := get_studio().views.named(named)) is not None:
        _apply(view.address)


def _apply(address: Mapping[str, Any]) -> None:
    clear_query()
    for key in (SORT, ORDER, SIZE, COLUMNS):
        st.session_state.pop(key, None)
    for key, value in address.items():
        if key in _KEYS:
            st.session_state[key] = date.fromisoformat(value) if key in _DAYS and value else value


def _now() -> dict[str, Any]:
    """The list as it is shown, as JSON values; what is as nobody changed it is left out."""
    state = {key: st.session_state.get(key) for key in _KEYS}
    told = {key: value.isoformat() if isinstance(value, date) else value for key, value in state.items()}
    return {key: value for key, value in told.items() if value not in (None, "", False, [])}


def draw_views() -> None:
    """The lists that there are, and keeping the one that is shown."""
    named = st.query_params.get(VIEW, "")
    with st.popover(plain(named) or "Views", icon=":material/bookmark:", key="records_views"):
        for number, view in enumerate(get_studio().views.all()):
            _draw_view(view, number)
        name = st.text_input("Keep this list as", named, key="records_view_name", max_chars=60, width=260)
        with st.container(horizontal=True):
            st.button("Keep for me", key="records_view_keep", type="primary", on_click=_keep, args=(name, False))
            st.button(
                "Keep for everybody",
                key="records_view_share",
                on_click=_keep,
                args=(name, True),
                **kept_for("views.share"),
            )
        st.caption("Filters, columns and order are kept. The address of this page leads there too.")


def _draw_view(view: RecordView, number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            plain(view.name),
            key=f"records_view_{number}",
            type="tertiary",
            on_click=_show,
            args=(view,),
            width="stretch",
        )
        st.markdown(":gray[everybody's]" if view.shared else ":gray[mine]", width="content")
        st.button(
            "",
            key=f"records_view_remove_{number}",
            icon=":material/delete:",
            type="tertiary",
            on_click=_remove,
            args=(view,),
            **kept_for("views.unshare" if view.shared else "views.remove", "Remove this view"),
        )


def _show(view: RecordView) -> None:
    st.query_params[VIEW] = view.name
    st.session_state[_APPLIED] = view.name
    _apply(view.address)


def _keep(name: str, shared: bool) -> None:
    views = get_studio().views
    try:
        kept = (views.share if shared else views.keep)(name, _now())
    except StudioError as error:
        say(str(error), bad=True)
        return
    st.query_params[VIEW] = kept.name
    st.session_state[_APPLIED] = kept.name
    say(f"“{kept.name}” is kept{' for everybody' if shared else ''}.")


def _remove(view: RecordView) -> None:
    (get_studio().views.unshare if view.shared else get_studio().views.remove)(view.name)
    if st.query_params.get(VIEW) == view.name:
        del st.query_params[VIEW]
