"""Records that are the same or nearly, and two records side by side."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.records import beside, describe_twins
from core.stores.records import Record, Twins
from pages.records_parts.actions import delete_record
from pages.records_parts.table import open_record
from pages.shared.frame import get_studio, plain
from pages.shared.pictures import draw
from pages.shared.rights import kept_for

_SHOWN, _BESIDE = "records_twins_shown", "records_beside"
_SIZE = 20
_PICTURE = 900


def draw_twins_switch() -> None:
    """The way to the list of records that are the same."""
    st.toggle("Duplicates", key=_SHOWN, help="Records that are the same or nearly, with why")


def shows_twins() -> bool:
    """Whether that list is asked for."""
    return bool(st.session_state.get(_SHOWN))


def put_beside(first: int, second: int) -> None:
    """Show two records side by side."""
    st.session_state[_BESIDE] = (min(first, second), max(first, second))


def draw_twins() -> None:
    """Two records each that are the same or nearly."""
    page = int(st.session_state.get("records_twins_page", 1)) - 1
    found = get_studio().records.twins(page, _SIZE)
    with st.container(key="records_twins", border=True):
        if not found.rows:
            st.markdown("No two records are the same, or nearly." if not page else "No more of them here.")
        else:
            st.caption(f"{found.total:,} times two records are the same, or nearly.")
        for twins in found.rows:
            _draw_pair(twins)
        if found.total > _SIZE:
            st.pagination(-(-found.total // _SIZE), key="records_twins_page", max_visible_pages=5)


def _draw_pair(twins: Twins) -> None:
    mine = f"{twins.first}_{twins.second}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Orders {twins.first} and {twins.second}**  \n{plain(describe_twins(twins))}")
        st.button("Side by side", key=f"records_beside_{mine}", on_click=put_beside, args=(twins.first, twins.second))
        st.button(
            "Not the same",
            key=f"records_apart_{mine}",
            type="tertiary",
            on_click=_set_apart,
            args=(twins.first, twins.second),
            **kept_for("records.set_apart", "It is remembered, and not listed again"),
        )


def _set_apart(first: int, second: int) -> None:
    get_studio().records.set_apart(first, second)
    st.session_state.pop(_BESIDE, None)


def _close() -> None:
    st.session_state.pop(_BESIDE, None)


def draw_beside() -> None:
    """The two records that are to be seen side by side; nothing where none are."""
    pair = st.session_state.get(_BESIDE)
    if not pair:
        return
    try:
        first, second = (get_studio().record(number) for number in pair)
    except StudioError as error:
        _close()
        st.info(plain(str(error)), icon=":material/search_off:")
        return
    with st.container(key="records_beside", border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**Orders {pair[0]} and {pair[1]}, side by side**", width="content")
            st.space("stretch")
            st.button(
                "Not the same",
                key="records_beside_apart",
                on_click=_set_apart,
                args=pair,
                **kept_for("records.set_apart"),
            )
            st.button("", key="records_beside_close", icon=":material/close:", help="Close", on_click=_close)
        table, one, other = st.columns([6, 4, 4])
        with table:
            _draw_fields(first, second)
        for place, record in ((one, first), (other, second)):
            with place:
                _draw_one(record)


def _draw_fields(first: Record, second: Record) -> None:
    rows = beside(first, second)
    st.dataframe(
        {
            "": ["≠" if one != other else "" for _, one, other in rows],
            "Field": [title for title, _, _ in rows],
            f"Order {first.order_id}": [one for _, one, _ in rows],
            f"Order {second.order_id}": [other for _, _, other in rows],
        },
        hide_index=True,
        column_config={"": st.column_config.TextColumn(width=36)},
        height=520,
        key="records_beside_fields",
    )


def _draw_one(record: Record) -> None:
    """A record's first page, and what can be done with it."""
    assert record.order_id is not None
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Open {record.order_id}",
            key=f"records_beside_open_{record.order_id}",
            on_click=_open,
            args=(record.order_id,),
        )
        st.button(
            ":red[Delete]",
            key=f"records_beside_delete_{record.order_id}",
            type="tertiary",
            on_click=_delete,
            args=(record.order_id,),
            **kept_for("remove", "Take this record out of the database and the workbook; you can undo this"),
        )
    if record.document is None or not record.pages:
        st.caption("Nothing is known of the document that it came of.")
        return
    page = record.pages[0]
    try:
        st.image(draw(record.document, page.number, page.rotation, _PICTURE))
    except StudioError as error:
        st.caption(plain(str(error)))


def _open(order_id: int) -> None:
    _close()
    open_record(order_id)


def _delete(order_id: int) -> None:
    _close()
    try:
        delete_record(order_id, get_studio().records.holders(order_id))
    except StudioError:
        delete_record(order_id, ("database",))
