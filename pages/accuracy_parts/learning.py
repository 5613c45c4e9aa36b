"""Confidences that learn from what people review: whether they do, and the way back."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.validation.calibration import ENOUGH_REVIEWED, corrections_told
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

#: The confidence whose correction is told.
_TOLD = 0.9
_SAID = "learning_said"


def draw_learning() -> None:
    """What the confidences rest on, and the buttons that change it."""
    studio = get_studio()
    st.markdown("##### Learn from your records")
    correction = studio.calibration
    if correction is None:
        st.caption(
            "Confidences are as fitted on the documents they shipped with. They can be corrected by what was changed in your "
            f"reviewed records, from {ENOUGH_REVIEWED} values on."
        )
    else:
        told = ", ".join(
            f"90 % becomes {now:.0%} for {kind}" for kind, (now,) in corrections_told(correction, [_TOLD]).items()
        )
        st.caption(f"Corrected by {correction.reviewed:,} reviewed values: {told}.")
    with st.container(horizontal=True):
        st.button(
            "Learn from reviewed records" if correction is None else "Learn again",
            key="learn",
            icon=":material/model_training:",
            on_click=_learn,
            **kept_for("recalibrate"),
        )
        if correction is not None:
            st.button(
                "Back to the shipped calibration",
                key="unlearn",
                type="tertiary",
                on_click=_unlearn,
                **kept_for("forget_calibration"),
            )
    if said := st.session_state.pop(_SAID, ""):
        st.info(plain(said), icon=":material/info:")


def _learn() -> None:
    try:
        correction = get_studio().recalibrate()
    except StudioError as error:
        st.session_state[_SAID] = str(error)
    else:
        st.session_state[_SAID] = (
            f"Learnt from {correction.reviewed:,} reviewed values. Documents read from now on are judged by it."
        )


def _unlearn() -> None:
    get_studio().forget_calibration()
    st.session_state[_SAID] = "Confidences are again those of the shipped calibration."
