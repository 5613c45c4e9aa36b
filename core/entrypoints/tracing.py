"""Traces by OpenTelemetry, where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says where they go; else nothing of it is even imported.

A job is a trace of its own with a span a step. Its id is told by the job's: the first 32 hexadecimal digits of the SHA-256 of its id."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

from core.cancelling import IsCancelled
from core.events import Event, StepFailed, StepFinished, StepSkipped, StepStarted
from core.jobs.queue import Handler, JobRequest

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
#: What says nothing: whether it lives.
_UNTRACED = "health,health/ready,metrics,socket.io"


@cache
def _provider() -> Any:
    """Where spans of this process go; ``None``: nowhere."""
    if not os.environ.get(ENDPOINT):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", "extraction-studio")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def trace_calls(api: Any) -> None:
    """Have every call of the API traced."""
    if (provider := _provider()) is None:
        return
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

    FastAPIInstrumentor.instrument_app(api, tracer_provider=provider, excluded_urls=_UNTRACED)


def traced(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """The same work, each job traced. Where traces go nowhere it is the very same."""
    if not os.environ.get(ENDPOINT):
        return dict(handlers)
    return {kind: partial(_traced, handler) for kind, handler in handlers.items()}


def _traced(handler: Handler, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
    """A span for the job, and one for each step, as its events tell them."""
    from opentelemetry.trace import Status, StatusCode, set_span_in_context

    tracer = _provider().get_tracer("extraction-studio")
    about = {"studio.task_id": request.job_id, "studio.kind": request.kind, "studio.owner": request.owner}
    job = tracer.start_span(f"job {request.kind}", context=_trace_of(request.job_id), attributes=about)
    inside, steps = set_span_in_context(job), {}
    try:
        for event in handler(request, cancelled):
            if isinstance(event, StepStarted):
                steps[event.step] = tracer.start_span(event.step, context=inside)
            elif isinstance(event, StepFinished | StepFailed | StepSkipped):
                began = time.time_ns() - int(getattr(event, "seconds", 0.0) * 1e9)
                span = steps.pop(event.step, None) or tracer.start_span(event.step, context=inside, start_time=began)
                if isinstance(event, StepFailed):
                    span.set_status(Status(StatusCode.ERROR, event.error))
                elif isinstance(event, StepFinished):
                    span.set_attribute("studio.cached", event.cached)
                else:
                    span.set_attribute("studio.skipped", event.detail)
                span.end()
            yield event
    except BaseException as error:
        if not isinstance(error, GeneratorExit):
            job.set_status(Status(StatusCode.ERROR, str(error)))
        raise
    finally:
        for span in steps.values():
            span.end()
        job.end()


def _trace_of(job_id: str) -> Any:
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    digest = hashlib.sha256(job_id.encode()).digest()
    parent = SpanContext(int.from_bytes(digest[:16]), int.from_bytes(digest[16:24]), True, TraceFlags(1))
    return set_span_in_context(NonRecordingSpan(parent))
