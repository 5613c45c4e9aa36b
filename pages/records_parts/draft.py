"""What the person is changing in a saved record and has not saved: it stays while other records are opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

from core.extraction import Extraction
from core.review.edits import Edits, read_edits
from core.stores import Order, Status
from core.studio import Reviewed
from pages.shared.frame import get_studio

_DRAFTS = "records_drafts"
_REVISION = "records_draft_revision"


@dataclass(slots=True)
class Draft:
    """Changes to one record. ``seen`` is when the record was last changed (UTC) as the person began; ``marked`` says
    that the status became “reviewed” by editing."""

    status: Status
    seen: datetime | None
    edits: Edits = field(default_factory=Edits)
    marked: bool = False


def get_draft(order: Order) -> Draft:
    """The draft of a record; one without changes follows the stored record."""
    drafts: dict[int | None, Draft] = st.session_state.setdefault(_DRAFTS, {})
    draft = drafts.get(order.order_id)
    if draft is None or (draft.seen != order.updated_at and not is_changed(order, draft)):
        # A revision of its own: its widgets begin anew.
        revision = st.session_state[_REVISION] = st.session_state.get(_REVISION, 0) + 1
        draft = drafts[order.order_id] = Draft(order.status, order.updated_at, Edits(revision=revision))
    return draft


def drop_draft(order_id: int) -> None:
    """Forget the changes to a record."""
    st.session_state.get(_DRAFTS, {}).pop(order_id, None)


def is_changed(order: Order, draft: Draft) -> bool:
    """Whether there is anything to save."""
    return bool(draft.edits.texts) or draft.edits.lines is not None or draft.status != order.status


def mark_reviewed(order: Order, draft: Draft) -> None:
    """A person who edits a record that waits for review is reviewing it; they may choose otherwise."""
    if draft.status == order.status == "needs review":
        draft.status, draft.marked = "reviewed", True


@st.cache_resource(max_entries=32, show_spinner=False)
def run_of(run_id: str) -> Extraction | None:
    """What the run that a record came from read; ``None`` where it is no longer kept."""
    job = get_studio().job(run_id)
    return job.extraction if job else None


def review_draft(order: Order, draft: Draft) -> tuple[Reviewed, dict[str, str]]:
    """The record as the draft has it, checked, and a sentence for every text that could not be read."""
    studio, read_from = get_studio(), run_of(order.run_id) if order.run_id else None
    read = read_edits(order.invoice, draft.edits, lambda path, text: studio.parse_value(path, text, read_from))
    return studio.review(read_from or _without_run(order), read.invoice), read.errors


def _without_run(order: Order) -> Extraction:
    recipe = get_studio().defaults.recipe
    return Extraction(document=order.document or "", name="", pages=order.pages, recipe=recipe, invoice=order.invoice)
