"""The gates as somebody is changing them: theirs alone until they are saved."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.gates import Gates, TypeGate
from pages.shared.frame import get_studio

_BASE, _DRAFT, _TIMES, _SHOWN, _TABLES = "gates_base", "gates_draft", "gates_times", "gates_shown", "gates_tables"


def base() -> Gates:
    """The gates that the change is made over. Where somebody else changed them and nothing is changed here, theirs are taken."""
    now = get_studio().gating.now
    kept: Gates | None = st.session_state.get(_BASE)
    if kept is None or (kept != now and not is_changed()):
        begin(now)
        return now
    return kept


def begin(gates: Gates) -> None:
    """Begin anew with ``gates``: the widgets are made again."""
    st.session_state[_BASE] = st.session_state[_DRAFT] = gates
    st.session_state[_TIMES] = times() + 1
    st.session_state[_TABLES] = {}
    st.session_state.pop(_SHOWN, None)


def draft() -> Gates:
    """The gates as they are being changed."""
    kept: Gates = st.session_state[_DRAFT]
    return kept


def is_changed() -> bool:
    """Whether something is changed here."""
    return _BASE in st.session_state and st.session_state[_DRAFT] != st.session_state[_BASE]


def times() -> int:
    """Grows whenever all begins anew: a part of every widget's key."""
    return int(st.session_state.get(_TIMES, 0))


def put(**changed: Any) -> None:
    """Take these choices, each by its name in :class:`core.gates.Gates`."""
    st.session_state[_DRAFT] = draft().model_copy(update=changed)


def put_type(name: str, gate: TypeGate) -> None:
    """Take what is asked of documents of a type."""
    types = {key: value for key, value in draft().types.items() if key != name}
    put(types=types if gate == TypeGate() else {**types, name: gate})


def table_of(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that the table of a type began with: it must not begin anew with what is typed into it. Of another type it does."""
    tables: dict[str, list[dict[str, Any]]] = st.session_state[_TABLES]
    if name not in tables:
        tables.clear()
        tables[name] = rows
    return tables[name]


def show() -> None:
    """Have what the draft would have done shown."""
    st.session_state[_SHOWN] = draft()


def is_shown() -> bool:
    """Whether what exactly this draft would have done is shown."""
    return st.session_state.get(_SHOWN) == draft()
