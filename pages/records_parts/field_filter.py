"""Narrowing a list of records by what a field holds that a person declared: of a type of theirs, or added to one that ships."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import streamlit as st

from core.schema.fields import FieldInfo
from core.stores.records import FieldFilter
from pages.shared.frame import get_studio

# Keys of the widgets, which are also their names in the address.
FIELD, HOLDS, LEAST, MOST, FIRST, LAST = "field", "holds", "least", "most", "first", "last"
ANY_FIELD = "any field"
_FIGURES = ("money", "quantity")


def declared_fields(type_name: str | None) -> dict[str, FieldInfo]:
    """The fields to narrow by, by their names: those of the type that a list is of, else of all."""
    found: dict[str, FieldInfo] = {}
    for kind in get_studio().types.types():
        if type_name in (None, kind.name):
            for info in kind.added if kind.definition is None else kind.header:
                found.setdefault(info.name, info)
    return found


def wanted_field(fields: dict[str, FieldInfo]) -> FieldFilter | None:
    """What the widgets ask for; ``None`` where no field is chosen or nothing is asked of it."""
    state = st.session_state
    info = fields.get(state.get(FIELD, ANY_FIELD))
    if info is None:
        return None
    if info.kind == "date":
        wanted = FieldFilter(info.name, "", _day(state.get(FIRST)), _day(state.get(LAST)))
    elif info.kind in _FIGURES:
        wanted = FieldFilter(info.name, "", _figure(state.get(LEAST)), _figure(state.get(MOST)))
    else:
        wanted = FieldFilter(info.name, str(state.get(HOLDS) or "").strip())
    return wanted or None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _figure(value: object) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float) else None


def draw_field_filter(fields: dict[str, FieldInfo]) -> None:
    """A field and what it is to hold; nothing where no person declared any. The button says whether one is asked for."""
    if not fields:
        return
    if st.session_state.get(FIELD, ANY_FIELD) not in (ANY_FIELD, *fields):
        st.session_state[FIELD] = ANY_FIELD  # a field of a type that the list had before
    icon = ":material/filter_alt:" if wanted_field(fields) else ":material/filter_list:"
    with st.popover("Field", icon=icon, key="records_field"):
        titles = {ANY_FIELD: ANY_FIELD, **_titles(fields)}
        options = [ANY_FIELD, *fields]
        chosen = st.selectbox(
            "Field", options, key=FIELD, format_func=titles.__getitem__, bind="query-params", width=260
        )
        info = fields.get(chosen)
        if info is None:
            return
        with st.container(horizontal=True):
            if info.kind == "date":
                for label, key in (("From", FIRST), ("To", LAST)):
                    st.date_input(label, None, key=key, format="YYYY-MM-DD", bind="query-params", width=170)
            elif info.kind in _FIGURES:
                for label, key in (("From", LEAST), ("To", MOST)):
                    st.number_input(label, value=None, key=key, format="%.2f", bind="query-params", width=150)
            else:
                st.text_input("Holds", key=HOLDS, live="300ms", bind="query-params", width=260)


def _titles(fields: dict[str, FieldInfo]) -> dict[str, str]:
    """What each field is called in the list to choose from and in the address; two of one title are told apart."""
    count = Counter(info.title for info in fields.values())
    return {name: info.title if count[info.title] == 1 else f"{info.title} ({name})" for name, info in fields.items()}


def clear_field() -> None:
    """Ask for no field any more."""
    st.session_state[FIELD] = ANY_FIELD
    st.session_state[HOLDS] = ""
    for key in (LEAST, MOST, FIRST, LAST):
        st.session_state[key] = None
