"""Databases for the contract tests: a SQLite file each, and a private PostgreSQL server where Debian's is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.database import Database, open_database


def server_programs() -> Path | None:
    """The folder with PostgreSQL's own programs, the newest version's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    installed = shutil.which("initdb")
    return found[-1].parent if found else Path(installed).parent if installed else None


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a private server's ``postgres`` database; skips where PostgreSQL is not installed."""
    programs = server_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
    with tempfile.TemporaryDirectory(prefix="studio-pg-", dir=memory if roomy else None) as name:
        folder, port = Path(name), free_port()
        if user:
            shutil.chown(folder, user)
        data = str(folder / "data")
        init = [programs / "initdb", "-D", data, "-U", "studio", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        subprocess.run(init, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)
        options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w", "-s"]
        subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], check=True, user=user, cwd="/")
        try:
            yield f"postgresql://studio:secret-word@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, user=user, cwd="/")


@contextlib.contextmanager
def new_database(server: str, name: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database on the server, a copy of ``template``; it is dropped afterwards: each takes 8 MB."""
    import psycopg

    def drop() -> None:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    with psycopg.connect(server, autocommit=True) as connection:
        drop()
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield server.removesuffix("postgres") + name
        drop()


@pytest.fixture(scope="session")
def ready_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database without rows, which others are copied from."""
    with new_database(postgres_server, "ready") as url:
        open_database(url).close()
        yield "ready"


@pytest.fixture
def postgres_url(postgres_server: str, ready_template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database on the private server, its tables without rows."""
    with new_database(postgres_server, f"t{abs(hash(request.node.nodeid))}", ready_template) as url:
        yield url


@pytest.fixture
def empty_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database on the private server without a table."""
    with new_database(postgres_server, f"e{abs(hash(request.node.nodeid))}") as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a private Redis; skips where it is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed (Debian: apt-get install redis-server)")
    with tempfile.TemporaryDirectory(prefix="studio-redis-") as folder:
        port = free_port()
        command = [
            program,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder,
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _until_answered(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def _until_answered(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of each kind, its tables without rows."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'studio.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of each kind without a table, as an earlier version or a first start finds it."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("empty_url")
        return url
    return f"sqlite:///{tmp_path / 'studio.db'}"


@pytest.fixture
def open_store() -> Iterator[Callable[[str], Database]]:
    """Opens databases and closes them at the end."""
    opened: list[Database] = []

    def open_one(url: str) -> Database:
        opened.append(open_database(url))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()
