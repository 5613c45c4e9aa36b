"""The client: a method a thing that one wants done."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from studio_client.errors import StudioRefused, StudioUnreachable
from studio_client.models import (
    Change,
    Document,
    Event,
    Me,
    Record,
    RecordPage,
    RecordRow,
    RecordState,
    Saving,
    Store,
    Task,
    TaskPage,
    TaskState,
    TrailEntry,
    Wish,
)

#: Every address that is called, as the API's description names it.
Operation = Literal[
    "GET /v1/me",
    "POST /v1/documents",
    "GET /v1/documents/{document_id}",
    "POST /v1/extractions",
    "GET /v1/tasks",
    "GET /v1/tasks/{task_id}",
    "GET /v1/tasks/{task_id}/result",
    "GET /v1/tasks/{task_id}/events",
    "DELETE /v1/tasks/{task_id}",
    "POST /v1/tasks/{task_id}/retry",
    "GET /v1/records",
    "POST /v1/records",
    "GET /v1/records/{order_id}",
    "PATCH /v1/records/{order_id}",
    "DELETE /v1/records/{order_id}",
    "GET /v1/records/{order_id}/trail",
    "GET /v1/records/{order_id}/export",
]
#: Seconds that one call for a task may wait there, and that a pause between two tries lasts at most.
_WAIT, _LONGEST = 30.0, 60.0
Told = Callable[[Task], None]


class StudioClient:
    """A studio, for a program. Calls raise StudioRefused with the studio's sentence, and StudioUnreachable. What may be asked twice is tried
    again where the studio is busy or away for a moment. Safe for threads."""

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        timeout: float = 90.0,
        tries: int = 4,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``address`` is where the API stands, such as ``http://studio:8501/api``; ``key`` a key or a token; ``timeout`` seconds a call."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._address, self._tries = address.rstrip("/"), tries
        self._http = httpx.Client(base_url=self._address, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def me(self) -> Me:
        """Who one is there, and what is used of the day."""
        return Me.model_validate(self._json("GET /v1/me"))

    # --- documents -------------------------------------------------------------------------------------------------

    def upload(self, file: Path | bytes, name: str = "", password: str | None = None) -> Document:
        """Bring a file (or its bytes, with a ``name``). The same bytes again are the same document. Raises OSError too."""
        data = file if isinstance(file, bytes) else file.read_bytes()
        shown = name or ("document" if isinstance(file, bytes) else file.name)
        form = {"password": password} if password else {}
        return Document.model_validate(self._json("POST /v1/documents", files={"file": (shown, data)}, data=form))

    def document(self, document_id: str) -> Document:
        """What a document is."""
        return Document.model_validate(self._json("GET /v1/documents/{document_id}", document_id))

    # --- tasks -----------------------------------------------------------------------------------------------------

    def extract(
        self,
        document_id: str | None = None,
        *,
        document_url: str | None = None,
        pages: str = "",
        recipe: str = "",
        type: str = "",
        save: Sequence[Store] = (),
        confidence_threshold: float | None = None,
        priority: int = 5,
        wish: str | None = None,
    ) -> Task:
        """Have a document read; gives at once. The same ``wish`` (any text of yours) again is the same task."""
        asked = Wish(
            document_id=document_id,
            document_url=document_url,
            pages=pages,
            recipe=recipe,
            type=type,
            save=list(save),
            confidence_threshold=confidence_threshold,
            priority=priority,
        )
        headers = {"Idempotency-Key": wish or uuid.uuid4().hex, "Prefer": "wait=0"}
        return Task.model_validate(self._json("POST /v1/extractions", body=asked, headers=headers))

    def read(
        self, file: Path | bytes, name: str = "", *, password: str | None = None, told: Told | None = None, **how: Any
    ) -> dict[str, Any]:
        """Bring a file, have it read (``how``: as :meth:`extract`), wait, and give what it says, with ``task_id`` and ``order_id``. ``told``
        hears how the task stands meanwhile. Raises StudioRefused where it could not be read."""
        document = self.upload(file, name, password)
        task = self.wait(self.extract(document.document_id, **how).task_id, told=told)
        return {"task_id": task.task_id, "order_id": task.order_id} | self.result(task.task_id)

    def task(self, task_id: str, wait: float = 0.0) -> Task:
        """How a task stands: at once, or once it is over or ``wait`` seconds (60 at most) have gone."""
        return Task.model_validate(self._json("GET /v1/tasks/{task_id}", task_id, params={"wait": wait}))

    def wait(self, task_id: str, seconds: float = 3600.0, told: Told | None = None) -> Task:
        """A task once it is over. Raises TimeoutError where it is not after ``seconds``."""
        end = time.monotonic() + seconds
        task = self.task(task_id)
        while not task.is_over:
            if told is not None:
                told(task)
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"Task {task_id} is not over after {seconds:g} seconds: it goes on there.")
            task = self.task(task_id, min(_WAIT, left))
        return task

    def result(self, task_id: str) -> dict[str, Any]:
        """What a task gave: the JSON of ``python -m core extract``."""
        return dict(self._json("GET /v1/tasks/{task_id}/result", task_id))

    def events(self, task_id: str, after: int = 0) -> Iterator[Event]:
        """What happens in a task, as it happens, to its end. A connection that is lost is taken up again where it was."""
        tries = 0
        while True:
            try:
                for event in self._stream(task_id, after):
                    tries, after = 0, event.id or after
                    yield event
                    if event.event in ("complete", "error", "cancelled", "parked"):
                        return
            except httpx.TransportError as error:
                if tries + 1 >= self._tries:
                    raise self._away(error) from error
            tries += 1
            if tries >= self._tries:
                raise StudioUnreachable(f"{self._address} ends the stream of task {task_id} before the task is over.")
            time.sleep(_pause(tries))

    def cancel(self, task_id: str) -> Task:
        """Ask a task to stop; one that is over stays as it is."""
        return Task.model_validate(self._json("DELETE /v1/tasks/{task_id}", task_id))

    def retry(self, task_id: str) -> Task:
        """Have a task that ended without a result done again."""
        return Task.model_validate(self._json("POST /v1/tasks/{task_id}/retry", task_id))

    def tasks(self, status: TaskState | None = None) -> Iterator[Task]:
        """Your tasks, newest first, all of them as you go on."""
        params: dict[str, Any] = {"status": status} if status else {}
        while True:
            page = TaskPage.model_validate(self._json("GET /v1/tasks", params=params))
            yield from page.tasks
            if page.next is None:
                return
            params["cursor"] = page.next

    # --- records ---------------------------------------------------------------------------------------------------

    def records(
        self, text: str = "", status: RecordState | None = None, type: str | None = None
    ) -> Iterator[RecordRow]:
        """Saved records, newest first, all of them as you go on."""
        asked = {"text": text, "status": status, "type": type}
        params: dict[str, Any] = {name: value for name, value in asked.items() if value}
        while True:
            page = RecordPage.model_validate(self._json("GET /v1/records", params=params))
            yield from page.records
            if page.next is None:
                return
            params["page"] = page.next

    def record(self, order_id: int) -> Record:
        """One record."""
        return Record.model_validate(self._json("GET /v1/records/{order_id}", order_id))

    def save(
        self,
        task_id: str,
        *,
        save: Sequence[Store] = ("database", "workbook"),
        changes: Mapping[str, str | None] | None = None,
        twice: bool = False,
    ) -> Record:
        """Save what a task gave, with ``changes``: values by their path, as a person would type them (``None`` empties)."""
        asked = Saving(task_id=task_id, save=list(save), changes=dict(changes or {}), twice=twice)
        return Record.model_validate(self._json("POST /v1/records", body=asked))

    def change(
        self, record: Record, changes: Mapping[str, str | None] | None = None, status: RecordState | None = None
    ) -> Record:
        """Change a record as it was seen. Raises StudioRefused (412) where somebody else changed it since."""
        asked = Change(changes=dict(changes or {}), status=status)
        headers = {"If-Match": f'"{record.version}"'}
        return Record.model_validate(
            self._json("PATCH /v1/records/{order_id}", record.order_id, body=asked, headers=headers)
        )

    def delete(self, order_id: int) -> None:
        """Delete a record from every store."""
        self._call("DELETE /v1/records/{order_id}", order_id)

    def trail(self, order_id: int) -> list[TrailEntry]:
        """What was done with a record, oldest first."""
        return [TrailEntry.model_validate(each) for each in self._json("GET /v1/records/{order_id}/trail", order_id)]

    def export(self, order_id: int, form: str) -> bytes:
        """A record as a file, such as ``json``, ``csv``, ``ubl``."""
        return self._call("GET /v1/records/{order_id}/export", order_id, params={"form": form}).content

    # --- calls -----------------------------------------------------------------------------------------------------

    def _json(self, operation: Operation, *ids: object, **how: Any) -> Any:
        reply = self._call(operation, *ids, **how)
        try:
            return reply.json()
        except ValueError as error:
            raise StudioUnreachable(f"What answers at {self._address} is no studio: check the address.") from error

    def _call(self, operation: Operation, *ids: object, body: BaseModel | None = None, **how: Any) -> httpx.Response:
        method, path = _filled(operation, ids)
        if body is not None:
            how["json"] = body.model_dump(exclude_none=body.__class__ is Wish)
        # What is done once however often it is asked for: looking, deleting, the same bytes, the same wish.
        again = method in ("GET", "DELETE") or path in ("/v1/documents", "/v1/extractions")
        for tried in range(1, self._tries + 1):
            last = not again or tried == self._tries
            try:
                reply = self._http.request(method, path, **how)
            except httpx.TransportError as error:
                if last:
                    raise self._away(error) from error
                time.sleep(_pause(tried))
                continue
            if reply.is_success:
                return reply
            refused = _refused(reply)
            if last or reply.status_code not in (429, 502, 503, 504) or (refused.retry_after or 0) > _LONGEST:
                raise refused
            time.sleep(refused.retry_after if refused.retry_after is not None else _pause(tried))
        raise AssertionError("the last try returns or raises")

    def _stream(self, task_id: str, after: int) -> Iterator[Event]:
        method, path = _filled("GET /v1/tasks/{task_id}/events", (task_id,))
        with self._http.stream(method, path, headers={"Last-Event-ID": str(after)} if after else {}) as reply:
            if not reply.is_success:
                reply.read()
                raise _refused(reply)
            told: dict[str, str] = {}
            for line in reply.iter_lines():
                name, _, value = line.partition(": ")
                if line and name:
                    told[name] = value
                elif not line and "event" in told:
                    yield Event(id=int(told.get("id", 0)), event=told["event"], data=json.loads(told.get("data", "{}")))
                    told = {}

    def _away(self, error: httpx.TransportError) -> StudioUnreachable:
        return StudioUnreachable(f"{self._address} does not answer ({type(error).__name__}): check the address.")


def _filled(operation: Operation, ids: Sequence[object]) -> tuple[str, str]:
    method, _, path = operation.partition(" ")
    for each in ids:
        before, _, after = path.partition("{")
        path = f"{before}{quote(str(each), safe='')}{after.partition('}')[2]}"
    return method, path


def _refused(reply: httpx.Response) -> StudioRefused:
    try:
        told = reply.json()
        code, sentence = str(told["code"]), str(told["detail"])
    except (ValueError, KeyError, TypeError):
        code, sentence = "unexpected", f"the studio answered with status {reply.status_code}."
    after = reply.headers.get("Retry-After", "")
    return StudioRefused(reply.status_code, code, sentence, int(after) if after.isdigit() else None)


def _pause(tried: int) -> float:
    """Seconds before the next try: longer each time."""
    return float(min(0.5 * 2 ** (tried - 1), 8.0))
