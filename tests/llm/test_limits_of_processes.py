"""Limits and circuit breaker hold across processes: real studios on one data folder, asking the server that plays a provider."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from core.entrypoints import bootstrap
from core.settings import ProviderSettings, Settings
from tests.mock_models import Fault, MockModels

ROOT = Path(__file__).parents[2]

#: A process with a studio of its own. A line on its input is how many questions it asks at once; for each it prints the name of
#: the error, or ``ok``.
_ASKS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from core.entrypoints import bootstrap
from core.errors import StudioError
from core.settings import Settings
from functools import partial
from tests.llm.boards import ask_of

bootstrap.SqlTraffic = partial(bootstrap.SqlTraffic, lease=float(sys.argv[2]))
studio = bootstrap.build_studio(Settings(data_dir=Path(sys.argv[1])))

def ask(_):
    try:
        return studio.models.ask(ask_of("openai"), note=studio.note_call)[1].outcome
    except StudioError as error:
        return type(error).__name__

print("ready", flush=True)
for line in sys.stdin:
    with ThreadPoolExecutor(8) as pool:
        print(*pool.map(ask, range(int(line))), flush=True)
"""

Start = Callable[..., "Asker"]


class Asker:
    """A process that asks, with a lease of ``lease`` seconds on its calls."""

    def __init__(self, folder: Path, lease: float) -> None:
        command = [sys.executable, "-c", _ASKS, str(folder), str(lease)]
        self.process: subprocess.Popen[str] = subprocess.Popen(
            command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

    def begin(self, questions: int) -> None:
        """Have it ask so many questions at once."""
        assert self.process.stdin
        self.process.stdin.write(f"{questions}\n")
        self.process.stdin.flush()

    def said(self) -> list[str]:
        """What came of them."""
        assert self.process.stdout
        return self.process.stdout.readline().split()

    def ask(self, questions: int) -> list[str]:
        """Both."""
        self.begin(questions)
        return self.said()


@pytest.fixture
def start(tmp_path: Path, mock_models: MockModels) -> Iterator[Start]:
    """Starts processes on one data folder, with these settings of the provider; they end with the test."""
    askers: list[Asker] = []

    def start(count: int, lease: float = 45.0, **settings: Any) -> list[Asker]:
        studio = bootstrap.build_studio(Settings(data_dir=tmp_path))
        studio.configure(providers={"openai": ProviderSettings(model="gpt-4o", **settings)})
        studio.close()
        askers.extend(Asker(tmp_path, lease) for _ in range(count))
        for asker in askers:
            assert asker.said() == ["ready"]
        return askers

    yield start
    for asker in askers:
        asker.process.kill()
        asker.process.communicate()


def most_at_once(mock: MockModels, seconds: float) -> int:
    """The most questions that came in within so many seconds: each takes as long to be answered."""
    came = sorted(entry["timestamp"] / 1000 for entry in mock.requests())
    return max(sum(1 for other in came if 0 <= other - moment < seconds) for moment in came)


def test_two_processes_keep_one_limit(start: Start, mock_models: MockModels) -> None:
    """Sixteen threads in two processes want to ask; no more than two do at any time, and each process has its turns."""
    mock_models.replies("{}")
    mock_models.chaos(latencyMs=300)
    here, there = start(2, concurrency=2)
    for asker in (here, there):
        asker.begin(8)
    assert here.said() + there.said() == ["ok"] * 16
    assert mock_models.count() == 16
    assert most_at_once(mock_models, 0.28) == 2


def test_two_processes_keep_one_count_a_minute(start: Start, mock_models: MockModels) -> None:
    """Of three calls a minute none is left for the second process: it waits."""
    mock_models.replies("{}")
    here, there = start(2, per_minute=3)
    assert here.ask(3) == ["ok"] * 3
    there.begin(1)
    time.sleep(1)
    assert mock_models.count() == 3


def test_a_provider_that_failed_here_is_left_alone_there(start: Start, mock_models: MockModels) -> None:
    """The second process does not ask it even once."""
    mock_models.program(Fault(500))
    here, there = start(2, retries=0, concurrency=1)
    assert sorted(here.ask(6)) == ["ProviderFailed"] * 5 + ["ProviderPaused"]
    assert mock_models.count() == 5
    assert there.ask(1) == ["ProviderPaused"]
    assert mock_models.count() == 5


def calls_under_way(folder: Path) -> int:
    """How many calls the processes know of."""
    with closing(sqlite3.connect(folder / "studio.db")) as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM calls_under_way").fetchone()[0]
    return count


def test_a_process_that_is_killed_leaves_its_place_to_others(
    start: Start, mock_models: MockModels, tmp_path: Path
) -> None:
    """After the lease of its call has ended; until then nobody takes it."""
    mock_models.replies("{}")
    mock_models.chaos(latencyMs=20_000)
    here, there = start(2, lease=3.0, concurrency=1)
    here.begin(1)
    until = time.monotonic() + 10
    while not calls_under_way(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    here.process.kill()
    mock_models.chaos(latencyMs=0)
    killed = time.monotonic()
    assert there.ask(1) == ["ok"]
    assert 1 < time.monotonic() - killed < 10
