"""The bill as a chart by day and as tables that can be taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.spending import Bill, Group, Period, cost_by_day, group_calls, model_of
from core.stores.bills import CallGroup
from core.stores.calls import CallRow
from pages.shared.frame import get_studio
from pages.shared.sent import draw_sent

VIEWS: dict[str, Callable[[CallGroup], str]] = {
    "Model": model_of,
    "Provider": lambda group: group.model.provider,
    "Recipe": lambda group: group.recipe_name or "(not finished)",
    "Document type": lambda group: group.document_type or "(not told)",
    "Purpose": lambda group: group.purpose,
    "Prompt": lambda group: group.prompt or "(none)",
    "Day": lambda group: group.day.isoformat(),
}
#: Calls that the table shows; the download has all.
_LATEST = 500
_MONEY = "$%.6f"


def draw_days(bill: Bill, period: Period) -> None:
    """Spend a day, a colour a model."""
    import plotly.graph_objects as go

    days = [day.isoformat() for day in period.days]
    figure = go.Figure()
    for group in group_calls(bill.groups, model_of):
        costs = cost_by_day(one for one in bill.groups if model_of(one) == group.name)
        heights = [float(costs.get(day, 0)) for day in period.days]
        figure.add_bar(
            x=days, y=heights, name=group.name, hovertemplate="%{x}<br>$%{y:,.6~f}<extra>%{fullData.name}</extra>"
        )
    figure.update_layout(
        barmode="stack",
        height=230,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"orientation": "h", "y": 1.15},
        showlegend=True,
        bargap=0.35,
        yaxis={"tickprefix": "$", "tickformat": ",~f", "rangemode": "tozero"},
        xaxis={"type": "category", "nticks": 16},
    )
    st.plotly_chart(figure, key="cost_days", config={"displayModeBar": False})


def draw_views(bill: Bill) -> None:
    """The bill by model, provider, recipe and so on."""
    chosen = st.segmented_control("View", list(VIEWS), default="Model", key="cost_view", required=True)
    name = chosen or "Model"
    rows = [_group_row(name, group) for group in group_calls(bill.groups, VIEWS[name])]
    st.dataframe(
        rows,
        hide_index=True,
        key="cost_groups",
        placeholder="",
        column_config=_columns() | {name: st.column_config.TextColumn(width=260)},
    )
    _draw_download(lambda: rows, f"cost-by-{name.lower().replace(' ', '-')}", "cost_download_view")


def draw_calls(bill: Bill, period: Period) -> None:
    """The latest calls, newest first; choosing one shows exactly what was sent."""
    spending = get_studio().spending
    rows = list(spending.calls(period, _LATEST))
    picked: Any = st.dataframe(
        [_call_row(row) for row in rows],
        hide_index=True,
        key="cost_calls",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        column_config=_columns(),
    )
    st.caption(
        "Choose a call to see exactly what was sent."
        + (f" The latest {_LATEST} of {bill.calls:,} are shown; the download has all." if bill.calls > _LATEST else "")
    )
    _draw_download(lambda: [_call_row(row) for row in spending.calls(period)], "calls", "cost_download_calls")
    for index in picked.selection.rows[:1]:
        draw_sent(spending.call(rows[index].call.call_id))


def _group_row(title: str, group: Group) -> dict[str, Any]:
    return {
        title: group.name,
        "Calls": group.calls,
        "Failed": group.failed,
        "Input tokens": group.usage.input,
        "Cached": group.usage.cached,
        "Output tokens": group.usage.output,
        "Cost": float(group.cost) if group.cost or not group.unpriced else None,
        "No price": group.unpriced,
        "Seconds a call": group.seconds / group.calls,
    }


def _call_row(row: CallRow) -> dict[str, Any]:
    call = row.call
    return {
        "When (UTC)": call.at.replace(tzinfo=None, microsecond=0),
        "Model": f"{call.provider}:{call.model}",
        "For": call.purpose,
        "Outcome": call.outcome,
        "Cost": None if call.cost is None else float(call.cost),
        "Seconds": call.seconds,
        "Input tokens": call.usage.input,
        "Cached": call.usage.cached,
        "Output tokens": call.usage.output,
        "Prompt": call.prompt,
        "Recipe": row.recipe_name or "",
    }


def _columns() -> dict[str, Any]:
    return {
        "Cost": st.column_config.NumberColumn(format=_MONEY, help="US dollars; empty: no known price."),
        "Cached": st.column_config.NumberColumn(help="Input tokens that the provider had in its prompt cache."),
        "No price": st.column_config.NumberColumn(help="Calls whose price nobody knows: they are not in the cost."),
        "Seconds": st.column_config.NumberColumn(format="%.2f"),
        "Seconds a call": st.column_config.NumberColumn(format="%.2f"),
    }


def _draw_download(rows: Callable[[], list[dict[str, Any]]], name: str, key: str) -> None:
    studio = get_studio()
    st.download_button(
        "Download as CSV",
        lambda: studio.export_table(rows(), "csv"),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
