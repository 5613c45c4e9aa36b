"""Narrowing a list of records: by what fields of any type hold, by who issued them, what they come to, how they were read and who
worked on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from core.schema.fields import FieldInfo
from core.stores.records import FieldFilter, RecordQuery
from pages.shared.frame import get_studio
from pages.shared.recipe_names import title_of_recipe

# Keys of the widgets, which are also their names in the address.
FIELD, HOLDS, LEAST, MOST, FIRST, LAST, EMPTY = "field", "holds", "least", "most", "first", "last", "empty"
VENDOR, TOTAL_FROM, TOTAL_TO, RECIPE, WHO, DID = "vendor", "total_from", "total_to", "read_with", "worked_on_by", "did"
#: How many fields a list can be narrowed by at once; the keys of the second and third end in their number.
SLOTS = ("", "2", "3")
ANY_FIELD, ANY_RECIPE, ANYBODY = "any field", "any recipe", "anybody"
DEEDS = {"saved or reviewed": "", "saved": "saved", "reviewed": "reviewed"}
_FIGURES = ("money", "quantity")
_NOTHING: Mapping[str, Any] = {
    **{f"{FIELD}{slot}": ANY_FIELD for slot in SLOTS},
    **{f"{HOLDS}{slot}": "" for slot in SLOTS},
    **{f"{name}{slot}": None for name in (LEAST, MOST, FIRST, LAST) for slot in SLOTS},
    **{f"{EMPTY}{slot}": False for slot in SLOTS},
    **{VENDOR: "", TOTAL_FROM: None, TOTAL_TO: None, RECIPE: ANY_RECIPE, WHO: ANYBODY, DID: next(iter(DEEDS))},
}
#: What a list is narrowed by here, by the names in the address.
KEYS = tuple(_NOTHING)


@dataclass(frozen=True, slots=True)
class Choosable:
    """A field that a list can be narrowed by, and the names of the types that have it."""

    info: FieldInfo
    types: tuple[str, ...]


def fields_to_narrow(type_name: str | None) -> dict[str, Choosable]:
    """The header fields to narrow by, by their names: those of the type that a list is of, else of all."""
    found: dict[str, Choosable] = {}
    for kind in get_studio().types.types():
        if type_name in (None, kind.name):
            for info in kind.header:
                before = found.get(info.name)
                types = (*(before.types if before else ()), kind.name)
                found[info.name] = Choosable(before.info if before else info, types)
    return found


def narrowed(query_type: str | None) -> dict[str, Any]:
    """What the widgets ask for, as parts of a :class:`core.stores.records.RecordQuery`."""
    state, fields = st.session_state, fields_to_narrow(query_type)
    recipe, who = state.get(RECIPE) or ANY_RECIPE, state.get(WHO) or ANYBODY
    return {
        "fields": tuple(filter(None, (_wanted(fields, slot) for slot in SLOTS))),
        "vendor": str(state.get(VENDOR) or "").strip(),
        "total": (_figure(state.get(TOTAL_FROM)), _figure(state.get(TOTAL_TO))),
        "recipe": "" if recipe == ANY_RECIPE else recipe,
        "who": "" if who == ANYBODY else who,
        "did": DEEDS.get(state.get(DID) or "", "") if who != ANYBODY else "",
    }


def _wanted(fields: Mapping[str, Choosable], slot: str) -> FieldFilter | None:
    """What one of the choices of a field asks for; ``None`` where no field is chosen or nothing is asked of it."""
    state = st.session_state
    found = fields.get(state.get(f"{FIELD}{slot}") or ANY_FIELD)
    if found is None:
        return None
    name, kind = found.info.name, found.info.kind
    if state.get(f"{EMPTY}{slot}"):
        return FieldFilter(name, empty=True, of_types=found.types)
    if kind == "date":
        return FieldFilter(name, "", _day(state.get(f"{FIRST}{slot}")), _day(state.get(f"{LAST}{slot}")))
    if kind in _FIGURES:
        return FieldFilter(name, "", _figure(state.get(f"{LEAST}{slot}")), _figure(state.get(f"{MOST}{slot}")))
    return FieldFilter(name, str(state.get(f"{HOLDS}{slot}") or "").strip())


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _figure(value: object) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float) else None


def draw_filters(query: RecordQuery) -> None:
    """Everything to narrow by; the button says whether something is asked for, and how much."""
    fields = fields_to_narrow(query.type_name)
    asked = len(query.fields) + sum(map(bool, (query.vendor, any(end is not None for end in query.total))))
    asked += sum(map(bool, (query.recipe, query.who)))
    icon = ":material/filter_alt:" if asked else ":material/filter_list:"
    with st.popover(f"Filters · {asked}" if asked else "Filters", icon=icon, key="records_field"):
        with st.container(horizontal=True):
            st.text_input("Vendor holds", key=VENDOR, live="300ms", bind="query-params", width=220)
            st.number_input("Total from", value=None, key=TOTAL_FROM, format="%.2f", bind="query-params", width=140)
            st.number_input("Total to", value=None, key=TOTAL_TO, format="%.2f", bind="query-params", width=140)
        with st.container(horizontal=True):
            studio = get_studio()
            _choose("Read with", RECIPE, [ANY_RECIPE, *studio.record_choices("recipe")], 220, title_of_recipe)
            _choose("By", WHO, [ANYBODY, *studio.record_choices("who")], 140)
            _choose("What they did", DID, list(DEEDS), 160)
        for place, slot in enumerate(SLOTS):
            if place == 0 or st.session_state.get(f"{FIELD}{SLOTS[place - 1]}", ANY_FIELD) != ANY_FIELD:
                _draw_field(fields, slot)


def _choose(label: str, key: str, options: list[str], width: int, show: Any = str) -> None:
    if st.session_state.get(key) not in (None, *options):
        st.session_state[key] = options[0]  # it is no longer there
    st.selectbox(label, options, key=key, format_func=show, bind="query-params", width=width)


def _draw_field(fields: Mapping[str, Choosable], slot: str) -> None:
    """A field and what it is to hold."""
    key, titles = f"{FIELD}{slot}", {ANY_FIELD: ANY_FIELD, **_titles(fields)}
    if st.session_state.get(key, ANY_FIELD) not in titles:
        st.session_state[key] = ANY_FIELD  # a field of a type that the list had before
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Field" if not slot else f"Field {slot}",
            list(titles),
            key=key,
            format_func=titles.__getitem__,
            bind="query-params",
            width=220,
        )
        found = fields.get(chosen)
        if found is None:
            return
        if not st.session_state.get(f"{EMPTY}{slot}"):
            _draw_wanted(found.info, slot)
        st.checkbox("is empty", key=f"{EMPTY}{slot}", bind="query-params")


def _draw_wanted(info: FieldInfo, slot: str) -> None:
    if info.kind == "date":
        for label, key in (("From", FIRST), ("To", LAST)):
            st.date_input(label, None, key=f"{key}{slot}", format="YYYY-MM-DD", bind="query-params", width=140)
    elif info.kind in _FIGURES:
        for label, key in (("From", LEAST), ("To", MOST)):
            st.number_input(label, value=None, key=f"{key}{slot}", format="%.2f", bind="query-params", width=140)
    else:
        st.text_input("Holds", key=f"{HOLDS}{slot}", live="300ms", bind="query-params", width=200)


def _titles(fields: Mapping[str, Choosable]) -> dict[str, str]:
    """What each field is called in the list to choose from and in the address; two of one title are told apart."""
    count = Counter(found.info.title for found in fields.values())
    return {
        name: found.info.title if count[found.info.title] == 1 else f"{found.info.title} ({name})"
        for name, found in fields.items()
    }


def clear_filters() -> None:
    """Ask for nothing of this any more."""
    for key, value in _NOTHING.items():
        st.session_state[key] = value
