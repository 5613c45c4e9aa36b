"""The log: one id a document from its upload to its record, in whichever process; and nothing in it that is nobody's business."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.logs import Lines, set_up_logs
from core.errors import BrokenDocument
from core.logs import about
from core.reviewing.desk import Seat, Wish
from core.settings import Settings
from core.stores.inbox import InboxQuery
from core.studio import Studio
from tests.conftest import SampleFile

ROOT = Path(__file__).parents[2]


class Said:
    """What was written to stderr so far."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured, self._text = captured, ""

    def getvalue(self) -> str:
        """All of it."""
        self._text += self._captured.readouterr().err
        return self._text


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Said]:
    """What is written to stderr; the log is as before at the end."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in ("core", "storage", "pages")]
    before, levels = list(root.handlers), [each.level for each in ours]
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield Said(capsys)
    root.handlers[:] = before
    logging.captureWarnings(False)
    for each, level in zip(ours, levels, strict=True):
        each.setLevel(level)


def lines_of(text: str) -> list[dict[str, Any]]:
    """Each line, which is JSON."""
    return [json.loads(line) for line in text.splitlines()]


def settled(studio: Studio) -> None:
    """Wait until nothing of the Inbox is under way."""
    end = time.monotonic() + 60
    while not studio.inbox.is_idle() and time.monotonic() < end:
        time.sleep(0.02)


def test_a_document_has_one_id_from_the_inbox_to_its_export(
    tmp_path: Path, digital_pdf: SampleFile, said: Said
) -> None:
    """Came in, opened, read, saved by a reviewer, exported: every line names it, and none names its file."""
    settings = Settings(data_dir=tmp_path, DATABASE_URL=None, log="json")
    set_up_logs(settings)
    studio = build_studio(settings)
    [item] = studio.inbox.take_in([("Erika Musterfrau.pdf", digital_pdf.data)]).items
    settled(studio)
    [row] = studio.inbox.search(InboxQuery()).rows
    saved = studio.reviewing.save(row.run_id or "", Seat("s", "Ada"), [], Wish(anyway=True), {})
    studio.export_record(saved["saved"], "json")  # type: ignore[index]
    studio.close()
    lines = lines_of(said.getvalue())
    assert {line.get("document") for line in lines} == {item.document}
    told = [line["message"] for line in lines]
    for stage in ("came in", "opened", "job begins: inbox", "job begins: run", "job ends: run", "saved to", "exported"):
        assert any(each.startswith(stage) for each in told), (stage, told)
    assert {line["item"] for line in lines if "item" in line} == {item.item_id}
    assert {line["run"] for line in lines if line["message"].startswith(("saved", "exported"))} == {row.run_id}
    assert "Musterfrau" not in said.getvalue()


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *given: object) -> None:
        """Nothing."""


def test_the_id_goes_through_api_worker_save_and_webhook(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """As people run it, with worker processes: each line of a request has the document and the request's own id."""
    receiver = HTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "STUDIO_DATA_DIR": str(tmp_path / "data"), "STUDIO_LOG": "json"}
    environment |= {"STUDIO_WORKERS": "processes", "STUDIO_INSIDE_HOSTS": "127.0.0.1"}
    environment.pop("DATABASE_URL", None)
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "core", "api", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=out, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _wait_until_up(client)
            client.post("/v1/webhooks", json={"url": f"http://127.0.0.1:{receiver.server_port}/x", "events": ["saved"]})
            file = {"file": ("Erika Musterfrau.pdf", digital_pdf.data)}
            headers = {"X-Request-ID": "req-4711", "Prefer": "wait=50"}
            reply = client.post("/v1/extract", files=file, data={"save": "database"}, headers=headers)
            assert (reply.status_code, reply.headers["x-request-id"]) == (200, "req-4711")
            task = reply.json()["task_id"]
            _wait_for(log, "told saved: answered with 204")
            client.get("/v1/records", params={"search": "Musterfrau"})
    finally:
        server.terminate()
        server.wait(20)
        receiver.shutdown()
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    mine = [line for line in lines if not line["message"].startswith(("POST /v1/webhooks", "GET /v1/records"))]
    assert {line.get("document") for line in mine} == {hashlib.sha256(digital_pdf.data).hexdigest()}
    assert {line["run"] for line in mine if "run" in line} == {task}
    asked = [line for line in mine if line.get("request") == "req-4711"]
    assert {"job begins: run", "job ends: run, done after"} <= {line["message"].rsplit(" ", 2)[0] for line in asked} | {
        line["message"] for line in asked
    }
    assert len({line["process"] for line in asked}) == 2
    assert any(line["message"].startswith("POST /v1/extract: 200") for line in asked)
    assert "Musterfrau" not in text


