"""The Operation page: how the work is going, what is to be expected, and when somebody is to be told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

import streamlit as st

from core.errors import StudioError
from core.operation.operation import Standing, change
from core.spending import PERIODS
from pages.operation_parts.alerts import draw_alerts, draw_rules
from pages.operation_parts.behind import draw_behind
from pages.operation_parts.days import draw_days
from pages.operation_parts.tables import draw_causes, draw_corrections, draw_groups, draw_steps
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars

_STYLE = Path(__file__).parent / "operation_parts" / "style.css"
_TIMES = [name for name in PERIODS if name != "This month"]


def draw_page() -> None:
    """Draw the figures of the chosen time over what lies behind them, with the alerts beside."""
    st.html(_STYLE)
    operation = get_studio().operation
    main, side = st.columns([13, 5], gap="large")
    with main:
        chosen = st.segmented_control(
            "Time", _TIMES, default="Last 7 days", key="operation_period", required=True, label_visibility="collapsed"
        )
        try:
            standing = operation.standing(PERIODS[chosen or "Last 7 days"](operation.now()))
            operation.look()
        except StudioError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        if standing.now.documents:
            _draw_figures(standing)
            draw_days(standing)
            _draw_tabs(standing)
        else:
            _draw_nothing(standing)
    with side:
        draw_alerts(operation.alerts())
        draw_rules()
    draw_behind(standing.period)


def _draw_figures(standing: Standing) -> None:
    now, before, queue = standing.now, standing.before, standing.queue
    figures = (
        _Figure(
            "Documents",
            f"{now.documents:,}",
            f"{now.documents - before.documents:+,}" if before.documents else None,
            "Documents that came in, beside the time of the same length before.",
        ),
        _share(
            "Passed unseen",
            (now.ready_rate, before.ready_rate),
            "Documents that were read and found right with nobody looking.",
            "normal",
        ),
        _share(
            "Values corrected",
            (now.correction_rate, before.correction_rate),
            "Of the values of saved records, those that somebody changed.",
            "inverse",
        ),
        _Figure(
            "Cost a document",
            dollars(now.cost / now.documents),
            None,
            f"US dollars for models; {dollars(now.cost)} in all. {now.cached:,} were answered from the cache.",
        ),
        _Figure("Could not be read", f"{now.failed:,}", None, "Their causes stand below, under Errors."),
        _Figure(
            "Wait for a person",
            f"{queue.for_a_person:,}",
            _age(standing),
            f"Now, whatever time is chosen. {queue.waiting:,} more wait for the machine.",
            arrow=False,
        ),
    )
    with st.container(key="operation_figures"):
        for row in (figures[:3], figures[3:]):
            for column, figure in zip(st.columns(3), row, strict=True):
                column.metric(
                    figure.title,
                    figure.value,
                    figure.changed,
                    delta_color=figure.colour,
                    delta_arrow="auto" if figure.arrow else "off",
                    border=True,
                    height="stretch",
                    help=figure.about,
                )


class _Figure(NamedTuple):
    """A figure, how it changed, and what it says."""

    title: str
    value: str
    changed: str | None
    about: str
    colour: Literal["off", "normal", "inverse"] = "off"
    arrow: bool = True


def _share(
    title: str, rates: tuple[float | None, float | None], about: str, colour: Literal["normal", "inverse"]
) -> _Figure:
    now, changed = rates[0], change(*rates)
    told = None if changed is None else f"{changed * 100:+.1f} points"
    return _Figure(title, "–" if now is None else f"{now:.1%}", told, about, colour)


def _age(standing: Standing) -> str | None:
    if standing.queue.oldest is None:
        return None
    hours = (get_studio().operation.now() - standing.queue.oldest).total_seconds() / 3600
    if hours < 1:
        return "oldest: under an hour"
    return f"oldest: {hours:.0f} h" if hours < 48 else f"oldest: {hours / 24:.0f} days"


def _draw_tabs(standing: Standing) -> None:
    corrections, groups, steps, errors = st.tabs(
        ["Corrections", "Documents", "Seconds", "Errors"], key="operation_tabs", on_change="rerun"
    )
    if corrections.open:
        with corrections:
            draw_corrections(standing.period)
    if groups.open:
        with groups:
            draw_groups(standing.period)
    if steps.open:
        with steps:
            draw_steps(standing.period)
    if errors.open:
        with errors:
            draw_causes(standing.period)


def _draw_nothing(standing: Standing) -> None:
    with st.container(key="empty_state"):
        st.markdown("## Nothing came in in this time")
        before = standing.before.documents
        told = f"{before:,} documents did in the time before. " if before else ""
        st.markdown(
            f"{told}What documents became, where values are corrected and how long it takes stands here once some came in."
        )
        if st.button("Read a document in the Studio", key="operation_to_studio", icon=":material/document_scanner:"):
            st.switch_page("pages/studio.py")


draw_page()
