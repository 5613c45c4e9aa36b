"""The client that programs may use: against the served API, and against its description, so that neither drifts."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from pydantic import BaseModel

from core.entrypoints.cli import main
from studio_client import StudioClient, StudioRefused, StudioUnreachable, models
from studio_client.client import Operation
from tests.api.conftest import Served
from tests.conftest import SampleFile

#: Each model of the client, and the name that the API's description has for it.
SAME: dict[type[BaseModel], str] = {
    models.Document: "DocumentInfo",
    models.Task: "TaskInfo",
    models.TaskPage: "TaskList",
    models.Record: "RecordInfo",
    models.RecordRow: "RecordRow",
    models.RecordPage: "RecordList",
    models.TrailEntry: "TrailEntry",
    models.Key: "KeyInfo",
    models.Me: "Me",
    models.Wish: "ExtractRequest",
    models.Saving: "SaveRequest",
    models.Change: "ChangeRequest",
}


def test_the_client_knows_what_the_description_says(api: Served) -> None:
    """Each field with its kind, each address with what it is asked by."""
    described = httpx.get(f"{api.url}/openapi.json").json()
    schemas = described["components"]["schemas"]
    for model, name in SAME.items():
        mine = model.model_json_schema(mode="validation" if name.endswith("Request") else "serialization")
        others = mine.get("$defs", {})
        assert _kind(others.get(model.__name__, mine), others, 0) == _kind(schemas[name], schemas, 0), name
    known = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    assert set(get_args(Operation)) <= known
    asked = {"GET /v1/tasks": {"status", "cursor"}, "GET /v1/records": {"text", "status", "type", "page"},
             "GET /v1/tasks/{task_id}": {"wait"}, "GET /v1/records/{order_id}/export": {"form"},
             "POST /v1/extractions": {"idempotency-key", "prefer"}, "PATCH /v1/records/{order_id}": {"if-match"}}  # fmt: skip
    for operation, names in asked.items():
        method, _, path = operation.partition(" ")
        assert names <= {each["name"] for each in described["paths"][path][method.lower()]["parameters"]}, operation


def _kinds(properties: dict[str, Any], others: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Each property by what it may be: names of schemas, bounds and words aside."""
    return {name: _kind(schema, others, depth) for name, schema in properties.items()}


def _kind(schema: dict[str, Any], others: dict[str, Any], depth: int) -> Any:
    if depth > 3:
        return "more of it"  # one that holds others of its kind
    if "$ref" in schema:
        return _kind(others[schema["$ref"].rpartition("/")[2]], others, depth + 1)
    if "anyOf" in schema:
        return sorted(
            str(_kind(each, others, depth))
            for each in schema["anyOf"]
            if each.get("type") != "number" or "string" not in str(schema)
        )
    if "properties" in schema:
        return _kinds(schema["properties"], others, depth)
    if "enum" in schema:
        return sorted(schema["enum"])
    if schema.get("type") == "array":
        return [_kind(schema["items"], others, depth)]
    return schema.get("type"), schema.get("format")


