"""Every line of the log that a request of the API leads to has the request's id (``X-Request-ID``), up to the run in a worker's process."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.logs import about, note

log = logging.getLogger(__name__)
#: What is asked for again and again by those who look whether we live.
_QUIET = ("/v1/health", "/v1/health/ready", "/metrics")


class Traced:
    """Stands before the API, behind whoever gives each call its id (:class:`core.entrypoints.api.called.Noted`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log how it was answered: by its route, never with its query."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with about(request=scope.get("state", {}).get("call_id")):
            try:
                await self._app(scope, receive, sent)
            finally:
                _note_path(scope.get("path_params") or {})
                route = getattr(scope.get("route"), "path", "an unknown address")
                if route not in _QUIET:
                    took = (time.perf_counter() - began) * 1000
                    log.info("%s %s: %s in %.0f ms", scope.get("method", "WS"), route, status or "open", took)


def _note_path(given: dict[str, Any]) -> None:
    """What the address itself names."""
    note(document=given.get("document_id"), run=given.get("task_id"), order=given.get("order_id"))
