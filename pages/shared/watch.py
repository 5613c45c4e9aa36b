"""What a page shows of work on its way, kept true by the browser: it asks a small address for it and puts what comes into
its place. The page's script runs again only when the work has come to something that it must draw itself.

A script run a second for every open page cost more than the work it showed (Streamlit collects garbage after each).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import RecordMissing, StudioError
from pages.shared.signed import base, is_signed, sign

WATCH_ROUTE = "/watch/{kind}/{subject}/{signature}"


@dataclass(frozen=True, slots=True)
class Glance:
    """How watched work stands. A change of ``token`` runs the page's script (or the fragment that watches) once more;
    ``parts`` are HTML by the name of their place (:func:`place`), with a document's words escaped."""

    token: str
    parts: Mapping[str, str] = field(default_factory=dict)


#: Looks at what an id names; runs outside of any session.
Look = Callable[[str], Glance]

_LOOKS: dict[str, Look] = {}


def watched(kind: str) -> Callable[[Look], Look]:
    """Register how work of a kind is looked at."""

    def register(look: Look) -> Look:
        _LOOKS[kind] = look
        return look

    return register


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    script = Path(__file__).with_name("watch.js").read_text(encoding="utf-8")
    return st.components.v2.component("watch", js=script)


def place(name: str, html: str, tag: str = "div") -> str:
    """HTML that is kept true under ``name`` while it is watched."""
    return f'<{tag} data-live="{name}">{html}</{tag}>'


#: How often the browser looks at work that somebody waits for, in ms.
EVERY = 700


def draw_watch(kind: str, subject: str, glance: Glance, key: str = "", every: int = EVERY) -> None:
    """Keep what was drawn of ``glance`` true. ``key`` tells two on one page apart; the browser looks ``every`` so many ms."""
    with st.container(key=f"watch_{key or kind}"):
        _component()(
            key=f"watching_{key or kind}",
            data={
                "address": f"{base()}/watch/{kind}/{subject}/{sign(kind, subject)}",
                "token": glance.token,
                "every": every,
            },
            on_changed_change=lambda: None,
            width="content",
            height="content",
        )


def routes() -> list[Route]:
    """The route that browsers ask, mounted by ``app.py``."""
    return [Route(WATCH_ROUTE, _answer, methods=["GET"])]


async def _answer(request: Request) -> Response:
    kind, subject = request.path_params["kind"], request.path_params["subject"]
    if not is_signed(request.path_params["signature"], kind, subject):
        return PlainTextResponse("This address is not valid.", status_code=403)
    try:
        glance = await run_in_threadpool(_LOOKS[kind], subject)
    except RecordMissing as error:  # deleted meanwhile: the page is drawn again, and says so
        return PlainTextResponse(str(error), status_code=404)
    except StudioError as error:  # a busy database: asked again
        return PlainTextResponse(str(error), status_code=503)
    return JSONResponse({"token": glance.token, "parts": dict(glance.parts)}, headers={"Cache-Control": "no-store"})


def token_of(facts: Sequence[object]) -> str:
    """A token that changes with any of the facts."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]
