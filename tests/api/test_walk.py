"""Every operation of the API, called oddly: it says what is wrong, and never breaks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import httpx

from tests.api.conftest import Served
from tests.api.test_api import read
from tests.conftest import SampleFile

#: What nobody should send, and some do.
ODD: list[Any] = [
    "", " ", "a", "0", "-1", "1e999", "NaN", "null", "\u0000", "../../etc/passwd", "'; drop table jobs; --", "%00", "\U0001f600" * 40, "x" * 5000,
    "1" * 400, "2026-02-30", "\ud7ff\u202e", "{{7*7}}", "=1+1", 0, -1, 2**63, 1.5, 1e308, True, None, [], {}, [[]], {"a": {"b": [None]}}, "0" * 64, "\u00e9" * 64, {"document_id": "\u00e9" * 64},
]  # fmt: skip
#: Calls of each operation.
EACH = 14


def test_no_operation_breaks_whatever_it_is_sent(api: Served, digital_pdf: SampleFile) -> None:
    """Odd paths, queries, headers and bodies, half of them with real ids: no answer is a 500, and what is refused is a problem document."""
    chance = random.Random(7)
    with api.client() as client:
        task = read(client, digital_pdf, save=["database"])
        hook = client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/told"}).json()
        known = {
            "document_id": task["document_id"],
            "task_id": task["task_id"],
            "order_id": "1",
            "number": "1",
            "webhook_id": hook["webhook_id"],
        }
        described = client.get("/openapi.json").json()
        asked = 0
        for path, operations in described["paths"].items():
            for method, operation in operations.items():
                for request in _requests(client, chance, described, path, method, operation, known):
                    asked += 1
                    _is_told(client, request)
    assert asked > 400


def test_bodies_that_are_no_bodies_are_told(api: Served) -> None:
    """No JSON, deep JSON, wrong types of content, in every place that takes a body; also at the addresses of earlier services."""
    deep = b"[" * 100_000
    paths = ["/v1/extractions", "/v1/tasks", "/v1/validations", "/v1/records", "/v1/webhooks", "/v1/extract", "/v1/documents", "/llm/llm-task",
             "/llm/webhook", "/save-invoice", "/extract", "/documents/upload", "/llm/process-invoice-image", "/v1/inbound/document_ready"]  # fmt: skip
    with api.client() as client:
        for path in paths:
            for body in (
                b"",
                b"\xff\xfe",
                b"{",
                deep,
                b'{"type": 1e400}',
                b"null",
                b'"\\ud800"',
                b'{"type": "\\ud800", "task_type": "\\ud800"}',
            ):
                for kind in (
                    "application/json",
                    "multipart/form-data; boundary=x",
                    "multipart/form-data",
                    "text/plain",
                ):
                    _is_told(client, client.build_request("POST", path, content=body, headers={"Content-Type": kind}))


def _is_told(client: httpx.Client, request: httpx.Request) -> None:
    request.read()
    reply = client.send(request, stream=True)
    with_body = (
        ""
        if reply.headers.get("content-type", "").startswith("text/event-stream")
        else reply.read().decode("utf-8", "replace")
    )
    reply.close()
    told = f"{request.method} {request.url} {request.content[:200]!r} -> {reply.status_code} {with_body[:300]}"
    assert reply.status_code < 500, told
    if reply.status_code >= 400:
        assert reply.headers["content-type"] == "application/problem+json", told


def _requests(
    client: httpx.Client,
    chance: random.Random,
    described: Any,
    path: str,
    method: str,
    operation: Any,
    known: dict[str, str],
) -> Iterator[httpx.Request]:
    body = operation.get("requestBody", {}).get("content", {})
    for turn in range(EACH):
        url, query, headers = path, [], {}
        for parameter in operation.get("parameters", []):
            name, value = parameter["name"], str(chance.choice(ODD))
            if parameter["in"] == "path":
                value = known.get(name, value) if turn % 2 else value
                url = url.replace(f"{{{name}}}", _quoted(value[:300] or "x"))
            elif parameter["in"] == "query" and chance.random() < 0.6 and name != "wait":
                query.append((name, value[:500]))
            elif parameter["in"] == "header" and chance.random() < 0.6 and name != "prefer":
                headers[name] = value[:200].encode("ascii", "ignore").decode().replace("\0", "").strip()
        content: dict[str, Any] = {}
        if "application/json" in body:
            content = {"json": _odd(chance, described, body["application/json"]["schema"], known)}
        elif body:
            content = {
                "files": {
                    "file": (
                        chance.choice(["a.pdf", "", "x" * 300]),
                        chance.choice([b"", b"%PDF-1.7", b"PK\x03\x04", b"<x>"]),
                    )
                }
            }
            content["data"] = {
                "pages": str(chance.choice(ODD))[:50],
                "recipe": "default",
                "type": str(chance.choice(ODD))[:50],
            }
        yield client.build_request(method.upper(), url, params=query, headers=headers, **content)


def _odd(chance: random.Random, described: Any, schema: Any, known: dict[str, str], name: str = "") -> Any:
    """Something like ``schema``, odd here and there."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if chance.random() < 0.2:
        return chance.choice(ODD)
    if name in known and chance.random() < 0.7:
        return known[name]
    if "enum" in schema or "const" in schema:
        return chance.choice(schema.get("enum") or [schema["const"]])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _odd(chance, described, chance.choice(schema[several]), known, name)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {
                key: _odd(chance, described, field, known, key)
                for key, field in fields.items()
                if chance.random() < 0.8
            }
        case "array":
            return [_odd(chance, described, schema.get("items", {}), known) for _ in range(chance.randrange(3))]
        case "boolean":
            return chance.random() < 0.5
        case "integer" | "number":
            return chance.choice([0, 1, -1, 0.5, 2**40])
    return chance.choice([each for each in ODD if isinstance(each, str)] + ["https://127.0.0.1/", "default", "invoice"])


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
