"""The list of records: one page of rows, a click opens one, a click on a column's head sorts all records by it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from core.document_types import USUAL
from core.schema.document_type import DocumentType
from core.schema.fields import FieldKind
from core.stores.records import OWN_COLUMNS, RecordPage, RecordQuery, RecordSummary
from pages.records_parts.choosing import choices, chosen, is_choosing, take_rows
from pages.records_parts.query import ORDER, SORT, listed_type, shown_columns, title_of_column
from pages.shared.times import local_time, local_zone

OPENED = "record"
#: The column that says what a search found.
FOUND = "found"
_FOUND_WIDTH = 260
_VISITS = "records_table_visits"
_RIGHT = frozenset({"order_id"})
#: Pixels beside an open record, of our own columns and by kind of field; without one the columns share the whole width.
_WIDTHS = {"order_id": 58, "status": 112, "updated_at": 120}
_WIDTHS_OF_KINDS: dict[FieldKind, int] = {"name": 124, "identifier": 92, "money": 96, "date": 90}
_WIDTH = 108
_FIGURES = ("money", "quantity")
#: Rows that are shown without a scroll, and the height in pixels of a list that has more.
_MOST_ROWS = 16
_HEIGHT = 540
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
    kind = listed_type(query)
    names = list(shown_columns(query))
    key = _key(query)
    ids = [row.order_id for row in listed.rows]
    opened = opened_record()
    cells = {name: [_cell(row, name) for row in listed.rows] for name in names}
    heads = {name: _column(kind, name, query, narrow=opened is not None) for name in names}
    if query.text:
        cells = {FOUND: [row.matched for row in listed.rows]} | cells
        heads[FOUND] = st.column_config.TextColumn("Found in", width=_FOUND_WIDTH)
        cells = {"order_id": cells.pop("order_id")} | cells
        names = list(cells)
    if is_choosing():
        _draw_to_choose(cells, heads, key, {row.order_id: row.version or 0 for row in listed.rows})
        return
    st.dataframe(
        cells,
        key=key,
        height="content" if len(ids) <= _MOST_ROWS else _HEIGHT,
        hide_index=True,
        column_config=heads,
        on_select=lambda: _select(kind, key, ids, names),
        selection_mode=["single-row", "single-cell", "single-column"],
        selection_default={"selection": {"rows": [ids.index(opened)] if opened in ids else []}},
    )


def _draw_to_choose(cells: dict[str, list[str]], heads: dict[str, Any], key: str, shown: dict[int, int]) -> None:
    """The same rows with a box before each."""
    key = f"{key}_choosing_{choices()}"
    on = chosen()
    st.dataframe(
        cells,
        key=key,
        height="content" if len(shown) <= _MOST_ROWS else _HEIGHT,
        hide_index=True,
        column_config=heads,
        on_select=lambda: take_rows(shown, st.session_state[key]["selection"]["rows"]),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [place for place, number in enumerate(shown) if number in on]}},
    )


def _key(query: RecordQuery) -> str:
    """Rows are chosen by place: another list is another table."""
    digest = hashlib.sha256(f"{query}".encode()).hexdigest()[:10]
    return f"records_table_{digest}_{st.session_state.get(_VISITS, 0)}"


def _column(kind: DocumentType, name: str, query: RecordQuery, *, narrow: bool) -> Any:
    arrow = ("  ↓" if query.descending else "  ↑") if name == query.sort else ""
    return st.column_config.TextColumn(
        f"{title_of_column(name, kind)}{arrow}",
        alignment="right" if name in _RIGHT or _kind_of(kind, name) in _FIGURES else "left",
        width=_width(kind, name) if narrow else None,
        pinned=name == "order_id",
    )


def _kind_of(kind: DocumentType, name: str) -> FieldKind | None:
    """The kind of a column that is a field; ``None`` for one of our own."""
    return None if name in OWN_COLUMNS else kind.field_of(name).kind


def _width(kind: DocumentType, name: str) -> int:
    of_field = _kind_of(kind, name)
    return _WIDTHS.get(name, _WIDTH) if of_field is None else _WIDTHS_OF_KINDS.get(of_field, _WIDTH)


def _cell(row: RecordSummary, name: str) -> str:
    value = row.value(name)
    if name == "document_type" and row.type.base is not USUAL:
        value = value or row.type.title.lower()
    if value is None:
        return ""
    if name == "status":
        return f"{_SIGNS.get(value, '')} {value}".strip()
    if isinstance(value, datetime):
        return local_time(value, local_zone())
    return amount_text(value, _currency(row)) if isinstance(value, Decimal) else str(value)


def _currency(row: RecordSummary) -> str | None:
    name = row.type.parts.get("currency")
    return row.values.get(name) if name else None


def amount_text(amount: Decimal, currency: str | None) -> str:
    """An amount for reading: thousands grouped, two decimals or more, and its currency."""
    exact = amount.normalize()
    decimals = max(2, -int(exact.as_tuple().exponent))
    return f"{amount:,.{decimals}f} {currency or ''}".strip()


def _select(kind: DocumentType, key: str, ids: list[int], names: list[str]) -> None:
    chosen = st.session_state[key]["selection"]
    if chosen["columns"]:
        if chosen["columns"][0] == FOUND:
            return
        _sort_by(kind, chosen["columns"][0])
        return
    places = [row for row, _ in chosen["cells"]] or chosen["rows"]
    if places:
        st.query_params[OPENED] = str(ids[places[0]])


def _sort_by(kind: DocumentType, name: str) -> None:
    """A first click sorts: figures and dates from the greatest, texts from A; the next one turns it round."""
    state = st.session_state
    if state.get(SORT) == name:
        state[ORDER] = "ascending" if state.get(ORDER) == "descending" else "descending"
    else:
        state[SORT] = name
        figures = name in ("order_id", "updated_at") or _kind_of(kind, name) in ("money", "date")
        state[ORDER] = "descending" if figures else "ascending"
