"""The open documents in one row: which there are, how each stands, and the way to add more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from core.extraction import Verdict
from core.jobs.queue import Job
from core.status import STATUS_WORDS
from pages.shared import keys
from pages.shared.desk import Desk, OpenDocument
from pages.shared.frame import get_studio, plain
from pages.shared.intake import draw_drop_zone
from pages.shared.session import changed_since_saved, forget_widgets, get_edits, get_job, get_review
from pages.shared.times import about
from pages.shared.watch import Glance, draw_watch, token_of, watched
from pages.studio_parts.save_ready import draw_save_ready

_JOB_STATES = {
    "queued": (":material/schedule:", "waiting"),
    "running": (":material/progress_activity:", "reading"),
    "failed": (":material/error:", "could not be read"),
    "cancelled": (":material/stop_circle:", "stopped"),
}

#: Runs that are watched at once: the address of more would be too long, and the next are once these are read.
_MOST_WATCHED = 40

#: The row of documents scrolls: the chosen one is brought into sight, and an edge behind which more lie fades out.
_STRIP = """
export default function () {
  const strip = document.querySelector(".st-key-documents");
  if (!strip) return;
  strip.endLast?.(); // Streamlit ends only the last call of several
  const fade = () => {
    strip.classList.toggle("more_before", strip.scrollLeft > 4);
    strip.classList.toggle("more_after", strip.scrollLeft + strip.clientWidth < strip.scrollWidth - 4);
  };
  const turn = (event) => {
    if (event.deltaX || event.ctrlKey || strip.scrollWidth <= strip.clientWidth) return;
    event.preventDefault();
    strip.scrollLeft += event.deltaY;
  };
  const show = () => {
    const chip = strip.querySelector("[class*='_chosen']")?.getBoundingClientRect();
    const room = strip.getBoundingClientRect();
    if (chip && (chip.left < room.left || chip.right > room.right)) strip.scrollLeft += chip.left - room.left - 40;
    fade();
  };
  const soon = setTimeout(show, 60); // the chips of this run may not stand yet
  show();
  const sizes = new ResizeObserver(fade);
  sizes.observe(strip);
  strip.addEventListener("scroll", fade);
  strip.addEventListener("wheel", turn, { passive: false });
  strip.endLast = () => {
    clearTimeout(soon);
    sizes.disconnect();
    strip.removeEventListener("scroll", fade);
    strip.removeEventListener("wheel", turn);
  };
  return strip.endLast;
}
"""


@cache
def _strip() -> Any:
    """The browser side of the row of documents, registered once a process."""
    return st.components.v2.component("desk_strip", js=_STRIP)


def draw_desk_bar(desk: Desk) -> None:
    """Draw it; while another document than the one shown is being read it looks again by itself."""
    with st.container(horizontal=True, vertical_alignment="center", key="desk_bar", gap="xsmall"):
        if _others_read(desk):
            st.fragment(_watch_documents)(desk)
        else:
            with st.container():  # as a fragment has one: nothing moves when the watching begins or ends
                _draw_documents(desk)
        _draw_turning(desk)
        draw_reopen_closed(desk)
        draw_save_ready(desk)
        uploads = st.session_state.get(keys.UPLOADS, 0)  # a new key closes the popover when files have come
        with (
            st.container(key="add_more", width="content"),
            st.popover("Add files", icon=":material/add:", key=f"add_more_{uploads}", width="content"),
        ):
            draw_drop_zone("Drop documents here")


def draw_reopen_closed(desk: Desk) -> None:
    """The way back for the document that was just closed: closing asks nothing and loses nothing."""
    closed = next((each for each in desk.closed if each.sha256 == st.session_state.get(keys.CLOSED)), None)
    if closed is not None:
        st.button(
            f"Reopen {plain(short(closed.name))}",
            key="reopen_document",
            icon=":material/undo:",
            help=plain(f"Takes the closing of {closed.name} back, with all that was changed in it."),
            on_click=_reopen,
            args=(desk, closed.sha256),
        )


def _others_read(desk: Desk) -> list[str]:
    """The runs of the desk that are on their way, without the one that is shown."""
    shown = desk.document.group.run if desk.document else None
    jobs = [job for run in desk.runs() if run != shown and (job := get_job(run))]
    return [job.job_id for job in jobs if job.active]


def _watch_documents(desk: Desk) -> None:
    """The row while others are read: drawn again whenever one of them comes further, the whole page after the last."""
    if _draw_documents(desk):
        st.rerun()
    if not (runs := _others_read(desk)):
        st.rerun()
    subject = ",".join(runs[:_MOST_WATCHED])
    draw_watch("documents", subject, look_at_documents(subject))


@watched("documents")
def look_at_documents(runs: str) -> Glance:
    """How far each of some runs is; ``runs`` are their ids with commas between."""
    jobs = [get_studio().progress(run) for run in runs.split(",")]
    return Glance(token_of([job.state if job else "" for job in jobs]))


def _draw_documents(desk: Desk) -> bool:
    """Draw the row; whether one of its documents was just chosen."""
    with st.container(horizontal=True, vertical_alignment="center", key="documents_row", gap="xsmall"):
        pressed = _draw_chips(desk)
        if progress := batch_progress([job for run in desk.runs() if (job := get_job(run))]):
            with st.container(key="reading_batch", width="content"):
                st.caption(progress)
        _strip()(
            key="desk_strip",
            data={"chosen": desk.place, "count": len(desk.documents)},
            width="content",
            height="content",
        )
    return pressed


def _draw_chips(desk: Desk) -> bool:
    pressed = False
    with st.container(horizontal=True, key="documents", gap="xsmall"):
        for index, document in enumerate(desk.documents):
            chosen = document.sha256 == desk.chosen
            icon, words = state_of(document, shown=chosen)
            with st.container(key=f"doc_chip_{index}{'_chosen' if chosen else ''}", width="content"):
                pressed |= st.button(
                    f"{plain(short(document.name))} :gray[· {words}]",
                    key=f"doc_{index}",
                    icon=icon,
                    help=plain(f"{document.name}: {words}"),
                    on_click=choose,
                    args=(desk, document.sha256),
                )
    return pressed


def _draw_turning(desk: Desk) -> None:
    """Which of how many this is, the one before and after it, the list of all, and the way to close it."""
    count, place = len(desk.documents), desk.place
    with st.container(horizontal=True, vertical_alignment="center", key="desk_turning", gap=None, width="content"):
        if count > 1:
            _draw_turn(
                desk, "previous_document", ":material/chevron_left:", place - 1, "Alt+PageUp", "Document before this"
            )
            with (
                st.container(key="desk_list", width="content"),
                st.popover(
                    f"{place + 1} of {count}", type="tertiary", key=f"desk_list_{place}_{count}", on_change="rerun"
                ) as all_of_them,
            ):
                if all_of_them.open:
                    _draw_list(desk)
            _draw_turn(
                desk, "following_document", ":material/chevron_right:", place + 1, "Alt+PageDown", "Document after this"
            )
        if desk.document:
            st.button(
                "",
                key="close_document",
                icon=":material/close:",
                type="tertiary",
                help="Close this document. You can take that back.",
                on_click=_close,
                args=(desk, desk.document.sha256),
            )


def _draw_turn(desk: Desk, key: str, icon: str, place: int, shortcut: str, words: str) -> None:
    """A button to the document at ``place``; past either end it goes round."""
    st.button(
        words,  # the style leaves it to be spoken
        key=key,
        icon=icon,
        type="tertiary",
        shortcut=shortcut,
        help=f"{words} ({shortcut})",
        on_click=choose,
        args=(desk, desk.documents[place % len(desk.documents)].sha256),
    )


def _draw_list(desk: Desk) -> None:
    with st.container(key="desk_list_rows", height=min(420, 36 * len(desk.documents) + 24), border=False, gap=None):
        for index, document in enumerate(desk.documents):
            icon, words = state_of(document)
            st.button(
                f"{index + 1}. {plain(short(document.name, 44))} :gray[· {words}]",
                key=f"list_doc_{index}",
                icon=icon,
                type="tertiary",
                on_click=choose,
                args=(desk, document.sha256),
            )


def choose(desk: Desk, sha256: str) -> None:
    """Show another document."""
    desk.chosen = sha256
    forget_widgets()


def _close(desk: Desk, sha256: str) -> None:
    desk.close(sha256)
    forget_widgets()
    st.session_state[keys.CLOSED] = sha256


def _reopen(desk: Desk, sha256: str) -> None:
    desk.reopen(sha256)
    forget_widgets()


def batch_progress(jobs: Sequence[Job]) -> str:
    """How far several documents are, and about how long the rest takes, where that is known; empty once all are read."""
    active = [job for job in jobs if job.active]
    if len(jobs) < 2 or not active:
        return ""
    left = [job.left for job in active]
    rest = f" · {about(max(each for each in left if each is not None))} left" if any(left) and None not in left else ""
    return f"{len(jobs) - len(active)} of {len(jobs)} read{rest}"


def state_of(document: OpenDocument, *, shown: bool = False) -> tuple[str, str]:
    """An icon and words for how a document stands: the least finished of its groups decides. Of the one that is shown
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
    return ":material/check_circle:", STATUS_WORDS["approved"]


def verdict_now(job: Job) -> Verdict | None:
    """The verdict on what stands now: the person's edits counted; ``None`` for a run without a result."""
    return get_review(job.job_id, job.extraction)[0].extraction.verdict if job.extraction else None


def short(name: str, most: int = 22) -> str:
    """A file's name, shortened in its middle: its beginning and its end tell documents apart."""
    end = most // 2
    return name if len(name) <= most else f"{name[: most - end - 1]}…{name[-end:]}"
