"""Saving every document of the desk that is ready, at once, and taking the whole of it back."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.review.standing import open_points, status_of
from core.stores.receipt import SaveReceipt
from core.stores.records import Target
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.desk import Desk
from pages.shared.frame import get_studio, plain
from pages.shared.session import get_edits, get_job, get_review
from pages.studio_parts.saving import chosen_targets, keep_receipt, take_back


def draw_save_ready(desk: Desk) -> None:
    """A button for all that is ready and not saved, where that is more than one document."""
    waiting = ready(desk)
    if len(waiting) > 1:
        st.button(
            f"Save all {len(waiting)} ready",
            key="save_ready",
            icon=":material/done_all:",
            help="Saves every document on the desk that is ready and not saved yet. What is stored already is left for you.",
            on_click=_save,
            args=(desk,),
        )


def ready(desk: Desk) -> dict[str, Reviewed]:
    """The documents on the desk, by run, that are ready as they now stand, have no open point and are not saved."""
    found: dict[str, Reviewed] = {}
    for run_id in desk.runs():
        job = get_job(run_id)
        if job is None or job.extraction is None or get_edits(run_id).receipt:
            continue
        reviewed, errors = get_review(run_id, job.extraction)
        if reviewed.extraction.verdict == "approved" and not errors and not open_points(reviewed.extraction):
            found[run_id] = reviewed
    return found


def _save(desk: Desk) -> None:
    """Save them one by one; one that is stored already, or that a store refuses, stays as it is and is told of."""
    targets = chosen_targets()
    saved: dict[str, SaveReceipt] = {}
    stored, refused = 0, ""
    for run_id, reviewed in ready(desk).items():
        try:
            if get_studio().duplicates(reviewed.extraction, reviewed.extraction.values, targets):
                stored += 1
                continue
            saved[run_id] = _store(run_id, reviewed, targets)
        except StudioError as error:
            refused = str(error)
            break
    desk.saved_together = saved
    left = f"{stored} stored already: open {'it' if stored == 1 else 'them'} to decide." if stored else ""
    st.session_state[keys.BATCH_TROUBLE] = [words for words in (refused, left) if words]


def _store(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...]) -> SaveReceipt:
    extraction = reviewed.extraction
    receipt = get_studio().save(
        extraction.values, targets, run_id=run_id, extraction=extraction, status=status_of(reviewed)
    )
    keep_receipt(run_id, receipt, extraction.values)
    return receipt


def draw_batch(desk: Desk) -> None:
    """What was saved at once, with the way back; it stays until the person dismisses it."""
    troubles = st.session_state.get(keys.BATCH_TROUBLE) or []
    saved = batch(desk)
    if not saved and not troubles:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch"):
        if saved:
            orders = ", ".join(str(receipt.order_id) for receipt in saved.values())
            st.markdown(f":green[:material/task_alt: **{len(saved)} saved.**] :gray[Orders {orders}]", width="content")
            st.button("Undo", key="undo_batch", icon=":material/undo:", on_click=_undo, args=(desk,))
        for trouble in troubles:
            st.markdown(f":orange[:material/error: {plain(trouble)}]", width="content")
        st.space("stretch")
        st.button("Dismiss", key="dismiss_batch", icon=":material/close:", type="tertiary", on_click=_end, args=(desk,))


def batch(desk: Desk) -> dict[str, SaveReceipt]:
    """The saves made at once that still stand as they were made, by run."""
    return {run: receipt for run, receipt in desk.saved_together.items() if get_edits(run).receipt == receipt}


def _undo(desk: Desk) -> None:
    """Take all of them back; one that was changed since stays, and is told of."""
    troubles, undone = [], 0
    for run_id, receipt in batch(desk).items():
        try:
            take_back(run_id, receipt)
            undone += 1
        except StudioError as error:
            troubles.append(str(error))
    _end(desk)
    st.session_state[keys.BATCH_TROUBLE] = troubles
    st.session_state[keys.TOAST] = f"{undone} save{'' if undone == 1 else 's'} undone."


def _end(desk: Desk) -> None:
    desk.saved_together = {}
    st.session_state.pop(keys.BATCH_TROUBLE, None)
