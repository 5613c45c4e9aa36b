"""What is being listed on the Records page: its search, filter, order and page, kept in the address so that
a reload or a shared link shows the same list."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import streamlit as st

from core.document_types import USUAL
from core.schema.document_type import DocumentType
from core.stores.records import OWN_COLUMNS, RecordPage, RecordQuery, Status
from pages.records_parts.filters import clear_filters, draw_filters, narrowed
from pages.shared.frame import get_studio
from pages.shared.times import day_starts, local_zone

# Keys of the widgets, which are also their names in the address.
SEARCH = "search"
STATUS = "status"
TYPE = "type"
INVOICED_FROM, INVOICED_TO, SAVED_FROM, SAVED_TO = DAYS = ("invoiced_from", "invoiced_to", "saved_from", "saved_to")
SORT = "sort"
ORDER = "order"
SIZE = "rows"
COLUMNS = "columns"

PAGE = "records_page"

ANY_STATUS = "any status"
ANY_TYPE = "any type"
SIZES = (25, 50, 100, 200)
_DESCENDING, _ASCENDING = "descending", "ascending"
_OWN_TITLES = {
    "order_id": "Order",
    "status": "Status",
    "updated_at": "Changed",
    "document_type": "Type",
}


def title_of_column(name: str, kind: DocumentType = USUAL) -> str:
    """What a column of a list of documents of ``kind`` is called."""
    return _OWN_TITLES.get(name) or kind.field_of(name).title


def columns(kind: DocumentType = USUAL) -> tuple[str, ...]:
    """The columns of such a list, by each of which it can be sorted, the most telling first: beside an open record the others
    are a scroll away. The amount's currency stands with it."""
    listed = [name for name in kind.list_columns if kind.field_of(name).kind != "currency"]
    first, *others = OWN_COLUMNS
    return (first, *listed[:3], others[0], *listed[3:], *others[1:])


def listed_type(query: RecordQuery) -> DocumentType:
    """The type whose fields are the columns of a list: that which it is narrowed to, else the usual one with what was added to it."""
    return _kind_named(query.type_name)


def _kind_named(name: str | None) -> DocumentType:
    return next((kind for kind in get_studio().types.types() if kind.name == (name or USUAL.name)), USUAL)


def _type_choices() -> dict[str, tuple[str | None, str | None]]:
    """What a list can be narrowed to, each with the kind and the type that it means. What invoices may call themselves is a
    kind, whatever it was read as; any other type is chosen by its title."""
    choices: dict[str, tuple[str | None, str | None]] = {kind: (kind, None) for kind in USUAL.told_kinds}
    for other in get_studio().types.types():
        choices.setdefault(other.title.lower(), (None, other.name))
    return choices


def draw_search_bar() -> None:
    """Search, filter, sort and page size in one row."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="records_bar"):
        st.text_input(
            "Search",
            key=SEARCH,
            type="search",
            placeholder="Number, vendor or any word",
            help="Any part of number, vendor and customer, the order's number, or words of all values and of the pages. “Quoted” words must stand together.",
            live="300ms",
            bind="query-params",
            width=225,
        )
        statuses = [ANY_STATUS, *get_args(Status)]
        _choose("Status", statuses, STATUS, 140)
        _choose("Type", [ANY_TYPE, *_type_choices()], TYPE, 130)
        _draw_dates()
        query = current_query()  # the type is known only now
        draw_filters(query)
        _draw_columns(listed_type(query))
        if st.session_state.get(SORT, "order_id") not in shown_columns(query):
            st.session_state[SORT] = "order_id"  # the list was sorted by a field that it has no more
        _choose(
            "Sort by", list(shown_columns(query)), SORT, 150, lambda name: title_of_column(name, listed_type(query))
        )
        _choose("Direction", [_DESCENDING, _ASCENDING], ORDER, 140)
        _choose("Rows a page", [str(size) for size in SIZES], SIZE, 100, default=1)


def _draw_columns(kind: DocumentType) -> None:
    """The columns of the list, where somebody wants others than the usual ones."""
    titles = {name: title_of_column(name, kind) for name in (*columns(kind), *(info.name for info in kind.header))}
    if not set(st.session_state.get(COLUMNS) or ()) <= titles.keys():
        st.session_state[COLUMNS] = [name for name in st.session_state[COLUMNS] if name in titles]
    with st.popover("", icon=":material/view_column:", key="records_columns", help="Which columns the list has"):
        st.multiselect(
            "Columns",
            list(titles),
            key=COLUMNS,
            format_func=titles.__getitem__,
            bind="query-params",
            placeholder="The usual ones",
            width=320,
        )


def shown_columns(query: RecordQuery) -> tuple[str, ...]:
    """The columns that a list has: those that were chosen behind the order's number, else the usual ones."""
    chosen = [name for name in st.session_state.get(COLUMNS) or () if name != "order_id"]
    return ("order_id", *chosen) if chosen else columns(listed_type(query))


