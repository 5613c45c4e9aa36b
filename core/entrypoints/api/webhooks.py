"""Webhooks: who is told what happens here, the log of it, and programs that tell us something."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.concurrency import run_in_threadpool

from core.entrypoints.api.caller import Caller, Calls
from core.entrypoints.api.models import DocumentId, ExtractRequest, Store, TaskInfo
from core.entrypoints.api.problems import Refused
from core.entrypoints.api.routes import PROBLEMS, Id
from core.entrypoints.api.tasks import Tasks
from core.errors import StudioError
from core.person import Person
from core.stores.webhooks import Delivery, DeliveryState, EventName, Source, Webhook

webhook_routes = APIRouter(prefix="/v1")
InboundType = Literal["invoice_uploaded", "document_ready", "batch_processing"]
#: Documents of one message, and how many of them are fetched at once.
_MOST, _AT_ONCE = 50, 8


class NewWebhook(BaseModel):
    """An address that is to be told of ``events`` (none: of all); ``values`` tells it what documents say, too."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=2000)
    events: Annotated[list[EventName], Field(max_length=20)] = []
    values: bool = False


class WebhookInfo(BaseModel):
    """A subscription. ``secret`` is there once, where it was made; ``reason`` says why it is told nothing more;
    until ``old_secret_until`` the secret that it had signs too."""

    webhook_id: str
    url: str
    events: list[str]
    values: bool
    created_at: datetime
    created_by: str
    enabled: bool
    reason: str
    old_secret_until: datetime | None = None
    secret: str | None = None


class Rotation(BaseModel):
    """For how long (hours) the secret that a webhook had signs beside its new one."""

    model_config = ConfigDict(extra="forbid")

    hours: float = Field(24.0, ge=0, le=720)


class TryInfo(BaseModel):
    """An attempt to deliver; ``status`` is what was answered, where there was an answer."""

    at: datetime
    status: int | None
    error: str
    seconds: float


class DeliveryInfo(BaseModel):
    """A message: ``waiting`` (``next_at`` is when it is tried), ``delivered``, or ``parked`` after a day of tries. ``delivery_id`` is its
    webhook-id, ``body`` what is sent."""

    delivery_id: str
    event: str
    state: DeliveryState
    created_at: datetime
    next_at: datetime | None
    tries: list[TryInfo]
    body: dict[str, Any]


class NewSource(BaseModel):
    """A program that is to tell us something."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)


class SourceInfo(BaseModel):
    """A program that may tell us something. ``secret`` is there once, where it was made."""

    source_id: str
    name: str
    created_at: datetime
    created_by: str
    secret: str | None = None


# --- out -------------------------------------------------------------------------------------------------------------


@webhook_routes.get("/webhooks", tags=["webhooks"], responses=PROBLEMS)
async def list_webhooks(caller: Calls) -> list[WebhookInfo]:
    """Who is told. Needs an admin's key, as everything here does."""
    return [_info(each) for each in await run_in_threadpool(caller.studio.webhooks.all)]


@webhook_routes.post("/webhooks", tags=["webhooks"], status_code=201, responses=PROBLEMS)
async def add_webhook(caller: Calls, asked: NewWebhook) -> WebhookInfo:
    """Tell an address what happens from now on. The answer has the secret that signs what is sent, now and never again."""
    add = caller.studio.webhooks.add
    made = await run_in_threadpool(add, asked.url, asked.events, caller.person.name, asked.values)
    return _info(made, made.secret)


@webhook_routes.get("/webhooks/{webhook_id}", tags=["webhooks"], responses=PROBLEMS)
async def get_webhook(caller: Calls, webhook_id: Id) -> WebhookInfo:
    """One subscription."""
    return _info(await run_in_threadpool(caller.studio.webhooks.get, webhook_id))


@webhook_routes.delete("/webhooks/{webhook_id}", tags=["webhooks"], status_code=204, responses=PROBLEMS)
async def remove_webhook(caller: Calls, webhook_id: Id) -> None:
    """Tell it nothing more, and drop its log."""
    await run_in_threadpool(caller.studio.webhooks.remove, webhook_id)