def _wait_until_up(client: httpx.Client) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if client.get("/v1/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the API did not start")


def _wait_for(log: Path, words: str) -> None:
    end = time.monotonic() + 30
    while words not in log.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert words in log.read_text(), log.read_text()


PERSONAL = (
    "Erika Musterfrau",
    "Musterfrau",
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "erika@example.org",
    "+49 30 1234567",
    "DE136695976",
    "4711-geheim",
    "sk-abcdefghijklmnop1234",
    "hunter22",
)


@pytest.mark.parametrize("kind", ["json", "text"])
def test_nothing_personal_gets_into_a_line(
    kind: Any, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by a file's name, nor by a sentence, a library's error, another's message or a key; and a line stays one."""
    monkeypatch.setenv("OPENAI_API_KEY", "4711-geheim")
    settings = Settings(data_dir=tmp_path, DATABASE_URL=None, log=kind, log_level="info")
    set_up_logs(settings)
    log, foreign = logging.getLogger("core.tests"), logging.getLogger("somebody.else")
    name = "Erika Musterfrau\nDE89370400440532013000.pdf"
    with about(document="a" * 64, name=name):
        log.warning("%s cannot be read", name)
        log.warning("Erika Musterfrau\nDE89370400440532013000 is damaged")
        log.warning("%s", BrokenDocument("Erika Musterfrau.pdf", "it is damaged: get it again."))
        log.warning(
            "stored as “Erika Musterfrau”; ask erika@example.org or +49 30 1234567, IBAN DE89 3704 0044 0532 0130 00"
        )
        log.warning("VAT DE136695976, key 4711-geheim, Bearer hunter22, sk-abcdefghijklmnop1234, /x?name=Musterfrau")
        log.warning("postgresql://studio:hunter22@db/x")
        log.warning("it failed: %s", ValueError("Erika Musterfrau owes 12.50"))
        try:
            raise ValueError("the page says Erika Musterfrau") from KeyError("Musterfrau")
        except ValueError:
            log.exception("the job failed")
            foreign.exception("oh: Musterfrau")
        foreign.warning("GET %s", "/x/Musterfrau")
    text = said.getvalue()
    for one in PERSONAL:
        assert one not in text, one
    assert "a" * 64 in text
    if kind == "json":
        lines = lines_of(text)
        assert len(lines) == 10
        assert [line["error"][0]["kind"] for line in lines if "error" in line] == ["ValueError", "ValueError"]
        assert "test_logs.py" in lines[7]["error"][0]["at"][-1]
    else:
        assert "(file) cannot be read" in text


def test_a_hostile_file_in_the_inbox_leaves_no_name_in_the_log(
    tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be opened, and one over which the reading itself breaks with the document's words."""
    settings = Settings(data_dir=tmp_path, DATABASE_URL=None, log="json", log_level="debug")
    set_up_logs(settings)
    studio = build_studio(settings)

    def broken(*_: object) -> object:
        raise ValueError("the page says Erika Musterfrau, DE89370400440532013000")

    monkeypatch.setattr(studio.inbox._opening, "decided", broken)
    files = [("Erika Musterfrau.pdf", b"%PDF-1.7 broken"), ("Musterfrau 2.xml", b"<a>Erika Musterfrau</a>")]
    studio.inbox.take_in(files)
    settled(studio)
    studio.close()
    lines = lines_of(said.getvalue())
    assert len({line["document"] for line in lines}) == 2
    assert "Musterfrau" not in said.getvalue()
    assert "DE8937" not in said.getvalue()


def test_a_line_is_short(said: Said) -> None:
    """However much is said."""
    record = logging.LogRecord("core.x", logging.WARNING, "", 0, "a b " * 10_000, (), None)
    assert len(Lines(as_json=True).format(record)) < 1300
