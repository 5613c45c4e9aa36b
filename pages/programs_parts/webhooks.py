"""Who is told what happens here, the log of it, and programs that may tell the studio."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import StudioError
from core.stores.webhooks import EVENTS, Delivery, Source, Webhook
from pages.programs_parts.secret import show_once
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for
from pages.shared.times import local_time, local_zone

#: Messages of a webhook that are shown.
_SHOWN = 15
_MADE = "programs_hooks_made"
_MARKS = {"delivered": ":green[:material/check_circle:]", "waiting": ":orange[:material/schedule:]", "parked": ":red[:material/error:]"}  # fmt: skip


def draw_webhooks() -> None:
    """Draw those that are told, each with its log, and the form of a new one beside them."""
    webhooks = get_studio().webhooks.all()
    listed, form = st.columns([11, 6], gap="large")
    with listed:
        if not webhooks:
            st.info(
                "Nobody is told yet. A webhook is an address that is called when something happens here: a document was read, needs a person, was saved.",
                icon=":material/info:",
            )
        for webhook in webhooks:
            _draw_webhook(webhook)
    with form:
        _draw_form()


def _draw_form() -> None:
    st.markdown("##### New webhook")
    with st.form("programs_new_webhook", border=True):
        st.text_input("Address", key=_field("url"), placeholder="https://…", max_chars=2000)
        st.multiselect("Told of", EVENTS, key=_field("events"), placeholder="everything", format_func=_words)
        st.toggle("Tell it what documents say, too", key=_field("values"), help="Else ids and addresses alone.")
        st.form_submit_button("Add", key="programs_hook_add", type="primary", on_click=_add, **kept_for("webhooks.add"))


def _draw_webhook(webhook: Webhook) -> None:
    zone, now = local_zone(), get_studio().access.now()
    one = webhook.webhook_id
    with st.container(border=True, key=f"programs_hook_{one}"):
        st.markdown("`" + webhook.url.replace("`", "'") + "`")  # as it is, no link
        told = (
            "everything" if len(webhook.events) == len(EVENTS) else ", ".join(_words(each) for each in webhook.events)
        )
        values = " · with values" if webhook.with_values else ""
        st.caption(
            f"told of {plain(told)}{values} · since {plain(local_time(webhook.created_at, zone))}, by {plain(webhook.created_by)}"
        )
        if webhook.disabled_at:
            st.warning(f"{plain(webhook.reason)} It is told nothing more.", icon=":material/block:")
        if len(webhook.secrets(now)) > 1 and webhook.old_until:
            st.caption(
                f":material/sync_lock: Until {plain(local_time(webhook.old_until, zone))} its old secret signs too."
            )
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Send a test", key=f"programs_ping_{one}", on_click=_do, args=(_ping, one), **kept_for("webhooks.ping")
            )
            with st.popover("New secret", key=f"programs_rotate_{one}"):
                st.markdown(
                    "For a day messages bear two signatures, by the new secret and by the old one: change the receiver meanwhile."
                )
                st.button("Make a new secret", key=f"programs_rotate_do_{one}", type="primary", on_click=_do, args=(_rotate, one), **kept_for("webhooks.rotate"))  # fmt: skip
            if webhook.disabled_at:
                st.button("Tell it again", key=f"programs_enable_{one}", on_click=_do, args=(_enable, one), **kept_for("webhooks.enable"))  # fmt: skip
            with st.popover("Remove", key=f"programs_remove_{one}"):
                st.markdown("It is told nothing more, and its log goes.")
                st.button("Remove it", key=f"programs_remove_do_{one}", type="primary", on_click=_do, args=(_remove, one), **kept_for("webhooks.remove"))  # fmt: skip
        _draw_log(webhook)


def _draw_log(webhook: Webhook) -> None:
    sent = get_studio().webhooks.deliveries(webhook.webhook_id, limit=_SHOWN)
    parked = sum(each.state == "parked" for each in sent)
    title = f"Messages ({len(sent)}{'+' if len(sent) == _SHOWN else ''}{f', {parked} not delivered' if parked else ''})"
    with st.expander(title, expanded=bool(parked)):
        if not sent:
            st.caption("None yet.")
        for each in sent:
            _draw_delivery(each)


def _draw_delivery(sent: Delivery) -> None:
    about, button = st.columns([6, 2], vertical_alignment="center")
    zone, last = local_zone(), sent.tries[-1] if sent.tries else None
    how = "not tried yet" if last is None else last.error or f"answered {last.status}"
    more = f" · tried again {local_time(sent.next_at, zone)}" if sent.state == "waiting" and last else ""
    tries = f" · {len(sent.tries)} tries" if len(sent.tries) > 1 else ""
    with about:
        st.markdown(
            f"{_MARKS[sent.state]} {plain(_words(sent.event))} · {plain(local_time(sent.created_at, zone))}  \n:small[{plain(how)}{tries}{plain(more)}]"
        )
    with button:
        st.button(
            "Send again",
            key=f"programs_again_{sent.delivery_id}",
            on_click=_do,
            args=(_send_again, sent.webhook_id, sent.delivery_id),
            type="tertiary",
            **kept_for("webhooks.send_again", disabled=sent.state == "waiting"),
        )


def draw_sources() -> None:
    """Draw the programs that may tell the studio what to read."""
    st.markdown("##### Who may tell the studio")
    st.caption("A program that signs with its secret may post to `/api/v1/inbound/…` what is to be read.")
    sources = get_studio().webhooks.sources()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name of the program", key=_field("source"), max_chars=80, width=320)
        st.button("Let it in", key="programs_source_add", on_click=_add_source, **kept_for("webhooks.add_source"))
    for source in sources:
        _draw_source(source)


def _draw_source(source: Source) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"programs_source_{source.source_id}"):
        st.markdown(f"**{plain(source.name)}** · since {plain(local_time(source.created_at, local_zone()))}", width=460)
        with st.popover("Remove", key=f"programs_source_remove_{source.source_id}"):
            st.markdown("Nothing more is taken from it.")
            st.button("Remove it", key=f"programs_source_do_{source.source_id}", type="primary", on_click=_do, args=(_remove_source, source.source_id), **kept_for("webhooks.remove_source"))  # fmt: skip


def _words(event: str) -> str:
    return {"ping": "a test"}.get(event, event.replace("_", " "))


def _do(act: Callable[..., None], *what: str) -> None:
    try:
        act(*what)
    except StudioError as error:
        say(str(error), bad=True)


def _ping(webhook_id: str) -> None:
    get_studio().webhooks.ping(webhook_id)
    say("A test is on its way: open its messages in a moment.")


def _rotate(webhook_id: str) -> None:
    made = get_studio().webhooks.rotate(webhook_id)
    show_once(made.secret, f"The new secret of {made.url}.")


def _enable(webhook_id: str) -> None:
    get_studio().webhooks.enable(webhook_id)


def _remove(webhook_id: str) -> None:
    get_studio().webhooks.remove(webhook_id)
    say("It is told nothing more.")


def _send_again(webhook_id: str, delivery_id: str) -> None:
    get_studio().webhooks.send_again(webhook_id, delivery_id)
    say("It is sent again.")


def _remove_source(source_id: str) -> None:
    get_studio().webhooks.remove_source(source_id)


def _field(name: str) -> str:
    """The key of a field: once it was used all begin anew."""
    return f"programs_{name}_{st.session_state.get(_MADE, 0)}"


def _begin_anew() -> None:
    st.session_state[_MADE] = st.session_state.get(_MADE, 0) + 1


def _add() -> None:
    state, studio = st.session_state, get_studio()
    url, events = str(state[_field("url")] or "").strip(), state[_field("events")]
    try:
        made = studio.webhooks.add(url, events, studio.person.name, state[_field("values")])
    except StudioError as error:
        say(str(error), bad=True)
        return
    show_once(made.secret, f"The secret that signs what {made.url} is told.")
    _begin_anew()


def _add_source() -> None:
    studio = get_studio()
    name = str(st.session_state[_field("source")] or "").strip()
    if not name:
        say("Give the program a name.", bad=True)
        return
    try:
        made = studio.webhooks.add_source(name, studio.person.name)
    except StudioError as error:
        say(str(error), bad=True)
        return
    show_once(made.secret, f"The secret that {made.name} signs with.")
    _begin_anew()
