"""Kills what documents on many hosts need, while they are read: a worker's process, a whole worker, Redis, PostgreSQL; and what came of each
document is counted afterwards.

``python -m benchmarks.kill_hosts [DOCUMENTS [LEASE]]`` (200 and 10 seconds by default; Linux, with redis-server and PostgreSQL)."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from core.entrypoints.api.caller import Caller
from core.entrypoints.api.models import ExtractRequest
from core.entrypoints.api.tasks import Tasks
from core.entrypoints.bootstrap import build_studio
from core.errors import StudioError
from core.jobs.store import JobStore
from core.person import STUDIO
from core.settings import Settings
from core.stores.records import RecordQuery
from samples.generate import make_sample
from samples.invoices import Wishes
from samples.scan import Scan
from tests.hosts.servers import PostgresServer, RedisServer, Worker, lacking

T = TypeVar("T")

#: What is killed, one after the other.
KINDS = ("child", "worker", "redis", "postgres", "term")
#: A clean scan among so many documents, to be killed while its pages are recognised.
SCANS = 4


@dataclass(slots=True)
class Told:
    """What came of it. ``recovered`` are seconds from a kill to the end of the last of what was under way then, by what was killed."""

    documents: int
    states: Counter[str] = field(default_factory=Counter)
    results: int = 0
    orders: int = 0
    twice: int = 0
    unsaved: int = 0
    attempts: Counter[int] = field(default_factory=Counter)
    recovered: list[tuple[str, float]] = field(default_factory=list)
    seconds: float = 0.0


@contextmanager
def servers(folder: Path) -> Iterator[tuple[RedisServer, PostgresServer]]:
    """Both servers, and their end."""
    redis, postgres = RedisServer(folder / "redis"), PostgresServer(folder / "postgres")
    try:
        yield redis, postgres
    finally:
        redis.kill()
        postgres.stop()


def kill_and_count(
    folder: Path,
    redis: RedisServer,
    postgres: PostgresServer,
    documents: int,
    kills: Sequence[str] = KINDS,
    lease: float = 10.0,
    within: float = 0.5,
) -> Told:
    """Read so many documents with their records saved by themselves, on two workers that share no folder with each other or the API, and kill
    these meanwhile, each in its turn."""
    where = {"REDIS_URL": redis.url, "DATABASE_URL": postgres.url, "STUDIO_LEASE_SECONDS": str(lease)}
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(data_dir=folder / "api", DATABASE_URL=postgres.url, REDIS_URL=redis.url, lease_seconds=lease)
    studio = build_studio(settings)
    workers = [
        Worker(
            {**where, "STUDIO_DATA_DIR": str(folder / f"worker{number}")},
            ("core", "worker", "--concurrency", "1"),
            folder / f"worker{number}.log",
        )
        for number in (1, 2)
    ]
    chance, told, began = random.Random(1), Told(documents), time.monotonic()
    try:
        studio.warm()
        tasks = Tasks(Caller(studio, STUDIO, None), studio.access.store)
        ids: list[str] = []
        store: JobStore = studio._parts.queue._store  # type: ignore[attr-defined]
        for number, kind in enumerate(kills, start=1):
            # Some documents before each kill, so that there is something to kill it in.
            ids += [_begin(tasks, one) for one in range(len(ids), documents * number // len(kills))]
            running = _under_way(store)
            time.sleep(chance.random() * within)
            _retried(tasks.settle)
            running = [one.job_id for one in _retried(store.running)] or running
            at = time.monotonic()
            _kill(kind, workers[chance.randrange(2)], redis, postgres)
            while any((found := _retried(lambda: store.get(one))) and found.state != "done" for one in running):  # noqa: B023
                time.sleep(0.1)
            told.recovered.append((kind, time.monotonic() - at))
        while _retried(lambda: _open(store)) and time.monotonic() - began < 60 + documents * 3:
            _retried(tasks.settle)
            time.sleep(0.3)
        _retried(tasks.settle)
        told.seconds = time.monotonic() - began
        for task_id in ids:
            record = store.get(task_id)
            told.states[record.state if record else "unknown"] += 1
            told.attempts[record.attempt if record else 0] += 1
        runs = [run.run_id for run in studio.runs(10 * documents)]
        told.results = len(set(runs) & set(ids))
        rows = studio.search(RecordQuery(size=10 * documents)).rows
        saved = [studio.record(row.order_id).run_id for row in rows]
        told.orders = len(saved)
        told.twice = sum(count - 1 for count in Counter(saved).values()) + sum(n - 1 for n in Counter(runs).values())
        approved = sum(
            1 for one in ids if (job := studio.job(one)) and job.extraction and job.extraction.verdict == "approved"
        )
        told.unsaved = approved - len(set(saved) & set(ids))
    finally:
        for worker in workers:
            worker.kill()
        studio.close()
    return told


def _under_way(store: JobStore) -> list[str]:
    """What runs, once something does."""
    deadline = time.monotonic() + 30
    while not (running := _retried(store.running)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return [one.job_id for one in running]


def _open(store: JobStore) -> bool:
    return bool(store.active())


def _begin(tasks: Tasks, number: int) -> str:
    clean = Scan(dpi=120, skew=0.4, blur=0, noise=0, shading=0, quality=0)
    scan = clean if number % SCANS == SCANS - 1 else None
    sample = make_sample(5000 + number, "en", wishes=Wishes(lines=3), scan=scan)
    brought, _ = _retried(lambda: tasks.bring(sample.data, f"{number}{sample.suffix}"))
    asked = ExtractRequest(document_id=brought.document_id, save=["database"])
    return str(_retried(lambda: tasks.begin(asked, f"wish-{number}")).task_id)


def _retried(look: Callable[[], T]) -> T:
    """What ``look`` gives, once the database answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return look()
        except StudioError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _kill(kind: str, worker: Worker, redis: RedisServer, postgres: PostgresServer) -> None:
    if kind == "child":
        for pid in worker.children[:1]:
            os.kill(pid, signal.SIGKILL)
    elif kind == "worker":
        worker.kill()  # the other goes on, and no other host of its name comes soon
        time.sleep(0.2)
        worker.start()
    elif kind == "redis":
        redis.kill()
        redis.start()
    elif kind == "postgres":
        postgres.kill()
        postgres.start()
    else:
        worker.stop()
        worker.start()


def main(arguments: Sequence[str]) -> int:
    """Do it and say what came of it; the exit status is 1 where something was lost or done twice."""
    if reason := lacking():
        print(reason)
        return 0
    documents = int(arguments[0]) if arguments else 200
    lease = float(arguments[1]) if len(arguments) > 1 else 10.0
    with tempfile.TemporaryDirectory(prefix="studio-hosts-") as name, servers(Path(name)) as (redis, postgres):
        kills = KINDS * max(1, documents // 100)
        told = kill_and_count(Path(name) / "data", redis, postgres, documents, kills, lease)
    print(f"{told.documents} documents in {told.seconds:.0f} s: {dict(told.states)}, attempts {dict(told.attempts)}")
    print(f"{told.results} results, {told.orders} records, {told.twice} twice, {told.unsaved} approved and not saved")
    for kind, seconds in told.recovered:
        print(f"{kind:<10} {seconds:5.1f} s until what was under way was done")
    right = told.states["done"] == told.results == documents and not told.twice and not told.unsaved
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
