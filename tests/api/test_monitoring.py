"""What those who run it look at: readiness, figures, traces."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from core.entrypoints import tracing
from core.entrypoints.bootstrap import build_studio
from core.errors import DatabaseUnavailable
from tests.api.conftest import Served, serve
from tests.api.test_api import begin, bring, read
from tests.conftest import SampleFile


def test_it_is_ready_while_database_queue_and_files_answer(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is asked; one that does not answer is named, with why, and the status says so."""
    for path in ("/health/ready", "/v1/health/ready"):
        reply = httpx.get(f"{api.url}{path}")
        assert (reply.status_code, [part["name"] for part in reply.json()]) == (200, ["database", "queue", "files"])
    assert httpx.get(f"{api.url}/health").json()["status"] == "ok"

    def away(self: Any) -> None:
        raise DatabaseUnavailable("It is away.")

    monkeypatch.setattr("storage.figures.SqlFigures.ping", away)
    monkeypatch.setattr(
        "storage.files.FileStore.keep_json", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space"))
    )
    reply = httpx.get(f"{api.url}/health/ready")
    assert reply.status_code == 503
    assert {part["name"]: part["usable"] for part in reply.json()} == {"database": False, "queue": True, "files": False}
    assert "No space" in reply.json()[2]["reason"]


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values(), reverse=True)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_are_told_to_monitors(api: Served, digital_pdf: SampleFile) -> None:
    """Documents by verdict, seconds by step, failures by cause without the file's name; to this machine, and elsewhere with a key."""
    with api.client() as client:
        read(client, digital_pdf)
        broken = begin(client, bring(client, digital_pdf), pages="1", recipe="default", type="receipt").json()
        client.get(f"/v1/tasks/{broken['task_id']}", params={"wait": 30})
        told = figures(client.get("/metrics").text)
    assert told["studio_documents_total", "approved"] + told.get(("studio_documents_total", "ready"), 0) >= 1
    assert told["studio_step_seconds_count", "extract"] >= 1
    assert told["studio_step_seconds_bucket", "extract", "+Inf"] == told["studio_step_seconds_count", "extract"]
    assert told["studio_queue_oldest_seconds",] == 0
    assert digital_pdf.name not in str(told)
    key = api.key(role="viewer")
    elsewhere = {"X-Forwarded-For": "10.0.0.9"}
    assert httpx.get(f"{api.url}/metrics", headers=elsewhere).status_code == 401
    assert httpx.get(f"{api.url}/metrics", headers=elsewhere | {"Authorization": f"Bearer {key}"}).status_code == 200


def test_every_process_tells_the_same_figures(api: Served, digital_pdf: SampleFile) -> None:
    """They stand in the store."""
    with api.client() as client:
        read(client, digital_pdf)
        mine = figures(client.get("/metrics").text)
    with serve(build_studio()) as other, other.client() as client:
        theirs = figures(client.get("/metrics").text)
    assert mine == theirs


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Spans that arrived at a receiver of traces, which the environment names."""
    came: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                came.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    tracing._provider.cache_clear()
    yield came
    provider = tracing._provider()
    provider.shutdown()
    tracing._provider.cache_clear()
    server.shutdown()


def test_calls_and_steps_are_traced(
    collector: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digital_pdf: SampleFile
) -> None:
    """A call is a span by its route; a job is a trace whose id its own id tells, with a span a step inside it."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("STUDIO_WORKERS", "threads")
    with serve(build_studio()) as served, served.client() as client:
        task = read(client, digital_pdf)
    end = time.monotonic() + 10
    while not {"job run", "POST /v1/extractions"} <= {span.name for span in collector} and time.monotonic() < end:
        time.sleep(0.05)
    trace = hashlib.sha256(task["task_id"].encode()).digest()[:16]
    mine = {span.name: span for span in collector if span.trace_id == trace}
    assert {"job run", "load", "extract", "validate"} <= set(mine)
    assert mine["extract"].parent_span_id == mine["job run"].span_id
    assert mine["extract"].end_time_unix_nano > mine["extract"].start_time_unix_nano
    assert "POST /v1/extractions" in {span.name for span in collector}


def test_without_an_endpoint_nothing_of_it_is_imported(tmp_path: Path) -> None:
    """Nor of the monitors and rooms that nobody asked for."""
    code = (
        "import sys; from core.entrypoints.api import make_api; from core.entrypoints.bootstrap import build_studio;"
        "make_api(build_studio); print([n for n in sys.modules if n.split('.')[0] in ('prometheus_client', 'socketio', 'joserfc') or n.startswith(('opentelemetry.sdk', 'opentelemetry.exporter', 'opentelemetry.instrumentation'))])"
    )
    environment = {"PATH": "/usr/bin:/bin", "STUDIO_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"
