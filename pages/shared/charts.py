"""What every chart of the house looks like: colours that carry meaning in the light and the dark theme, no tool bar,
figures that line up. Streamlit lays the theme's own ground, ink and font under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

#: Middle tones of the style sheet: they stand out on a light and on a dark ground.
ACCENT, GOOD, BAD, WARN, QUIET = "#2f8f88", "#3c9a63", "#cf554d", "#cf7f25", "#8a9194"
#: For series without a meaning of their own, told apart also by people who see red and green alike.
SERIES = (ACCENT, WARN, "#5b86c4", "#a4679f", "#9a8a2c", BAD, "#4f9d5d", QUIET)


def draw_chart(figure: Figure, key: str, *, height: int = 280, **layout: Any) -> None:
    """Draw ``figure`` under ``key``, ``height`` pixels high; ``layout`` goes to plotly's ``update_layout``."""
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        colorway=list(SERIES),
        hoverlabel={"namelength": -1},
    )
    figure.update_layout(**layout)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False, "responsive": True})
