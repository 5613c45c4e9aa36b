"""Spot checks: what they say of the documents that pass, and how many there are to be."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.spot_checks.spot_checks import Standing
from core.spot_checks.words import guarantee_words, limit_words
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

_SHARE, _MOST = "spot_share", "spot_most"
_STEPS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)


def draw_guarantee() -> None:
    """Draw what they say of the documents that pass."""
    try:
        standing = get_studio().spot_checks.standing()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    with st.container(key="guarantee"):
        st.markdown(_said(standing))
        if standing.choices.asks is not None:
            st.warning(plain(get_studio().spot_checks.warning()), icon=":material/gpp_maybe:")


def draw_spot_checks() -> None:
    """Draw what they say, and the way to choose."""
    st.markdown("#### Spot checks")
    try:
        standing = get_studio().spot_checks.standing()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    with st.container(key="spot_checks"):
        st.markdown(_said(standing))
        _draw_choice(standing)
    _draw_asks_more(standing)


def _said(standing: Standing) -> str:
    if not standing.choices.share and standing.most is None:
        return ":gray[:material/casino: No spot checks: what passes with nobody looking is not checked afterwards (Gates page).]"
    sign, colour = (":material/verified:", "green") if standing.holds else (":material/casino:", "gray")
    sign, colour = (":material/warning:", "orange") if standing.is_broken else (sign, colour)
    words = f"{guarantee_words(standing)} {limit_words(standing)}".strip()
    return f":{colour}[{sign}] {plain(words)}"


def _draw_choice(standing: Standing) -> None:
    share = standing.choices.share
    label = f"Spot checks: {100 * share:g} %" if share else "Spot checks: off"
    with (
        st.popover(label, icon=":material/casino:", key="spot_checks_choose"),
        st.form("spot_checks_form", border=False),
    ):
        st.markdown("Of the documents that pass with nobody looking, have somebody look at")
        st.select_slider(
            "Share",
            _STEPS,
            min(_STEPS, key=lambda step: abs(step - 100 * share)),
            format_func=lambda step: f"{step:g} %" if step else "none",
            key=_SHARE,
            label_visibility="collapsed",
        )
        st.number_input(
            "Wrong of 1,000 that I allow",
            1,
            1000,
            standing.choices.most_wrong,
            key=_MOST,
            placeholder="no limit",
            help="Where a wrong one comes up and it can no longer be said that no more are wrong, the gate asks for more certainty, "
            "and an alert on the Operation page says so. Empty: nothing follows.",
        )
        st.caption("They are drawn at random; the Inbox, Review and the Studio say “Spot check”.")
        st.form_submit_button("Keep", on_click=_keep, **kept_for("spot_checks.choose"))


def _keep() -> None:
    try:
        get_studio().spot_checks.choose(st.session_state[_SHARE] / 100, st.session_state[_MOST])
    except StudioError as error:
        st.toast(f"Not kept: {plain(str(error))}", icon=":material/error:")
    else:
        st.toast("Kept: it holds for documents that are read from now on.", icon=":material/task_alt:")


def _draw_asks_more(standing: Standing) -> None:
    asks = standing.choices.asks
    if asks is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="spot_checks_asks"):
        st.warning(plain(get_studio().spot_checks.warning()), icon=":material/gpp_maybe:")
        st.button(
            "Ask no more than before",
            key="spot_checks_loosen",
            on_click=_loosen,
            **kept_for("spot_checks.loosen", "What recipe and gates ask for is enough again."),
        )


def _loosen() -> None:
    try:
        get_studio().spot_checks.loosen()
    except StudioError as error:
        st.toast(f"Not kept: {plain(str(error))}", icon=":material/error:")
