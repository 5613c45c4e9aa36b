"""What is done with the chosen items, several at once; deleting is taken back by one click."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import StudioError
from core.stores.inbox import InboxItem, InboxQuery
from pages.inbox_parts.choosing import choose, chosen
from pages.inbox_parts.download import draw_downloads
from pages.inbox_parts.opening import MOST
from pages.inbox_parts.rows import OPENING
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.recipe_names import title_of_recipe

_DELETED = "inbox_deleted"
_AS_BEFORE = "as before"


def draw_actions(query: InboxQuery, total: int, failed: int) -> None:
    """The bar above the rows: for the chosen items, or for all that failed."""
    ids = chosen()
    items = get_studio().inbox.some(ids)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="inbox_actions"):
        if not items:
            _draw_nothing_chosen(total, failed)
            return
        st.markdown(f"**{len(items):,} chosen**", width="content")
        st.button(
            "Open",
            key="inbox_open",
            type="primary",
            icon=":material/open_in_new:",
            help=f"In the Studio, at most {MOST} at once",
            on_click=_open,
            args=(items,),
        )
        _draw_run(items)
        _draw_assign(items)
        _draw_reject(items)
        if any(item.state == "rejected" for item in items):
            _button("Take rejection back", "inbox_take_back", ":material/undo:", _take_back, items)
        if any(item.state == "failed" for item in items):
            _button("Try again", "inbox_retry", ":material/refresh:", _retry, items)
        draw_downloads("chosen", f"{len(items)}-documents", lambda: chosen())
        _button("Delete", "inbox_delete", ":material/delete:", _delete, items)
        if len(items) < total:
            st.button(
                f"Choose all {total:,}", key="inbox_choose_all", type="tertiary", on_click=_choose_all, args=(query,)
            )
        st.button("Choose none", key="inbox_choose_none", type="tertiary", on_click=choose, args=((),))


def _draw_nothing_chosen(total: int, failed: int) -> None:
    st.caption(
        "Tick rows to read, assign, reject or delete them; press a name to open it in the Studio.", width="content"
    )
    if failed:
        st.button(
            f"Try all {failed:,} failed again" if failed > 1 else "Try the failed one again",
            key="inbox_retry_all",
            icon=":material/refresh:",
            on_click=_retry_all,
        )


def _button(
    label: str, key: str, icon: str, act: Callable[[Sequence[InboxItem]], None], items: Sequence[InboxItem]
) -> None:
    st.button(label, key=key, icon=icon, on_click=act, args=(items,))


def _draw_run(items: Sequence[InboxItem]) -> None:
    studio = get_studio()
    with st.popover("Read", icon=":material/play_arrow:", key="inbox_run"):
        recipes = [_AS_BEFORE, *studio.defaults.known_recipes()]
        titles = {kind.name: kind.title for kind in studio.types.types()}
        recipe = st.selectbox(
            "How to read them",
            recipes,
            format_func=lambda name: name if name == _AS_BEFORE else title_of_recipe(name),
            key="inbox_recipe",
        )
        read_as = st.selectbox(
            "Read as", [_AS_BEFORE, *titles], format_func=lambda name: titles.get(name, name), key="inbox_read_as"
        )
        st.caption("All pages of each that were not chosen otherwise. What is saved is left as it is.")
        st.button(
            f"Read {len(items):,}",
            key="inbox_run_now",
            type="primary",
            on_click=_run,
            args=(items, *(None if wish == _AS_BEFORE else wish for wish in (recipe, read_as))),
        )


def _draw_assign(items: Sequence[InboxItem]) -> None:
    with st.popover("Assign", icon=":material/person:", key="inbox_assign"):
        names = get_studio().inbox.choices("who")
        who = st.selectbox("To", names, index=None, key="inbox_who", accept_new_options=True, placeholder="A name")
        with st.container(horizontal=True):
            st.button(
                "Assign",
                key="inbox_assign_now",
                type="primary",
                disabled=not who,
                on_click=_assign,
                args=(items, who or ""),
            )
            st.button("To nobody", key="inbox_assign_nobody", on_click=_assign, args=(items, ""))


def _draw_reject(items: Sequence[InboxItem]) -> None:
    with st.popover("Reject", icon=":material/block:", key="inbox_reject"):
        reason = st.text_input("Why", key="inbox_reason", placeholder="Not ours, no invoice, …", max_chars=300)
        st.button("Reject", key="inbox_reject_now", type="primary", on_click=_reject, args=(items, reason))


def _did(
    items: Sequence[InboxItem], verb: Callable[[list[str]], list[InboxItem]], said: str, why_not: str = ""
) -> list[InboxItem]:
    """Do ``verb`` with the items and say how many it took; those that it left, with why."""
    try:
        done = verb([item.item_id for item in items])
    except StudioError as error:
        say(str(error), bad=True)
        return []
    left = len(items) - len(done)
    rest = f" {left:,} left as {'it is' if left == 1 else 'they are'}: {why_not}." if left and why_not else ""
    say(f"{len(done):,} {said}.{rest}")
    return done


def _run(items: Sequence[InboxItem], recipe: str | None, read_as: str | None) -> None:
    inbox = get_studio().inbox
    _did(items, lambda ids: inbox.run(ids, recipe, read_as), "queued", "saved, or being read")


def _retry(items: Sequence[InboxItem]) -> None:
    _did([item for item in items if item.state == "failed"], get_studio().inbox.retry, "tried again")


def _retry_all() -> None:
    inbox = get_studio().inbox
    try:
        say(f"{len(inbox.retry()):,} tried again.")
    except StudioError as error:
        say(str(error), bad=True)


def _assign(items: Sequence[InboxItem], who: str) -> None:
    inbox = get_studio().inbox
    _did(items, lambda ids: inbox.assign(ids, who), f"assigned to {who}" if who else "assigned to nobody")


def _reject(items: Sequence[InboxItem], reason: str) -> None:
    inbox = get_studio().inbox
    _did(items, lambda ids: inbox.reject(ids, reason), "rejected", "saved or rejected already")


def _take_back(items: Sequence[InboxItem]) -> None:
    _did([item for item in items if item.state == "rejected"], get_studio().inbox.take_back, "taken back")


def _delete(items: Sequence[InboxItem]) -> None:
    if gone := _did(items, get_studio().inbox.delete, "deleted"):
        st.session_state[_DELETED] = gone
        choose(())


def draw_deleted() -> None:
    """What was deleted last, with the way back."""
    gone: list[InboxItem] = st.session_state.get(_DELETED, [])
    if not gone:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inbox_deleted"):
        what = f"“{gone[0].name}” is" if len(gone) == 1 else f"{len(gone):,} documents are"
        st.markdown(f":material/delete: {plain(what)} out of the Inbox; records that were saved stay.", width="content")
        st.button("Undo", key="inbox_undelete", icon=":material/undo:", on_click=_put_back)
        st.button("Dismiss", key="inbox_deleted_seen", type="tertiary", on_click=_forget)


def _put_back() -> None:
    gone: list[InboxItem] = st.session_state.pop(_DELETED, [])
    try:
        get_studio().inbox.put_back(gone)
    except StudioError as error:
        say(str(error), bad=True)


def _forget() -> None:
    st.session_state.pop(_DELETED, None)


def _choose_all(query: InboxQuery) -> None:
    choose(get_studio().inbox.ids(query))


def _open(items: Sequence[InboxItem]) -> None:
    st.session_state[OPENING] = [item.item_id for item in items]
