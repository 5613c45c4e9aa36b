"""The API as one ASGI application: mounted on the page's own port, or run alone by uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.entrypoints.api.aliases import aliases
from core.entrypoints.api.called import Called, Noted
from core.entrypoints.api.caller import Caller
from core.entrypoints.api.generic import generic_routes
from core.entrypoints.api.keys import key_routes
from core.entrypoints.api.monitoring import VERSION, monitoring
from core.entrypoints.api.problems import answer_problems, problem
from core.entrypoints.api.rooms import Rooms
from core.entrypoints.api.routes import routes
from core.entrypoints.api.tasks import Tasks
from core.entrypoints.api.tokens import Tokens
from core.entrypoints.api.traced import Traced
from core.entrypoints.api.webhooks import webhook_routes
from core.entrypoints.tracing import trace_calls
from core.entrypoints.watching import Watch
from core.outage import Outage
from core.person import STUDIO
from core.settings import Settings
from core.stores.api import ApiStore
from core.studio import Studio

log = logging.getLogger(__name__)
#: Seconds between two looks for tasks whose record is to be saved, and bytes beside a file that a form may have.
_LOOK, _BESIDE = 1.0, 1_000_000
#: Seconds between two looks into the watched folder: a file that did not change meanwhile is whole.
_FOLDER_LOOK = 5.0
#: What a browser's page of another origin may send, and see.
_CORS_SENT = "Authorization X-API-Key Content-Type Prefer Idempotency-Key If-Match Last-Event-ID X-Request-ID"
_CORS_TOLD = "ETag Location Retry-After Preference-Applied X-Request-ID"


def make_api(studio: Callable[[], Studio], cors_origins: str | None = None) -> FastAPI:
    """The API over the studio that ``studio`` gives, which is asked when the first call comes. Its pages at ``/docs`` need no internet.
    ``cors_origins`` are the addresses whose pages may call it from a browser (``None``: as the settings say)."""
    api = FastAPIOffline(
        title="Extraction studio",
        version=VERSION,
        description="Documents in, checked records out. Errors are problem documents (RFC 9457).",
        lifespan=_lifespan,
    )
    api.state.studio = studio
    api.state.access = cache(lambda: studio().access)
    api.state.store = cache(lambda: studio().access.store)
    api.state.tokens = cache(lambda: Tokens(studio().settings, studio().access))
    api.state.called = Called()
    answer_problems(api)
    api.include_router(monitoring)
    api.include_router(routes)
    api.include_router(webhook_routes)
    api.include_router(generic_routes)
    api.include_router(key_routes)
    api.include_router(aliases)
    api.add_middleware(GZipMiddleware, minimum_size=2000)
    api.add_middleware(LimitedBody, most=lambda: studio().defaults.limits.file_megabytes * 1_000_000 + _BESIDE)
    told = Settings().cors_origins if cors_origins is None else cors_origins
    origins = [origin.strip() for origin in told.split(",") if origin.strip()]
    api.state.rooms = Rooms(api.state, origins)
    api.mount("/socket.io", api.state.rooms)
    if origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=_CORS_SENT.split(),
            expose_headers=_CORS_TOLD.split(),
        )
    api.add_middleware(Traced)
    api.add_middleware(Noted, called=api.state.called)
    trace_calls(api)
    return api


@contextlib.asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work(api.state)) for work in (_save_what_is_over, _tell, _note_calls, _watch_folder)]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await run_in_threadpool(_note, api.state)


@contextlib.asynccontextmanager
async def lived_with(api: FastAPI) -> AsyncIterator[None]:
    """The life of an API that is mounted in another application, which runs it with its own: nothing else does."""
    async with api.router.lifespan_context(api):
        yield


async def _save_what_is_over(state: Any) -> None:
    """Save the records of tasks that are over, also where nobody asks for them."""
    outage = Outage(log, "records of tasks that are over could not be saved")
    while True:
        await asyncio.sleep(_LOOK + outage.pause)
        try:
            await run_in_threadpool(lambda: _settle(state.studio(), state.store()))
            outage.ended()
        except Exception as error:
            outage.began(error)


async def _tell(state: Any) -> None:
    """Send what waits for those who are told; at once after some was sent, for there may be more."""
    outage = Outage(log, "those who are told could not be told")
    while True:
        sent = 0
        try:
            sent = await run_in_threadpool(lambda: state.studio().tell())
            outage.ended()
        except Exception as error:
            outage.began(error)
        await asyncio.sleep(0 if sent else _LOOK + outage.pause)


async def _watch_folder(state: Any) -> None:
    """Take what is laid into the folder that the settings name, if any."""
    if not (address := Settings().inbox_folder):
        return
    outage = Outage(log, "the watched folder could not be looked into")
    watches: list[Watch] = []
    try:
        while True:
            try:
                await run_in_threadpool(lambda: _look_into(state, address, watches))
                outage.ended()
            except Exception as error:
                outage.began(error)
            await asyncio.sleep(_FOLDER_LOOK + outage.pause)
    finally:
        for watch in watches:
            watch.close()


def _look_into(state: Any, address: str, watches: list[Watch]) -> None:
    """Look into the folder, which is known from the first time on that it answers."""
    if not watches:
        watches.append(Watch(state.studio(), address))
    watches[0].look()


async def _note_calls(state: Any) -> None:
    """Keep who called, once a second."""
    while True:
        await asyncio.sleep(_LOOK)
        await run_in_threadpool(_note, state)


def _note(state: Any) -> None:
    try:
        if calls := state.called.take():
            state.access().note(calls)
    except Exception:
        log.exception("calls of the API were not noted")


def _settle(studio: Studio, store: ApiStore) -> None:
    Tasks(Caller(studio, STUDIO, None), store).settle()


class LimitedBody:
    """Stops a request whose body is larger than ``most`` bytes while it streams in."""

    def __init__(self, app: ASGIApp, most: Callable[[], int]) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        most = await run_in_threadpool(self._most)
        told = dict(scope["headers"]).get(b"content-length", b"0")
        sentence = f"This request has more than {most // 1_000_000} MB: send a smaller file."
        refusal = problem(413, "document-too-large", sentence, {"Connection": "close"})
        if told.isdigit() and int(told) > most:
            await refusal(scope, receive, send)
            return
        came, refused = 0, False

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _TooLarge
            return message

        async def sent(message: Message) -> None:
            """Whoever read the body makes an answer of their own of the interruption: ours goes in its place."""
            nonlocal refused
            if came <= most:
                await send(message)
            elif not refused:
                refused = True
                await refusal(scope, receive, send)

        await self._app(scope, counted, sent)


class _TooLarge(Exception):
    """A body is larger than it may be."""
