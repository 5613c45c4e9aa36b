"""The Cost page: what models cost, by any view; what was saved; budgets and a forecast."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import StudioError
from core.spending import PERIODS, Bill
from pages.cost_parts.tables import draw_calls, draw_days, draw_views
from pages.shared.budget import draw_budgets, draw_forecast
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars

_STYLE = Path(__file__).parent / "cost_parts" / "style.css"


def draw_page() -> None:
    """Draw the figures of the chosen time over its tables, with the budgets beside them."""
    st.html(_STYLE)
    spending = get_studio().spending
    main, side = st.columns([13, 5], gap="large")
    with main:
        chosen = st.segmented_control(
            "Time", list(PERIODS), default="This month", key="cost_period", required=True, label_visibility="collapsed"
        )
        period = PERIODS[chosen or "This month"](spending.now())
        try:
            bill = spending.bill(period)
        except StudioError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        if bill.calls:
            _draw_bill(bill)
            draw_days(bill, period)
            views, calls = st.tabs(["By view", "Calls"], key="cost_tabs", on_change="rerun")
            with views:
                draw_views(bill)
            with calls:
                draw_calls(bill, period)
        else:
            _draw_nothing(bill)
    with side:
        draw_budgets()
        if bill.calls:
            draw_forecast(bill, period)


def _draw_bill(bill: Bill) -> None:
    with st.container(horizontal=True, key="cost_figures"):
        st.metric("Spent", dollars(bill.total), help=_about_unpriced(bill), border=True)
        st.metric(
            "Documents",
            f"{bill.documents:,}",
            border=True,
            help=f"Documents for which a model was asked, in {bill.calls:,} calls. {bill.runs:,} runs in all.",
        )
        st.metric("Per document", dollars(bill.per_document), border=True)
        st.metric(
            "Per correct field",
            dollars(bill.per_correct_field),
            border=True,
            help="Over records that were saved: values that nobody had to change.",
        )


def _about_unpriced(bill: Bill) -> str:
    if not bill.unpriced:
        return "In US dollars; days begin at midnight UTC."
    return (
        f"{bill.unpriced:,} calls to models without a known price are not in it: give their price on the Settings page."
    )


def _draw_nothing(bill: Bill) -> None:
    with st.container(key="empty_state"):
        st.markdown("## No model was asked in this time")
        read = f"{bill.runs:,} runs were answered" if bill.runs else "Documents are read"
        st.markdown(
            f"{read} by e-invoice XML and the offline rules, at no cost. What a model costs stands here "
            "once a recipe asks one."
        )
        if st.button("Choose a model in Settings", key="cost_to_settings", icon=":material/tune:"):
            st.switch_page("pages/settings.py")


draw_page()
