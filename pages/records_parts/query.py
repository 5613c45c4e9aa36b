"""What is being listed on the Records page: its search, filter, order and page, kept in the address so that
a reload or a shared link shows the same list."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import fields, replace
from typing import get_args

import streamlit as st

from core.models import field_of
from core.stores import OrderPage, OrderQuery, OrderSummary, Status
from pages.shared.frame import get_studio

# Keys of the widgets, which are also their names in the address.
SEARCH = "search"
STATUS = "status"
SORT = "sort"
ORDER = "order"
SIZE = "rows"

PAGE = "records_page"

ANY_STATUS = "any status"
SIZES = (25, 50, 100, 200)
_DESCENDING, _ASCENDING = "descending", "ascending"
_OWN_TITLES = {
    "order_id": "Order",
    "status": "Status",
    "updated_at": "Changed (UTC)",
    "document_type": "Type",
    "amount_due": "Due",
}


def title_of_column(name: str) -> str:
    """What a column of the list is called."""
    return _OWN_TITLES.get(name) or field_of(name).title


def columns() -> tuple[str, ...]:
    """The columns of the list that it can be sorted by: the fields of :class:`OrderSummary`, the amount's currency
    standing beside the amount."""
    return tuple(info.name for info in fields(OrderSummary) if info.name != "currency")


def draw_search_bar() -> None:
    """Search, filter, sort and page size in one row."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="records_bar"):
        st.text_input(
            "Search",
            key=SEARCH,
            type="search",
            placeholder="Number, vendor, customer or order",
            live="300ms",
            bind="query-params",
            width=320,
        )
        statuses = [ANY_STATUS, *get_args(Status)]
        _choose("Status", statuses, STATUS, 140)
        _choose("Sort by", list(columns()), SORT, 150, title_of_column)
        _choose("Direction", [_DESCENDING, _ASCENDING], ORDER, 140)
        _choose("Rows a page", [str(size) for size in SIZES], SIZE, 100, default=1)


def _choose(
    label: str, options: list[str], key: str, width: int, show: Callable[[str], str] = str, default: int = 0
) -> None:
    st.selectbox(
        label,
        options,
        index=default,
        key=key,
        format_func=show,
        bind="query-params",
        width=width,
    )


def current_query() -> OrderQuery:
    """What the widgets ask for."""
    state = st.session_state
    status = state.get(STATUS, ANY_STATUS)
    query = OrderQuery(
        text=(state.get(SEARCH) or "").strip(),
        status=None if status == ANY_STATUS else status,
        sort=state.get(SORT, "order_id"),
        descending=state.get(ORDER, _DESCENDING) == _DESCENDING,
        size=int(state.get(SIZE, SIZES[1])),
    )
    return replace(query, page=int(state.get(page_key(query), 1)) - 1)


def page_key(query: OrderQuery) -> str:
    """The key of the page choice: another list has another, and so begins on its first page."""
    digest = hashlib.sha256(f"{replace(query, page=0)}".encode()).hexdigest()[:10]
    return f"{PAGE}_{digest}"


def clear_query() -> None:
    """List everything again."""
    st.session_state[SEARCH] = ""
    st.session_state[STATUS] = ANY_STATUS


def is_narrowed(query: OrderQuery) -> bool:
    """Whether the query leaves records out."""
    return bool(query.text) or query.status is not None


def draw_paging(query: OrderQuery, listed: OrderPage) -> None:
    """Which rows are shown, and the way to the others."""
    first = query.page * query.size + 1
    last = first + len(listed.rows) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="records_paging"):
        st.caption(f"{first:,}–{last:,} of {listed.total:,}", width="content")
        pages = page_count(listed.total, query.size)
        if pages > 1:
            st.pagination(pages, key=page_key(query), max_visible_pages=5)


def page_count(total: int, size: int) -> int:
    """How many pages ``total`` rows fill."""
    return max(1, math.ceil(total / size))


def search_page(query: OrderQuery) -> tuple[OrderQuery, OrderPage]:
    """The page asked for; the last one where fewer are left. Raises StorageError."""
    listed = get_studio().search(query)
    pages = page_count(listed.total, query.size)
    if listed.rows or query.page < pages:
        return query, listed
    st.session_state[page_key(query)] = pages
    query = replace(query, page=pages - 1)
    return query, get_studio().search(query)
