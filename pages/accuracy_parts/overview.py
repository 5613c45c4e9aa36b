"""The figures in short, by group and by field, with the causes of the misses."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.accuracy import CAUSES, Evaluated, Figures
from pages.accuracy_parts.state import Shown
from pages.accuracy_parts.tables import (
    GROUPS,
    document_rows,
    field_rows,
    field_title,
    group_rows,
    miss_row,
    percent_columns,
    titles_in,
)
from pages.shared.charts import BAD, QUIET, WARN, draw_chart
from pages.shared.frame import plain

_COLOURS = {"not found": "#5b86c4", "wrong place": WARN, "misread": "#a4679f", "wrong format": BAD, "extra": QUIET}
#: Fields that the chart of causes shows: those with most misses.
_MOST_FIELDS = 12


def draw_overview(shown: Shown) -> None:
    """Headline, groups, causes, and document by document."""
    _draw_headline(shown)
    if shown.other:
        _draw_changes(shown.result, shown.other)
    left, right = st.columns([11, 9], gap="large")
    with left:
        group = st.segmented_control(
            "By", list(GROUPS), default="Language", key="accuracy_group", required=True, label_visibility="collapsed"
        )
        rows = group_rows(shown.result, group or "Language")
        st.dataframe(rows, hide_index=True, key="accuracy_groups", column_config=percent_columns(rows))
    with right:
        _draw_causes(shown.result)
    st.markdown("##### Documents")
    rows = document_rows(shown.result)
    st.dataframe(rows, hide_index=True, key="accuracy_documents", column_config=percent_columns(rows))


def draw_fields(shown: Shown) -> None:
    """Precision, recall and F1 of every field."""
    rows = field_rows(shown.result, shown.other)
    st.dataframe(rows, hide_index=True, key="accuracy_fields", column_config=percent_columns(rows), height="content")
    st.caption(
        "Precision: of the values given, how many are right. Recall: of the values on the page, how many were found. "
        "F1: both in one figure. Values of a document that could not be read are missed without a cause."
    )


def headline(figures: Figures) -> dict[str, tuple[float | None, str]]:
    """The headline figures: a share (0 to 1, ``None`` where there is nothing to count) and what it means."""
    summary, count = figures.report.summary, figures.documents
    return {
        "Header F1": (summary.header.f1, "All header fields of all documents together."),
        "Line items F1": (summary.items.f1, "Every cell of every line, and of the other tables."),
        "All F1": (summary.all.f1, "Header fields and rows of tables together."),
        "Wholly right": (_share(figures.wholly_right, count), "Documents in which nothing is wrong or missing."),
        "Ready": (_share(figures.approved, count), "Documents that would pass without a person."),
        "Ready, but wrong": (
            _share(figures.approved_wrong, figures.approved),
            "Of the ready documents, those with any wrong value.",
        ),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _draw_headline(shown: Shown) -> None:
    before = headline(shown.other.figures) if shown.other else {}
    with st.container(horizontal=True, gap="small", key="accuracy_figures"):
        for title, (share, about) in headline(shown.result.figures).items():
            earlier = before.get(title, (None, ""))[0]
            delta = f"{100 * (share - earlier):+.1f}" if share is not None and earlier is not None else None
            same = delta in ("+0.0", "-0.0")
            bad = title == "Ready, but wrong"
            st.metric(
                title,
                "–" if share is None else f"{100 * share:.1f} %",
                "same" if same else delta,
                delta_color="off" if same else ("inverse" if bad else "normal"),
                delta_arrow="off" if same else "auto",
                help=about,
                border=True,
            )
    figures = shown.result.figures
    if figures.unread:
        st.warning(
            f"{figures.unread} of {figures.documents} documents could not be read and count as empty: see below.",
            icon=":material/warning:",
        )


def _draw_causes(result: Evaluated) -> None:
    figures = result.figures
    if not figures.misses:
        st.success("Nothing was missed.", icon=":material/task_alt:")
        return
    import plotly.graph_objects as go

    worst = sorted(figures.causes, key=lambda name: -sum(figures.causes[name].values()))[:_MOST_FIELDS]
    most = sum(figures.causes[worst[0]].values())
    called = titles_in(result)
    titles = [field_title(name, called) for name in worst]
    figure = go.Figure()
    for cause in CAUSES:
        counts = [figures.causes[name].get(cause, 0) for name in worst]
        if any(counts):
            figure.add_bar(y=titles, x=counts, name=cause, orientation="h", marker_color=_COLOURS[cause])
    draw_chart(
        figure,
        "accuracy_causes",
        height=110 + 24 * len(worst),
        barmode="stack",
        xaxis={"title": f"misses ({figures.misses:,} in all)", "dtick": max(1, round(most / 6)), "rangemode": "tozero"},
        yaxis={"autorange": "reversed"},
        bargap=0.3,
        legend_traceorder="normal",
    )
    with st.popover("What the causes mean", type="tertiary", key="accuracy_causes_help"):
        st.markdown("\n".join(f"- **{cause}**: {plain(about)}" for cause, about in CAUSES.items()))


def _draw_changes(result: Evaluated, other: Evaluated) -> None:
    """What got better and worse against the other evaluation, miss by miss."""
    now, before = _misses(result), _misses(other)
    both = {one.case_id for one in result.documents} & {one.case_id for one in other.documents}
    mended = [row for key, row in before.items() if key not in now and key[0] in both]
    new = [row for key, row in now.items() if key not in before and key[0] in both]
    words = f"{len(mended)} mended, {len(new)} new misses" + (
        "" if len(both) == len(result.documents) else f", on the {len(both)} documents that both have"
    )
    with st.expander(f"Against the other: {words}", key="accuracy_changes"):
        rows = [{"": "new", **row} for row in new] + [{"": "mended", **row} for row in mended]
        if rows:
            st.dataframe(rows, hide_index=True, key="accuracy_changed", column_config=percent_columns(rows))
        else:
            st.markdown("The same misses in both.")


def _misses(result: Evaluated) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {
        (one.case_id, miss.name, miss.line, miss.truth): miss_row(one, miss)
        for one in result.documents
        for miss in one.misses
    }
