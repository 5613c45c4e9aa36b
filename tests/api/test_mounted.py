"""The API on the page's own port, as people start the studio."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.browser.driver import serve
from tests.conftest import SampleFile


def test_the_api_stands_beside_the_pages(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """It reads, and an approved record saves itself though nobody asks again: its own loop runs with the page's server."""
    with serve(tmp_path) as server, httpx.Client(base_url=f"{server.url}/api", timeout=60) as client:
        assert client.get("/v1/health").json()["status"] == "ok"
        assert "/api/static-offline-docs/" in client.get("/docs").text
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
