"""For those who run it: whether it lives, whether it can work, and figures as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from core.entrypoints.api.caller import caller_of, is_local
from core.entrypoints.api.models import Health, PartState
from core.stores.figures import Figures

VERSION = "1.0"
monitoring = APIRouter()
#: Upper ends (seconds) between which steps are counted.
_ENDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"description": "It cannot work", "model": list[PartState]}}


@monitoring.get("/health", include_in_schema=False)
@monitoring.get("/v1/health", tags=["service"])
async def health() -> Health:
    """Whether the service answers. Needs no key."""
    return Health(version=VERSION)


@monitoring.get("/health/ready", include_in_schema=False)
@monitoring.get("/v1/health/ready", tags=["service"], response_model=list[PartState], responses=_NOT_READY)
async def ready(request: Request) -> Any:
    """Whether it can do its work: its database, its queue and its files. Needs no key; 503 where not."""
    rows = await run_in_threadpool(lambda: request.app.state.studio().ready())
    states = [PartState(kind="Part", name=name, usable=state.usable, reason=state.reason) for name, state in rows]
    return JSONResponse([state.model_dump() for state in states], 200 if all(state.usable for state in states) else 503)


@monitoring.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Figures for Prometheus, to this machine and to whoever shows a key or a token. They are read from the store: every process tells
    the same. What counts up begins anew at midnight UTC."""
    from prometheus_client import CONTENT_TYPE_LATEST

    if not is_local(request):
        await run_in_threadpool(caller_of, request, request.app.state)
    text = await run_in_threadpool(lambda: exposed(*request.app.state.studio().figures()))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def exposed(figures: Figures, since: datetime) -> bytes:
    """Figures as Prometheus reads them."""
    from prometheus_client import CollectorRegistry, generate_latest

    class Collected:
        def collect(self) -> Iterator[Any]:
            yield from _families(figures, since)

    registry = CollectorRegistry()
    registry.register(Collected())
    return bytes(generate_latest(registry))


def _families(figures: Figures, since: datetime) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    began = since.timestamp()
    documents = CounterMetricFamily("studio_documents", "Documents read, by verdict", labels=["verdict"])
    for verdict, count in figures.documents.items():
        documents.add_metric([verdict], count, created=began)
    steps = HistogramMetricFamily("studio_step_seconds", "Seconds of each step", labels=["step"])
    for step, seconds in figures.steps.items():
        ends = [(str(end), float(sum(each <= end for each in seconds))) for end in _ENDS]
        steps.add_metric([step], [*ends, ("+Inf", float(len(seconds)))], sum(seconds))
    calls = CounterMetricFamily("studio_model_calls", "Calls to models", labels=["provider", "outcome"])
    cost = CounterMetricFamily("studio_cost_dollars", "What models cost (US dollars)", labels=["provider"])
    spent: dict[str, float] = {}
    for (provider, outcome), (count, dollars) in figures.calls.items():
        calls.add_metric([provider, outcome], count, created=began)
        spent[provider] = spent.get(provider, 0.0) + float(dollars)
    for provider, total in spent.items():
        cost.add_metric([provider], total, created=began)
    queues = GaugeMetricFamily("studio_queue_depth", "Jobs that wait or run, by queue", labels=["queue", "state"])
    for (queue, state), count in figures.queues.items():
        queues.add_metric([queue, state], count)
    failed = GaugeMetricFamily("studio_failed_jobs", "Failed jobs that are still known, by cause", labels=["cause"])
    for cause, count in figures.failed.items():
        failed.add_metric([cause], count)
    messages = GaugeMetricFamily("studio_webhook_messages", "Messages to webhooks, by state", labels=["state"])
    for state, count in figures.messages.items():
        messages.add_metric([state], count)
    yield from (documents, steps, calls, cost, queues, failed, messages)
    yield GaugeMetricFamily("studio_queue_oldest_seconds", "How long the oldest job has waited", figures.oldest)
    yield GaugeMetricFamily("studio_for_a_person", "Documents that wait for a person", figures.for_a_person)
