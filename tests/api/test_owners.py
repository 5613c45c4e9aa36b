"""Every operation of the API's own description, asked by those who may not: a new one is asked too."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from core.call import Call
from core.entrypoints.bootstrap import build_studio
from storage.calls import SqlCalls
from storage.database import open_database
from tests.api.conftest import Served, serve
from tests.api.test_api import begin, bring, read
from tests.conftest import SampleFile

#: What anybody may ask.
PUBLIC = {("get", "/v1/health"), ("get", "/v1/health/ready")}
#: Whoever signed its message is known by that.
SIGNED = {("post", "/v1/inbound/{type}")}
#: What changes nothing here, though it is no GET: a viewer may.
HARMLESS = {("post", "/v1/validations"), ("post", "/v1/auth/token")}
#: Words that say nothing of whose they are.
_IN_BODIES = ("document_id", "task_id")
PLAIN = {"type": "document_ready", "number": "1", "delivery_id": "msg_none", "form": "json"}


def operations(client: httpx.Client) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Method, path, what is said of it, and the whole description."""
    described = client.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation, described


def call(
    client: httpx.Client,
    method: str,
    path: str,
    operation: dict[str, Any],
    described: dict[str, Any],
    known: dict[str, str],
) -> httpx.Response:
    """Ask it as its owner would: with their ids in path, query and body."""
    query: dict[str, str] = {}
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", known[name])  # an id that is not known here: name it in the test
        elif parameter["in"] == "query" and parameter.get("required"):
            query[name] = known[name]
    headers = {"If-Match": '"1"'} if method == "patch" else {}
    body = operation.get("requestBody", {}).get("content", {})
    more: dict[str, Any] = {}
    if "application/json" in body:
        more = {"json": _body(described, body["application/json"]["schema"], known)}
    elif body:
        more = {"files": {"file": ("a.pdf", b"%PDF-1.7")}}
    with client.stream(method, path, params=query, headers=headers, **more) as reply:
        if not reply.headers.get("content-type", "").startswith("text/event-stream"):
            reply.read()
        return reply


def _body(described: dict[str, Any], schema: dict[str, Any], known: dict[str, str]) -> Any:
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = {"object": {}, "array": [], "integer": 1, "number": 1, "boolean": False}
    needed, fields = schema.get("required", []), schema.get("properties", {})
    return {
        name: known[name] if name in _IN_BODIES else kinds.get(field.get("type", ""), field.get("enum", ["x"])[0])
        for name, field in fields.items()
        if name in needed or name in _IN_BODIES
    }


def test_nobody_gets_at_what_another_brought(api: Served, digital_pdf: SampleFile) -> None:
    """Without a key nothing is answered; with another's key nothing of mine is found, and nothing of it stands in any list."""
    hook = api.studio.webhooks.add("http://127.0.0.1:9/told", ["alert"])
    source = api.studio.webhooks.add_source("scanner", "the tests")
    mine, theirs = api.key("mine"), api.key("theirs")
    with api.client(mine) as client:
        task = read(client, digital_pdf, save=["database"])
    known = PLAIN | {
        "document_id": task["document_id"],
        "task_id": task["task_id"],
        "order_id": str(task["order_id"]),
        "webhook_id": hook.webhook_id,
        "source_id": source.source_id,
        "key_id": api.studio.access.keys()[-1].key_id,
    }
    secrets = [
        task["document_id"],
        task["task_id"],
        str(digital_pdf.truth["invoice_number"]),
        hook.secret,
        source.secret,
    ]
    owned = ("document_id", "task_id", "order_id", "webhook_id", "source_id", "key_id", "delivery_id")
    asked = 0
    with api.client() as nobody, api.client(theirs) as other:
        for method, path, operation, described in operations(other):
            where = f"{method} {path}"
            if (method, path) not in PUBLIC:
                assert call(nobody, method, path, operation, described, known).status_code == 401, where
            if (method, path) in PUBLIC | SIGNED:
                continue
            reply = call(other, method, path, operation, described, known)
            asked += 1
            body = reply.request.read() if method != "get" else b""
            if any(f"{{{name}}}" in path for name in owned) or any(known[name].encode() in body for name in _IN_BODIES):
                assert reply.status_code in (403, 404), where
            if "text" in reply.headers.get("content-type", "") or "json" in reply.headers.get("content-type", ""):
                told = reply.text if reply.is_stream_consumed else ""
                assert not [each for each in secrets if each in told], where
    assert asked > 35
    with api.client(mine) as client:  # and all of it is still there
        assert client.get(f"/v1/records/{task['order_id']}").status_code == 200
        assert client.get(task["result_url"]).status_code == 200


