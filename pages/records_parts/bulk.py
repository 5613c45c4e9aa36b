"""What can be done with all chosen records, how far it is, and its way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import streamlit as st

from core.bulk import Progress, describe_batch
from core.errors import StudioError
from core.stores.batches import Batch
from core.stores.records import RecordQuery
from pages.records_parts.choosing import CHOOSING, choose, chosen
from pages.records_parts.query import listed_type
from pages.records_parts.reread import begin_reread, open_reread
from pages.records_parts.twins import put_beside
from pages.shared.frame import get_studio, plain
from pages.shared.recipe_names import title_of_recipe
from pages.shared.rights import kept_for
from pages.shared.times import local_time, local_zone

#: The batch that is to be carried out in this run, as (its id, whether it is undone), and the one that is told of.
_RUNNING, _TOLD = "records_batch_running", "records_batch_told"
_TROUBLE = "records_batch_trouble"
#: Batches that can still be seen and undone from here.
_EARLIER = 8
_REASONS = 12


def draw_choosing() -> None:
    """The switch between opening records and choosing them."""
    st.toggle(
        "Choose several", key=CHOOSING, help="Choose records to change, approve, read again or delete all of them"
    )


def draw_bulk(query: RecordQuery, total: int) -> None:
    """What can be done with the chosen records."""
    picked = chosen()
    none = not picked
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="records_bulk"):
        st.markdown(f"**{len(picked):,}** chosen", width="content")
        if len(picked) < total:
            st.button(f"All {total:,}", key="records_choose_all", type="tertiary", on_click=_choose_all, args=(query,))
        if picked:
            st.button("None", key="records_choose_none", type="tertiary", on_click=choose, args=({},))
        _draw_edit(query, none)
        st.button(
            "Approve",
            key="records_approve",
            icon=":material/check:",
            on_click=_begin,
            args=(lambda: get_studio().bulk.approve(chosen()),),
            **kept_for("bulk.approve", "Mark them as reviewed", none),
        )
        _draw_read_again(none)
        with st.popover("Delete", icon=":material/delete:", key="records_delete_some", disabled=none):
            st.markdown(
                f"This takes {_many(len(picked))} out of the database and, where it has them, of the Excel workbook. You can undo this."
            )
            st.button(
                f":red[Delete {len(picked):,}]",
                key="records_delete_now",
                on_click=_begin,
                args=(lambda: get_studio().bulk.delete(chosen()),),
                **kept_for("bulk.delete"),
            )
        if len(picked) == 2:
            st.button(
                "Side by side",
                key="records_compare",
                icon=":material/compare:",
                on_click=put_beside,
                args=tuple(picked),
            )
        _draw_earlier()


def _draw_edit(query: RecordQuery, none: bool) -> None:
    fields = {info.name: info.title for info in listed_type(query).header}
    with st.popover("Change a field", icon=":material/edit:", key="records_edit", disabled=none):
        name = st.selectbox("Field", list(fields), key="records_edit_field", format_func=fields.__getitem__, width=260)
        text = st.text_input(
            "Its new value", key="records_edit_text", placeholder="Left empty: it is emptied", width=260
        )
        st.button(
            f"Change {len(chosen()):,}",
            key="records_edit_now",
            type="primary",
            on_click=_begin,
            args=(lambda: get_studio().bulk.edit(chosen(), name, text, fields[name]),),
            **kept_for("bulk.edit"),
        )


def _draw_read_again(none: bool) -> None:
    with st.popover("Read again", icon=":material/refresh:", key="records_reread", disabled=none):
        recipes = list(get_studio().defaults.known_recipes())
        recipe = st.selectbox("How", recipes, key="records_reread_recipe", format_func=title_of_recipe, width=280)
        st.caption("What differs is shown before anything is replaced.")
        st.button(
            f"Read {len(chosen()):,} again",
            key="records_reread_now",
            type="primary",
            on_click=_read_again,
            args=(recipe,),
            **kept_for("bulk.read_again"),
        )


def _read_again(recipe: str) -> None:
    try:
        begin_reread(get_studio().bulk.read_again(chosen(), recipe))
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)
    else:
        choose({})


def _choose_all(query: RecordQuery) -> None:
    choose(get_studio().bulk.picked(query))


def _begin(begin: Callable[[], str]) -> None:
    """Keep the batch; the run that follows carries it out."""
    try:
        st.session_state[_RUNNING] = (begin(), False)
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)


def _undo(batch_id: str) -> None:
    st.session_state[_RUNNING] = (batch_id, True)


def _go_on(batch_id: str) -> None:
    st.session_state[_RUNNING] = (batch_id, False)


def draw_batch() -> None:
    """Carry out what was asked for, with a bar, and tell what came of it."""
    if running := st.session_state.pop(_RUNNING, None):
        _carry_out(*running)
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")
    if told := st.session_state.get(_TOLD):
        _draw_told(told)


def _carry_out(batch_id: str, undo: bool) -> None:
    bulk = get_studio().bulk
    st.session_state[_TOLD] = batch_id  # also where the person goes elsewhere before it is over
    bar = st.empty()
    try:
        _follow(bulk.undo(batch_id) if undo else bulk.go_on(batch_id), bar)
    except StudioError as error:
        st.session_state[_TROUBLE] = str(error)
    bar.empty()
    choose({})


def _follow(steps: Iterator[Progress], bar: st.delta_generator.DeltaGenerator) -> None:
    for step in steps:
        bar.progress(step.over / max(1, step.size), f"{step.over:,} of {step.size:,}")


def _draw_told(batch_id: str) -> None:
    try:
        batch = get_studio().bulk.get(batch_id)
    except StudioError:
        st.session_state.pop(_TOLD, None)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="records_batch_notice"):
        st.markdown(f":material/checklist: {plain(_sentence(batch))}", width="content")
        _draw_ways(batch, "told")
        _draw_left(batch)
        st.button("Dismiss", key="records_batch_dismiss", type="tertiary", on_click=_dismiss)


def _dismiss() -> None:
    st.session_state.pop(_TOLD, None)


def _sentence(batch: Batch) -> str:
    """What a batch did, counted."""
    counts = batch.counts
    parts = []
    if done := counts.get("done", 0):
        parts.append(
            f"{describe_batch(batch)} in {_many(done)}"
            if batch.deed == "edit"
            else f"{_many(done)} {describe_batch(batch)}"
        )
    if undone := counts.get("undone", 0):
        parts.append(f"{_many(undone)} as before")
    if left := counts.get("left", 0):
        parts.append(f"{_many(left)} left as {'it is' if left == 1 else 'they are'}")
    if waiting := counts.get("waiting", 0):
        parts.append(f"{waiting:,} not done yet")
    if reading := counts.get("reading", 0):
        parts.append(f"{reading:,} read again, not decided yet")
    return f"{'; '.join(parts)}." if parts else "Nothing was to be done."


def _many(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _draw_ways(batch: Batch, place: str) -> None:
    """On with it, and back."""
    mine, counts = f"{place}_{batch.batch_id}", batch.counts
    if counts.get("waiting"):
        st.button(
            "Go on", key=f"records_go_on_{mine}", on_click=_go_on, args=(batch.batch_id,), **kept_for("bulk.go_on")
        )
    if counts.get("reading"):
        st.button("See what differs", key=f"records_see_{mine}", on_click=open_reread, args=(batch.batch_id,))
    if counts.get("done"):
        st.button(
            "Undo",
            key=f"records_undo_{mine}",
            icon=":material/undo:",
            on_click=_undo,
            args=(batch.batch_id,),
            **kept_for("bulk.undo"),
        )


def _draw_left(batch: Batch) -> None:
    left = get_studio().bulk.left(batch.batch_id, _REASONS)
    if left:
        with st.popover("Why", key="records_batch_why", type="tertiary"):
            for item in left:
                st.markdown(f"**Order {item.order_id}**: {plain(item.sentence)}")
            if batch.counts.get("left", 0) > len(left):
                st.caption(f"These are the first {len(left)}.")


def _draw_earlier() -> None:
    """The batches of before, each with its way back."""
    earlier = get_studio().bulk.latest(_EARLIER)
    if not earlier:
        return
    with st.popover("Done before", icon=":material/history:", key="records_batches", type="tertiary"):
        zone = local_zone()
        for batch in earlier:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"{plain(_sentence(batch))}  \n:gray[{local_time(batch.at, zone)} · {plain(batch.who)}]")
                _draw_ways(batch, "earlier")
        st.caption("For 30 days these can be undone.")
