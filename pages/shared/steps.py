"""The live step status of a run: what each step did, how long it took, whether it came from the cache."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Literal

import streamlit as st

from core.errors import StudioError
from core.events import ALWAYS, STEPS, StepFailed, StepFinished, StepProgressed, StepSkipped, StepStarted
from core.jobs.queue import Job
from pages.shared.desk import OpenDocument
from pages.shared.frame import get_studio, plain
from pages.shared.intake import refuse
from pages.shared.reply import reply_html
from pages.shared.session import get_job
from pages.shared.starting import start
from pages.shared.times import about
from pages.shared.watch import Glance, draw_watch, place, watched

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
    begun = {event.step for event in job.events}
    lines = {step: StepLine(step, title, "waiting") for step, title in STEPS.items() if step in begun | ALWAYS}
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
    """The step list."""
    with st.container(key="steps"):
        st.html(place("steps", steps_html(job)))


def steps_html(job: Job) -> str:
    """The step list. Its texts are escaped: they may hold a document's words."""
    rows = "".join(_row(line) for line in lines_of(job))
    return f'<ol class="steps" aria-label="Steps">{rows}</ol>'


def _row(line: StepLine) -> str:
    source = '<span class="step-cache">from cache</span>' if line.cached else ""
    return (
        f'<li class="step {line.state}"><span class="step-mark"></span>'
        f'<span class="step-title">{escape(line.title)}</span>'
        f'<span class="step-detail">{escape(line.detail)}</span>'
        f'{source}<span class="step-time">{line.time or _WORDS[line.state]}</span></li>'
    )


def draw_run(document: OpenDocument, run_id: str) -> None:
    """A run that is on its way, or that ended without a result. The browser keeps its steps true while it is active; the
    page is drawn once more when it ends."""
    job = get_job(run_id)
    if job is None:
        st.warning("This run is no longer known here: extract the pages again.", icon=":material/history:")
        _draw_way_on(document)
    elif job.active:
        _draw_active(job)
    else:
        st.markdown(f"**{headline_of(job)}**")
        if job.error and job.state in ("failed", "parked"):
            st.error(plain(job.error), icon=":material/error:")
        draw_steps(job)
        _draw_way_on(document)


def _draw_active(job: Job) -> None:
    glance = glance_of(job)
    with st.container(horizontal=True, vertical_alignment="center", key="run_bar"):
        st.html(place("headline", glance.parts["headline"], "strong"), width="content")
        st.space("stretch")
        st.button(
            "Cancel", key="cancel", icon=":material/stop_circle:", on_click=get_studio().cancel, args=(job.job_id,)
        )
    draw_steps(job)
    st.html(place("reply", glance.parts["reply"]))
    draw_watch("run", job.job_id, glance)


@watched("run")
def look_at_run(run_id: str) -> Glance:
    """How a run stands now; one that is not known any more is over."""
    job = get_studio().progress(run_id)
    return glance_of(job) if job is not None else Glance("over")


def glance_of(job: Job) -> Glance:
    """What its page shows of a run, and whether it is over."""
    if not job.active:
        return Glance("over")
    reply = reply_html(job.reply) if job.reply else ""
    return Glance("active", {"headline": escape(headline_of(job)), "steps": steps_html(job), "reply": reply})


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
        "parked": "Set aside",
        "cancelled": "Stopped",
        "done": "Done",
    }[job.state]


def _standing(job: Job) -> list[str]:
    """What comes before a run that waits, and about how long it still takes, where that is known."""
    before = [f"{job.ahead} before it"] if job.ahead else []
    # Of a run that takes longer than others did nothing is known any more.
    return before + ([f"{about(job.left)} left"] if job.left else [])
