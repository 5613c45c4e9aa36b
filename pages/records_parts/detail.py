"""One saved record to read and correct: every header field, the line items, its checks, and its way back to the page
it was read from."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from core.errors import StudioError
from core.review.edits import as_text
from core.review.trust import worth_showing
from core.schema.fields import FieldInfo, FieldKind
from core.stores.records import Record, Status
from core.studio import Reviewed
from pages.records_parts.actions import ask_delete, save_record
from pages.records_parts.conflict import draw_conflicts
from pages.records_parts.download import draw_record_downloads
from pages.records_parts.draft import (
    DOCUMENT_TYPE,
    Draft,
    drop_draft,
    get_draft,
    is_changed,
    mark_reviewed,
    review_draft,
    run_of,
    set_text,
    text_at,
    value_at,
)
from pages.records_parts.handover import hand_over
from pages.records_parts.lines import draw_findings, draw_lines
from pages.records_parts.place import draw_page_switch, draw_place
from pages.records_parts.table import open_record
from pages.shared import keys
from pages.shared.form import GROWING, split_fields
from pages.shared.frame import get_studio, plain
from pages.shared.history import draw_history
from pages.shared.keep_case import draw_keep
from pages.shared.rights import kept_for
from pages.shared.times import local_time, local_zone

if TYPE_CHECKING:
    pass

_WIDTHS: dict[FieldKind, int] = {"name": 220, "address": 220, "text": 220}


@st.fragment
def draw_record(order_id: int) -> None:
    """Draw the record. A fragment: an edit draws it anew and leaves the list alone."""
    try:
        order = get_studio().record(order_id)
    except StudioError as error:
        st.warning(plain(str(error)), icon=":material/search_off:")
        if st.button("Close", key="record_close"):
            open_record(None)
            st.rerun()
        return
    draft = get_draft(order)
    reviewed, errors = review_draft(order, draft)
    shown = _draw_head(order)
    _draw_save_bar(order, draft, reviewed, errors)
    form, place = st.columns([1, 1], gap="medium") if shown else (st.container(), None)
    with form:
        _draw_form(order, draft, reviewed, errors)
    if place is not None:
        with place:
            draw_place(order_id, reviewed.extraction)


def _draw_form(order: Record, draft: Draft, reviewed: Reviewed, errors: dict[str, str]) -> None:
    shown, folded = split_fields(order.type.header, lambda info: value_at(order, info.name) is not None)
    for group, fields in groupby(shown, key=lambda info: info.group):
        st.markdown(f"##### {group}")
        _draw_group(list(fields), order, draft, reviewed, errors)
    if folded:
        typed = any(text_at(order, draft, info.name) for info in folded)
        with st.expander("More fields", expanded=typed, key="record_more_fields"):
            _draw_group(folded, order, draft, reviewed, errors, "more")
    draw_lines(order, draft, reviewed, errors)
    with st.container(key="notes_record_whole", gap="xsmall"):
        draw_findings([finding for finding in reviewed.extraction.findings if not finding.fields])
    if order.order_id is not None:
        draw_history(order.order_id)


def _draw_head(order: Record) -> bool:
    """Number, ways out and times; gives whether the page is to be shown."""
    assert order.order_id is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="record_head"):
        st.markdown(f"### Order {order.order_id}", width="content")
        st.space("stretch")
        shown = draw_page_switch(run_of(order.run_id) if order.run_id else None)
        if order.run_id and run_of(order.run_id) is not None:
            _draw_way_back(order, order.run_id)
        draw_keep(order)
        draw_record_downloads(order.order_id)
        if st.button("", key="record_delete", icon=":material/delete:", **kept_for("remove", "Delete this record")):
            ask_delete(order.order_id)
        if st.button("", key="record_close", icon=":material/close:", help="Close", shortcut="Esc"):
            open_record(None)
            st.rerun()
    zone = local_zone()
    times = [f"{name} {local_time(at, zone)}" for name, at in _times(order) if at is not None]
    times[-1] += f" ({zone.key})"
    read_from = run_of(order.run_id) if order.run_id else None
    source = [f"read from {plain(read_from.name)}"] if read_from else []
    st.caption(" · ".join([*times, *source]))
    return shown


def _draw_way_back(order: Record, run_id: str) -> None:
    extraction = run_of(run_id)
    asked = st.button(
        "Open in Studio",
        key="record_to_studio",
        type="tertiary",
        icon=":material/document_scanner:",
        **kept_for("keep_draft"),
    )
    if not asked or extraction is None:
        return
    try:
        hand_over(order, run_id, extraction.values)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.switch_page("pages/studio.py", query_params={keys.RUN_PARAM: run_id})


def _times(order: Record) -> tuple[tuple[str, Any], ...]:
    return ("saved", order.created_at), ("changed", order.updated_at if order.updated_at != order.created_at else None)


def _draw_save_bar(order: Record, draft: Draft, reviewed: Reviewed, errors: dict[str, str]) -> None:
    changed = is_changed(draft)
    with st.container(horizontal=True, vertical_alignment="bottom", key="record_save_bar"):
        _draw_status(draft)
        too = st.checkbox(
            "In the Excel workbook too", value="workbook" in get_studio().defaults.save_to, key="record_workbook_too"
        )
        save = st.button(
            "Save changes",
            key="record_save",
            type="primary",
            icon=":material/save:",
            shortcut="Ctrl+S",
            **kept_for("save", disabled=not changed),
        )
        if changed:
            st.button("Discard", key="record_discard", type="tertiary", on_click=_discard, args=(order,))
    if errors:
        titles = {info.name: info.title for info in order.type.header}
        names = ", ".join(titles.get(path) or order.type.title_of(path) for path in errors)
        st.error(f"Not saved yet: correct {plain(names)} first.", icon=":material/error:")
    open_choices = draw_conflicts(order, draft)
    if save and open_choices:
        st.error("Not saved yet: choose between theirs and yours first.", icon=":material/error:")
    if save and not errors and not open_choices:
        save_record(order, draft, reviewed.extraction, workbook_too=too)
        st.rerun()


def _draw_status(draft: Draft) -> None:
    statuses: tuple[Status, ...] = get_args(Status)
    key = f"record_status_{draft.edits.revision}_{int(draft.marked)}"
    with st.container(key="record_status", width=150):
        st.selectbox(
            "Status", statuses, statuses.index(draft.status), key=key, on_change=_commit_status, args=(draft, key)
        )


def _draw_group(
    fields: list[FieldInfo],
    order: Record,
    draft: Draft,
    reviewed: Reviewed,
    errors: dict[str, str],
    name: str = "",
) -> None:
    width = max(_WIDTHS.get(info.kind, 130) for info in fields)
    grid = st.grid(columns="auto", min_column_width=width, gap=("xsmall", "small"))
    if fields[0] is order.type.header[0]:
        with grid.cell(), st.container(key="cell_type_record", gap=None):
            _draw_type(order, draft)
    for info in fields:
        with grid.cell(), st.container(key=f"cell_{info.kind}_record_{info.name}", gap=None):
            # The inner key is the one by which the page view finds a field.
            with (
                st.container(key=f"record_field_{info.name}", gap=None),
                st.container(key=keys.field(info.name), gap=None),
            ):
                # A draft's fields have keys of their own and their text as default: set by session state, a field
                # whose run is cut short would show, and send back, what stood there before.
                key = f"record_field_{info.name}_{draft.edits.revision}"
                title, text = f"{info.title}{' *' if info.required else ''}", text_at(order, draft, info.name)
                about: dict[str, Any] = {
                    "key": key,
                    "on_change": _commit_field,
                    "args": (order, draft, info.name, key),
                }
                if info.kind in GROWING:
                    st.text_area(title, text, height="content", **about)
                else:
                    st.text_input(title, text, **about)
            _draw_remarks(order, info, draft, reviewed, errors.get(info.name))
    _draw_shared(name or fields[0].group, fields, reviewed)


def _draw_type(order: Record, draft: Draft) -> None:
    """What the document is, to choose; nothing where that was not told."""
    now, key = text_at(order, draft, DOCUMENT_TYPE), f"record_type_{draft.edits.revision}"
    kinds = list(dict.fromkeys(["", *order.type.told_kinds, now]))
    with st.container(key="record_type", gap=None):
        st.selectbox(
            "Type",
            kinds,
            kinds.index(now),
            lambda kind: kind.capitalize() or "(not told)",
            key=key,
            on_change=_commit_field,
            args=(order, draft, DOCUMENT_TYPE, key),
        )
    if now != (order.document_type or ""):
        st.markdown(f"stored: {plain(order.document_type or 'nothing')}")


def _draw_remarks(order: Record, info: FieldInfo, draft: Draft, reviewed: Reviewed, error: str | None) -> None:
    """What is to be said of one field alone, below it."""
    if error:
        st.markdown(f":red[:material/error: {plain(error)}]")
    else:
        draw_findings([f for f in worth_showing(reviewed.extraction, info.name) if len(f.fields) == 1])
    stored, now = value_at(order, info.name), value_at(reviewed.extraction, info.name)
    if not error and as_text(now) != text_at(order, draft, info.name).strip():
        st.markdown(f"read as: {plain(as_text(now)) or 'nothing'}")
    if error or now != stored:
        st.markdown(f"stored: {plain(as_text(stored)) or 'nothing'}")


def _draw_shared(group: str, fields: list[FieldInfo], reviewed: Reviewed) -> None:
    """Findings that touch several fields, once, below the group of the first of them."""
    shared = [
        finding
        for info in fields
        for finding in worth_showing(reviewed.extraction, info.name)
        if len(finding.fields) > 1 and finding.fields[0] == info.name
    ]
    with st.container(key=f"notes_record_{group.lower()}", gap="xsmall"):
        draw_findings(shared)


def _commit_status(draft: Draft, key: str) -> None:
    draft.status = st.session_state[key]


def _commit_field(order: Record, draft: Draft, name: str, key: str) -> None:
    set_text(order, draft, name, str(st.session_state.get(key) or ""))
    mark_reviewed(order, draft)


def _discard(order: Record) -> None:
    assert order.order_id is not None
    drop_draft(order.order_id)
