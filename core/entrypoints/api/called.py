"""Every call noted: who called, what was answered. Kept a few at a time, so that no call waits for it."""

from __future__ import annotations

import re
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.stores.api import ApiCall

#: Calls that wait to be noted at most: of a flood the first ones are.
_MOST = 10_000
_GIVEN = re.compile(r"[0-9a-zA-Z_.-]{8,64}")
#: What says nothing of anybody: whether the service lives, and its pages; Socket.IO notes its own.
_UNNOTED = re.compile(r"(/v1)?/(health|metrics|docs|redoc|openapi\.json|static-offline-docs|socket\.io)\b.*")


class Called:
    """The calls that are not yet kept."""

    def __init__(self) -> None:
        self._waiting: list[ApiCall] = []
        self._lock = threading.Lock()

    def add(self, call: ApiCall) -> None:
        """Note a call."""
        with self._lock:
            if len(self._waiting) < _MOST:
                self._waiting.append(call)

    def take(self) -> list[ApiCall]:
        """Those that are to be kept now."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken


class Noted:
    """Notes each call, and tells its id in ``X-Request-ID`` (the caller's own, where it sends one)."""

    def __init__(self, app: ASGIApp, called: Called) -> None:
        self._app, self._called = app, called

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        state, status, began = scope.setdefault("state", {}), 0, time.monotonic()
        state["call_id"] = call_id = _call_id(scope)
        path = str(scope["path"])[len(scope.get("root_path", "")) :]

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                message.setdefault("headers", [])
                message["headers"] = [*message["headers"], (b"x-request-id", call_id.encode())]
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close":
                status = status or 403
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            if not _UNNOTED.fullmatch(path):
                self._called.add(_call(scope, call_id, path, status, time.monotonic() - began))


def _call(scope: Scope, call_id: str, path: str, status: int, seconds: float) -> ApiCall:
    caller: Any = scope["state"].get("caller")
    return ApiCall(
        call_id=f"{call_id}-{uuid.uuid4().hex[:8]}"[-64:],
        at=datetime.now(UTC),
        who=caller.person.name if caller else "",
        owner=caller.owner if caller else "",
        method=str(scope.get("method", "WEBSOCKET"))[:20],
        path=path[:500],
        status=status or 500,
        seconds=round(seconds, 4),
    )


def _call_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("ascii", "replace")
    return given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
