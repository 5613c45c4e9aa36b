"""Keys of programs: made, shown once, revoked."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import streamlit as st

from core.errors import StudioError
from core.person import ROLES
from core.stores.api import ApiKey
from pages.programs_parts.secret import show_once
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for
from pages.shared.times import local_time, local_zone

_ABOUT = "A viewer looks, a reviewer reads and saves and sees what it brought itself, an admin sees and does all."
#: Keys that no longer work and are still named.
_GONE = 10
_MADE = "programs_keys_made"


def draw_keys() -> None:
    """Draw those that work, those that did, and the form of a new one beside them."""
    access = get_studio().access
    now, keys = access.now(), access.keys()
    listed, form = st.columns([11, 6], gap="large")
    with listed:
        working = [key for key in keys if key.works(now)]
        gone = [key for key in keys if not key.works(now)]
        if not keys:
            st.info(
                "No key was made yet: the API answers programs on this machine alone. From the first key on everybody shows one.",
                icon=":material/info:",
            )
        for key in working:
            _draw_key(key)
        if gone:
            st.caption("No longer working: " + "; ".join(_past(key, now) for key in gone[:_GONE]))
    with form:
        _draw_form()


def _draw_key(key: ApiKey) -> None:
    zone = local_zone()
    with st.container(border=True, key=f"programs_key_{key.key_id}"):
        about, button = st.columns([6, 1], vertical_alignment="center")
        with about:
            used = f"last used {local_time(key.used_at, zone)}" if key.used_at else "never used"
            ends = f" · until {local_time(key.expires_at, zone)}" if key.expires_at else ""
            st.markdown(f"**{plain(key.name)}** · {key.role} · `{key.prefix}…`")
            st.caption(f"{plain(used)}{plain(ends)} · {plain(_limits(key))} · made by {plain(key.created_by)}")
        with button, st.popover("Revoke", key=f"programs_revoke_{key.key_id}", width="stretch"):
            st.markdown("It opens nothing more, nor does a token made with it.")
            st.button(
                "Revoke it",
                key=f"programs_revoke_do_{key.key_id}",
                type="primary",
                on_click=_revoke,
                args=(key,),
                **kept_for("access.revoke"),
            )


def _limits(key: ApiKey) -> str:
    parts = [
        f"{key.calls_per_minute} calls a minute" if key.calls_per_minute else "",
        f"{key.pages_per_day} pages a day" if key.pages_per_day else "",
        f"{key.dollars_per_day} US$ a day" if key.dollars_per_day else "",
    ]
    return ", ".join(part for part in parts if part) or "no limit"


def _past(key: ApiKey, now: datetime) -> str:
    return f"{plain(key.name)} ({'revoked' if key.revoked_at else 'expired'})"


def _draw_form() -> None:
    st.markdown("##### New key")
    with st.form("programs_new_key", border=True):
        st.text_input("Name", key=_field("name"), placeholder="what it is for", max_chars=80)
        st.selectbox("Role", list(ROLES), index=1, key=_field("role"), help=_ABOUT)
        left, right = st.columns(2)
        with left:
            st.number_input("Days", 1, 3650, None, key=_field("days"), placeholder="no end")
            st.number_input("Pages a day", 1, None, None, key=_field("pages"), placeholder="no limit")
        with right:
            st.number_input("Calls a minute", 1, None, None, key=_field("calls"), placeholder="1200")
            st.number_input(
                "US$ a day",
                0.01,
                None,
                None,
                key=_field("dollars"),
                placeholder="no limit",
                help="Spent on models.",
            )
        st.form_submit_button(
            "Make key", key="programs_key_make", type="primary", on_click=_make, **kept_for("access.make")
        )


def _field(name: str) -> str:
    """The key of a field: once a key was made all begin anew."""
    return f"programs_key_{name}_{st.session_state.get(_MADE, 0)}"


def _make() -> None:
    state, studio = st.session_state, get_studio()
    told = {name: state[_field(name)] for name in ("name", "role", "days", "pages", "calls", "dollars")}
    name = str(told["name"] or "").strip()
    if not name:
        say("Give the key a name: what it is for.", bad=True)
        return
    try:
        text, kept = studio.access.make(
            name,
            told["role"],
            studio.person.name,
            days=told["days"],
            calls_per_minute=told["calls"],
            pages_per_day=told["pages"],
            dollars_per_day=Decimal(str(told["dollars"])) if told["dollars"] else None,
        )
    except StudioError as error:
        say(str(error), bad=True)
        return
    show_once(text, f"The key of {kept.name}.")
    state[_MADE] = state.get(_MADE, 0) + 1


def _revoke(key: ApiKey) -> None:
    try:
        get_studio().access.revoke(key.key_id)
        say(f"{key.name} opens nothing more.")
    except StudioError as error:
        say(str(error), bad=True)
