"""Who sits before this browser: signed in where the host has set that up, else by the name that they typed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.person import Person
from core.settings import Settings
from core.sign_in import LISTS, OTHERS, signed_in, typed_name

#: The cookie that keeps the name in the browser (``walk.js`` of the Review page writes it too).
COOKIE = "studio_name"
_NAME, _TYPED = "who_name", "who_typed"
#: Streamlit Community Cloud runs apps from here.
CLOUD_FOLDER = Path("/mount/src")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_AT_HOME = (
    "This studio answers its own machine only, because nobody signs in to it. Set up sign-in in .streamlit/secrets.toml, or start "
    "it with --server.address to let everybody in who reaches that address."
)
_KEEP = """export default function ({ data }) {
  document.cookie = `studio_name=${data.name}; path=/; max-age=${data.name ? 31536000 : 0}; SameSite=Lax`;
}"""


def is_sign_in_set_up() -> bool:
    """Whether the secrets have an ``[auth]`` section: then nobody comes in who has not signed in."""
    return "is_logged_in" in st.user


def current_person(account: Person, settings: Settings) -> Person | None:
    """Who this session belongs to; outside of a session the account that runs the studio. ``None``: nobody who may come in."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return account
    if is_sign_in_set_up():
        return signed_in(st.user.to_dict(), settings.plain) if st.user.is_logged_in else None
    name = st.session_state.get(_NAME)
    if name is None:
        name = typed_name(unquote(st.context.cookies.get(COOKIE, "")))
    return Person(name, "admin", "typed") if name else account


def signs_in() -> bool:
    """The same outside of a session: whether the secrets of this process set sign-in up."""
    from streamlit.auth_util import get_secrets_auth_section

    return bool(get_secrets_auth_section())


def is_at_home() -> bool:
    """Whether this process answers its own machine only: nobody signs in, nobody said where it is to listen, and it is on no
    host of apps, which leads its visitors here."""
    from streamlit import config

    return not (config.is_manually_set("server.address") or CLOUD_FOLDER.is_dir() or signs_in())


class AtHome:
    """Between the network and the app: where the studio is at home, whoever comes from another machine is told so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from this machine."""
        if scope["type"] not in ("http", "websocket") or is_this_machine(scope.get("client")) or not is_at_home():
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(_AT_HOME, status_code=403)(scope, receive, send)


def is_this_machine(client: Any) -> bool:
    """Whether a client (host, port) is on this machine; one that has no address is (a socket file, a test)."""
    try:
        host = ip_address(client[0]) if client else None
    except ValueError:
        return True
    return host is None or (getattr(host, "ipv4_mapped", None) or host).is_loopback


def draw_door(plain: Callable[[str], str]) -> None:
    """What stands there for whoever has not signed in, or has no role here."""
    with st.container(key="empty_state"):
        st.markdown("## Extraction studio")
        if st.user.get("is_logged_in"):
            named = st.user.get("email") or st.user.get("name") or "you"
            st.error(
                f"You are signed in as {plain(str(named))}, and that address has no role in this studio: ask whoever runs it "
                f"to put it into {', '.join(LISTS.values())}, or to set {OTHERS}.",
                icon=":material/lock:",
            )
            st.button("Sign out", key="sign_out", icon=":material/logout:", on_click=st.logout)
            return
        st.markdown("Sign in to see documents and records.")
        if st.button("Sign in", key="sign_in", type="primary", icon=":material/login:"):
            _sign_in()


def _sign_in() -> None:
    from streamlit.auth_util import is_authlib_installed

    if is_authlib_installed():
        st.login()
    else:
        st.error("Sign-in needs the library Authlib: `pip install Authlib` on the host.", icon=":material/error:")


def draw_who(person: Person, plain: Callable[[str], str]) -> None:
    """Who is at work, at the top of every page, with the way to change that."""
    label = person.name if person.known != "account" else "Your name"
    with st.container(key="who"), st.popover(plain(label), icon=":material/person:", type="tertiary"):
        if person.known == "signed in":
            st.markdown(f"Signed in as **{plain(person.name)}**, {person.role}.")
            st.button("Sign out", key="sign_out", icon=":material/logout:", on_click=st.logout)
        else:
            st.text_input(
                "Your name",
                person.name if person.known == "typed" else "",
                max_chars=60,
                key="who_input",
                on_change=_take_name,
                help="Stands beside what you do in every record's history. It is kept in this browser, and nobody checks it.",
            )
            st.caption(describe_place())
    if st.session_state.pop(_TYPED, False):
        _keeper()(key="who_keeper", data={"name": quote(st.session_state[_NAME])}, width="content", height="content")


def describe_place() -> str:
    """Who can come in where nobody signs in."""
    if CLOUD_FOLDER.is_dir():
        return (
            "Nobody signs in on this hosted app: everybody who opens it sees the same documents and may do everything. Put "
            "nothing here that is not for everybody, or set up sign-in in the app's secrets."
        )
    address = str(st.get_option("server.address") or "")
    if address in _LOCAL or is_at_home():
        return "Nobody signs in here. The studio answers this machine only; whoever sits at it may do everything."
    return (
        f"Nobody signs in here, and the studio listens on {address or 'every address of this machine'}: whoever reaches "
        "it may do everything. Publish it to this machine only, or set up sign-in in .streamlit/secrets.toml."
    )


def _take_name() -> None:
    st.session_state[_NAME] = typed_name(str(st.session_state.get("who_input") or ""))
    st.session_state[_TYPED] = True


@cache
def _keeper() -> Any:
    """Writes the name into the browser, registered once a process."""
    return st.components.v2.component("who_keeper", js=_KEEP)