def test_a_document_is_read_saved_changed_and_deleted(api: Served, digital_pdf: SampleFile, tmp_path: Path) -> None:
    """Every method, against the API as it is served."""
    path = tmp_path / "invoice.pdf"
    path.write_bytes(digital_pdf.data)
    with StudioClient(api.url, api.key()) as studio:
        heard: list[str] = []
        result = studio.read(path, told=lambda task: heard.append(task.status), wish="mine-1")
        assert result["invoice"]["total_amount"] == digital_pdf.truth["total_amount"]
        document = studio.upload(digital_pdf.data, "again.pdf")
        assert studio.document(document.document_id).pages == document.pages == 1
        task = studio.extract(document.document_id, wish="mine-1")
        assert task.task_id == result["task_id"]
        events = list(studio.events(task.task_id))
        assert [event.event for event in events][-1] == "complete"
        seen = next(event.id for event in events if event.id)
        assert [event.id for event in studio.events(task.task_id, seen)] == [
            e.id for e in events if e.id > seen or e.event == "complete"
        ]
        assert [each.task_id for each in studio.tasks("done")] == [task.task_id]
        record = studio.save(
            task.task_id,
            save=["database"],
            changes={"notes": "by the client"} if "notes" in result["invoice"] else None,
        )
        changed = studio.change(record, {"invoice_number": "C-1"})
        assert (changed.values["invoice_number"], changed.version) != (record.values["invoice_number"], record.version)
        with pytest.raises(StudioRefused) as refused:
            studio.change(record, {"invoice_number": "C-2"})
        assert refused.value.status == 412
        assert [row.order_id for row in studio.records()] == [record.order_id]
        assert b"C-1" in studio.export(record.order_id, "json")
        assert "saved" in {entry.action for entry in studio.trail(record.order_id)}
        studio.delete(record.order_id)
        assert list(studio.records()) == []
        assert (studio.me().role, studio.me().pages_today) == ("reviewer", 1)
        assert studio.cancel(task.task_id).status == "done"
        with pytest.raises(StudioRefused, match="waits, runs or is done"):
            studio.retry(task.task_id)


def test_what_cannot_be_done_is_told(api: Served) -> None:
    """In the studio's sentence; no studio at the address is told too."""
    with StudioClient(api.url, api.key()) as studio:
        with pytest.raises(StudioRefused) as refused:
            studio.upload(b"no document", "a.bin")
        assert (refused.value.status, refused.value.code) == (415, "unsupported-document")
        with pytest.raises(StudioRefused):
            studio.task("../keys")
    with (
        StudioClient("http://127.0.0.1:9", tries=1) as nobody,
        pytest.raises(StudioUnreachable, match="does not answer"),
    ):
        nobody.me()


def test_what_may_be_asked_twice_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the pause that the studio names; what would be done twice is not, and a day's pause is told at once."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    answers = [
        httpx.Response(503, headers={"Retry-After": "2"}),
        httpx.ConnectError("away"),
        httpx.Response(200, json={"name": "a", "role": "viewer"}),
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    with StudioClient("http://studio", transport=httpx.MockTransport(answer)) as studio:
        assert studio.me().name == "a"
        assert slept == [2, 1.0]
        answers[:] = [httpx.Response(503)]
        with pytest.raises(StudioRefused):
            studio.save("t1")
        answers[:] = [httpx.Response(429, headers={"Retry-After": "80000"})]
        with pytest.raises(StudioRefused) as refused:
            studio.me()
        assert refused.value.retry_after == 80000


def test_a_lost_stream_is_taken_up_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the number of the last event: none is told twice."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    asked: list[str | None] = []
    parts = ['event: stage_start\ndata: {"stage": "load"}\nid: 1\n\n', "event: complete\ndata: {}\n\n"]

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        return httpx.Response(200, text=parts[len(asked) - 1], headers={"content-type": "text/event-stream"})

    with StudioClient("http://studio", transport=httpx.MockTransport(answer)) as studio:
        assert [(each.event, each.id) for each in studio.events("t1")] == [("stage_start", 1), ("complete", 0)]
    assert asked == [None, "1"]


def test_the_command_line_sends_documents(
    api: Served, digital_pdf: SampleFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One JSON object a file; what cannot be opened or read is told, and the others go on."""
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.bin"
    good.write_bytes(digital_pdf.data)
    bad.write_bytes(b"no document")
    key = api.key()
    sent = [str(bad), str(tmp_path / "none.pdf"), str(good)]
    assert main(["send", *sent, "--to", api.url, "--key", key, "--save", "database"]) == 1
    told = capsys.readouterr()
    result = json.loads(told.out)
    assert (result["invoice"]["total_amount"], result["order_id"]) == (digital_pdf.truth["total_amount"], 1)
    assert "bad.bin: " in told.err
    assert "none.pdf: it cannot be opened" in told.err
    assert main(["send", str(good), "--to", "http://127.0.0.1:9", "--key", key]) == 1
    assert "does not answer" in capsys.readouterr().err
