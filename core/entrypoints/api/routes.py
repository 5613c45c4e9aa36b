"""The addresses of the API, version 1: widgets of HTTP in, one verb, its answer out."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Header, Path, Query, Request, Response, UploadFile, WebSocket
from fastapi.responses import JSONResponse
from sse_starlette.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from core.entrypoints.api.caller import SUBPROTOCOL, Caller, Calls, caller_of
from core.entrypoints.api.models import (
    ChangeRequest,
    DocumentInfo,
    ExtractRequest,
    FieldInfo,
    FormInfo,
    RecipeInfo,
    RecordInfo,
    RecordList,
    SaveRequest,
    Store,
    TaskInfo,
    TaskList,
    TaskState,
    TrailEntry,
    TypeInfo,
    Validated,
    ValidateRequest,
)
from core.entrypoints.api.problems import Refused
from core.entrypoints.api.records import Records, record_info, validate
from core.entrypoints.api.tasks import Tasks, is_over
from core.errors import StudioError
from core.schema.fields import FieldInfo as SchemaField
from core.stores.records import RecordQuery

routes = APIRouter(prefix="/v1")
#: Seconds between two looks for new events, and after which a silent line says that it lives.
_LOOK, _ALIVE = 0.1, 15
#: Seconds that a call may wait for a result, and between two looks while it does.
MOST_WAIT, _PAUSE = 60.0, 0.05
_WAIT = re.compile(r"\bwait\s*=\s*(\d{1,4})")
Id = Annotated[str, Path(max_length=64, pattern=r"^[0-9a-zA-Z_-]+$")]
Order = Annotated[int, Path(ge=1, le=2**62)]
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; ``code`` is stable, ``detail`` one sentence.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail", "code")},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": what, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for code, what in {
        400: "Not readable",
        401: "No key that works",
        403: "Not allowed",
        404: "Not there",
        409: "Not now, or there already",
        410: "No longer kept",
        412: "Changed meanwhile",
        413: "Too large",
        415: "Not a document that is read here",
        422: "Cannot be done",
        428: "No version named",
        429: "Too many calls",
        503: "Not available",
    }.items()
}


def tasks_of(caller: Caller, request: Request) -> Tasks:
    """What a caller may do with tasks, as a route needs it."""
    return Tasks(caller, request.app.state.store(), f"{request.scope.get('root_path', '')}/v1")


def records_of(caller: Caller, request: Request) -> Records:
    """What a caller may do with records."""
    return Records(caller, request.app.state.store())


# --- the service -------------------------------------------------------------------------------------------------------


@routes.get("/types", tags=["service"], responses=PROBLEMS)
async def types(caller: Calls) -> list[TypeInfo]:
    """What documents can be read as."""
    kinds = await run_in_threadpool(caller.studio.types.types)
    return [
        TypeInfo(
            name=kind.name,
            title=kind.title,
            version=kind.declared.version if kind.declared else None,
            fields=[_field(info) for info in kind.header],
            tables={table.name: [_field(info) for info in table.columns] for table in kind.tables},
        )
        for kind in kinds
    ]


def _field(info: SchemaField) -> FieldInfo:
    told = {"name": info.name, "title": info.title, "kind": info.kind}
    return FieldInfo(**told, required=info.required, description=info.description)


@routes.get("/recipes", tags=["service"], responses=PROBLEMS)
async def recipes(caller: Calls) -> list[RecipeInfo]:
    """How documents can be read."""
    known = caller.studio.defaults.known_recipes()
    return [
        RecipeInfo(name=name, extractors=list(recipe.extractors), engine=recipe.ocr.engine)
        for name, recipe in known.items()
    ]


@routes.get("/export-forms", tags=["records"], responses=PROBLEMS)
async def export_forms(caller: Calls) -> list[FormInfo]:
    """The forms in which records can be taken away."""
    forms = await run_in_threadpool(caller.studio.export_forms)
    return [FormInfo(name=form.name, title=form.title, description=form.about, suffix=form.suffix) for form in forms]


# --- documents -----------------------------------------------------------------------------------------------------------


@routes.post("/documents", tags=["documents"], status_code=201, responses=PROBLEMS | {200: {"model": DocumentInfo}})
async def bring(
    caller: Calls,
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File()],
    password: Annotated[str | None, Form(max_length=200)] = None,
) -> DocumentInfo:
    """Bring a document: a PDF, a picture, or invoice XML. The same bytes again are 200 and the same id."""
    data = await file.read()
    info, fresh = await run_in_threadpool(tasks_of(caller, request).bring, data, file.filename or "document", password)
    response.status_code = 201 if fresh else 200
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/v1/documents/{info.document_id}"
    return info


@routes.get("/documents/{document_id}", tags=["documents"], responses=PROBLEMS)
async def document(caller: Calls, request: Request, document_id: Id) -> DocumentInfo:
    """What a document is."""
    return await run_in_threadpool(tasks_of(caller, request).about, document_id)


@routes.get(
    "/documents/{document_id}/pages/{number}.jpg", tags=["documents"], response_class=Response, responses=PROBLEMS
)
async def page_picture(
    caller: Calls,
    request: Request,
    document_id: Id,
    number: Annotated[int, Path(ge=1, le=100_000)],
    width: Annotated[int, Query(ge=40, le=2400)] = 1200,
) -> Response:
    """A picture of a page."""

    def draw() -> bytes:
        found = tasks_of(caller, request).document(document_id)
        if number > found.page_count:
            raise Refused(404, "page-missing", f"This document has {found.page_count} pages.")
        return found.page(number).preview(width)

    return Response(await run_in_threadpool(draw), media_type="image/jpeg")


# --- tasks ---------------------------------------------------------------------------------------------------------------


@routes.post("/extractions", tags=["tasks"], responses=PROBLEMS | {202: {"model": TaskInfo}})
async def extract(
    caller: Calls,
    request: Request,
    asked: ExtractRequest,
    prefer: Annotated[str, Header(max_length=200)] = "",
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Any:
    """Have a document that was brought read. With ``Prefer: wait=30`` the result is the answer where it is there by then; else 202 with
    where to look. The result is the JSON that ``python -m core extract`` prints."""
    return await _answer(tasks_of(caller, request), asked, prefer, idempotency_key)


@routes.post("/extract", tags=["tasks"], responses=PROBLEMS | {202: {"model": TaskInfo}})
async def extract_file(
    caller: Calls,
    request: Request,
    file: Annotated[UploadFile, File()],
    pages: Annotated[str, Form(max_length=400)] = "",
    recipe: Annotated[str, Form(max_length=100)] = "",
    type: Annotated[str, Form(max_length=80)] = "",
    save: Annotated[list[Store] | None, Form()] = None,
    password: Annotated[str | None, Form(max_length=200)] = None,
    prefer: Annotated[str, Header(max_length=200)] = "",
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Any:
    """Bring a document and have it read, in one call; waits 30 seconds unless ``Prefer`` says otherwise."""
    tasks = tasks_of(caller, request)
    info, _ = await run_in_threadpool(tasks.bring, await file.read(), file.filename or "document", password)
    asked = ExtractRequest(document_id=info.document_id, pages=pages, recipe=recipe, type=type, save=save or [])
    return await _answer(tasks, asked, prefer or "wait=30", idempotency_key)


async def _answer(tasks: Tasks, asked: ExtractRequest, prefer: str, wish: str | None) -> JSONResponse:
    return await answered(tasks, await run_in_threadpool(tasks.begin, asked, wish), prefer)


async def settled(tasks: Tasks, task_id: str, seconds: float) -> TaskInfo:
    """How a task stands, once it rests or ``seconds`` have gone (60 at most). No thread waits meanwhile. Raises Refused."""
    end = time.monotonic() + min(seconds, MOST_WAIT)
    while True:
        info, rests = await run_in_threadpool(tasks.look, task_id)
        if rests or time.monotonic() >= end:
            return info
        await asyncio.sleep(_PAUSE)


async def answered(tasks: Tasks, info: TaskInfo, prefer: str) -> JSONResponse:
    """The result of a task where ``prefer`` waits for it and it is there by then; else 202 with where to look."""
    match = _WAIT.search(prefer)
    if match and int(match[1]):
        info = await settled(tasks, info.task_id, float(match[1]))
        if info.status == "done":
            result = await run_in_threadpool(tasks.result, info.task_id)
            about = {"task_id": info.task_id, "order_id": info.order_id}
            return JSONResponse(about | result, headers={"Preference-Applied": f"wait={match[1]}"})
        if is_over(info):
            raise Refused(422, f"task-{info.status}", info.error or "This task was cancelled.")
    address = f"{tasks.root}/tasks/{info.task_id}"
    return JSONResponse(info.model_dump(mode="json"), 202, {"Location": address, "Retry-After": "1"})


@routes.get("/tasks", tags=["tasks"], responses=PROBLEMS)
async def list_tasks(
    caller: Calls,
    request: Request,
    status: TaskState | None = None,
    cursor: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TaskList:
    """Your tasks, newest first; ``next`` is the cursor of those that follow."""
    return await run_in_threadpool(tasks_of(caller, request).latest, status, cursor, limit)


@routes.get("/tasks/{task_id}", tags=["tasks"], responses=PROBLEMS)
async def task(
    caller: Calls, request: Request, task_id: Id, wait: Annotated[float, Query(ge=0, le=MOST_WAIT)] = 0.0
) -> TaskInfo:
    """How a task stands: at once, or once it is over or ``wait`` seconds have gone."""
    return await settled(tasks_of(caller, request), task_id, wait)


@routes.get("/tasks/{task_id}/result", tags=["tasks"], responses=PROBLEMS)
async def result(caller: Calls, request: Request, task_id: Id) -> dict[str, Any]:
    """What a task gave, as often as you like: 409 while it is not over."""
    return await run_in_threadpool(tasks_of(caller, request).result, task_id)


@routes.delete("/tasks/{task_id}", tags=["tasks"], responses=PROBLEMS)
async def cancel(caller: Calls, request: Request, task_id: Id) -> TaskInfo:
    """Ask a task to stop; one that is over stays as it is."""
    return await run_in_threadpool(tasks_of(caller, request).cancel, task_id)


@routes.post("/tasks/{task_id}/retry", tags=["tasks"], status_code=202, responses=PROBLEMS)
async def retry(caller: Calls, request: Request, task_id: Id) -> TaskInfo:
    """Have a task that failed, was parked or cancelled done again: 409 for any other."""
    return await run_in_threadpool(tasks_of(caller, request).retry, task_id)


@routes.get("/tasks/{task_id}/events", tags=["tasks"], response_class=EventSourceResponse, responses=PROBLEMS)
async def events(
    caller: Calls,
    request: Request,
    task_id: Id,
    last_event_id: Annotated[str, Header(max_length=20, pattern=r"^\d*$")] = "",
) -> EventSourceResponse:
    """What happens in a task, as it happens (server-sent events). With ``Last-Event-ID`` what came after it."""
    tasks = tasks_of(caller, request)
    await run_in_threadpool(tasks.task, task_id)

    async def stream() -> AsyncIterator[dict[str, Any]]:
        async for each in watch(tasks, task_id, int(last_event_id or 0)):
            yield {"event": each["event"], "data": json.dumps(each["data"], ensure_ascii=False)} | (
                {"id": str(each["id"])} if each["id"] else {}
            )

    return EventSourceResponse(stream(), ping=_ALIVE)


@routes.websocket("/tasks/{task_id}/ws")
async def watch_task(socket: WebSocket, task_id: str, after: int = 0) -> None:
    """The same events over a WebSocket, a JSON object each; ``after`` is the last number that was seen. A browser shows its token as the
    second of the subprotocols ``bearer`` and the token."""
    state = socket.app.state
    try:
        caller = await run_in_threadpool(caller_of, socket, state)
        tasks = Tasks(caller, state.store())
        await run_in_threadpool(tasks.task, task_id)
    except (StudioError, Refused):
        await socket.close(4401)
        return
    await socket.accept(SUBPROTOCOL if SUBPROTOCOL in socket.scope.get("subprotocols", []) else None)
    async for each in watch(tasks, task_id, after):
        await socket.send_json(each)
    await socket.close()


async def watch(tasks: Tasks, task_id: str, after: int) -> AsyncIterator[dict[str, Any]]:
    """The events of a task after a number, then how it ended (an event without a number)."""
    told = ""
    while True:
        info, _ = await run_in_threadpool(tasks.look, task_id)
        if info.status != told and not is_over(info):
            told = info.status
            yield {"id": 0, "event": "queued" if told == "queued" else "started", "data": {"ahead": info.ahead}}
        for each in await run_in_threadpool(_since, tasks, task_id, after):
            after = each["id"]
            yield each
        if is_over(info):
            last = {"done": "complete", "failed": "error"}.get(info.status, info.status)
            yield {"id": 0, "event": last, "data": info.model_dump(mode="json")}
            return
        await asyncio.sleep(_LOOK)


def _since(tasks: Tasks, task_id: str, after: int) -> list[dict[str, Any]]:
    return list(tasks.events(task_id, after))


# --- records ---------------------------------------------------------------------------------------------------------------


@routes.get("/records", tags=["records"], responses=PROBLEMS)
async def list_records(
    caller: Calls,
    request: Request,
    text: Annotated[str, Query(max_length=200)] = "",
    status: Literal["approved", "needs review", "reviewed"] | None = None,
    type: Annotated[str | None, Query(max_length=80)] = None,
    page: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RecordList:
    """Saved records, newest first."""
    query = RecordQuery(text=text, status=status, type_name=type, page=page, size=size)
    return await run_in_threadpool(records_of(caller, request).search, query)


@routes.post("/records", tags=["records"], status_code=201, responses=PROBLEMS)
async def save_record(caller: Calls, request: Request, asked: SaveRequest, response: Response) -> RecordInfo:
    """Save what a task gave, with changes of yours."""
    info = await run_in_threadpool(records_of(caller, request).save, asked)
    response.headers["ETag"] = f'"{info.version}"'
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/v1/records/{info.order_id}"
    return info


@routes.get("/records/export", tags=["records"], response_class=Response, responses=PROBLEMS)
async def export_records(
    caller: Calls,
    request: Request,
    form: Annotated[str, Query(max_length=60)],
    text: Annotated[str, Query(max_length=200)] = "",
    status: Literal["approved", "needs review", "reviewed"] | None = None,
    type: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """All records that match as one file. Needs a key that sees all."""
    if not caller.sees_all:
        raise Refused(403, "not-allowed", "This takes away everybody's records: it needs an admin's key.")
    query = RecordQuery(text=text, status=status, type_name=type)
    forms = {each.name: each for each in await run_in_threadpool(caller.studio.export_forms)}
    data = await run_in_threadpool(caller.studio.export, query, form)
    told = forms[form]
    headers = {"Content-Disposition": f'attachment; filename="records.{told.suffix}"'}
    return Response(data, media_type=told.media_type, headers=headers)


@routes.get("/records/{order_id}", tags=["records"], responses=PROBLEMS)
async def record(caller: Calls, request: Request, order_id: Order, response: Response) -> RecordInfo:
    """One record; its ETag is what a change of it names."""
    info = record_info(await run_in_threadpool(records_of(caller, request).get, order_id))
    response.headers["ETag"] = f'"{info.version}"'
    return info


@routes.patch(
    "/records/{order_id}",
    tags=["records"],
    responses=PROBLEMS,
)
async def change_record(
    caller: Calls,
    request: Request,
    order_id: Order,
    asked: ChangeRequest,
    response: Response,
    if_match: Annotated[str, Header(max_length=40)] = "",
) -> RecordInfo:
    """Change values of a record; ``If-Match`` names the version that you saw (its ETag): nobody's change is lost."""
    match = re.fullmatch(r'(?:W/)?"(\d{1,9})"', if_match.strip())
    if match is None:
        raise Refused(428, "version-needed", "Name the version that you saw: If-Match with the record's ETag.")
    info = await run_in_threadpool(records_of(caller, request).change, order_id, asked, int(match[1]))
    response.headers["ETag"] = f'"{info.version}"'
    return info


