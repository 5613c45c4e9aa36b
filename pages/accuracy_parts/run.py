"""A measurement on its way: how far it is, how its documents went, and the way to stop it."""

from __future__ import annotations

import streamlit as st

from core.accuracy import PROGRESS
from core.events import StepFailed, StepFinished, StepProgressed
from core.jobs.queue import Job
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.steps import in_words
from pages.shared.watch import Glance, draw_watch, token_of, watched

#: Documents that are listed: the last.
_LATEST = 10


def draw_progress(job: Job) -> None:
    """Draw it, and again as it goes on; the page is drawn once more when it ends."""
    st.fragment(_draw_active)(job.job_id)


def _draw_active(job_id: str) -> None:
    job = get_studio().accuracy.job(job_id)
    if job is None or not job.active:
        st.rerun()
    done, total, now = progress_of(job)
    with st.container(horizontal=True, vertical_alignment="center", key="accuracy_run"):
        st.markdown(f"**Measuring** {plain(job.title)}", width="content")
        st.space("stretch")
        st.button(
            "Cancel",
            key="accuracy_cancel",
            icon=":material/stop_circle:",
            on_click=get_studio().accuracy.cancel,
            args=(job_id,),
        )
    text = f"{done} of {total} · {now}" if total else "Waiting for its turn"
    st.progress(done / total if total else 0.0, text=plain(text))
    ended = [event for event in job.events if isinstance(event, StepFinished | StepFailed) and event.step != PROGRESS]
    rows = []
    for event in reversed(ended[-_LATEST:]):
        failed = isinstance(event, StepFailed)
        how = event.error if isinstance(event, StepFailed) else event.detail
        rows.append({"Document": event.step, "Result": f"✕ {how}" if failed else how, "Time": in_words(event.seconds)})
    if rows:
        st.dataframe(rows, hide_index=True, key="accuracy_latest", height="content")
    draw_watch("measurement", job_id, _glance_of(job))


@watched("measurement")
def look_at_measurement(job_id: str) -> Glance:
    """How far a measurement is."""
    job = get_studio().accuracy.job(job_id)
    return _glance_of(job) if job is not None and job.active else Glance("over")


def _glance_of(job: Job) -> Glance:
    return Glance(token_of(progress_of(job)))


def progress_of(job: Job) -> tuple[int, int, str]:
    """Documents that are done, all of them, and the one being read."""
    steps = [event for event in job.events if isinstance(event, StepProgressed)]
    return (steps[-1].done, steps[-1].total, steps[-1].detail) if steps else (0, 0, "")


def draw_ended() -> None:
    """How the last run ended, where it did not go to its end. Said until another begins or the person moves on."""
    job: Job | None = st.session_state.pop(keys.ACCURACY_ENDED, None)
    if job is None:
        return
    done, total, _ = progress_of(job)
    if job.state == "cancelled":
        st.info(
            f"Stopped after {done} of {total} documents. What was read is remembered: measuring again is quicker.",
            icon=":material/stop_circle:",
        )
    elif job.state in ("failed", "parked"):
        st.error(plain(job.error or ""), icon=":material/error:")
