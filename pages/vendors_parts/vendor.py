"""One vendor: what its documents are known by, and its rules in words."""

from __future__ import annotations

import streamlit as st

from core.memory.sentences import habit_words, state_words
from core.stores.vendors import Vendor, VendorRule
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain

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
            help="What is known is used; nothing more is learnt.",
            on_change=_lock,
            args=(vendor,),
        )
        with st.popover("Forget", icon=":material/delete:", key="vendor_forget"):
            st.markdown("All that was learnt of this vendor goes. Its records stay.")
            st.button("Forget this vendor", key="vendor_forget_yes", type="primary", on_click=_forget, args=(vendor,))
    st.caption(f"{vendor.documents} reviewed document{'' if vendor.documents == 1 else 's'}.")
    _draw_rules(vendor)
    with st.expander("What its documents are known by", key="vendor_marks"):
        rows = [{"What": _KINDS[kind], "Value": value} for kind, value in vendor.marks]
        st.dataframe(rows, hide_index=True, key="vendor_marks_table", placeholder="")
        st.caption("What other vendors’ documents show too is not used: it is yours, or a bank’s.")


def _draw_rules(vendor: Vendor) -> None:
    if not vendor.rules:
        st.markdown("No rule yet: a correction of something that stands on the page makes one.")
    for number, rule in enumerate(vendor.rules):
        with st.container(horizontal=True, vertical_alignment="center", key=f"vendor_learnt_{number}"):
            st.markdown(f"{_ICONS[rule.state]} {plain(habit_words(rule.habit))}", width="stretch")
            st.caption(_tally(rule), width="content")
            st.button(
                "Forget",
                key=f"vendor_rule_forget_{number}",
                type="tertiary",
                icon=":material/close:",
                help="It goes and is not learnt again.",
                on_click=_forget_rule,
                args=(vendor, rule),
            )


def _tally(rule: VendorRule) -> str:
    counts = (
        [f"helped {rule.helped}"] + [f"hurt {rule.hurt}"] * bool(rule.hurt) + [f"tied {rule.tied}"] * bool(rule.tied)
    )
    return f"{state_words(rule.state)} ({', '.join(counts)})"


def _lock(vendor: Vendor) -> None:
    get_studio().memory.lock(vendor.vendor_id, not vendor.locked)


def _forget(vendor: Vendor) -> None:
    get_studio().memory.forget(vendor.vendor_id)
    say(f"What was learnt of {vendor.name} is forgotten.")


def _forget_rule(vendor: Vendor, rule: VendorRule) -> None:
    get_studio().memory.forget_rule(vendor.vendor_id, rule)
    say("The rule is forgotten.")
