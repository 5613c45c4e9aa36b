"""Tasks beside the reading of records: a text analysed, a document in a paragraph, values checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from core.analysis.analysis import CHECK
from core.entrypoints.api.caller import Calls
from core.entrypoints.api.models import DocumentId, ExtractRequest, TaskInfo
from core.entrypoints.api.routes import PROBLEMS, answered, tasks_of
from core.entrypoints.api.tasks import Tasks
from core.recipe import AUTO

generic_routes = APIRouter(prefix="/v1")
TaskType = Literal["invoice_extraction", "text_analysis", "document_summary", "data_validation"]
#: Letters that a text may have.
MOST_LETTERS = 100_000


class TaskRequest(BaseModel):
    """What is to be done, and with what: a document (``document_id`` or ``document_url``), a ``text`` (text_analysis), or ``values`` of a
    ``document_type`` (data_validation)."""

    model_config = ConfigDict(extra="forbid")

    type: TaskType
    document_id: DocumentId | None = None
    document_url: str | None = Field(None, max_length=2000)
    text: str | None = Field(None, min_length=1, max_length=MOST_LETTERS)
    values: dict[str, Any] | None = None
    document_type: str = Field("", max_length=80)
    pages: str = Field("", max_length=400)
    recipe: str = Field("", max_length=100)

    @model_validator(mode="after")
    def _fits(self) -> TaskRequest:
        given = [name for name in ("document_id", "document_url", "text", "values") if getattr(self, name) is not None]
        document = ["document_id", "document_url"]
        takes = {"text_analysis": [*document, "text"], "data_validation": ["values"]}.get(self.type, document)
        if len(given) != 1 or given[0] not in takes:
            raise ValueError(f"{self.type} takes one of: {', '.join(takes)}")
        return self


@generic_routes.post("/tasks", tags=["tasks"], responses=PROBLEMS | {202: {"model": TaskInfo}})
async def begin_task(
    caller: Calls,
    request: Request,
    asked: TaskRequest,
    prefer: Annotated[str, Header(max_length=200)] = "",
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Any:
    """Have something done with a text, a document or values: text_analysis (language, type, amounts, dates, IBANs and tax ids by their
    check digits, parties), document_summary (a paragraph), data_validation (the checks), or invoice_extraction. Nothing needs a model.
    Tasks are looked at, watched and answered like extractions."""
    tasks = tasks_of(caller, request)
    info = await run_in_threadpool(begin_generic, tasks, asked, idempotency_key)
    return await answered(tasks, info, prefer)


def begin_generic(tasks: Tasks, asked: TaskRequest, wish: str | None) -> TaskInfo:
    """Ask for a task; the same wish again gives the task that it made. Raises Refused, a StudioError."""
    if asked.text is None and asked.values is None:
        kind = "extraction" if asked.type == "invoice_extraction" else asked.type
        read_as = asked.document_type or ("" if kind == "extraction" else AUTO)
        where = {"document_id": asked.document_id, "document_url": asked.document_url}
        wished = ExtractRequest(**where, pages=asked.pages, recipe=asked.recipe, type=read_as)
        return tasks.begin(wished, wish, kind)
    task = tasks.new_task(asked.type, "", 0, asked, wish)
    analysis, owner = tasks.caller.studio.analysis, f"api:{tasks.caller.owner}"
    if asked.type == CHECK:
        named = asked.document_type or "invoice"
        return tasks.add(task, lambda: analysis.check_values(task.task_id, asked.values or {}, named, owner))
    return tasks.add(task, lambda: analysis.check_text(task.task_id, asked.text or "", owner))
