"""What the Inbox lists: search and filters, the order and the page."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from core.stores.inbox import ITEM_STATES, SORTS, InboxPage, InboxQuery
from pages.shared.frame import get_studio

# Keys of the widgets, which are also their names in the address.
SEARCH, TYPE, VENDOR, WHO, BATCH = "find", "type", "vendor", "held_by", "batch"
SIZE = "inbox_size"
#: What the rows themselves choose.
STATES, SORT = "inbox_states", "inbox_sort"

ANY, NOBODY = "any", "nobody"
SIZES = (50, 100, 200)
_SIZE = SIZES[1]
#: Columns that a first click sorts from the greatest.
_FIGURES = ("total", "doubts", "arrived_at")


def draw_filters() -> None:
    """Search and filters in one row."""
    studio = get_studio()
    with st.container(horizontal=True, vertical_alignment="bottom", key="inbox_filters"):
        st.text_input(
            "Search",
            key=SEARCH,
            type="search",
            placeholder="Name, vendor or number",
            live="300ms",
            bind="query-params",
            width=300,
        )
        titles = {kind.name: kind.title for kind in studio.types.types()}
        _choose("Type", studio.inbox.choices("type_name"), TYPE, titles)
        _choose("Vendor", studio.inbox.choices("vendor"), VENDOR)
        reports = {report.batch.batch_id: report.batch.name for report in studio.inbox.reports(50)}
        _choose("Batch", list(reports), BATCH, reports)
        _choose("Who has it", [NOBODY, *studio.inbox.choices("who")], WHO)
        if is_narrowed(current_query()):
            st.button("Show all", key="inbox_clear", icon=":material/filter_alt_off:", on_click=clear_query)


def _choose(label: str, options: list[str], key: str, titles: dict[str, str] | None = None) -> None:
    named = titles or {}
    chosen = st.session_state.get(key, st.query_params.get(key, ANY))
    every = [ANY, *options, *([chosen] if chosen not in (ANY, *options) else [])]
    st.selectbox(label, every, key=key, format_func=lambda name: named.get(name, name), bind="query-params", width=165)


def current_query() -> InboxQuery:
    """What is asked for."""
    state = st.session_state
    sort, descending = state.get(SORT, ("arrived_at", True))

    def wanted(key: str) -> str | None:
        found = state.get(key, ANY)
        return None if found in (ANY, None) else str(found)

    who = wanted(WHO)
    query = InboxQuery(
        text=(state.get(SEARCH) or "").strip(),
        states=chosen_states(),
        type_name=wanted(TYPE),
        vendor=wanted(VENDOR),
        batch_id=wanted(BATCH),
        who="" if who == NOBODY else who,
        sort=sort,
        descending=descending,
        size=int(state.get(SIZE, _SIZE)),
    )
    return replace(query, page=int(state.get(page_key(query), 1)) - 1)


def chosen_states() -> tuple[Any, ...]:
    """The states that are listed; none: all. An address may name one."""
    if STATES not in st.session_state:
        named = st.query_params.get("state", "")
        st.session_state[STATES] = (named,) if named in ITEM_STATES else ()
    chosen: tuple[Any, ...] = st.session_state[STATES]
    return chosen


def toggle_state(state: str) -> None:
    """List a state alone, or all again."""
    if state in ITEM_STATES:
        st.session_state[STATES] = () if chosen_states() == (state,) else (state,)


def sort_by(column: str) -> None:
    """Sort by a column; the next time the other way round."""
    if column not in SORTS:
        return
    sorted_by, descending = st.session_state.get(SORT, ("arrived_at", True))
    turned = not descending if column == sorted_by else column in _FIGURES
    st.session_state[SORT] = (column, turned)


def clear_query() -> None:
    """List everything again."""
    st.session_state[SEARCH] = ""
    st.session_state[STATES] = ()
    for key in (TYPE, VENDOR, BATCH, WHO):
        st.session_state[key] = ANY


def show_batch(batch_id: str) -> None:
    """List one batch alone."""
    clear_query()
    st.session_state[BATCH] = batch_id


def is_narrowed(query: InboxQuery) -> bool:
    """Whether the query leaves items out."""
    return replace(query, sort="", descending=True, page=0, size=0) != InboxQuery(sort="", size=0)


def page_key(query: InboxQuery) -> str:
    """The key of the page choice: another list has another, and so begins on its first page."""
    digest = hashlib.sha256(f"{replace(query, page=0)}".encode()).hexdigest()[:10]
    return f"inbox_page_{digest}"


def search_page(query: InboxQuery) -> tuple[InboxQuery, InboxPage]:
    """The page asked for; the last one where fewer are left. Raises StorageError."""
    listed = get_studio().inbox.search(query)
    pages = page_count(listed.total, query.size)
    if listed.rows or query.page < pages:
        return query, listed
    st.session_state[page_key(query)] = pages
    query = replace(query, page=pages - 1)
    return query, get_studio().inbox.search(query)


def page_count(total: int, size: int) -> int:
    """How many pages ``total`` rows fill."""
    return max(1, math.ceil(total / size))


def draw_paging(query: InboxQuery, listed: InboxPage) -> None:
    """Which rows are shown, how many a page, and the way to the others."""
    first = query.page * query.size + 1
    with st.container(horizontal=True, vertical_alignment="center", key="inbox_paging"):
        st.caption(f"{first:,}–{first + len(listed.rows) - 1:,} of {listed.total:,}", width="content")
        pages = page_count(listed.total, query.size)
        if pages > 1:
            st.pagination(pages, key=page_key(query), max_visible_pages=5)
        if listed.total > SIZES[0]:
            st.selectbox("Rows a page", SIZES, index=1, key=SIZE, label_visibility="collapsed", width=90)


def packed(query: InboxQuery) -> str:
    """A query as part of an address."""
    text = json.dumps(asdict(query), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8", "ignore")).decode().rstrip("=")


def unpacked(subject: str) -> InboxQuery:
    """The query that :func:`packed` made part of an address."""
    told = json.loads(base64.urlsafe_b64decode(subject + "=" * (-len(subject) % 4)))
    return InboxQuery(**told | {"states": tuple(told["states"])})
