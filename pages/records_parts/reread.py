"""Records whose documents are read again: how far it is, what differs, and the choice between stored and read."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.bulk import Reread
from core.errors import StudioError
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for
from pages.shared.watch import Glance, draw_watch, watched

_SHOWN = "records_reread_shown"
_TROUBLE = "records_reread_trouble"
#: Records whose differences are drawn at once.
_MOST = 25


def begin_reread(batch_id: str) -> None:
    """Show this batch."""
    st.session_state[_SHOWN] = batch_id


open_reread = begin_reread


@watched("records_reread")
def _look(batch_id: str) -> Glance:
    rereads = get_studio().bulk.readings(batch_id)
    return Glance(f"{sum(each.state == 'reading' for each in rereads)}/{len(rereads)}")


def draw_reread() -> None:
    """What the batch that is shown gave so far; nothing where none is."""
    batch_id = st.session_state.get(_SHOWN)
    if not batch_id:
        return
    try:
        rereads, batch = get_studio().bulk.readings(batch_id), get_studio().bulk.get(batch_id)
    except StudioError:
        _close()
        return
    with st.container(key="records_reread_panel", border=True):
        if trouble := st.session_state.pop(_TROUBLE, None):
            st.error(plain(trouble), icon=":material/error:")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**Read again with “{plain(str(batch.told.get('recipe', '')))}”**", width="content")
            st.markdown(_how_far(rereads), width="content")
            st.space("stretch")
            _draw_all(batch_id, rereads)
            st.button("", key="records_reread_close", icon=":material/close:", help="Decide later", on_click=_close)
        for each in [each for each in rereads if each.state in ("differs", "failed")][:_MOST]:
            _draw_one(batch_id, each)
        if any(each.state == "reading" for each in rereads):
            draw_watch("records_reread", batch_id, _look(batch_id))


def _how_far(rereads: Sequence[Reread]) -> str:
    counts = {state: sum(each.state == state for each in rereads) for state in ("reading", "differs", "same", "failed")}
    words = {"reading": "being read", "differs": "differ", "same": "say the same", "failed": "could not be read"}
    told = [f"{count:,} {words[state]}" for state, count in counts.items() if count]
    return ", ".join(told) or "Everything is decided."


def _draw_all(batch_id: str, rereads: Sequence[Reread]) -> None:
    differing = [each.order_id for each in rereads if each.state == "differs"]
    if differing:
        st.button(
            f"Take all {len(differing):,}",
            key="records_take_all",
            type="primary",
            on_click=_take,
            args=(batch_id, differing),
            **kept_for("bulk.take"),
        )
    over = [each.order_id for each in rereads if each.state != "reading"]
    if over:
        st.button(
            "Keep all as stored",
            key="records_keep_all",
            on_click=_keep,
            args=(batch_id, over),
            **kept_for("bulk.keep_stored"),
        )


def _draw_one(batch_id: str, reread: Reread) -> None:
    order_id = reread.order_id
    with st.container(key=f"records_reread_{order_id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**Order {order_id}**", width="content")
            if reread.sentence:
                st.markdown(plain(reread.sentence))
            if reread.state == "differs":
                st.button(
                    "Take what was read",
                    key=f"records_take_{order_id}",
                    on_click=_take,
                    args=(batch_id, [order_id]),
                    **kept_for("bulk.take"),
                )
            st.button(
                "Keep as stored",
                key=f"records_keep_{order_id}",
                type="tertiary",
                on_click=_keep,
                args=(batch_id, [order_id]),
                **kept_for("bulk.keep_stored"),
            )
        if reread.differences:
            titles, stored, now = zip(*reread.differences, strict=True)
            st.dataframe(
                {"Field": titles, "Stored": stored, "Read now": now}, hide_index=True, key=f"records_differ_{order_id}"
            )


def _take(batch_id: str, order_ids: Sequence[int]) -> None:
    try:
        for _ in get_studio().bulk.take(batch_id, order_ids):
            pass
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)


def _keep(batch_id: str, order_ids: Sequence[int]) -> None:
    get_studio().bulk.keep_stored(batch_id, order_ids)


def _close() -> None:
    st.session_state.pop(_SHOWN, None)
