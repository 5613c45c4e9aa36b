"""What came in, day by day, and what is to be expected."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.operation.operation import Standing
from core.operation.trend import Forecast
from core.stores.operation import Day
from pages.operation_parts.behind import show_day
from pages.shared.charts import BAD, GOOD, QUIET, WARN
from pages.shared.frame import get_studio


def draw_days(standing: Standing) -> None:
    """A bar a day; a click on one shows its documents. Behind today stands what the week brings, where that can be told."""
    import plotly.graph_objects as go

    days = standing.period.days
    known = {day.day: day for day in standing.days}
    forecast = get_studio().operation.forecast()
    figure = go.Figure()
    for name, colour, count in (
        ("passed unseen", GOOD, lambda day: day.ready),
        ("for a person", WARN, lambda day: day.documents - day.ready - day.failed),
        ("could not be read", BAD, lambda day: day.failed),
    ):
        heights = [count(known.get(day, Day(day, 0, 0, 0))) for day in days]
        figure.add_bar(x=_texts(days), y=heights, name=name, marker_color=colour)
    ahead = [day for day in forecast.by_day if day not in days] if forecast else []
    if forecast and ahead:
        figure.add_bar(
            x=_texts(ahead),
            y=[forecast.by_day[day] for day in ahead],
            name="expected",
            marker={"color": "rgba(0,0,0,0)", "line": {"color": QUIET, "width": 1.5}},
            hovertemplate="%{x}: about %{y:.0f}<extra>expected</extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=240,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"orientation": "h", "y": 1.18},
        bargap=0.35,
        yaxis={"rangemode": "tozero", "tickformat": ",d"},
        xaxis={"type": "category", "nticks": 16},
    )
    picked = st.plotly_chart(
        figure, key="operation_days", config={"displayModeBar": False}, on_select="rerun", selection_mode="points"
    )
    for point in picked.selection.points[:1]:
        show_day(date.fromisoformat(str(point["x"])))
    st.caption(_told(forecast))


def _told(forecast: Forecast | None) -> str:
    if forecast is None:
        return "What the next week brings can be told once five weeks with thirty documents are known. Days are UTC."
    return (
        f"The seven days from {forecast.since:%d %B} on: about {forecast.expected:,.0f} documents, between {forecast.low:,.0f} and "
        f"{forecast.high:,.0f} in eight of ten such weeks. Days are UTC."
    )


def _texts(days: list[date]) -> list[str]:
    return [day.isoformat() for day in days]
