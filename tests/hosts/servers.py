"""A PostgreSQL and a Redis of one's own, durable as in service, that can be killed and come back; and workers beside them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lacking() -> str:
    """What is not installed of the servers; empty where both are."""
    if not shutil.which("redis-server"):
        return "Redis is not installed (Debian: apt-get install redis-server)"
    return "" if _programs() else "PostgreSQL's server is not installed (Debian: apt-get install postgresql)"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(answers: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not answers():  # type: ignore[operator]
        assert time.monotonic() < deadline, "the server does not come up"
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


class RedisServer:
    """Redis that writes down each second what it was told, as it must for a queue."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.port = folder, _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, with what it had."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        options += ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        _until(lambda: _listens(self.port))

    def kill(self) -> None:
        """kill -9."""
        assert self.process
        self.process.kill()
        self.process.wait()


class PostgresServer:
    """PostgreSQL that waits for its disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        programs = _programs()
        assert programs
        self.folder, self.programs, self.port = folder, programs, _free_port()
        self.user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if self.user:
            shutil.chown(folder, self.user)
        for above in folder.parents:  # pytest's folders are its own
            with suppress(PermissionError):
                above.chmod(above.stat().st_mode | 0o011)
        self.data = folder / "data"
        init = ["initdb", "-D", self.data, "-U", "studio", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        self._run(*init)
        self.url = f"postgresql://studio@127.0.0.1:{self.port}/postgres"
        self.start()

    def _run(self, program: str, *arguments: object) -> int:
        command = [str(self.programs / program), *map(str, arguments)]
        quiet = subprocess.DEVNULL
        return subprocess.run(command, user=self.user, cwd="/", stdout=quiet, stderr=quiet, check=False).returncode

    def start(self) -> None:
        """Start it, with what it had."""
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        log = self.folder / "log"
        # After a kill, what is left of the old one has to see first that it is gone.
        # One that comes up though pg_ctl gave it up is up: it is asked itself.
        start = ("pg_ctl", "-D", self.data, "-w", "-s", "-o", options, "-l", log, "start")
        _until(lambda: self._run(*start) == 0 or self._answers(), 90)

    def _answers(self) -> bool:
        import psycopg

        with suppress(psycopg.Error):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def kill(self) -> None:
        """kill -9 of its first process; the others see it and go."""
        os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")


@dataclass
class Worker:
    """A worker of several processes, as ``python -m core worker`` starts it, or a module of a test."""

    environment: Mapping[str, str]
    arguments: Sequence[str] = ("core", "worker")
    log: Path = Path(os.devnull)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start it."""
        environment = {**os.environ, **self.environment, "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", *self.arguments]
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def children(self) -> list[int]:
        """The processes that do the jobs."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in found.read_text().split()] if found.exists() else []

    def kill(self) -> None:
        """kill -9 of all of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        self.process.terminate()
        return self.process.wait(30)