def test_a_viewer_changes_nothing_by_any_operation(api: Served) -> None:
    """Of all that is no GET, but for what changes nothing."""
    known = PLAIN | dict.fromkeys(("document_id",), "0" * 64) | dict.fromkeys(
        ("task_id", "webhook_id", "source_id", "key_id"), "0123456789abcdef"
    ) | {"order_id": "1"}  # fmt: skip
    with api.client(api.key(role="viewer")) as client:
        for method, path, operation, described in operations(client):
            if method == "get" or (method, path) in HARMLESS | SIGNED:
                continue
            reply = call(client, method, path, operation, described, known)
            assert reply.status_code in (403, 404), f"{method} {path} -> {reply.status_code}"


def test_every_call_is_noted(api: Served) -> None:
    """Who called, what was answered, also where it was refused; by the id that the caller was told."""
    with api.client(api.key("boss", "admin")) as client:
        told = client.get("/v1/types", headers={"X-Request-ID": "order-4711-a"})
        assert told.headers["X-Request-ID"] == "order-4711-a"
        refused = httpx.get(f"{api.url}/v1/records/1", headers={"X-API-Key": "xst_wrong"})
        calls = _calls(client, 2)
    lines = {(call["who"].split(" (")[0], call["method"], call["path"], call["status"]) for call in calls}
    assert lines >= {("boss", "GET", "/v1/types", 200), ("", "GET", "/v1/records/1", 401)}
    assert any(call["call_id"].startswith(refused.headers["X-Request-ID"]) for call in calls)
    assert any(call["call_id"].startswith("order-4711-a") for call in calls)


def _calls(client: httpx.Client, least: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 10
    while len(found := client.get("/v1/calls").json()) < least and time.monotonic() < end:
        time.sleep(0.1)
    return found


def test_other_origins_may_not_call_unless_they_are_named(api: Served) -> None:
    """A browser's page of another origin gets no permission; one that is named does."""
    headers = {"Origin": "https://erp.example.org", "Access-Control-Request-Method": "GET"}
    assert "access-control-allow-origin" not in httpx.get(f"{api.url}/v1/health", headers=headers).headers
    with serve(build_studio(), cors_origins="https://erp.example.org") as other:
        asked = httpx.options(f"{other.url}/v1/types", headers=headers)
        assert asked.headers["access-control-allow-origin"] == "https://erp.example.org"
        evil = httpx.options(f"{other.url}/v1/types", headers=headers | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in evil.headers
    assert json.loads(httpx.get(f"{api.url}/v1/health").text)["status"] == "ok"


def test_a_key_spends_so_much_a_day(api: Served, digital_pdf: SampleFile) -> None:
    """By what the models asked for its own tasks have cost."""
    key, kept = api.studio.access.make("spender", "reviewer", "tests", dollars_per_day=Decimal("0.50"))
    with api.client(key) as client:
        document = bring(client, digital_pdf)
        task = begin(client, document).json()
        call = Call(
            call_id="c1", at=datetime.now(UTC), provider="a", model="b", purpose="extract", cost=Decimal("0.60")
        )
        SqlCalls(open_database(f"sqlite:///{api.studio.settings.data_dir}/studio.db")).keep_call(call, task["task_id"])
        told = begin(client, document)
        assert (told.status_code, int(told.headers["Retry-After"]) > 0) == (429, True)
        assert "0.50 US$" in told.json()["detail"]
        assert Decimal(client.get("/v1/me").json()["dollars_today"]) == Decimal("0.60")
    with api.client(api.key("other")) as client:
        assert begin(client, bring(client, digital_pdf)).status_code == 202
    assert kept.dollars_per_day == Decimal("0.50")
