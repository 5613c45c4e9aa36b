"""The third door to what happens in a task: Socket.IO, with the rooms and the names that clients of earlier services know.

A client joins ``processing_{task_id}`` and is told all from the number that it names. Each client is told by itself, by the process that it
is connected to: processes share nothing. Clients that poll need the same process at every call (sticky sessions); a WebSocket is one call."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from core.entrypoints.api.caller import Caller, caller_of
from core.entrypoints.api.problems import Refused
from core.entrypoints.api.routes import watch
from core.entrypoints.api.tasks import Tasks
from core.errors import StudioError
from core.stores.api import ApiCall

#: Events by the names that they have here.
NAMES = {
    "queued": "processing_queued",
    "started": "processing_started",
    "progress": "processing_progress",
    "stage_start": "processing_stage_start",
    "stage_complete": "processing_stage_complete",
    "stage_skipped": "processing_stage_skipped",
    "stage_failed": "processing_stage_failed",
    "text": "streaming_text",
    "complete": "processing_complete",
    "cancelled": "processing_cancelled",
    "error": "processing_error",
    "parked": "processing_parked",
}
_ROOM = re.compile(r"(?:processing_)?([0-9a-zA-Z_-]{1,64})")
#: What a client says to be told, and rooms that one client may be in.
_JOIN, _LEAVE, _MOST = ("join", "join_room", "subscribe"), ("leave", "leave_room", "unsubscribe"), 200


@dataclass(frozen=True, slots=True)
class _Guest:
    """A client: what it came with, by which it is known again at each room."""

    scope: Scope
    shown: str | None


class Rooms:
    """The ASGI application at ``/socket.io``; nothing of it is made before the first client comes."""

    def __init__(self, state: Any, origins: Sequence[str] = ()) -> None:
        """``state`` is that of the API, ``origins`` those whose pages may connect beside its own."""
        self._state, self._origins = state, list(origins)
        self._app: ASGIApp | None = None
        self._server: Any = None
        self._told: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._made()
        await self._app(scope, receive, send)

    def _made(self) -> ASGIApp:
        import socketio

        self._server = socketio.AsyncServer(
            async_mode="asgi", cors_allowed_origins=self._origins or None, max_http_buffer_size=100_000
        )
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        for name in _JOIN:
            self._server.on(name, self._join)
        for name in _LEAVE:
            self._server.on(name, self._leave)
        made: ASGIApp = socketio.ASGIApp(self._server, socketio_path=None)
        return made

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        from socketio.exceptions import ConnectionRefusedError

        told = auth if isinstance(auth, dict) else {}
        shown = next((told[name] for name in ("token", "key", "api_key") if isinstance(told.get(name), str)), None)
        guest = _Guest(environ["asgi.scope"], shown)
        try:
            caller = await self._known(guest)
        except (StudioError, Refused) as error:
            self._note(None, "/socket.io", 401)
            raise ConnectionRefusedError(str(error)) from error
        self._note(caller, "/socket.io", 200)
        await self._server.save_session(sid, {"guest": guest})

    async def _disconnect(self, sid: str, *_: Any) -> None:
        for key in [key for key in self._told if key[0] == sid]:
            self._told.pop(key).cancel()

    async def _join(self, sid: str, asked: Any = None) -> dict[str, Any]:
        """Tell a client what happens in a task: ``{"room": "processing_…", "after": 7}``, or the room alone."""
        wished = asked if isinstance(asked, dict) else {"room": asked}
        room = _ROOM.fullmatch(str(wished.get("room") or wished.get("task_id") or ""))
        after = wished.get("after", 0)
        if room is None or not isinstance(after, int) or isinstance(after, bool):
            return {
                "ok": False,
                "error": "Name a room such as processing_<task id>, and the number of the last event seen (after).",
            }
        task_id = room[1]
        if (sid, task_id) not in self._told and sum(key[0] == sid for key in self._told) >= _MOST:
            return {"ok": False, "error": f"A client may be in {_MOST} rooms."}
        try:
            caller = await self._known((await self._server.get_session(sid))["guest"])
            tasks = Tasks(caller, self._state.store())
            await run_in_threadpool(tasks.task, task_id)
        except (StudioError, Refused) as error:
            self._note(None, f"/socket.io/processing_{task_id}", 404)
            return {"ok": False, "error": str(error)}
        self._note(caller, f"/socket.io/processing_{task_id}", 200)
        await self._leave(sid, room[0])
        await self._server.enter_room(sid, f"processing_{task_id}")
        self._told[sid, task_id] = asyncio.create_task(self._tell(sid, tasks, task_id, after))
        return {"ok": True, "room": f"processing_{task_id}"}

    async def _leave(self, sid: str, asked: Any = None) -> dict[str, Any]:
        named = asked.get("room") if isinstance(asked, dict) else asked
        room = _ROOM.fullmatch(str(named or ""))
        if room and (telling := self._told.pop((sid, room[1]), None)):
            telling.cancel()
            await self._server.leave_room(sid, f"processing_{room[1]}")
        return {"ok": room is not None}

    async def _tell(self, sid: str, tasks: Tasks, task_id: str, after: int) -> None:
        try:
            async for each in watch(tasks, task_id, after):
                await self._server.emit(NAMES[each["event"]], {"task_id": task_id, **each}, to=sid)
        except (StudioError, Refused) as error:
            await self._server.emit("processing_error", {"task_id": task_id, "id": 0, "event": "error", "data": {"error": str(error)}}, to=sid)  # fmt: skip
        finally:
            self._told.pop((sid, task_id), None)

    async def _known(self, guest: _Guest) -> Caller:
        return await run_in_threadpool(caller_of, HTTPConnection(guest.scope), self._state, guest.shown)

    def _note(self, caller: Caller | None, path: str, status: int) -> None:
        who, owner = (caller.person.name, caller.owner) if caller else ("", "")
        now = datetime.now(UTC)
        self._state.called.add(ApiCall(uuid.uuid4().hex, now, who, owner, "SOCKET.IO", path, status, 0.0))
