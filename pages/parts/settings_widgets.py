"""The Settings form on the page: one widget a setting, saved together, explained where something is wrong."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.settings import Defaults
from pages.parts.frame import get_studio, plain
from pages.parts.settings_form import SECTIONS, Choice, choices, options_of, read_form, value_of

_ERRORS = "settings_errors"
_SAVED = "settings_saved"
#: Read once as the studio starts: engines, threads and the cache are built with them.
_AT_START = frozenset({("cache_megabytes",), ("ocr_workers",)})
_COLUMN = 210


def draw_settings_form() -> None:
    """Draw the form with its saved values; what was typed stays until it is saved or reset."""
    studio = get_studio()
    health = studio.health()
    with st.form("settings_form", border=False, enter_to_submit=True):
        for model, group in groupby(_in_sections(), key=lambda choice: choice.model):
            st.markdown(f"##### {SECTIONS.get(model, model.__name__)}")
            st.caption((model.__doc__ or "").split(". ")[0].split("; ")[0].rstrip(".") + ".")
            grid = st.grid(columns="auto", min_column_width=_COLUMN, gap=("small", "medium"))
            for choice in group:
                with grid.cell():
                    _draw_choice(choice, studio.defaults, options_of(choice, health))
        with st.container(horizontal=True, vertical_alignment="center", key="settings_bar"):
            st.form_submit_button(
                "Save settings", key="settings_save", type="primary", icon=":material/save:", on_click=_save
            )
            st.form_submit_button(
                "Reset to shipped defaults",
                key="settings_reset",
                type="tertiary",
                icon=":material/restart_alt:",
                on_click=_reset,
            )
            _draw_outcome()


def _in_sections() -> list[Choice]:
    """The settings, each model's together."""
    order = list(SECTIONS)
    return sorted(choices(), key=lambda choice: order.index(choice.model) if choice.model in order else len(order))


def _draw_choice(choice: Choice, defaults: Defaults, options: list[str] | None) -> None:
    value = value_of(defaults, choice)
    if choice.key not in st.session_state:
        st.session_state[choice.key] = value
    about = _help(choice)
    if choice.kind == "whole number":
        st.number_input(choice.title, choice.limit("ge"), choice.limit("le"), step=1, key=choice.key, help=about)
    elif choice.kind == "share":
        st.slider(choice.title, float(choice.limit("ge")), float(choice.limit("le")), step=0.01, key=choice.key, help=about)
    elif choice.kind == "choices":
        offered = list(dict.fromkeys([*(options or []), *value, *st.session_state[choice.key]]))
        st.multiselect(
            choice.title, offered, key=choice.key, help=about, accept_new_options=options is None, select_all=False
        )
    elif options:
        st.selectbox(choice.title, list(dict.fromkeys([*options, value])), key=choice.key, help=about)
    else:
        st.text_input(choice.title, key=choice.key, help=about, placeholder=_placeholder(choice))
    if error := st.session_state.get(_ERRORS, {}).get(choice.key):
        st.caption(f":red[:material/error: {plain(error)}]")
    elif choice.path in _AT_START:
        st.caption("Used from the next start on.")


def _help(choice: Choice) -> str | None:
    least, greatest = choice.limit("ge"), choice.limit("le")
    between = f"From {least:,} to {greatest:,}." if choice.kind == "whole number" and greatest is not None else ""
    return f"{choice.field.description or ''} {between}".strip() or None


def _placeholder(choice: Choice) -> str:
    return str(get_studio().settings.data_dir / "invoice_database.xlsx") if choice.kind == "path" else ""


def _draw_outcome() -> None:
    if st.session_state.get(_ERRORS):
        st.markdown(":red[:material/error: Not saved: see the marked fields.]", width="content")
    elif said := st.session_state.get(_SAVED):
        st.markdown(f":green[:material/task_alt: {plain(said)}]", width="content")


def _save() -> None:
    values: dict[tuple[str, ...], Any] = {choice.path: st.session_state[choice.key] for choice in choices()}
    read, errors = read_form(get_studio().defaults, values)
    st.session_state[_ERRORS] = errors
    if not errors:
        _keep(read, "Saved")


def _reset() -> None:
    st.session_state[_ERRORS] = {}
    _keep(Defaults(), "Reset to the shipped defaults")
    for choice in choices():
        st.session_state[choice.key] = value_of(get_studio().defaults, choice)


def _keep(defaults: Defaults, said: str) -> None:
    try:
        get_studio().configure(defaults)
    except (OSError, StudioError) as error:
        st.session_state[_ERRORS] = {"settings_file": str(error)}
        st.toast(f"Not saved: {plain(str(error))}", icon=":material/error:")
        return
    st.session_state[_SAVED] = f"{said} at {datetime.now():%H:%M:%S}"
    st.toast(f"{said}.", icon=":material/task_alt:")
