"""A server that speaks the wires of the real providers, so that no test calls one.

It is `@copilotkit/aimock`, which others keep true to the wires; `make mock` installs it with npm. The fixture
``mock_models`` (tests/conftest.py) starts one for the session, empties it before every test and leads every provider
to it by the environment::

    def test_something(mock_models):
        mock_models.replies('{"total": "12.00"}')             # every question is answered so
        mock_models.program(Fault(429, retry_after=1), "ok")  # or: first a fault, from then on the reply
        providers = build_providers(Settings(), Defaults())
        ...
        assert mock_models.count() == 2
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parent / "llm" / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
#: What stands after the server's own address in a provider's.
PATHS = {"groq": "", "openai": "/v1", "anthropic": "", "gemini": "/v1", "azure": "/v1", "local": "/v1"}
KEYS = {
    "groq": "GROQ_API_KEY",
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
    "local": "LOCAL_MODELS_API_KEY",
}


@dataclass(frozen=True)
class Answer:
    """What the server says. ``finish`` is in OpenAI's words (``stop``, ``length``, ``content_filter``), ``usage`` has
    ``prompt_tokens`` and ``completion_tokens``; ``pause`` is in milliseconds before each piece of a streamed one,
    ``pieces`` after how many pieces the connection drops, ``tool`` answers with a tool call of that name."""

    text: str = "ok"
    finish: str = ""
    usage: Mapping[str, Any] | None = None
    pause: int = 0
    piece: int = 20
    pieces: int | None = None
    tool: str = ""
    more: Mapping[str, Any] | None = None

    def entry(self) -> dict[str, Any]:
        """As a fixture of the server."""
        response: dict[str, Any] = {"content": self.text}
        if self.tool:
            response = {"toolCalls": [{"name": self.tool, "arguments": self.text}]}
        if self.finish:
            response["finishReason"] = self.finish
        if self.usage:
            response["usage"] = dict(self.usage)
        entry: dict[str, Any] = {"response": response | dict(self.more or {}), "chunkSize": self.piece}
        if self.pause:
            entry["latency"] = self.pause
        if self.pieces is not None:
            entry["truncateAfterChunks"] = self.pieces
        return entry


@dataclass(frozen=True)
class Fault:
    """An error that the server answers with."""

    status: int
    message: str = "A fault for the test."
    kind: str = "server_error"
    code: str | None = None
    retry_after: int | None = None

    def entry(self) -> dict[str, Any]:
        """As a fixture of the server."""
        error = {"message": self.message, "type": self.kind} | ({"code": self.code} if self.code else {})
        response: dict[str, Any] = {"error": error, "status": self.status}
        if self.retry_after is not None:
            response["retryAfter"] = self.retry_after
        return {"response": response}


@dataclass(frozen=True)
class Chaos:
    """A fault of the connection rather than of the provider: one of ``drop`` (an error 500), ``malformed`` (a body
    that is no JSON) and ``disconnect`` (the connection is cut)."""

    what: str

    def entry(self) -> dict[str, Any]:
        """As a fixture of the server."""
        return {"response": {"content": "never seen"}, "chaos": {f"{self.what}Rate": 1}}


Step = str | Answer | Fault | Chaos


class MockModels:
    """The server, as a test steers it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def address(self, provider: str) -> str:
        """The base URL under which ``provider`` is played."""
        return self.url + PATHS[provider]

    def environment(self, *providers: str) -> dict[str, str]:
        """Environment variables that lead these providers (all, where none is named) to the server, with a key each."""
        names = {
            KEYS[name].replace("_API_KEY", "_BASE_URL"): self.address(name) for name in (providers or tuple(PATHS))
        }
        return names | {KEYS[name]: f"key-of-{name}" for name in (providers or tuple(PATHS))}

    def replies(self, text: str, **about: Any) -> None:
        """Answer every question with ``text``; ``about`` are members of Answer."""
        self.program(Answer(text, **about))

    def program(self, *steps: Step, when: str | None = None) -> None:
        """Answer the questions with these steps in order, the last from then on; ``when`` is a part of the user's
        message that they must have. What was programmed before stands first."""
        match = {"userMessage": when} if when else {}
        entries = []
        for place, step in enumerate(steps):
            entry = (Answer(step) if isinstance(step, str) else step).entry()
            order = {"sequenceIndex": place} if place < len(steps) - 1 else {}
            entries.append(entry | {"match": match | order})
        self._call("POST", "/fixtures", {"fixtures": entries})

    def chaos(self, **rates: float) -> None:
        """Faults at random in every call: ``dropRate``, ``malformedRate``, ``disconnectRate``, ``rateLimitRate`` (each
        0 to 1), and ``latencyMs`` before each answer."""
        self._call("POST", "/chaos", rates)

    def reset(self) -> None:
        """Forget what was programmed and asked."""
        self._call("POST", "/reset", {})
        self._call("DELETE", "/chaos")

    def requests(self) -> list[dict[str, Any]]:
        """The questions that came in, oldest first: ``path``, ``headers``, ``body`` and the ``response``'s status. Bodies
        are in the form of OpenAI's chat, whatever the wire."""
        found: list[dict[str, Any]] = self._call("GET", "/journal")
        return [entry for entry in found if entry["method"] == "POST"]

    def count(self) -> int:
        """How many questions came in."""
        return len(self.requests())

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/__aimock{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error


def lacking() -> str:
    """Why the server cannot be started here, or an empty text."""
    if shutil.which("node") is None:
        return "the mock of models needs Node.js 20 (Debian: apt-get install nodejs npm, then make mock)"
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    if int(told.strip().lstrip("v").split(".")[0] or 0) < 20:
        return f"the mock of models needs Node.js 20 or newer; here is {told.strip()}"
    return "" if PROGRAM.exists() else "the mock of models is not installed: run `make mock`"


@contextmanager
def serving() -> Iterator[MockModels]:
    """A server of its own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", str(PROGRAM), "-p", str(port), "--journal-max", "0", "--log-level", "silent"]
    folder = PROGRAM.parent.parent / "fixtures" / "none"
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [*command, "-f", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    try:
        mock = MockModels(f"http://127.0.0.1:{port}")
        _wait_for(mock, process)
        yield mock
    finally:
        process.kill()  # it would wait for open connections
        process.wait(10)


def _wait_for(mock: MockModels, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        try:
            mock._call("GET", "/health")
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("The mock of models did not start.")
