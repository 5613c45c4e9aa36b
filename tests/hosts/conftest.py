"""The servers of the tests of workers on many hosts, once a session; skipped by name where they cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.servers import PostgresServer, RedisServer, lacking


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis."""
    if reason := lacking():
        pytest.skip(reason)
    server = RedisServer(tmp_path_factory.mktemp("redis") / "data")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL."""
    if reason := lacking():
        pytest.skip(reason)
    server = PostgresServer(Path(tmp_path_factory.mktemp("postgres")) / "server")
    yield server
    server.stop()
