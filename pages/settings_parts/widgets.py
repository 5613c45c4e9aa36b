"""The Settings form on the page: one widget a setting, saved together, explained where something is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.settings import Defaults
from pages.settings_parts.place import languages_of
from pages.shared.frame import get_studio, plain
from pages.shared.model_form import SECTIONS, Choice, Place, choices, options_of, read_form, shown_name, value_of

_ERRORS = "settings_errors"
_SAVED = "settings_saved"
_RESETS = "settings_resets"
#: What each widget began with: only what was typed since is saved, so that nobody else's choice is lost.
_DRAWN = "settings_drawn"
#: Read once as the studio starts: engines, threads and the cache are built with them.
_AT_START = frozenset({("cache_megabytes",), ("ocr_workers",)})
_COLUMN = 230


def draw_settings_form() -> None:
    """Draw the form with its saved values; what was typed stays until it is saved or reset."""
    studio = get_studio()
    health = studio.health()
    with st.form("settings_form", border=False, enter_to_submit=True):
        _draw_bar()
        for model, group in groupby(_in_sections(), key=lambda choice: choice.model):
            title, about = SECTIONS.get(model, (model.__name__, ""))
            st.markdown(f"##### {title}")
            st.caption(about)
            grid = st.grid(columns="auto", min_column_width=_COLUMN, gap=("small", "medium"))
            for choice in group:
                with grid.cell():
                    _draw_choice(choice, studio.defaults, options_of(choice, health, languages_of))


def _draw_bar() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="settings_bar"):
        st.form_submit_button(
            "Save settings",
            key="settings_save",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            shortcut="Ctrl+S",
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
    key, about, value = _key(choice), _help(choice), value_of(defaults, choice)
    if key not in st.session_state:
        st.session_state.setdefault(_DRAWN, {})[choice.path] = value
    if choice.kind == "whole number":
        # Without its bounds: a browser that knows them keeps the whole form back and says nothing beside the button.
        st.number_input(choice.title, value=value, step=1, key=key, help=about)
    elif choice.kind == "share":
        least, greatest = float(choice.limit("ge")), float(choice.limit("le"))
        st.slider(choice.title, least, greatest, value, step=0.01, format="percent", key=key, help=about)
    elif choice.kind == "yes or no":
        st.toggle(choice.title, value, key=key, help=about)
    elif choice.kind == "choices":
        offered = list(dict.fromkeys([*(options or []), *value]))
        st.multiselect(
            choice.title,
            offered,
            value,
            key=key,
            help=about,
            accept_new_options=options is None,
            select_all=False,
            format_func=shown_name,
        )
    elif options:
        offered = list(dict.fromkeys([*options, value]))
        st.selectbox(choice.title, offered, offered.index(value), key=key, help=about, format_func=shown_name)
    else:
        st.text_input(choice.title, value, key=key, help=about, placeholder=_placeholder(choice))
    if error := st.session_state.get(_ERRORS, {}).get(choice.path):
        st.caption(f":red[:material/error: {plain(error)}]")
    elif choice.path in _AT_START:
        st.caption("Used from the next start on.")


def _key(choice: Choice) -> str:
    """The key of a widget; after a reset all begin anew."""
    return f"{choice.key}_{st.session_state.get(_RESETS, 0)}"


def _help(choice: Choice) -> str | None:
    between = f"From {choice.bounds}." if choice.bounds else ""
    return f"{choice.field.description or ''} {between}".strip() or None


def _placeholder(choice: Choice) -> str:
    return str(get_studio().settings.data_dir / "invoice_database.xlsx") if choice.kind == "path" else ""


def _draw_outcome() -> None:
    if errors := st.session_state.get(_ERRORS):
        said = plain(" ".join(errors.values()))
        st.markdown(f":red[:material/error: Not saved. {said}]", width="content")
    elif saved := st.session_state.get(_SAVED):
        st.markdown(f":green[:material/task_alt: {plain(saved)}]", width="content")


def _save() -> None:
    values: dict[Place, Any] = {choice.path: st.session_state[_key(choice)] for choice in choices()}
    _, errors = read_form(get_studio().defaults, values)
    st.session_state[_ERRORS] = errors
    st.session_state.pop(_SAVED, None)
    drawn = st.session_state.get(_DRAWN, {})
    typed = {path: value for path, value in values.items() if path not in drawn or value != drawn[path]}
    if not errors and _keep(typed, "Saved"):
        st.session_state[_DRAWN] = values


def _reset() -> None:
    st.session_state[_ERRORS] = {}
    st.session_state[_RESETS] = st.session_state.get(_RESETS, 0) + 1
    shipped = {choice.path: value_of(Defaults(), choice) for choice in choices()}
    _keep(shipped, "Reset to the shipped defaults")  # what stands elsewhere (recipes, providers, prices) stays


def _keep(values: dict[Place, Any], said: str) -> bool:
    """Keep the values of the form, over what others chose meanwhile."""
    try:
        get_studio().preferences.change(lambda now: read_form(now, values)[0])
    except StudioError as error:
        st.session_state[_ERRORS] = {("settings",): str(error)}
        st.toast(f"Not saved: {plain(str(error))}", icon=":material/error:")
        return False
    st.session_state[_SAVED] = f"{said} at {datetime.now(UTC):%H:%M:%S} UTC"
    st.toast(f"{said}.", icon=":material/task_alt:")
    return True
