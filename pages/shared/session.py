"""What the browser session holds: the desk and the edits of each run, kept on disk so that a reload finds them."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Collection
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.evidence import Evidence
from core.extraction import Extraction
from core.jobs.queue import Job
from core.review.edits import Edits, edits_from
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.address import came_by_history, name_in_address
from pages.shared.desk import Desk, desk_from
from pages.shared.frame import get_studio

#: Seconds that a page waits for a run that it shows for the first time.
MOMENT = 0.5
_ID = re.compile(r"[0-9a-f]{32}")

#: What a run that is over has sent is with the browser after so long, also on a busy machine.
SENDING_SECONDS = 1.0

#: Letters of its SHA-256 by which the address names a document of the desk.
_NAMED = 12


def get_desk() -> Desk:
    """The session's desk: the one in memory, else the one that the address names, else an empty one. It shows what the
    address names where the person came by it."""
    fresh = keys.DESK not in st.session_state
    if fresh:
        st.session_state[keys.DESK] = _desk_of_address()
    desk: Desk = st.session_state[keys.DESK]
    named, run = (st.query_params.get(name, "") for name in (keys.DOCUMENT_PARAM, keys.RUN_PARAM))
    if fresh or came_by_history() or (run and not named):  # a link from elsewhere names the run alone
        _follow(desk, named, run)
    return desk


def keep_desk(desk: Desk) -> None:
    """Keep the desk on disk where it changed, and name it, the document and the run that are shown in the address."""
    now = desk.to_json()
    used = bool(desk.documents or desk.locked or desk.comparisons)
    if used and st.session_state.get(keys.DESK_KEPT) != now:
        get_studio().keep_desk(desk.desk_id, now)
        st.session_state[keys.DESK_KEPT] = now
    run = desk.document.group.run if desk.document else None
    name_in_address(
        {
            keys.DESK_PARAM: desk.desk_id if used else None,
            keys.DOCUMENT_PARAM: desk.document.sha256[:_NAMED] if desk.document else None,
            keys.RUN_PARAM: run,
        }
    )


def forget_widgets() -> None:
    """Forget what belongs to the document that was shown before."""
    for key in (keys.RANGE, keys.RANGE_ERROR, keys.THUMBS, keys.SAVE_ERROR, keys.FOCUS, keys.CLOSED):
        st.session_state.pop(key, None)


def set_widget(key: str, value: object) -> None:
    """Set a widget's value before it is drawn, only where it differs: what is being typed elsewhere stays. A run that was
    cut short may not have reached the browser with what it set: that is set again, else the widget stays empty there."""
    unseen: dict[str, object] = st.session_state.setdefault(keys.UNSEEN, {})
    if key in unseen or st.session_state.get(key) != value:
        unseen.setdefault(key, st.session_state.get(key))
        st.session_state[key] = value


def is_echo(key: str) -> bool:
    """Whether the browser sent back what stood in a widget before it was set, as if the person had just put it there."""
    unseen: dict[str, object] = st.session_state.get(keys.UNSEEN, {})
    return key in unseen and (st.session_state.get(key) or None) == (unseen[key] or None)


def begin_drawing() -> None:
    """A run begins to draw. Where it follows at once, what the one before sent may have been dropped on its way: Streamlit
    empties the queue to the browser when a run starts. What was set then is set again."""
    ended, sent = st.session_state.get(keys.SENT, (0.0, ()))
    if time.monotonic() - ended < SENDING_SECONDS:
        unseen = st.session_state.setdefault(keys.UNSEEN, {})
        for key in sent:
            unseen.setdefault(key, st.session_state.get(key))


def mark_seen() -> None:
    """The page was drawn to its end: the browser soon holds everything that was set."""
    st.session_state[keys.SENT] = time.monotonic(), tuple(st.session_state.pop(keys.UNSEEN, ()))


def get_job(run_id: str) -> Job | None:
    """Where a run stands. One that is over is remembered: after a restart it would be read from disk at every turn."""
    ended: dict[str, Job] = st.session_state.setdefault(keys.ENDED, {})
    job = ended.get(run_id) or get_studio().job(run_id)
    if job is not None and not job.active:
        ended[run_id] = job
    return job


def first_look(run_id: str) -> Job | None:
    """Where a run stands as its page is drawn for the first time: a moment is left to short work, which then shows its
    result at once in place of its steps."""
    job = get_job(run_id)
    if st.session_state.get(keys.LOOKED_AT) == run_id:
        return job
    st.session_state[keys.LOOKED_AT] = run_id
    until = time.monotonic() + MOMENT
    while job is not None and job.active and time.monotonic() < until:
        time.sleep(0.03)
        job = get_job(run_id)
    return job


def get_edits(run_id: str) -> Edits:
    """The person's edits of a run."""
    held: dict[str, Edits] = st.session_state.setdefault(keys.EDITS, {})
    if run_id not in held:
        held[run_id], version = get_studio().reviewing.edits(run_id)
        _remember(run_id, held[run_id], version)
    return held[run_id]