@routes.delete("/records/{order_id}", tags=["records"], status_code=204, responses=PROBLEMS)
async def delete_record(caller: Calls, request: Request, order_id: Order) -> None:
    """Delete a record from every store."""
    await run_in_threadpool(records_of(caller, request).delete, order_id)


@routes.get("/records/{order_id}/trail", tags=["records"], responses=PROBLEMS)
async def record_trail(caller: Calls, request: Request, order_id: Order) -> list[TrailEntry]:
    """What was done with a record, by whom, when."""
    return await run_in_threadpool(records_of(caller, request).trail, order_id)


@routes.get("/records/{order_id}/export", tags=["records"], response_class=Response, responses=PROBLEMS)
async def export_record(
    caller: Calls, request: Request, order_id: Order, form: Annotated[str, Query(max_length=60)]
) -> Response:
    """One record as a file: an e-invoice (ubl, cii, facturx), a table, or its original."""
    await run_in_threadpool(records_of(caller, request).get, order_id)
    data = await run_in_threadpool(caller.studio.export_record, order_id, form)
    told = next(each for each in await run_in_threadpool(caller.studio.export_forms) if each.name == form)
    suffix, media_type = told.alone or (told.suffix, told.media_type)
    headers = {"Content-Disposition": f'attachment; filename="order-{order_id}.{suffix}"'}
    return Response(data, media_type=media_type, headers=headers)


@routes.post("/validations", tags=["records"], responses=PROBLEMS)
async def validate_values(caller: Calls, asked: ValidateRequest) -> Validated:
    """What the checks say of values of yours, as those of a document of a type."""
    return await run_in_threadpool(validate, caller, asked)
