"""What the person is changing in a saved record and has not saved: it stays while other records are opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.extraction import Extraction
from core.review.edits import Edits, as_text, read_edits
from core.stores.records import Record, Status
from core.studio import Reviewed
from pages.shared.frame import get_studio

_DRAFTS = "records_drafts"
_REVISION = "records_draft_revision"

#: The name of what the document is, among the fields of a record.
DOCUMENT_TYPE = "document_type"


@dataclass(slots=True)
class Draft:
    """Changes to one record. ``document_type`` is what the document is, where the person chose otherwise. ``seen`` is the record as the person began, ``told`` the version of it that they were last
    told of, ``kept`` the paths where they hold their own value against it; ``marked`` says that the status became
    “reviewed” by editing."""

    status: Status
    seen: Record
    edits: Edits = field(default_factory=Edits)
    document_type: str | None = None
    marked: bool = False
    told: int | None = None
    kept: set[str] = field(default_factory=set)


def get_draft(order: Record) -> Draft:
    """The draft of a record; one without changes follows the stored record."""
    drafts: dict[int | None, Draft] = st.session_state.setdefault(_DRAFTS, {})
    draft = drafts.get(order.order_id)
    if draft is None or (draft.seen.version != order.version and not is_changed(draft)):
        draft = drafts[order.order_id] = Draft(order.status, order, Edits(revision=_revision()), told=order.version)
    elif draft.told != order.version:
        draft.told, draft.edits.revision = order.version, _revision()
        draft.kept.clear()
        if draft.status == draft.seen.status:
            draft.status = order.status
    return draft


def _revision() -> int:
    """A revision of its own: the draft's widgets begin anew."""
    st.session_state[_REVISION] = st.session_state.get(_REVISION, 0) + 1
    return int(st.session_state[_REVISION])


def take_stored(order: Record, draft: Draft, path: str) -> None:
    """Give up the person's own value at ``path`` (the table's name and ``status`` too) for the stored one."""
    if path == "status":
        draft.status, draft.marked = order.status, False
    elif path in (table.name for table in order.type.tables):
        draft.edits.tables.pop(path, None)
    elif path == DOCUMENT_TYPE:
        draft.document_type = None
    else:
        draft.edits.texts.pop(path, None)
    draft.edits.revision = _revision()


def drop_draft(order_id: int) -> None:
    """Forget the changes to a record."""
    st.session_state.get(_DRAFTS, {}).pop(order_id, None)


def is_changed(draft: Draft) -> bool:
    """Whether the person changed anything."""
    typed = draft.edits.changes_values or draft.document_type is not None
    return typed or draft.status != draft.seen.status


def value_at(held: Record | Extraction, name: str) -> Any:
    """What the record's document is, or the value of a field."""
    if name == DOCUMENT_TYPE:
        return held.document_type
    return getattr(held.values, name)


def own_text(draft: Draft, name: str) -> str | None:
    """What the person typed or chose; ``None`` where they left the field alone."""
    return draft.document_type if name == DOCUMENT_TYPE else draft.edits.texts.get(name)


def text_at(order: Record, draft: Draft, name: str) -> str:
    """What stands in the field: the person's text, else the stored value."""
    own = own_text(draft, name)
    return as_text(value_at(order, name)) if own is None else own


def set_text(order: Record, draft: Draft, name: str, text: str) -> None:
    """Take what was typed or chosen; the stored text again is no change."""
    own = None if text == as_text(value_at(order, name)) else text
    if name == DOCUMENT_TYPE:
        draft.document_type = own
    elif own is None:
        draft.edits.texts.pop(name, None)
    else:
        draft.edits.texts[name] = own


def mark_reviewed(order: Record, draft: Draft) -> None:
    """A person who edits a record that waits for review is reviewing it; they may choose otherwise."""
    if draft.status == order.status == "needs review":
        draft.status, draft.marked = "reviewed", True


@st.cache_resource(max_entries=32, show_spinner=False)
def run_of(run_id: str) -> Extraction | None:
    """What the run that a record came from read; ``None`` where it is no longer kept."""
    job = get_studio().job(run_id)
    return job.extraction if job else None


def review_draft(order: Record, draft: Draft) -> tuple[Reviewed, dict[str, str]]:
    """The record as the draft has it, checked, and a sentence for every text that could not be read."""
    studio, read_from = get_studio(), run_of(order.run_id) if order.run_id else None

    def parse(path: str, text: str) -> object:
        return studio.parse_value(path, text, read_from, order.type)

    read = read_edits(order.values, draft.edits, parse)
    told = {"document_type": text_at(order, draft, DOCUMENT_TYPE) or None}
    now = (read_from or _without_run(order)).model_copy(update=told)
    return studio.review(now, read.values), read.errors


def _without_run(order: Record) -> Extraction:
    recipe = get_studio().defaults.recipe
    return Extraction(
        document=order.document or "",
        name="",
        pages=order.pages,
        recipe=recipe,
        type_name=order.type.name,
        values=order.values,
    )
