"""The studio's own test cases: how many there are, taking them away as a zip, bringing in others, dropping one."""

from __future__ import annotations

import streamlit as st

from core.accuracy import Imported
from core.errors import StudioError
from pages.shared import keys
from pages.shared.frame import get_studio, plain

_MOST_REASONS = 5


def draw_cases() -> None:
    """A popover with all that can be done with them."""
    library = get_studio().accuracy.library
    with st.popover("Test cases", icon=":material/science:", key="accuracy_cases", width="content"):
        cases = library.case_ids()
        count = len(cases)
        st.markdown(f"**{count:,} kept test case{'' if count == 1 else 's'}**")
        st.caption("A test case is a document with its right values. Keep one from a reviewed record, or import a zip.")
        _draw_import()
        if not cases:
            return
        st.download_button(
            "Export all as zip",
            library.export,
            file_name="cases.zip",
            mime="application/zip",
            key="accuracy_export",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
        dropped = st.selectbox(
            "Drop a test case",
            cases,
            index=None,
            key=keys.ACCURACY_DROP,
            placeholder="Choose one",
        )
        if dropped:
            st.button("Drop it", key="accuracy_drop_yes", icon=":material/delete:", on_click=_drop, args=(dropped,))


def _draw_import() -> None:
    rounds = st.session_state.get(keys.ACCURACY_IMPORTS, 0)
    replace = st.checkbox("Replace cases of the same name", key=keys.ACCURACY_REPLACE)
    given = st.file_uploader("Import a zip of cases", type="zip", key=f"accuracy_import_{rounds}")
    if given is not None:
        st.session_state[keys.ACCURACY_IMPORTS] = rounds + 1  # a new key empties the uploader
        try:
            st.session_state[keys.ACCURACY_IMPORTED] = get_studio().accuracy.library.bring_in(
                given.getvalue(), replace=replace
            )
        except StudioError as error:
            st.session_state[keys.ACCURACY_IMPORTED] = str(error)
        st.rerun()
    if (result := st.session_state.get(keys.ACCURACY_IMPORTED)) is not None:
        _draw_imported(result)


def _draw_imported(result: Imported | str) -> None:
    if isinstance(result, str):
        st.error(plain(result), icon=":material/error:")
        return
    told = [("added", result.added), ("replaced", result.replaced), ("there already", result.unchanged)]
    words = ", ".join(f"{len(names)} {what}" for what, names in told if names)
    if words:
        st.success(f"{words}.".capitalize(), icon=":material/task_alt:")
    if result.refused:
        reasons = list(result.refused.items())
        lines = [f"- **{plain(name)}**: {plain(why)}" for name, why in reasons[:_MOST_REASONS]]
        more = [f"- and {len(reasons) - _MOST_REASONS} more"] if len(reasons) > _MOST_REASONS else []
        st.warning("Left out:\n" + "\n".join([*lines, *more]), icon=":material/block:")


def _drop(case_id: str) -> None:
    try:
        get_studio().accuracy.library.remove(case_id)
    except StudioError as error:
        st.session_state[keys.ACCURACY_IMPORTED] = str(error)
        return
    st.session_state[keys.ACCURACY_DROP] = None
    st.toast(f"The test case {plain(case_id)} is gone.", icon=":material/task_alt:")