def keep_edits(run_id: str, edits: Edits) -> None:
    """Keep the edits; the review is made anew, and what stopped the last save may be put right. What somebody else put there
    since, on another page or in another window, stays: the values that both changed are told."""
    base, seen = st.session_state.setdefault(keys.EDITS_SEEN, {}).get(run_id) or (Edits().to_json(), 0)
    job = get_job(run_id)
    if job is not None and job.extraction is not None:
        desk = get_studio().reviewing
        kept, version, clashes = desk.keep_edits(
            run_id, job.extraction, edits, edits_from(base), seen, get_studio().person.name
        )
        st.session_state.setdefault(keys.EDITS, {})[run_id] = kept
        _remember(run_id, kept, version)
        if clashes:
            told = "; ".join(f"{each.title} is “{each.theirs}” now, yours was “{each.mine}”" for each in clashes)
            st.session_state[keys.TOAST] = f"Somebody else changed this document too: {told}."
    st.session_state[keys.SAVE_ERROR] = None
    st.session_state.pop(keys.BLOCKED, None)
    st.session_state.setdefault(keys.REVIEWS, {}).pop(run_id, None)


def _remember(run_id: str, edits: Edits, version: int) -> None:
    """What was kept of the edits when this session last saw them, and in which version."""
    st.session_state.setdefault(keys.EDITS_SEEN, {})[run_id] = edits.to_json(), version


def put(run_id: str, path: str, text: str, extraction: Extraction, place: Evidence | None = None) -> None:
    """Put a text into a field or cell and keep it; ``place`` is where it stands, where that is known."""
    edits = get_edits(run_id)
    edits.set_text(extraction.values, path, text, place)
    keep_edits(run_id, edits)


def take(run_id: str, path: str, text: str, extraction: Extraction, place: Evidence | None = None) -> None:
    """Put a text that was proposed into a field or cell."""
    put(run_id, path, text, extraction, place)
    edits = get_edits(run_id)
    edits.proposed[path] = text
    keep_edits(run_id, edits)


def confirm(run_id: str, paths: Collection[str]) -> None:
    """Keep that the person looked at the values at ``paths`` and found them right."""
    edits = get_edits(run_id)
    edits.confirmed |= set(paths)
    keep_edits(run_id, edits)


def get_review(run_id: str, extraction: Extraction) -> tuple[Reviewed, dict[str, str]]:
    """The extraction with the person's edits, checked, and a sentence for every text that could not be read."""
    held: dict[str, tuple[Reviewed, dict[str, str]]] = st.session_state.setdefault(keys.REVIEWS, {})
    if run_id not in held:
        held[run_id] = get_studio().stand(extraction, get_edits(run_id))
    return held[run_id]


def changed_since_saved(run_id: str) -> bool:
    """Whether a saved run was changed again: what stands in its form is not what its order holds."""
    edits, job = get_edits(run_id), get_job(run_id)
    if edits.saved is None or job is None or job.extraction is None:
        return False
    reviewed, errors = get_review(run_id, job.extraction)
    return bool(errors) or reviewed.extraction.values != edits.saved


def ask_focus(path: str | None) -> None:
    """Ask the page view to go to a field, or (``None``) to the next doubtful one; the form comes to the front."""
    target: dict[str, Any] = {"path": path} if path else {"next": True}
    st.session_state[keys.FOCUS] = {"nonce": uuid.uuid4().hex, **target}
    st.session_state[keys.TABS] = keys.FORM_TAB


def _desk_of_address() -> Desk:
    wanted = st.query_params.get(keys.DESK_PARAM, "")
    kept = get_studio().draft(f"desk-{wanted}") if _ID.fullmatch(wanted) else None
    try:
        return desk_from(kept) if kept else Desk(uuid.uuid4().hex)
    except ValueError:  # written by another version of the studio
        return Desk(uuid.uuid4().hex)


def _follow(desk: Desk, named: str, run: str) -> None:
    """Show what the address names, also where it does not lie on the desk any more."""
    if desk.follow(named, run):
        forget_widgets()
    if _ID.fullmatch(run) and run not in desk.runs():
        _adopt(desk, run)


def _adopt(desk: Desk, run_id: str) -> None:
    """Lay the document of a run that the address names on the desk."""
    job = get_job(run_id)
    if job is None or job.extraction is None:
        return
    extraction = job.extraction
    try:
        pages = get_studio().document(extraction.document).page_count
    except StudioError:  # the page view says so in place; the values can still be read
        pages = max((ref.number for ref in extraction.pages), default=0)
    document = desk.put(extraction.document, extraction.name, pages)
    document.groups[0].pages = [ref.number for ref in extraction.pages]
    document.groups[0].run = run_id
    document.rotations = {ref.number: ref.rotation for ref in extraction.pages if ref.rotation}
    document.picking = False
    desk.chosen = extraction.document
