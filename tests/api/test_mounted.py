"""The API on the page's own port, as people start the studio."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import socketio

from tests.api.seeds import walk
from tests.browser.driver import serve
from tests.conftest import SampleFile


def test_the_api_stands_beside_the_pages(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """It reads, and an approved record saves itself though nobody asks again: its own loop runs with the page's server."""
    with serve(tmp_path) as server, httpx.Client(base_url=f"{server.url}/api", timeout=60) as client:
        assert client.get("/v1/health").json()["status"] == "ok"
        assert "/api/static-offline-docs/" in client.get("/docs").text
        walk(f"{server.url}/api", digital_pdf, {})
        for record in client.get("/v1/records").json()["records"]:
            assert client.delete(f"/v1/records/{record['order_id']}").status_code == 204
        reply = client.post(
            "/v1/extract",
            files={"file": (digital_pdf.name, digital_pdf.data)},
            data={"save": "database"},
            headers={"Prefer": "wait=30"},
        )
        assert reply.json()["invoice"]["total_amount"] == digital_pdf.truth["total_amount"]
        records = client.get("/v1/records").json()
        assert [record["values"]["total_amount"] for record in records["records"]] == [
            digital_pdf.truth["total_amount"]
        ]
        asyncio.run(knock_at_the_root(server.url))


async def knock_at_the_root(url: str) -> None:
    """Clients of earlier services look for Socket.IO at the root."""
    client = socketio.AsyncClient()
    await client.connect(url)
    assert (await client.call("join", "processing_none"))["ok"] is False
    await client.disconnect()
