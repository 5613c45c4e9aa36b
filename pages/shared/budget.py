"""Budgets, what is spent of them, the forecast, and what was saved."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from core.settings import Budget
from core.spending import Bill, BudgetState, Period
from pages.shared.choices import keep
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars
from pages.shared.rights import kept_for

_NAMES = {"day": "Today", "month": "This month"}


def draw_budget_warning() -> None:
    """A line where a budget is used up or nearly so; nothing else. For every page that asks models."""
    studio = get_studio()
    for state in studio.spending.budgets():
        if state.exceeded:
            stop = f" No model is asked until the next {state.name}." if studio.defaults.budget.hard else ""
            st.warning(
                f"The budget of this {state.name} is used up: {plain(dollars(state.spent))} of "
                f"{plain(dollars(state.limit))}.{stop}",
                icon=":material/savings:",
            )
        elif state.warns:
            st.info(
                f"{state.share:.0%} of this {state.name}'s budget is spent: {plain(dollars(state.spent))} of "
                f"{plain(dollars(state.limit))}.",
                icon=":material/savings:",
            )


def draw_budgets() -> None:
    """How much of each budget is spent, and the form that sets them."""
    studio = get_studio()
    st.markdown("##### Budget")
    with st.container(border=True, key="cost_budget"):
        states = studio.spending.budgets()
        for state in states:
            _draw_state(state)
        if not states:
            st.caption("No budget is set: nothing warns, nothing stops.")
        with st.popover("Set budgets", icon=":material/savings:", key="cost_set_budget"):
            _draw_form(studio.defaults.budget)


def _draw_state(state: BudgetState) -> None:
    text = f"{_NAMES[state.name]}: {plain(dollars(state.spent))} of {plain(dollars(state.limit))}"
    st.progress(min(state.share, 1.0), text=text)
    if state.exceeded:
        st.caption(":red[:material/error: used up]")
    elif state.warns:
        st.caption(f":orange[:material/warning: {state.share:.0%} spent]")


def _draw_form(budget: Budget) -> None:
    with st.form("cost_budget_form", border=False):
        for name, title in (("day", "A day (US$)"), ("month", "A month (US$)")):
            value, key = getattr(budget, name), f"cost_budget_{name}"
            if key not in st.session_state:  # as a default, it would come back where the person empties the field
                st.session_state[key] = float(value) if value is not None else None
            st.number_input(title, min_value=0.0, value=None, step=1.0, format="%.2f", placeholder="no limit", key=key)
        st.toggle(
            "Stop before a call that would exceed it",
            budget.hard,
            key="cost_budget_hard",
            help="Without it you are only warned, at 80 % and when it is used up.",
        )
        st.form_submit_button(
            "Keep", key="cost_budget_keep", type="primary", on_click=_keep, **kept_for("preferences.change")
        )


def _keep() -> None:
    typed = st.session_state
    budget = Budget(
        day=_amount(typed["cost_budget_day"]), month=_amount(typed["cost_budget_month"]), hard=typed["cost_budget_hard"]
    )
    keep("The budget is kept.", budget=budget)


def _amount(typed: float | None) -> Decimal | None:
    return None if typed is None else Decimal(str(typed)).quantize(Decimal("0.01"))


def draw_forecast(bill: Bill, period: Period) -> None:
    """What the month will have cost, and what cache and cascade saved in the chosen time."""
    spending = get_studio().spending
    st.markdown("##### To the month's end")
    with st.container(border=True, key="cost_forecast"):
        st.metric(
            "Forecast",
            dollars(spending.forecast()),
            help="What is spent this month, and the mean of the last 14 days for each day to come.",
        )
    st.markdown("##### Saved")
    with st.container(border=True, key="cost_saved"):
        _draw_savings(bill, period)


def _draw_savings(bill: Bill, period: Period) -> None:
    spending, models = get_studio().spending, bill.priced_models
    dearest = spending.savings(period)
    if dearest is None:
        st.caption("No call with a known price: there is nothing to compare with.")
        return
    strong, saved = dearest.strong, dearest
    if len(models) > 1:
        strong = st.selectbox(
            "Against always asking", models, index=models.index(dearest.strong), key="cost_strong", width="stretch"
        )
    if strong != dearest.strong:
        saved = spending.savings(period, strong) or dearest
    st.metric(
        "By cache and cascade",
        dollars(saved.cached_saved + saved.earlier_saved),
        help=f"Against asking {plain(saved.strong)} for every document, at {plain(dollars(saved.each))} each.",
    )
    st.caption(
        f"Cache: {plain(dollars(saved.cached_saved))}, {saved.cached:,} runs  \n"
        f"Earlier reader: {plain(dollars(saved.earlier_saved))}, {saved.earlier:,} runs"
        + (
            f"  \nof these by what a model’s answers had taught, and you confirmed: {plain(dollars(saved.taught_saved))}, "
            f"{saved.taught:,} runs"
            if saved.taught
            else ""
        )
    )
