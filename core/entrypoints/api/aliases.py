"""Addresses by which earlier services were called, answered by the same functions. They stand in no description."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from core.analysis.checking import check_values, values_of
from core.entrypoints.api.caller import Calls
from core.entrypoints.api.generic import MOST_LETTERS, TaskRequest, TaskType, begin_generic
from core.entrypoints.api.models import DocumentId, ExtractRequest, RecordInfo, SaveRequest, Store, TaskInfo
from core.entrypoints.api.problems import Refused
from core.entrypoints.api.records import Records, record_info
from core.entrypoints.api.routes import Id, Order, answered, records_of, settled, tasks_of
from core.entrypoints.api.tasks import Tasks, is_over, task_id_of
from core.entrypoints.api.webhooks import take_message
from core.stores.records import RecordQuery

aliases = APIRouter(include_in_schema=False)
_WAIT = 30.0
#: Tasks of a document that its status tells of.
_MOST_TASKS = 100
Upload = Annotated[UploadFile, File()]
Threshold = Annotated[float | None, Form(ge=0, le=1)]
Processing = Annotated[str | None, Form(min_length=1, max_length=200)]
_STORES: list[Store] = ["database"]


class SeedTask(BaseModel):
    """A task as earlier services asked for it. ``processing_id`` is the caller's own id: the same again is the same task."""

    task_type: TaskType
    document_id: DocumentId | None = None
    document_url: str | None = Field(None, max_length=2000)
    text: str | None = Field(None, min_length=1, max_length=MOST_LETTERS)
    invoice: dict[str, Any] | None = None
    auto_save: bool = False
    confidence_threshold: float | None = Field(None, ge=0, le=1)
    processing_id: str | None = Field(None, min_length=1, max_length=200)


class SeedInvoice(BaseModel):
    """A task whose result is to be saved, or values of one's own."""

    task_id: str | None = Field(None, max_length=64)
    invoice: dict[str, Any] | None = None
    document_type: str = Field("invoice", max_length=80)


def _told(tasks: Tasks, info: TaskInfo, processing_id: str | None) -> dict[str, Any]:
    """A task as earlier services told it, with its result where it is over."""
    told: dict[str, Any] = info.model_dump(mode="json") | {
        "success": info.status not in ("failed", "parked"),
        "processing_id": processing_id or info.task_id,
        "websocket_room": f"processing_{info.task_id}",
    }
    return told | ({"result": tasks.result(info.task_id)} if info.status == "done" else {})


async def _begin(
    tasks: Tasks, file: UploadFile, save: bool, sure: float | None, processing_id: str | None, page: int | None
) -> TaskInfo:
    info, _ = await run_in_threadpool(tasks.bring, await file.read(), file.filename or "document")
    pages = str(page + 1) if page is not None else ""
    asked = ExtractRequest(
        document_id=info.document_id, pages=pages, save=_STORES if save else [], confidence_threshold=sure
    )
    return await run_in_threadpool(tasks.begin, asked, processing_id)


@aliases.post("/llm/process-invoice-image")
async def process_image(
    caller: Calls,
    request: Request,
    file: Upload,
    auto_save: Annotated[bool, Form()] = False,
    confidence_threshold: Threshold = None,
    processing_id: Processing = None,
) -> JSONResponse:
    """Read a file and wait for what it says."""
    tasks = tasks_of(caller, request)
    begun = await _begin(tasks, file, auto_save, confidence_threshold, processing_id, None)
    info = await settled(tasks, begun.task_id, _WAIT)
    told = await run_in_threadpool(_told, tasks, info, processing_id)
    return JSONResponse(told, 200 if is_over(info) else 202)


@aliases.post("/llm/process-invoice-async", status_code=202)
async def process_async(
    caller: Calls,
    request: Request,
    file: Upload,
    auto_save: Annotated[bool, Form()] = False,
    confidence_threshold: Threshold = None,
    processing_id: Processing = None,
) -> dict[str, Any]:
    """Read a file in the background."""
    tasks = tasks_of(caller, request)
    info = await _begin(tasks, file, auto_save, confidence_threshold, processing_id, None)
    return await run_in_threadpool(_told, tasks, info, processing_id)


@aliases.post("/llm/llm-task", status_code=202)
async def llm_task(caller: Calls, request: Request, asked: SeedTask) -> dict[str, Any]:
    """Ask for a task of any type."""
    tasks = tasks_of(caller, request)

    def begin() -> dict[str, Any]:
        where = {"document_id": asked.document_id, "document_url": asked.document_url}
        if asked.task_type == "invoice_extraction":
            saved = _STORES if asked.auto_save else []
            wished = ExtractRequest(**where, save=saved, confidence_threshold=asked.confidence_threshold)
            info = tasks.begin(wished, asked.processing_id)
        else:
            given = where | {"text": asked.text, "values": asked.invoice}
            info = begin_generic(tasks, TaskRequest(type=asked.task_type, **given), asked.processing_id)
        return _told(tasks, info, asked.processing_id)

    return await _valid(begin)


