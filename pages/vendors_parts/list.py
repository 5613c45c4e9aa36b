"""The vendors to choose from, and taking what was learnt from one studio to another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import StudioError
from core.stores.vendors import Vendor
from pages.shared.frame import get_studio, plain

_CHOSEN = "vendors_chosen"
_NOTICE = "vendors_notice"
_UPLOADS = "vendors_uploads"
#: More vendors than these are searched.
_MOST_SHOWN = 30


def chosen_vendor(vendors: Sequence[Vendor]) -> Vendor:
    """The vendor that is shown: the chosen one, else the first."""
    chosen = st.session_state.get(_CHOSEN)
    return next((vendor for vendor in vendors if vendor.vendor_id == chosen), vendors[0])


def choose(vendor_id: str) -> None:
    """Show this vendor from now on."""
    st.session_state[_CHOSEN] = vendor_id


def say(text: str, bad: bool = False) -> None:
    """Have the page say what an action did."""
    st.session_state[_NOTICE] = (text, bad)


def draw_notice() -> None:
    """What the last action had to say, once."""
    text, bad = st.session_state.pop(_NOTICE, ("", False))
    if text and bad:
        st.error(plain(text), icon=":material/error:")
    elif text:
        st.toast(plain(text), icon=":material/task_alt:")


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
            _draw_entry(number, vendor, vendor.vendor_id == shown.vendor_id)
    if len(found) > _MOST_SHOWN:
        st.caption(f"And {len(found) - _MOST_SHOWN} more: type a part of the name.")


def _draw_entry(number: int, vendor: Vendor, chosen: bool) -> None:
    with st.container(key=f"vendor_entry_{number}{'_chosen' if chosen else ''}", gap=None):
        st.button(
            plain(vendor.name),
            key=f"vendor_{number}",
            on_click=choose,
            args=(vendor.vendor_id,),
            width="stretch",
            type="tertiary",
        )
        st.caption(_about(vendor))


def _about(vendor: Vendor) -> str:
    active = sum(rule.state == "active" for rule in vendor.rules)
    trial = sum(rule.state == "trial" for rule in vendor.rules)
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
        key = f"vendors_file_{st.session_state.get(_UPLOADS, 0)}"
        st.file_uploader("A file that a studio exported", type=["json"], key=key, max_upload_size=20)
        st.button("Bring in", key="vendors_bring_in", type="primary", on_click=_bring_in, args=(key,))
        st.caption("Its rules begin on trial here.")


def _bring_in(key: str) -> None:
    upload = st.session_state.get(key)
    if upload is None:
        say("Choose a file first.", bad=True)
        return
    try:
        count = get_studio().memory.bring_in(upload.getvalue())
    except StudioError as error:
        say(f"{upload.name}: {error}", bad=True)
        return
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
    say(f"{count} vendor{'' if count == 1 else 's'} brought in.")
