"""Saving and deleting a record, what is said about it, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.errors import StudioError
from core.extraction import Extraction
from core.records import About
from core.review.trust import is_by_person
from core.stores.receipt import SaveReceipt
from core.stores.records import Record, Target
from pages.records_parts.draft import Draft, drop_draft
from pages.records_parts.table import open_record
from pages.shared.frame import get_studio, plain
from pages.shared.taught import draw_taught

_NOTICE = "records_notice"
_RECEIPT = "records_receipt"
_TROUBLE = "records_trouble"


def save_record(order: Record, draft: Draft, now: Extraction, *, workbook_too: bool) -> None:
    """Save the draft, whose values are ``now``, over the record in the database, and in the Excel workbook too where asked;
    what was typed stays when that fails, as where it is no longer ``order`` that is stored."""
    targets: tuple[Target, ...] = ("database", "workbook") if workbook_too else ("database",)
    saved = _attempt(
        lambda: get_studio().save(
            now.values,
            targets,
            run_id=order.run_id,
            update=order.order_id,
            status=draft.status,
            seen=order,
            about=About(now.document_type),
            corrected=now if order.run_id and any(is_by_person(now, path) for path in now.provenance) else None,
        ),
        f"Order {order.order_id} saved in {_named(targets)}.",
    )
    if saved:
        _done_with(order.order_id)


def delete_record(order_id: int, targets: tuple[Target, ...]) -> None:
    """Delete a record from the stores that hold it; it can be brought back."""
    where = _named(targets)
    if _attempt(lambda: get_studio().remove(order_id, targets), f"Order {order_id} deleted from {where}."):
        _done_with(order_id)
        open_record(None)


def _done_with(order_id: int | None) -> None:
    if order_id is not None:
        drop_draft(order_id)


def _attempt(change: Callable[[], SaveReceipt], sentence: str) -> bool:
    """Make a change and note how it went for :func:`draw_notice`."""
    try:
        receipt = change()
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)
        return False
    st.session_state[_RECEIPT] = (receipt, sentence)
    st.session_state[_NOTICE] = sentence
    st.session_state.pop(_TROUBLE, None)
    return True


def _undo() -> None:
    receipt, _ = st.session_state[_RECEIPT]
    try:
        get_studio().undo(receipt)
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)
        return
    drop_draft(receipt.order_id)
    open_record(receipt.order_id)
    st.session_state.pop(_RECEIPT)
    st.session_state[_NOTICE] = f"Order {receipt.order_id} is as it was before."


def _forget_taught() -> None:
    receipt, sentence = st.session_state[_RECEIPT]
    st.session_state[_RECEIPT] = (replace(receipt, taught=None), sentence)


def _dismiss() -> None:
    st.session_state.pop(_RECEIPT, None)


def draw_notice() -> None:
    """What the last action did, with its undo; or why it did nothing."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.toast(notice, icon=":material/task_alt:", duration="long")
    if trouble := st.session_state.get(_TROUBLE):
        st.error(plain(trouble), icon=":material/error:")
    if held := st.session_state.get(_RECEIPT):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="records_notice"):
            st.markdown(f":green[:material/task_alt: {plain(held[1])}]", width="content")
            st.button("Undo", key="record_undo", icon=":material/undo:", on_click=_undo)
            draw_taught(held[0].taught, held[0].run_id or "", _forget_taught, "record_taught")
            st.button("Dismiss", key="record_dismiss", type="tertiary", on_click=_dismiss)


@st.dialog("Delete this record?")
def ask_delete(order_id: int) -> None:
    """Ask before a record is deleted, and say from where."""
    targets, unread = _holders(order_id)
    st.markdown(
        f"Order {order_id} is taken out of {_named(targets)}. {plain(unread)}The document itself stays. You can undo this."
    )
    with st.container(horizontal=True):
        if st.button(
            f":red[Delete order {order_id}]",
            key="record_delete_yes",
            icon=":material/delete:",
            on_click=delete_record,
            args=(order_id, targets),
        ):
            st.rerun()
        if st.button("Keep it", key="record_delete_no"):
            st.rerun()


def _holders(order_id: int) -> tuple[tuple[Target, ...], str]:
    """Where the record is held; and a sentence where the workbook cannot be asked."""
    try:
        return get_studio().records.holders(order_id), ""
    except StudioError as error:
        return ("database",), f"The Excel workbook is left as it is: {error} "


def _named(targets: tuple[Target, ...]) -> str:
    return "the database and the Excel workbook" if "workbook" in targets else "the database"
