"""The API's own description, walked by schemathesis: nothing breaks, and every answer is one that the description names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.api.conftest import Served
from tests.api.test_api import read
from tests.conftest import SampleFile

#: Seconds that the walk may take.
SECONDS = 12


def test_what_is_described_is_what_is_answered(api: Served, digital_pdf: SampleFile, tmp_path: Path) -> None:
    """Valid and invalid calls of every operation, with the ids of things that are there: no 500, no status, type or body that is not
    described. What deletes is left to the odd calls of test_walk.py, as is a stream that ends with its task."""
    hook = api.studio.webhooks.add("http://127.0.0.1:9/told", ["alert"])
    with api.client() as client:
        task = read(client, digital_pdf, save=["database"])
    key = api.key("walker", "admin", calls_per_minute=1_000_000)
    known = {"document_id": f'"{task["document_id"]}"', "task_id": f'"{task["task_id"]}"', "webhook_id": f'"{hook.webhook_id}"', "order_id": 1, "number": 1}  # fmt: skip
    lines = "\n".join(f'"path.{name}" = {value}' for name, value in known.items())
    (tmp_path / "schemathesis.toml").write_text(f'[parameters]\n{lines}\n"query.form" = "json"\n', encoding="utf-8")
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json", "--header", f"X-API-Key: {key}", "--seed", "7",
               "--max-examples", "3", "--max-time", str(SECONDS), "--phases", "coverage,fuzzing", "--checks", checks, "--no-shrink",
               "--exclude-path-regex", "/events$", "--exclude-method", "DELETE", "--continue-on-failure"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS * 4, check=False)
    told = done.stdout[-6000:] + done.stderr[-2000:]
    assert done.returncode == 0, told
    assert "GET /v1/documents/{document_id}\n" not in done.stdout.partition("WARNINGS")[2], told
