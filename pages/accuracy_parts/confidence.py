"""Whether confidence means what it says, and what an approval threshold lets through."""

from __future__ import annotations

import streamlit as st

from core.accuracy import Figures
from core.evaluation.calibration import share_interval
from pages.accuracy_parts.learning import draw_learning
from pages.accuracy_parts.state import Shown
from pages.shared import keys
from pages.shared.charts import ACCENT, BAD, QUIET, draw_chart
from pages.shared.choices import keep_change
from pages.shared.frame import get_studio
from pages.shared.rights import kept_for

#: At most this share of the ready documents may have a wrong amount, number or date.
TOLERATED = 0.01


def draw_confidence(shown: Shown) -> None:
    """The threshold on the left, the reliability of confidence on the right."""
    figures = shown.result.figures
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.markdown("##### What would pass unseen")
        _draw_threshold(figures)
    with right:
        st.markdown("##### Is the confidence true?")
        _draw_reliability(figures)
        draw_learning()


def sentence(figures: Figures, threshold: float) -> str:
    """What the gate would do at ``threshold`` (0 to 1), in words."""
    point = figures.at(threshold)
    if point is None:
        return f"At {100 * threshold:.0f} %: no document passes unseen."
    _, high = share_interval(round(point.wrong_critical_share * point.passed), point.passed)
    return (
        f"At {100 * threshold:.0f} %: **{100 * point.passed_share:.0f} % of documents pass unseen** ({point.passed} of "
        f"{figures.documents}), **{100 * point.wrong_critical_share:.1f} %** of them with a wrong amount, number or date, "
        f"{100 * point.wrong_share:.1f} % with any wrong value. On {point.passed} document"
        f"{'' if point.passed == 1 else 's'} this is an estimate: up to {100 * high:.0f} % wrong amounts, numbers or dates "
        "are possible (95 % certainty)."
    )


def best_threshold(figures: Figures) -> float | None:
    """The loosest threshold (whole percent, as a share) at which no more than ``TOLERATED`` of the documents that pass have
    a wrong amount, number or date; ``None`` where there is none."""
    fine = [
        step / 100
        for step in range(101)
        if (point := figures.at(step / 100)) and point.wrong_critical_share <= TOLERATED
    ]
    return min(fine, default=None)


def _draw_threshold(figures: Figures) -> None:
    current = round(100 * get_studio().defaults.recipe.approve_at)
    threshold = st.slider("Approval threshold", 0, 100, current, format="%d %%", key=keys.THRESHOLD) / 100
    st.markdown(sentence(figures, threshold))
    _draw_curve(figures, threshold)
    best = best_threshold(figures)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Use {100 * threshold:.0f} % as the approval threshold",
            key="accuracy_use_threshold",
            type="primary",
            on_click=_use,
            args=(threshold,),
            **kept_for(
                "preferences.change",
                "Sets the threshold of the default recipe: documents read from now on are ready by it.",
                round(100 * threshold) == current,
            ),
        )
        st.caption(f"In use now: {current} %.")
    if best is not None:
        st.caption(
            f"On these documents, {100 * best:.0f} % is the loosest threshold with at most {100 * TOLERATED:.0f} % of the "
            "documents that pass having a wrong amount, number or date."
        )
    elif figures.curve:
        st.caption("On these documents, no threshold keeps wrong amounts, numbers and dates to 1 %.")


def _use(threshold: float) -> None:
    keep_change(
        f"With the default recipe a document is ready from {100 * threshold:.0f} % on.",
        lambda now: now.model_copy(update={"recipe": now.recipe.model_copy(update={"approve_at": threshold})}),
    )


def _draw_curve(figures: Figures, threshold: float) -> None:
    """Shares of documents over the threshold."""
    import plotly.graph_objects as go

    steps = [step / 100 for step in range(101)]
    points = [figures.at(step) for step in steps]
    percents = [100 * step for step in steps]
    figure = go.Figure()
    for name, colour, values in (
        ("pass unseen", ACCENT, [100 * point.passed_share if point else 0 for point in points]),
        ("of them with a wrong amount, number or date", BAD, [100 * point.wrong_critical_share if point else None for point in points]),
        ("of them with any wrong value", QUIET, [100 * point.wrong_share if point else None for point in points]),
    ):  # fmt: skip
        figure.add_scatter(
            x=percents,
            y=values,
            name=name,
            mode="lines",
            line={"color": colour, "shape": "vh"},
            hovertemplate="%{y:.1f} %",
        )
    figure.add_vline(x=100 * threshold, line={"color": QUIET, "dash": "dot"})
    draw_chart(
        figure,
        "accuracy_curve",
        height=300,
        xaxis={"title": "threshold", "ticksuffix": " %", "range": [0, 101]},
        yaxis={"ticksuffix": " %", "range": [0, 102]},
        hovermode="x unified",
    )


def _draw_reliability(figures: Figures) -> None:
    if figures.calibration_error is None:
        st.markdown("No value was given: there is no confidence to judge.")
        return
    import plotly.graph_objects as go

    st.markdown(
        f"Expected calibration error **{figures.calibration_error:.3f}**: confidence and truth lie "
        f"{100 * figures.calibration_error:.1f} percentage points apart on average. On the line, they are the same."
    )
    bins = figures.bins
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        name="as it should be",
        line={"color": QUIET, "dash": "dot"},
        hoverinfo="skip",
    )
    bounds = [share_interval(round(each.right_share * each.count), each.count) for each in bins]
    figure.add_scatter(
        x=[100 * each.mean_confidence for each in bins],
        y=[100 * each.right_share for each in bins],
        mode="markers+lines",
        name="measured",
        marker={"color": ACCENT, "size": 9},
        line={"color": ACCENT},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (high - each.right_share) for (_, high), each in zip(bounds, bins, strict=True)],
            "arrayminus": [100 * (each.right_share - low) for (low, _), each in zip(bounds, bins, strict=True)],
            "color": ACCENT,
            "thickness": 1,
        },
        customdata=[each.count for each in bins],
        hovertemplate="%{y:.1f} % right of %{customdata} values<br>mean confidence %{x:.1f} %<extra></extra>",
    )
    draw_chart(
        figure,
        "accuracy_reliability",
        height=340,
        xaxis={"title": "confidence", "ticksuffix": " %", "range": [0, 102]},
        yaxis={"title": "right", "ticksuffix": " %", "range": [0, 103]},
    )
    count = sum(each.count for each in bins)
    st.caption(
        f"{count:,} values in ten steps of confidence; the bars say where the true share lies with 95 % certainty."
    )
