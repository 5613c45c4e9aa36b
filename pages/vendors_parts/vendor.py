"""One vendor: how its documents went, its rules in words and on the page, and what its documents are known by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.memory.memory import VendorShown
from core.memory.sentences import habit_words, state_words
from core.notation.folding import fold
from core.stores.vendors import Anchor, ColumnHead, DateOrder, Example, Habit, Vendor, VendorRule, Wanted
from pages.shared.charts import ACCENT, QUIET, draw_chart
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for
from pages.shared.taught import draw_crop

_KINDS = {
    "tax": "Tax number",
    "iban": "Account",
    "registration": "Registration",
    "phone": "Telephone, last digits",
    "domain": "Web and mail",
    "name": "Name, folded",
}
_ICONS = {"trial": ":material/science:", "active": ":material/check_circle:", "retired": ":material/block:"}


def draw_vendor(vendor: Vendor) -> None:
    """Draw it."""
    with st.container(horizontal=True, vertical_alignment="center", key="vendor_head"):
        st.markdown(f"#### {plain(vendor.name)}", width="content")
        st.toggle(
            "Locked",
            value=vendor.locked,
            key=f"vendor_lock_{vendor.vendor_id}",
            on_change=_lock,
            args=(vendor,),
            **kept_for("memory.lock", "What is known is used; nothing more is learnt."),
        )
        with st.popover("Forget", icon=":material/delete:", key="vendor_forget"):
            st.markdown("All that was learnt of this vendor goes. Its records stay.")
            st.button(
                "Forget this vendor",
                key="vendor_forget_yes",
                type="primary",
                on_click=_forget,
                args=(vendor,),
                **kept_for("memory.forget"),
            )
    st.caption(f"{vendor.documents} reviewed document{'' if vendor.documents == 1 else 's'}.")
    shown = _shown(vendor.vendor_id, repr(vendor), vendor)
    _draw_course(vendor)
    _draw_contradictions(vendor, shown)
    _draw_rules(vendor, shown)
    with st.expander("What its documents are known by", key="vendor_marks"):
        rows = [{"What": _KINDS[kind], "Value": value} for kind, value in vendor.marks]
        st.dataframe(rows, hide_index=True, key="vendor_marks_table", placeholder="")
        st.caption("What other vendors’ documents show too is not used: it is yours, or a bank’s.")


@st.cache_data(max_entries=40, show_spinner=False)
def _shown(vendor_id: str, state: str, _vendor: Vendor) -> VendorShown:
    """Where its rules stand: looked for once for what is learnt of it now (``state``)."""
    return get_studio().memory.shown(_vendor)


# --- how it went --------------------------------------------------------------------------------------------------------


def _draw_course(vendor: Vendor) -> None:
    """How many values were wrong in each document, beside what would have been without what was learnt."""
    if len(vendor.course) < 2:
        return
    import plotly.graph_objects as go

    numbers = [*range(1, len(vendor.course) + 1)]
    days = [visit.on for visit in vendor.course]
    figure = go.Figure()
    for name, colour, dash, counts in (
        ("without what was learnt", QUIET, "dot", [visit.without for visit in vendor.course]),
        ("as it was read", ACCENT, "solid", [visit.wrong for visit in vendor.course]),
    ):
        figure.add_scatter(
            x=numbers,
            y=counts,
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            customdata=days,
            hovertemplate="%{y} wrong, %{customdata}",
        )
    st.markdown("##### Wrong header values, document by document")
    most = max(max(visit.wrong, visit.without) for visit in vendor.course)
    draw_chart(
        figure,
        "vendor_course",
        height=200,
        xaxis={"title": "document", "dtick": max(1, len(numbers) // 10)},
        yaxis={"rangemode": "tozero", "dtick": max(1, most // 5), "range": [0, max(1, most) * 1.1]},
        hovermode="x unified",
    )


# --- rules --------------------------------------------------------------------------------------------------------------


def _draw_contradictions(vendor: Vendor, shown: VendorShown) -> None:
    """Corrections that want two things of one field, side by side: neither is sure until a person says which."""
    for number, rules in enumerate(shown.contradicting):
        with st.container(border=True, key=f"vendor_contradiction_{number}"):
            st.markdown(
                f":orange[:material/alt_route: {len(rules)} corrections contradict each other, so each is only on trial. Which is right?]"
            )
            for column, rule in zip(st.columns(len(rules)), rules, strict=True):
                with column:
                    st.markdown(plain(habit_words(rule.habit)))
                    draw_crop(shown.places[vendor.rules.index(rule)])
                    others = tuple(other for other in rules if other != rule)
                    st.button(
                        "This one",
                        key=f"vendor_keep_{number}_{rules.index(rule)}",
                        on_click=_keep_one,
                        args=(vendor, others),
                        **kept_for("memory.forget_rule", "The other is forgotten and not learnt again."),
                    )


def _draw_rules(vendor: Vendor, shown: VendorShown) -> None:
    st.markdown("##### What was learnt")
    if not vendor.rules:
        st.markdown("No rule yet: a correction of something that stands on the page makes one.")
    for number, rule in enumerate(vendor.rules):
        if not isinstance(rule.habit, Example):
            _draw_rule(vendor, shown, number, rule)
    examples = [(number, rule) for number, rule in enumerate(vendor.rules) if isinstance(rule.habit, Example)]
    if examples:
        with st.expander(f"What models are shown of it ({len(examples)})", key="vendor_examples"):
            st.caption(
                "Sent with the next document of the vendor where its recipe asks a model, masked as the recipe says."
            )
            for number, rule in examples:
                _draw_rule(vendor, shown, number, rule)


def _draw_rule(vendor: Vendor, shown: VendorShown, number: int, rule: VendorRule) -> None:
    with st.container(key=f"vendor_learnt_{number}", gap="xsmall"):
        words, crop = st.columns([5, 3], vertical_alignment="center")
        with words:
            st.markdown(f"{_ICONS[rule.state]} {plain(habit_words(rule.habit))}")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(_tally(rule), width="content")
                if not isinstance(rule.habit, Example):
                    _draw_edit(vendor, rule, number)
                st.button(
                    "Forget",
                    key=f"vendor_rule_forget_{number}",
                    type="tertiary",
                    icon=":material/close:",
                    on_click=_forget_rule,
                    args=(vendor, rule),
                    **kept_for("memory.forget_rule", "It goes and is not learnt again."),
                )
        with crop:
            draw_crop(shown.places[number] if number < len(shown.places) else None)


def _draw_edit(vendor: Vendor, rule: VendorRule, number: int) -> None:
    """The form in which a rule is changed; it is tried on the kept documents before it is taken."""
    with st.popover("Edit", type="tertiary", icon=":material/edit:", key=f"vendor_rule_edit_{number}"):
        key = f"vendor_rule_text_{vendor.vendor_id}_{number}"
        _draw_wish(rule.habit, key)
        st.caption("It is tried on the documents that are kept of this vendor, and begins on trial.")
        st.button(
            "Keep",
            key=f"vendor_rule_keep_{number}",
            type="primary",
            on_click=_edit,
            args=(vendor, rule, key),
            **kept_for("memory.edit_rule"),
        )


def _draw_wish(habit: Habit, key: str) -> None:
    if isinstance(habit, Wanted):
        st.text_input("Wanted as", habit.value, key=key)
    elif isinstance(habit, Anchor):
        st.text_input("Words that it stands at", habit.label, key=key)
    elif isinstance(habit, ColumnHead):
        st.text_input("Head of the column", habit.label, key=key)
    elif isinstance(habit, DateOrder):
        st.selectbox("Dates in figures begin with the", ["day", "month"], int(habit.month_first), key=key)


def _wished(habit: Habit, text: str) -> Habit:
    """``habit`` as the person wants it."""
    if isinstance(habit, Wanted):
        return replace(habit, value=text)
    if isinstance(habit, DateOrder):
        return replace(habit, month_first=text == "month")
    return replace(habit, words=fold(text), label=text) if isinstance(habit, Anchor | ColumnHead) else habit


def _tally(rule: VendorRule) -> str:
    counts = (
        [f"helped {rule.helped}"] + [f"hurt {rule.hurt}"] * bool(rule.hurt) + [f"tied {rule.tied}"] * bool(rule.tied)
    )
    paid = ", learnt from a model’s answer" * rule.paid
    return f"{state_words(rule.state)} ({', '.join(counts)}{paid})"


def _edit(vendor: Vendor, rule: VendorRule, key: str) -> None:
    text: Any = str(st.session_state.get(key) or "").strip()
    wish = _wished(rule.habit, text) if text else rule.habit
    if wish == rule.habit:
        return
    try:
        get_studio().memory.edit_rule(vendor.vendor_id, rule, wish)
    except StudioError as error:
        say(str(error), bad=True)
    else:
        say("Kept: it is on trial until a document agrees.")


def _keep_one(vendor: Vendor, others: tuple[VendorRule, ...]) -> None:
    for other in others:
        get_studio().memory.forget_rule(vendor.vendor_id, other)
    say("Kept; the other is forgotten.")


def _lock(vendor: Vendor) -> None:
    get_studio().memory.lock(vendor.vendor_id, not vendor.locked)


def _forget(vendor: Vendor) -> None:
    get_studio().memory.forget(vendor.vendor_id)
    say(f"What was learnt of {vendor.name} is forgotten.")


def _forget_rule(vendor: Vendor, rule: VendorRule) -> None:
    get_studio().memory.forget_rule(vendor.vendor_id, rule)
    say("The rule is forgotten.")