@webhook_routes.post("/webhooks/{webhook_id}/rotate", tags=["webhooks"], responses=PROBLEMS)
async def rotate_secret(caller: Calls, webhook_id: Id, asked: Rotation) -> WebhookInfo:
    """Give it a new secret, which the answer has, now and never again. For ``hours`` each message bears two signatures, one by the
    secret that it had."""
    made = await run_in_threadpool(caller.studio.webhooks.rotate, webhook_id, asked.hours)
    return _info(made, made.secret)


@webhook_routes.post("/webhooks/{webhook_id}/enable", tags=["webhooks"], responses=PROBLEMS)
async def enable_webhook(caller: Calls, webhook_id: Id) -> WebhookInfo:
    """Tell an address again that had answered that it is gone."""
    return _info(await run_in_threadpool(caller.studio.webhooks.enable, webhook_id))


@webhook_routes.post("/webhooks/{webhook_id}/test", tags=["webhooks"], status_code=202, responses=PROBLEMS)
async def test_webhook(caller: Calls, webhook_id: Id) -> DeliveryInfo:
    """Send it a message (“ping”) that tells nothing."""
    return _delivery(await run_in_threadpool(caller.studio.webhooks.ping, webhook_id))


@webhook_routes.get("/webhooks/{webhook_id}/deliveries", tags=["webhooks"], responses=PROBLEMS)
async def deliveries(
    caller: Calls,
    webhook_id: Id,
    state: DeliveryState | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[DeliveryInfo]:
    """What it was told, newest first, and how that went."""
    return [
        _delivery(each) for each in await run_in_threadpool(caller.studio.webhooks.deliveries, webhook_id, state, limit)
    ]


@webhook_routes.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/send",
    tags=["webhooks"],
    status_code=202,
    response_class=Response,
    responses=PROBLEMS,
)
async def send_again(caller: Calls, webhook_id: Id, delivery_id: Id) -> Response:
    """Send a message again, with the id that it had."""
    await run_in_threadpool(caller.studio.webhooks.send_again, webhook_id, delivery_id)
    return Response(status_code=202)


def _info(webhook: Webhook, secret: str | None = None) -> WebhookInfo:
    return WebhookInfo(
        webhook_id=webhook.webhook_id,
        url=webhook.url,
        events=list(webhook.events),
        values=webhook.with_values,
        created_at=webhook.created_at,
        created_by=webhook.created_by,
        enabled=webhook.disabled_at is None,
        reason=webhook.reason,
        old_secret_until=webhook.old_until,
        secret=secret,
    )


def _delivery(delivery: Delivery) -> DeliveryInfo:
    tries = [
        TryInfo(at=datetime.fromisoformat(one.at), status=one.status, error=one.error, seconds=one.seconds)
        for one in delivery.tries
    ]
    return DeliveryInfo(
        delivery_id=delivery.delivery_id,
        event=delivery.event,
        state=delivery.state,
        created_at=delivery.created_at,
        next_at=delivery.next_at if delivery.state == "waiting" else None,
        tries=tries,
        body=json.loads(delivery.body),
    )


# --- in --------------------------------------------------------------------------------------------------------------


@webhook_routes.get("/inbound-sources", tags=["webhooks"], responses=PROBLEMS)
async def list_sources(caller: Calls) -> list[SourceInfo]:
    """The programs that may tell us something."""
    return [_source(each) for each in await run_in_threadpool(caller.studio.webhooks.sources)]


@webhook_routes.post("/inbound-sources", tags=["webhooks"], status_code=201, responses=PROBLEMS)
async def add_source(caller: Calls, asked: NewSource) -> SourceInfo:
    """Let a program tell us something. The answer has the secret that it signs with, now and never again."""
    made = await run_in_threadpool(caller.studio.webhooks.add_source, asked.name, caller.person.name)
    return _source(made, made.secret)


@webhook_routes.delete("/inbound-sources/{source_id}", tags=["webhooks"], status_code=204, responses=PROBLEMS)
async def remove_source(caller: Calls, source_id: Id) -> None:
    """Take nothing more from it."""
    await run_in_threadpool(caller.studio.webhooks.remove_source, source_id)


def _source(source: Source, secret: str | None = None) -> SourceInfo:
    told = {"source_id": source.source_id, "name": source.name, "created_by": source.created_by}
    return SourceInfo(**told, created_at=source.created_at, secret=secret)


