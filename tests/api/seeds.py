"""What clients of earlier services do, over real HTTP, SSE, WebSocket and Socket.IO: the same against the API alone and on the page's port."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import websockets

from tests.conftest import SampleFile

#: What every run tells, in this order.
TOLD = ("stage_start", "stage_complete", "complete")


def walk(base: str, sample: SampleFile, headers: dict[str, str]) -> None:
    """Every example of an earlier client, against the API at ``base``."""
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        task = _begin(client, sample)
        stream = _by_stream(client, task)
        socket = asyncio.run(_by_websocket(base, task, headers))
        rooms = asyncio.run(_by_rooms(base, task, headers))
        assert [event for event, _ in stream] == [event for event, _ in socket] == [event for event, _ in rooms]
        assert [number for _, number in stream] == [number for _, number in socket] == [number for _, number in rooms]
        assert all(event in [each for each, _ in stream] for event in TOLD)
        seen = stream[2][1]
        late = asyncio.run(_by_rooms(base, task, headers, after=seen))
        assert [number for _, number in late if number] == [number for _, number in stream if number > seen]
        _records(client, sample)


def _begin(client: httpx.Client, sample: SampleFile) -> str:
    begun = client.post(
        "/llm/process-invoice-async",
        files={"file": (sample.name, sample.data)},
        data={"auto_save": "true", "processing_id": "seed-1"},
    ).json()
    assert begun["websocket_room"] == f"processing_{begun['task_id']}"
    return str(begun["task_id"])


def _by_stream(client: httpx.Client, task: str) -> list[tuple[str, int]]:
    found, event, number = [], "", 0
    with client.stream("GET", f"/v1/tasks/{task}/events") as reply:
        for line in reply.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "id":
                number = int(value)
            elif not line and event:
                found.append((event, number))
                event, number = "", 0
    return [each for each in found if each[0] not in ("queued", "started")]


async def _by_websocket(base: str, task: str, headers: dict[str, str]) -> list[tuple[str, int]]:
    address = f"ws{base.removeprefix('http')}/v1/tasks/{task}/ws"
    async with websockets.connect(address, additional_headers=headers) as socket:
        told = [json.loads(message) async for message in socket]
    return [(each["event"], each["id"]) for each in told if each["event"] not in ("queued", "started")]


async def _by_rooms(base: str, task: str, headers: dict[str, str], after: int = 0) -> list[tuple[str, int]]:
    """By the names that Socket.IO's clients know, told as those of the other doors."""
    import socketio

    client, told, over = socketio.AsyncClient(), [], asyncio.Event()

    async def hear(name: str, data: dict[str, Any]) -> None:
        told.append((name, data))
        if name in ("processing_complete", "processing_error"):
            over.set()

    client.on("*", hear)
    origin, _, path = base.removeprefix("http://").partition("/")
    auth = {"token": headers["X-API-Key"]} if headers else None
    await client.connect(f"http://{origin}", auth=auth, socketio_path=f"{path}/socket.io".lstrip("/"))
    answer = await client.call("join", {"room": f"processing_{task}", "after": after})
    assert answer == {"ok": True, "room": f"processing_{task}"}
    await asyncio.wait_for(over.wait(), 30)
    await client.disconnect()
    assert {data["task_id"] for _, data in told} == {task}
    assert told[-1][1]["data"]["result_url"].endswith(f"/tasks/{task}/result")
    for name, data in told:
        assert name == "streaming_text" or name == f"processing_{data['event']}"
    return [(data["event"], data["id"]) for _, data in told if data["event"] not in ("queued", "started")]


def _records(client: httpx.Client, sample: SampleFile) -> None:
    file = {"file": (sample.name, sample.data)}
    told = client.get("/llm/task-status/seed-1").json()
    assert (told["status"], told["processing_id"]) == ("done", "seed-1")
    assert told["result"]["invoice"]["total_amount"] == sample.truth["total_amount"]
    assert client.get("/get-invoices").json()["total"] == 1
    assert client.get(f"/get-invoice/{told['order_id']}").json()["success"]
    document = client.post("/documents/upload", files=file).json()["document_id"]
    assert client.get(f"/documents/{document}/status").json()["status"] == "done"
    one = client.post("/extract", files=file, data={"page_number": "0"}).json()
    assert one["invoice"]["total_amount"] == sample.truth["total_amount"]
    image = client.post("/llm/process-invoice-image", files=file).json()
    assert (image["success"], image["result"]["invoice"]) == (True, one["invoice"])
    asked = client.post("/llm/llm-task", json={"task_type": "document_summary", "document_id": document}).json()
    done = client.get(f"/v1/tasks/{asked['task_id']}", params={"wait": 30}).json()
    assert (asked["success"], done["status"]) == (True, "done")
    assert client.post("/llm/webhook", json={"type": "invoice_uploaded"}).status_code == 401
    invoice = {"invoice_number": "S-1", "vendor_name": "ACME", "total_amount": "12.00", "currency": "EUR"}
    assert client.post("/save-invoice", json={"invoice": invoice}).json()["success"]
