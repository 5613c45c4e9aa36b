"""Saving every document of the desk that is approved, at once."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.review.standing import open_points, status_of
from core.stores import Target
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.desk import Desk
from pages.shared.frame import get_studio
from pages.shared.session import get_edits, get_job, get_review
from pages.studio_parts.saving import chosen_targets, keep_receipt


def draw_save_approved(desk: Desk) -> None:
    """A button for all that is approved and not saved, where that is more than one invoice."""
    waiting = approved(desk)
    if len(waiting) > 1:
        st.button(
            f"Save {len(waiting)} approved",
            key="save_approved",
            icon=":material/done_all:",
            help="Saves every approved invoice on the desk that is not saved yet. What is stored already is left for you.",
            on_click=_save,
            args=(desk,),
        )


def approved(desk: Desk) -> dict[str, Reviewed]:
    """The invoices on the desk, by run, that are approved as they now stand, have no open point and are not saved."""
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
    saved, stored, refused = 0, 0, ""
    for run_id, reviewed in approved(desk).items():
        try:
            if get_studio().duplicates(reviewed.extraction, reviewed.extraction.invoice, targets):
                stored += 1
                continue
            _store(run_id, reviewed, targets)
        except StudioError as error:
            refused = str(error)
            break
        saved += 1
    if refused:
        st.session_state[keys.SAVE_ERROR] = refused
    left = f" {stored} stored already: open {'it' if stored == 1 else 'them'} to decide." if stored else ""
    st.session_state[keys.TOAST] = f"Saved {saved} invoice{'' if saved == 1 else 's'}.{left}"


def _store(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...]) -> None:
    extraction = reviewed.extraction
    receipt = get_studio().save(
        extraction.invoice, targets, run_id=run_id, extraction=extraction, status=status_of(reviewed)
    )
    keep_receipt(run_id, receipt, extraction.invoice)
