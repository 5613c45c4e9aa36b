"""The list of records: one page of rows, a click opens one, a click on a column's head sorts all records by it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from core.invoice.document_type import INVOICE
from core.stores.records import RecordPage, RecordQuery, RecordSummary
from pages.records_parts.query import ORDER, SORT, columns, title_of_column
from pages.shared.times import local_time, local_zone

OPENED = "record"
_VISITS = "records_table_visits"
_RIGHT = frozenset({"order_id", "total_amount", "amount_due"})
#: Pixels beside an open record; without one the columns share the whole width.
_WIDTHS = {
    "order_id": 58,
    "vendor_name": 124,
    "invoice_number": 92,
    "total_amount": 96,
    "status": 112,
    "invoice_date": 90,
    "customer_name": 170,
    "updated_at": 120,
}
#: Rows that are shown without a scroll, and the height in pixels of a list that has more.
_MOST_ROWS = 16
_HEIGHT = 540
#: The most telling columns first: beside an open record the others are a scroll away.
_ORDER = ("order_id", "vendor_name", "invoice_number", "total_amount", "status", "invoice_date")
_SIGNS = {"approved": "✓", "reviewed": "●", "needs review": "▲"}


def opened_record() -> int | None:
    """The id of the record that the address names."""
    named = st.query_params.get(OPENED, "")
    return int(named) if named.isdecimal() else None


def open_record(order_id: int | None) -> None:
    """Open a record (``None``: close the open one); the list shows which."""
    if order_id is None:
        st.query_params.pop(OPENED, None)
    else:
        st.query_params[OPENED] = str(order_id)
    st.session_state[_VISITS] = st.session_state.get(_VISITS, 0) + 1


def draw_table(query: RecordQuery, listed: RecordPage) -> None:
    """Draw one page of the list."""
    names = [*_ORDER, *(name for name in columns() if name not in _ORDER)]
    key = _key(query)
    ids = [row.order_id for row in listed.rows]
    opened = opened_record()
    st.dataframe(
        {name: [_cell(row, name) for row in listed.rows] for name in names},
        key=key,
        height="content" if len(ids) <= _MOST_ROWS else _HEIGHT,
        hide_index=True,
        column_config={name: _column(name, query, narrow=opened is not None) for name in names},
        on_select=lambda: _select(key, ids, names),
        selection_mode=["single-row", "single-cell", "single-column"],
        selection_default={"selection": {"rows": [ids.index(opened)] if opened in ids else []}},
    )


def _key(query: RecordQuery) -> str:
    """Rows are chosen by place: another list is another table."""
    digest = hashlib.sha256(f"{query}".encode()).hexdigest()[:10]
    return f"records_table_{digest}_{st.session_state.get(_VISITS, 0)}"


def _column(name: str, query: RecordQuery, *, narrow: bool) -> Any:
    arrow = ("  ↓" if query.descending else "  ↑") if name == query.sort else ""
    return st.column_config.TextColumn(
        f"{title_of_column(name)}{arrow}",
        alignment="right" if name in _RIGHT else "left",
        width=_WIDTHS.get(name, 108) if narrow else None,
        pinned=name == "order_id",
    )


def _cell(row: RecordSummary, name: str) -> str:
    value = getattr(row, name)
    if value is None:
        return ""
    if name == "status":
        return f"{_SIGNS.get(value, '')} {value}".strip()
    if isinstance(value, datetime):
        return local_time(value, local_zone())
    return amount_text(value, row.currency) if isinstance(value, Decimal) else str(value)


def amount_text(amount: Decimal, currency: str | None) -> str:
    """An amount for reading: thousands grouped, two decimals or more, and its currency."""
    exact = amount.normalize()
    decimals = max(2, -int(exact.as_tuple().exponent))
    return f"{amount:,.{decimals}f} {currency or ''}".strip()


def _select(key: str, ids: list[int], names: list[str]) -> None:
    chosen = st.session_state[key]["selection"]
    if chosen["columns"]:
        _sort_by(chosen["columns"][0])
        return
    places = [row for row, _ in chosen["cells"]] or chosen["rows"]
    if places:
        st.query_params[OPENED] = str(ids[places[0]])


def _sort_by(name: str) -> None:
    """A first click sorts: figures and dates from the greatest, texts from A; the next one turns it round."""
    state = st.session_state
    if state.get(SORT) == name:
        state[ORDER] = "ascending" if state.get(ORDER) == "descending" else "descending"
    else:
        state[SORT] = name
        figures = name in ("order_id", "updated_at", "amount_due") or (
            name not in ("status", "document_type") and INVOICE.field_of(name).kind in ("money", "date")
        )
        state[ORDER] = "descending" if figures else "ascending"
