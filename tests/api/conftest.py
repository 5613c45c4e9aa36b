"""The API as a program meets it: served by uvicorn on a free port, called over real HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from core.entrypoints.api import make_api
from core.entrypoints.bootstrap import build_studio
from core.studio import Studio


@dataclass(frozen=True)
class Served:
    """A served API: its address, and the studio behind it."""

    url: str
    studio: Studio

    def client(self, key: str | None = None) -> httpx.Client:
        """A client with a key, or without one."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def key(self, name: str = "tests", role: str = "reviewer", **limits: int) -> str:
        """A new key."""
        return self.studio.access.make(name, role, "the tests", **limits)[0]  # type: ignore[arg-type]


@contextmanager
def serve(studio: Studio, **how: str) -> Iterator[Served]:
    """The API over a studio, served by uvicorn."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(make_api(lambda: studio, **how), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{port}", studio)
    finally:
        server.should_exit = True
        thread.join(10)
        studio.close()


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The API over an empty studio."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with serve(build_studio()) as served:
        yield served
