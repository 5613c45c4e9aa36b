"""What somebody else saved over the record that is being edited, and the choice between theirs and mine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from core.records import describe_differences
from core.review.edits import as_text
from core.stores.records import Record
from pages.records_parts.draft import DOCUMENT_TYPE, Draft, own_text, take_stored, value_at
from pages.shared.frame import plain

STATUS = "status"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of a record that the person changed and somebody else too: its path, title, and the two texts."""

    path: str
    title: str
    theirs: str
    mine: str


def conflicts(order: Record, draft: Draft) -> Iterator[Conflict]:
    """The fields that were changed on both sides to different values and whose choice is open."""
    seen = draft.seen
    if seen.version == order.version:
        return
    for name, title in ((DOCUMENT_TYPE, "Type"), *((info.name, info.title) for info in order.type.header)):
        then, theirs = (as_text(value_at(one, name)) for one in (seen, order))
        mine = own_text(draft, name)
        if mine is not None and then != theirs != mine and name not in draft.kept:
            yield Conflict(name, title, theirs, mine)
    for table in order.type.tables:
        before, now = (one.type.rows(one.values, table) for one in (seen, order))
        rows = draft.edits.tables.get(table.name)
        if rows is not None and before != now and table.name not in draft.kept:
            yield Conflict(table.name, table.title, f"{len(now)} lines", f"{len(rows)} lines")
    if seen.status != order.status != draft.status != seen.status and STATUS not in draft.kept:
        yield Conflict(STATUS, "Status", order.status, draft.status)


def draw_conflicts(order: Record, draft: Draft) -> bool:
    """What was changed elsewhere, and a choice for every field that both changed; gives whether one is still open."""
    if draft.seen.version == order.version:
        return False
    told = describe_differences(draft.seen, order) or "nothing that is shown here."
    with st.container(key="record_conflicts", gap="xsmall"):
        st.warning(f"This record was changed elsewhere since you began: {plain(told)}", icon=":material/sync_problem:")
        found = list(conflicts(order, draft))
        for conflict in found:
            _draw_choice(order, draft, conflict)
        if not found:
            st.caption("Your own changes are kept; saving now keeps both.")
    return bool(found)


def _draw_choice(order: Record, draft: Draft, conflict: Conflict) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{conflict.title}**", width="content")
        st.button(
            f"Take theirs: {plain(conflict.theirs) or 'nothing'}",
            key=f"record_theirs_{conflict.path}",
            on_click=take_stored,
            args=(order, draft, conflict.path),
        )
        st.button(
            f"Keep mine: {plain(conflict.mine) or 'nothing'}",
            key=f"record_mine_{conflict.path}",
            on_click=draft.kept.add,
            args=(conflict.path,),
        )
