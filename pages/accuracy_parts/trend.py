"""How the figures went over the runs: a chart a set of cases, and every run to open or drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.stores.evaluations import EvaluationRow
from pages.accuracy_parts.state import Shown, choose
from pages.accuracy_parts.tables import percent, percent_columns
from pages.shared import keys
from pages.shared.charts import draw_chart
from pages.shared.frame import get_studio, plain

_MEASURES = {"Header F1": "header", "Line items F1": "items", "All F1": "all"}


def draw_trend(shown: Shown) -> None:
    """Runs on the same set of cases as the result shown."""
    rows = [row for row in shown.rows if row.name == shown.result.name]
    st.markdown(f"##### {plain(shown.result.name)}")
    if len(rows) > 1:
        _draw_chart(rows)
    else:
        st.caption("The chart begins with the second measurement on the same cases.")
    table = [_row(row) for row in rows]
    picked: Any = st.dataframe(
        table,
        hide_index=True,
        key="accuracy_runs",
        on_select="rerun",
        selection_mode="single-row",
        column_config=percent_columns(table),
    )
    st.caption("Choose a run to open or drop it.")
    for place in picked.selection.rows[:1]:
        if place < len(rows):
            _draw_actions(rows[place])


def _draw_chart(rows: list[EvaluationRow]) -> None:
    import plotly.graph_objects as go

    chosen = st.segmented_control(
        "Measure",
        list(_MEASURES),
        default="All F1",
        key="accuracy_measure",
        required=True,
        label_visibility="collapsed",
    )
    part = _MEASURES[chosen or "All F1"]
    figure = go.Figure()
    for name in dict.fromkeys(row.recipe.name for row in rows):
        mine = sorted((row for row in rows if row.recipe.name == name), key=lambda row: row.at)
        figure.add_scatter(
            x=[row.at for row in mine],
            y=[percent(_f1(row.report, part)) for row in mine],
            name=name,
            mode="lines+markers",
            hovertemplate="%{x|%Y-%m-%d %H:%M} UTC<br>%{y:.1f} %<extra>%{fullData.name}</extra>",
        )
    draw_chart(figure, "accuracy_trend", height=260, showlegend=True, yaxis={"ticksuffix": " %"})


def _f1(report: Mapping[str, Any], part: str) -> float | None:
    value = report["summary"][part]["f1"]
    return None if value is None else float(value)


def _row(row: EvaluationRow) -> dict[str, Any]:
    counts = row.report.get("documents", {})
    return {
        "When (UTC)": row.at.replace(tzinfo=None, microsecond=0),
        "Recipe": row.recipe.name,
        "Documents": row.report["summary"]["cases"],
        **{title: percent(_f1(row.report, part)) for title, part in _MEASURES.items()},
        "Wholly right": counts.get("wholly_right"),
        "Ready": counts.get("approved"),
        "Ready, but wrong": counts.get("approved_wrong"),
        "Calibration error": row.report.get("calibration", {}).get("error"),
        "Seconds": row.report.get("seconds"),
    }


def _draw_actions(row: EvaluationRow) -> None:
    with st.container(horizontal=True, key="accuracy_run_actions"):
        st.button("Open this run", key="accuracy_open", type="primary", on_click=choose, args=(row.evaluation_id,))
        st.button(
            "Drop this run", key="accuracy_drop", icon=":material/delete:", on_click=_drop, args=(row.evaluation_id,)
        )


def _drop(evaluation_id: str) -> None:
    try:
        get_studio().accuracy.remove(evaluation_id)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    for key in (keys.ACCURACY_RESULT, keys.ACCURACY_OTHER):
        if st.session_state.get(key) == evaluation_id:
            st.session_state.pop(key)