def _draw_dates() -> None:
    """The ranges of dates; the button says whether one is set."""
    some = any(st.session_state.get(key) for key in DAYS)
    with st.popover("Dates", icon=":material/event_available:" if some else ":material/event:", key="records_dates"):
        for title, first, last in (
            (USUAL.field_of(USUAL.issued_on).title, INVOICED_FROM, INVOICED_TO),
            ("Last saved", SAVED_FROM, SAVED_TO),
        ):
            with st.container(horizontal=True):
                _choose_day(f"{title} from", first)
                _choose_day(f"{title} to", last)
        st.caption(f"Both days are in the range. Saved days are those of {local_zone().key}.")


def _choose_day(label: str, key: str) -> None:
    st.date_input(label, None, key=key, format="YYYY-MM-DD", bind="query-params", width=170)


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


def current_query() -> RecordQuery:
    """What the widgets ask for."""
    state = st.session_state
    status = state.get(STATUS, ANY_STATUS)
    kind, type_name = _type_choices().get(state.get(TYPE, ANY_TYPE), (None, None))
    invoiced_from, invoiced_to, saved_from, saved_to = (state.get(key) for key in DAYS)
    zone = local_zone()
    query = RecordQuery(
        text=(state.get(SEARCH) or "").strip(),
        status=None if status == ANY_STATUS else status,
        document_type=kind,
        type_name=type_name,
        invoiced=(invoiced_from, invoiced_to),
        saved=(
            day_starts(saved_from, zone) if saved_from else None,
            day_starts(saved_to + timedelta(days=1), zone) if saved_to else None,
        ),
        sort=state.get(SORT, "order_id"),
        descending=state.get(ORDER, _DESCENDING) == _DESCENDING,
        size=int(state.get(SIZE, SIZES[1])),
        columns=tuple(st.session_state.get(COLUMNS) or ()),
        **narrowed(type_name),
        added=tuple(info.name for info in _kind_named(type_name).added) if type_name in (None, USUAL.name) else (),
    )
    return replace(query, page=int(state.get(page_key(query), 1)) - 1)


def page_key(query: RecordQuery) -> str:
    """The key of the page choice: another list has another, and so begins on its first page."""
    digest = hashlib.sha256(f"{replace(query, page=0)}".encode()).hexdigest()[:10]
    return f"{PAGE}_{digest}"


def clear_query() -> None:
    """List everything again."""
    st.session_state[SEARCH] = ""
    st.session_state[STATUS] = ANY_STATUS
    st.session_state[TYPE] = ANY_TYPE
    for key in DAYS:
        st.session_state[key] = None
    clear_filters()


def is_narrowed(query: RecordQuery) -> bool:
    """Whether the query leaves records out."""
    bare = replace(query, sort="", descending=True, page=0, size=0, added=(), columns=())
    return bare != RecordQuery(sort="", size=0)


def draw_paging(query: RecordQuery, listed: RecordPage) -> None:
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


def search_page(query: RecordQuery) -> tuple[RecordQuery, RecordPage]:
    """The page asked for; the last one where fewer are left. Raises StorageError."""
    listed = get_studio().search(query)
    pages = page_count(listed.total, query.size)
    if listed.rows or query.page < pages:
        return query, listed
    st.session_state[page_key(query)] = pages
    query = replace(query, page=pages - 1)
    return query, get_studio().search(query)
