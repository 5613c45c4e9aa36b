"""Which records are chosen to do something with all of them: by number, each with the version that the list showed."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

CHOSEN = "records_chosen"
#: Whether rows are being chosen; a click on a row opens it else.
CHOOSING = "records_choosing"
_COUNT = "records_chosen_count"


def is_choosing() -> bool:
    """Whether rows are being chosen."""
    return bool(st.session_state.get(CHOOSING))


def chosen() -> dict[int, int]:
    """The chosen records, in the order in which they were chosen."""
    found: dict[int, int] = st.session_state.setdefault(CHOSEN, {})
    return found


def choose(picked: Mapping[int, int]) -> None:
    """Choose these and no others; the table shows it."""
    st.session_state[CHOSEN] = dict(picked)
    st.session_state[_COUNT] = choices() + 1


def take_rows(shown: Mapping[int, int], places: list[int]) -> None:
    """What the table says: the rows at ``places`` of those that it shows are chosen. Those of other pages stay chosen."""
    numbers = list(shown)
    on = {numbers[place]: shown[numbers[place]] for place in places if place < len(numbers)}
    st.session_state[CHOSEN] = {number: version for number, version in chosen().items() if number not in shown} | on


def choices() -> int:
    """Counts the choices that were made here and not in the table: another count is another table."""
    found: int = st.session_state.get(_COUNT, 0)
    return found