class InboundDocument(BaseModel):
    """A document that was brought before (``document_id``), or one that is fetched (``document_url``)."""

    document_id: DocumentId | None = None
    document_url: str | None = Field(None, max_length=2000)

    @model_validator(mode="after")
    def _is_one(self) -> InboundDocument:
        if (self.document_id is None) == (self.document_url is None):
            raise ValueError("name a document_id, or a document_url")
        return self


class InboundDocuments(BaseModel):
    """What a message is about: one document or several, and how they are to be read (see POST /v1/extractions)."""

    documents: Annotated[list[InboundDocument], Field(min_length=1, max_length=_MOST)]
    recipe: str = Field("", max_length=100)
    type: str = Field("", max_length=80)
    save: Annotated[list[Store], Field(max_length=2)] = []

    @model_validator(mode="before")
    @classmethod
    def _of_one(cls, told: Any) -> Any:
        if isinstance(told, dict) and "documents" not in told:
            return {
                **told,
                "documents": [{name: told[name] for name in ("document_id", "document_url") if name in told}],
            }
        return told


class InboundTask(BaseModel):
    """What was begun with one document of a message, or why nothing was."""

    task: TaskInfo | None = None
    error: str | None = None


class InboundAnswer(BaseModel):
    """What was begun with a message; the same message again is answered the same."""

    message_id: str
    tasks: list[InboundTask]


_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@webhook_routes.post(
    "/inbound/{type}",
    tags=["webhooks"],
    status_code=202,
    responses=PROBLEMS,
    openapi_extra=_BODY,
    response_model=InboundAnswer,
)
async def inbound(request: Request, type: Annotated[InboundType, Path()]) -> Any:
    """A message of a program that is known here, signed as Standard Webhooks has it: its document (``document_url`` or
    ``document_id``, or for ``batch_processing`` several ``documents``) is read. The message's ``data`` may hold them, or the body itself."""
    return await take_message(request, type)


async def take_message(request: Request, type: str) -> JSONResponse:
    """Do what a signed message says. Raises SignatureRefused, Refused."""
    body = await request.body()
    answer = await run_in_threadpool(_take, request, dict(request.headers), body, type)
    return JSONResponse(answer, 202)


def _take(request: Request, headers: dict[str, str], body: bytes, type: str) -> Any:
    state = request.app.state
    studio = state.studio()
    source, message_id = studio.webhooks.known(headers, body)
    asked = _asked(body, type)
    person = Person(f"{source.name} (webhook)", "reviewer", "signed in")
    caller = Caller(studio.by(person), person, None, f"in:{source.source_id}")
    tasks = Tasks(caller, state.store(), f"{request.scope.get('root_path', '')}/v1")
    answer = studio.webhooks.once(source, message_id, lambda: _begin_all(tasks, asked, message_id))
    if answer is None:
        raise Refused(409, "message-at-work", "This message is being worked on: come again.", {"Retry-After": "5"})
    return answer


def _asked(body: bytes, type: str) -> InboundDocuments:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(422, "invalid-request", "The body is no JSON.") from error
    data = told.get("data", told) if isinstance(told, dict) else told
    try:
        asked = InboundDocuments.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(422, "invalid-request", f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    if type != "batch_processing" and len(asked.documents) != 1:
        raise Refused(
            422, "invalid-request", f"A message “{type}” is about one document; batch_processing takes several."
        )
    return asked


def _begin_all(tasks: Tasks, asked: InboundDocuments, message_id: str) -> dict[str, Any]:
    """Begin a task a document; one that cannot be begun holds up no other."""

    def begin(at: int) -> InboundTask:
        return _begin(lambda: tasks.begin(_request(asked, asked.documents[at]), f"{message_id}:{at}"))

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="studio-inbound") as pool:
        begun = list(pool.map(begin, range(len(asked.documents))))
    return InboundAnswer(message_id=message_id, tasks=begun).model_dump(mode="json")


def _begin(begin: Callable[[], TaskInfo]) -> InboundTask:
    try:
        return InboundTask(task=begin())
    except StudioError as error:
        return InboundTask(error=str(error))
    except Refused as refused:
        return InboundTask(error=refused.sentence)


def _request(asked: InboundDocuments, document: InboundDocument) -> ExtractRequest:
    how = {"recipe": asked.recipe, "type": asked.type, "save": asked.save}
    return ExtractRequest(document_id=document.document_id, document_url=document.document_url, **how)