@aliases.get("/llm/task-status/{task_id}")
async def task_status(caller: Calls, request: Request, task_id: Id) -> dict[str, Any]:
    """How a task stands, by its id or the caller's own."""
    tasks = tasks_of(caller, request)

    def look() -> dict[str, Any]:
        try:
            task = tasks.task(task_id)
        except Refused:
            task = tasks.task(task_id_of(caller.owner, task_id))
        return _told(tasks, tasks.info(task), task.wish)

    return await run_in_threadpool(look)


@aliases.post("/llm/webhook", status_code=202)
async def webhook(request: Request) -> JSONResponse:
    """A signed message that names its type in its body."""
    try:
        kind = json.loads(await request.body())["type"]
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = None
    if kind not in ("invoice_uploaded", "document_ready", "batch_processing"):
        raise Refused(
            422, "invalid-request", "Its “type” is to be invoice_uploaded, document_ready or batch_processing."
        )
    return await take_message(request, kind)


@aliases.post("/documents/upload", status_code=201)
async def upload(caller: Calls, request: Request, file: Upload) -> dict[str, Any]:
    """Bring a document."""
    info, _ = await run_in_threadpool(tasks_of(caller, request).bring, await file.read(), file.filename or "document")
    return {"success": True, **info.model_dump(mode="json")}


@aliases.get("/documents/{document_id}/status")
async def document_status(caller: Calls, request: Request, document_id: Id) -> dict[str, Any]:
    """How the latest tasks of a document stand."""
    tasks = tasks_of(caller, request)

    def look() -> dict[str, Any]:
        document = tasks.document(document_id)
        owner = None if caller.sees_all else caller.owner
        infos = [tasks.info(task) for task in tasks.store.tasks_of(owner, document.sha256, _MOST_TASKS)]
        told = {"document_id": document.sha256, "name": document.name, "pages": document.page_count}
        return told | {
            "status": infos[0].status if infos else "uploaded",
            "tasks": [info.model_dump(mode="json") for info in infos],
        }

    return await run_in_threadpool(look)


@aliases.post("/extract")
async def extract(
    caller: Calls, request: Request, file: Upload, page_number: Annotated[int | None, Form(ge=0, le=99_999)] = None
) -> Any:
    """Read a file, or one page of it (counted from 0), and wait for what it says."""
    tasks = tasks_of(caller, request)
    return await answered(tasks, await _begin(tasks, file, False, None, None, page_number), f"wait={int(_WAIT)}")


@aliases.post("/save-invoice", status_code=201)
async def save_invoice(caller: Calls, request: Request, asked: SeedInvoice) -> dict[str, Any]:
    """Save what a task gave, or values of one's own: those are checked as a task, which owns the record."""
    records, tasks = records_of(caller, request), tasks_of(caller, request)

    def save() -> RecordInfo:
        if asked.task_id is not None:
            return records.save(SaveRequest(task_id=asked.task_id, save=_STORES))
        return _save_values(records, tasks, asked)

    info = await _valid(save)
    return {"success": True, **info.model_dump(mode="json")}


def _save_values(records: Records, tasks: Tasks, asked: SeedInvoice) -> RecordInfo:
    studio = records.caller.studio
    told = asked.invoice or {}
    values = values_of(studio.types.types(), asked.document_type, told)
    if found := studio.duplicates(None, values, ["database"]):
        raise Refused(409, "stored-already", f"This is stored already, as order {found[0].order_id}.")
    wrong = any(finding.severity == "error" for finding in check_values(values))
    checked = TaskRequest(type="data_validation", values=told, document_type=asked.document_type)
    task = begin_generic(tasks, checked, None)
    receipt = studio.save(values, ["database"], status="needs review" if wrong else "reviewed")
    records.store.note_saved(task.task_id, receipt.order_id)
    return record_info(studio.record(receipt.order_id))


@aliases.get("/get-invoices")
async def get_invoices(
    caller: Calls,
    request: Request,
    page: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Saved records, newest first."""
    found = await run_in_threadpool(records_of(caller, request).search, RecordQuery(page=page, size=limit))
    told = [record.model_dump(mode="json") for record in found.records]
    return {"success": True, "invoices": told, "total": found.total}


@aliases.get("/get-invoice/{order_id}")
async def get_invoice(caller: Calls, request: Request, order_id: Order) -> dict[str, Any]:
    """One record."""
    found = await run_in_threadpool(records_of(caller, request).get, order_id)
    return {"success": True, **record_info(found).model_dump(mode="json")}


async def _valid(work: Any) -> Any:
    """What ``work`` gives; what it was asked for wrongly is said as for any request."""
    try:
        return await run_in_threadpool(work)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise Refused(422, "invalid-request", str(error).split("\n")[0][:300]) from error
