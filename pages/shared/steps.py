"""The live step status of a run: what each step did, how long it took, whether it came from the cache."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Literal

import streamlit as st

from core.errors import StudioError
from core.events import STEPS, StepFailed, StepFinished, StepProgressed, StepSkipped, StepStarted
from core.jobs.queue import Job
from pages.shared.desk import OpenDocument
from pages.shared.frame import get_studio, plain
from pages.shared.intake import refuse
from pages.shared.reply import draw_arriving
from pages.shared.session import get_job
from pages.shared.starting import start
from pages.shared.times import about

State = Literal["waiting", "running", "finished", "skipped", "failed", "stopped", "unreached"]

_WORDS: dict[State, str] = {
    "waiting": "waiting",
    "running": "running",
    "finished": "done",
    "skipped": "skipped",
    "failed": "failed",
    "stopped": "stopped",
    "unreached": "not reached",
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as the person sees it. ``time`` is in words (``0.4 s``) or empty."""

    step: str
    title: str
    state: State
    detail: str = ""
    time: str = ""
    cached: bool = False


def lines_of(job: Job) -> list[StepLine]:
    """The steps of a run in order, from its facts so far; a step that ran twice shows its last time."""
    lines = {step: StepLine(step, title, "waiting") for step, title in STEPS.items()}
    for event in job.events:
        title = STEPS.get(event.step, event.step)
        match event:
            case StepStarted(step):
                lines[step] = StepLine(step, title, "running")
            case StepProgressed(step, done, total, detail):
                lines[step] = StepLine(step, title, "running", detail or f"{done} of {total}")
            case StepFinished(step, seconds, cached, detail):
                lines[step] = StepLine(step, title, "finished", detail, in_words(seconds), cached)
            case StepSkipped(step, detail):
                lines[step] = StepLine(step, title, "skipped", detail)
            case StepFailed(step, seconds, error):
                lines[step] = StepLine(step, title, "failed", error, in_words(seconds))
    if not job.active:
        return [_ended(line, job.state == "cancelled") for line in lines.values()]
    return list(lines.values())


def _ended(line: StepLine, cancelled: bool) -> StepLine:
    """A step of a run that is over: what had begun was stopped, what had not was never reached. A step that the
    person's own cancel ended did not fail."""
    if cancelled and line.state == "failed":
        return replace(line, state="stopped", detail="")
    over: dict[State, State] = {"running": "stopped", "waiting": "unreached"}
    return replace(line, state=over.get(line.state, line.state))


def in_words(seconds: float) -> str:
    """A duration for the person: milliseconds below a tenth of a second, else seconds."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.1f} s"


def draw_steps(job: Job) -> None:
    """The step list. Its texts are escaped: they may hold a document's words."""
    rows = "".join(_row(line) for line in lines_of(job))
    with st.container(key="steps"):
        st.html(f'<ol class="steps" aria-label="Steps">{rows}</ol>')


def _row(line: StepLine) -> str:
    source = '<span class="step-cache">from cache</span>' if line.cached else ""
    return (
        f'<li class="step {line.state}"><span class="step-mark"></span>'
        f'<span class="step-title">{escape(line.title)}</span>'
        f'<span class="step-detail">{escape(line.detail)}</span>'
        f'{source}<span class="step-time">{line.time or _WORDS[line.state]}</span></li>'
    )


def draw_run(document: OpenDocument, run_id: str) -> None:
    """A run that is on its way, or that ended without a result. It is looked at every second while it is active; the page
    is drawn once more when it ends."""
    job = get_job(run_id)
    if job is None:
        st.warning("This run is no longer known here: extract the pages again.", icon=":material/history:")
        _draw_way_on(document)
    elif job.active:
        st.fragment(_draw_active, run_every=1.0)(run_id)
    else:
        st.markdown(f"**{headline_of(job)}**")
        if job.error and job.state == "failed":
            st.error(plain(job.error), icon=":material/error:")
        draw_steps(job)
        _draw_way_on(document)


def _draw_active(run_id: str) -> None:
    job = get_job(run_id)
    if job is None or not job.active:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="run_bar"):
        st.markdown(f"**{headline_of(job)}**", width="content")
        st.space("stretch")
        st.button("Cancel", key="cancel", icon=":material/stop_circle:", on_click=get_studio().cancel, args=(run_id,))
    draw_steps(job)
    if job.reply:
        draw_arriving(job.reply)


def _draw_way_on(document: OpenDocument) -> None:
    with st.container(horizontal=True):
        st.button("Choose pages", key="back_to_pages", icon=":material/grid_view:", on_click=_pick, args=(document,))
        st.button(
            "Extract again",
            key="try_again",
            type="primary",
            icon=":material/refresh:",
            on_click=_again,
            args=(document,),
        )


def _pick(document: OpenDocument) -> None:
    document.picking = True


def _again(document: OpenDocument) -> None:
    try:
        start(document)
    except StudioError as error:
        refuse(f"{document.name}: {error}")


def headline_of(job: Job) -> str:
    """How a run stands, in a line."""
    return {
        "queued": " · ".join(["Waiting for its turn", *_standing(job)]),
        "running": " · ".join([f"Reading · {job.seconds:.0f} s", *_standing(job)]),
        "failed": "This could not be read",
        "cancelled": "Stopped",
        "done": "Done",
    }[job.state]


def _standing(job: Job) -> list[str]:
    """What comes before a run that waits, and about how long it still takes, where that is known."""
    before = [f"{job.ahead} before it"] if job.ahead else []
    # Of a run that takes longer than others did nothing is known any more.
    return before + ([f"{about(job.left)} left"] if job.left else [])
