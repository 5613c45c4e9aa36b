"""The Accuracy page: how well the studio reads documents whose right values are known, and why it misses."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from pages.accuracy_parts.choices import draw_choices, start_samples
from pages.accuracy_parts.confidence import draw_confidence
from pages.accuracy_parts.head import draw_head
from pages.accuracy_parts.misses import draw_misses
from pages.accuracy_parts.overview import draw_fields, draw_overview
from pages.accuracy_parts.run import draw_ended, draw_progress
from pages.accuracy_parts.state import Shown, active_job, shown_result
from pages.accuracy_parts.trend import draw_trend
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.spot_checks import draw_guarantee

_STYLE = Path(__file__).parent / "accuracy_parts" / "style.css"

TABS = ("Overview", "Fields", "Misses", "Confidence", "Trend")


def draw_page() -> None:
    """Draw the choices, then the run on its way, else the result that is chosen, else what the page is for."""
    st.html(_STYLE)
    draw_guarantee()
    job = active_job()
    draw_choices(running=job is not None)
    draw_ended()
    if job is not None:
        draw_progress(job)
        return
    try:
        shown = shown_result()
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if shown is None:
        _draw_empty()
    else:
        _draw_result(shown)


def _draw_empty() -> None:
    samples = next((each for each in get_studio().accuracy.sets() if each.name == "samples"), None)
    with st.container(key="empty_state"):
        st.markdown("## How well are your documents read?")
        st.markdown(
            "Measure the studio on documents whose right values are known: you see which fields it gets right, why it "
            "misses the others, and how many documents could pass unseen."
        )
        if samples is not None:
            st.button(
                f"Measure on the {samples.count} shipped samples",
                key="accuracy_samples",
                type="primary",
                icon=":material/speed:",
                on_click=start_samples,
            )
        st.caption(
            "For figures of your own documents: set records to “approved”, keep some as test cases, or import a zip "
            "of cases above."
        )


def _draw_result(shown: Shown) -> None:
    draw_head(shown)
    overview, fields, misses, confidence, trend = st.tabs(TABS, key=keys.ACCURACY_TABS, on_change="rerun")
    drawn = ((overview, draw_overview), (fields, draw_fields), (misses, draw_misses), (confidence, draw_confidence))
    for tab, draw in drawn:
        if tab.open:
            with tab:
                if shown.result.documents:
                    draw(shown)
                else:
                    st.info(
                        "Only the summary of this evaluation is still kept (see Trend): measure again to see more.",
                        icon=":material/history:",
                    )
    if trend.open:
        with trend:
            draw_trend(shown)


draw_page()
