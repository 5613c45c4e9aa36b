"""The open documents in one row: which there are, how each stands, and the way to add more."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.extraction import Verdict
from core.jobs.queue import Job
from core.review.words import STATUS_WORDS
from pages.shared import keys
from pages.shared.desk import Desk, OpenDocument
from pages.shared.frame import plain
from pages.shared.intake import draw_drop_zone, forget_widgets
from pages.shared.session import changed_since_saved, get_edits, get_job, get_review
from pages.shared.times import about
from pages.studio_parts.save_ready import draw_save_ready

_JOB_STATES = {
    "queued": (":material/schedule:", "waiting"),
    "running": (":material/progress_activity:", "reading"),
    "failed": (":material/error:", "could not be read"),
    "cancelled": (":material/stop_circle:", "stopped"),
}


def draw_desk_bar(desk: Desk) -> None:
    """Draw it; while another document than the one shown is being read it looks again by itself."""
    with st.container(horizontal=True, vertical_alignment="center", key="desk_bar"):
        if _others_active(desk):
            st.fragment(_watch_documents, run_every=1.0)(desk)
        else:
            _draw_documents(desk)
        draw_save_ready(desk)
        uploads = st.session_state.get(keys.UPLOADS, 0)  # a new key closes the popover when files have come
        with (
            st.container(key="add_more", width="content"),
            st.popover("Add files", icon=":material/add:", key=f"add_more_{uploads}", width="content"),
        ):
            draw_drop_zone("Drop invoices here")


def _others_active(desk: Desk) -> bool:
    shown = desk.document.group.run if desk.document else None
    jobs = [get_job(run) for run in desk.runs() if run != shown]
    return any(job is not None and job.active for job in jobs)


def _watch_documents(desk: Desk) -> None:
    _draw_documents(desk)
    if not _others_active(desk):
        st.rerun()


def _draw_documents(desk: Desk) -> None:
    with st.container(horizontal=True, key="documents", gap="xsmall"):
        for index, document in enumerate(desk.documents):
            chosen = document.sha256 == desk.chosen
            icon, words = state_of(document, shown=chosen)
            with st.container(key=f"doc_chip_{index}{'_chosen' if chosen else ''}", width="content"):
                if st.button(
                    f"{plain(short(document.name))} :gray[· {words}]",
                    key=f"doc_{index}",
                    icon=icon,
                    help=plain(f"{document.name}: {words}"),
                ):
                    desk.chosen = document.sha256
                    forget_widgets()
                    st.rerun()
        if progress := batch_progress([job for run in desk.runs() if (job := get_job(run))]):
            with st.container(key="batch", width="content"):
                st.caption(progress)
        if desk.document and st.button(
            "", key="close_document", icon=":material/close:", type="tertiary", help="Close this document"
        ):
            desk.close(desk.document.sha256)
            forget_widgets()
            st.rerun()


def batch_progress(jobs: Sequence[Job]) -> str:
    """How far several documents are, and about how long the rest takes, where that is known; empty once all are read."""
    active = [job for job in jobs if job.active]
    if len(jobs) < 2 or not active:
        return ""
    left = [job.left for job in active]
    rest = f" · {about(max(each for each in left if each is not None))} left" if any(left) and None not in left else ""
    return f"{len(jobs) - len(active)} of {len(jobs)} read{rest}"


def state_of(document: OpenDocument, *, shown: bool = False) -> tuple[str, str]:
    """An icon and words for how a document stands: the least finished of its invoices decides. Of the one that is shown
    its steps tell more, and sooner."""
    if document.picking or any(group.run is None for group in document.groups):
        return ":material/description:", "choose its pages"
    jobs = [get_job(group.run) for group in document.groups if group.run]
    if shown and any(job is not None and job.active for job in jobs):
        return ":material/progress_activity:", "being read"
    for state, seen in _JOB_STATES.items():
        if any(job is not None and job.state == state for job in jobs):
            return seen
    return _result_state([job for job in jobs if job is not None])


def _result_state(jobs: list[Job]) -> tuple[str, str]:
    receipts = [get_edits(job.job_id).receipt for job in jobs]
    if receipts and all(receipts):
        orders = ", ".join(str(receipt.order_id) for receipt in receipts if receipt)
        if any(changed_since_saved(job.job_id) for job in jobs):
            return ":material/edit:", f"changed since saved as order {orders}"
        return ":material/task_alt:", f"saved as order {orders}"
    if any(verdict_now(job) == "needs review" for job in jobs):
        return ":material/rate_review:", STATUS_WORDS["needs review"]
    return ":material/check_circle:", f"{STATUS_WORDS['approved']}, not saved yet"


def verdict_now(job: Job) -> Verdict | None:
    """The verdict on what stands now: the person's edits counted; ``None`` for a run without a result."""
    return get_review(job.job_id, job.extraction)[0].extraction.verdict if job.extraction else None


def short(name: str, most: int = 34) -> str:
    """A file's name, shortened in its middle."""
    return name if len(name) <= most else f"{name[: most - 13]}…{name[-12:]}"
