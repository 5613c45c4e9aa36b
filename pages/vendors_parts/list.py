"""The vendors to choose from, and taking what was learnt from one studio to another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.stores.vendors import Example, Vendor
from pages.shared.entries import draw_bring_in, draw_entry
from pages.shared.frame import get_studio

_CHOSEN = "vendors_chosen"
#: More vendors than these are searched.
_MOST_SHOWN = 30


def chosen_vendor(vendors: Sequence[Vendor]) -> Vendor:
    """The vendor that is shown: the chosen one, else the first."""
    chosen = st.session_state.get(_CHOSEN)
    return next((vendor for vendor in vendors if vendor.vendor_id == chosen), vendors[0])


def choose(vendor_id: str) -> None:
    """Show this vendor from now on."""
    st.session_state[_CHOSEN] = vendor_id


def draw_list(vendors: Sequence[Vendor]) -> None:
    """A button a vendor, with how much was learnt of it."""
    st.markdown("##### Vendors")
    shown = chosen_vendor(vendors)
    wanted = ""
    if len(vendors) > _MOST_SHOWN:
        wanted = st.text_input("Find", key="vendors_find", placeholder="Find a vendor").strip().casefold()
    found = [vendor for vendor in vendors if wanted in vendor.name.casefold()]
    with st.container(key="vendor_list", gap="xsmall"):
        for number, vendor in enumerate(found[:_MOST_SHOWN]):
            chosen = vendor.vendor_id == shown.vendor_id
            draw_entry(
                "vendor", number, vendor.vendor_id, _about(vendor), title=vendor.name, chosen=chosen, choose=choose
            )
    if len(found) > _MOST_SHOWN:
        st.caption(f"And {len(found) - _MOST_SHOWN} more: type a part of the name.")


def _about(vendor: Vendor) -> str:
    rules = [rule for rule in vendor.rules if not isinstance(rule.habit, Example)]
    active = sum(rule.state == "active" for rule in rules)
    trial = sum(rule.state == "trial" for rule in rules)
    parts = [f"{vendor.documents} reviewed"] + [f"{active} in use"] * bool(active) + [f"{trial} on trial"] * bool(trial)
    return " · ".join([*parts, *["locked"] * vendor.locked])


def draw_packs(vendors: Sequence[Vendor]) -> None:
    """The way out of one studio and into another."""
    if vendors:
        st.download_button(
            "Export",
            get_studio().memory.export,
            file_name="vendors.json",
            mime="application/json",
            key="vendors_export",
            icon=":material/download:",
            help="Identifiers and rules of all vendors; no values of documents, nothing of customers.",
            width="stretch",
        )
    with st.popover("Import", icon=":material/upload:", key="vendors_import", width="stretch"):
        draw_bring_in("vendors", "A file that a studio exported", ["json"], 20, _bring_in, "memory.bring_in")
        st.caption("Its rules begin on trial here.")


def _bring_in(data: bytes) -> str:
    count = get_studio().memory.bring_in(data)
    return f"{count} vendor{'' if count == 1 else 's'} brought in."
