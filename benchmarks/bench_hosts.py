"""Workers on many hosts: digital documents through the queue beside the bare loop, and what waiting jobs cost those who look.

``python -m benchmarks hosts``, or ``python -m benchmarks.bench_hosts [DOCUMENTS [ROUNDS]]`` (1,000 and 5 by default)."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.kill_hosts import servers
from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.jobs.queue import JobRequest
from core.jobs.snapshot import Snapshots
from core.jobs.store import JobStore
from core.settings import Settings
from core.studio import Studio
from samples.generate import make_sample
from samples.invoices import Wishes
from storage.database import open_database
from storage.jobs import SqlJobs
from tests.hosts.servers import PostgresServer, RedisServer, Worker, lacking

#: How the documents of a round are read: in this process, or by so many workers of one process.
WAYS = ("bare", "1 worker", "2 workers")
#: Documents that are drawn anew for a round: every one is read, none comes from a cache.
_SEED = 100_000


def throughput(folder: Path, redis: RedisServer, postgres: PostgresServer, documents: int, rounds: int) -> None:
    """Documents a minute, each way in each round, in shuffled order; submitting is part of it where there are workers."""
    chance, found, seed = random.Random(3), {way: [] for way in WAYS}, _SEED  # type: dict[str, list[float]]
    submits: list[float] = []
    for _ in range(rounds):
        for way in chance.sample(WAYS, len(WAYS)):
            drawn = [make_sample(seed + number, "en", wishes=Wishes(lines=3)).data for number in range(documents)]
            seed += documents
            found[way].append(_round(folder, redis, postgres, way, drawn, submits))
    bare = found["bare"]
    for way in WAYS:
        shares = [mine / alone for mine, alone in zip(found[way], bare, strict=True)]
        told = ", ".join(f"{each:,.0f}" for each in found[way])
        print(f"{way:<10} {told} documents a minute; {statistics.median(shares):.2f} of the bare loop")
    submits.sort()
    half, most = submits[len(submits) // 2], submits[int(len(submits) * 0.95)]
    print(f"submit     p50 {half * 1e3:.1f} ms, p95 {most * 1e3:.1f} ms")


def _round(
    folder: Path, redis: RedisServer, postgres: PostgresServer, way: str, drawn: Sequence[bytes], submits: list[float]
) -> float:
    where = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
    count = 0 if way == "bare" else int(way[0])
    shared = {"blobs": "database"} if not count else {"REDIS_URL": redis.url}
    studio = build_studio(Settings(data_dir=folder / "api", DATABASE_URL=postgres.url, workers="threads", **shared))
    workers = [
        Worker({**where, "STUDIO_DATA_DIR": str(folder / f"w{one}")}, ("core", "worker", "--concurrency", "1"))
        for one in range(count)
    ]
    try:
        opened = [studio.open(data, f"{number}.pdf") for number, data in enumerate(drawn)]
        _warm(studio, workers)
        began, runs = time.monotonic(), []
        for document in opened:
            if not count:
                for _ in studio.extract(document, [PageRef(1)]):
                    pass
                continue
            at = time.monotonic()
            runs.append(studio.start(document.sha256, [PageRef(1)]))
            submits.append(time.monotonic() - at)
        store: JobStore = studio._parts.queue._store  # type: ignore[attr-defined]
        while count and store.active():
            time.sleep(0.05)
        return 60 * len(drawn) / (time.monotonic() - began)
    finally:
        for worker in workers:
            worker.kill()
        studio.close()


def _warm(studio: Studio, workers: Sequence[Worker]) -> None:
    """Every process has read something."""
    for number in range(4 * max(1, len(workers))):
        document = studio.open(make_sample(90_000 + number, "en").data, "warm.pdf")
        if not workers:
            for _ in studio.extract(document, [PageRef(1)]):
                pass
            continue
        studio.start(document.sha256, [PageRef(1)])
    deadline = time.monotonic() + 60
    while workers and studio._parts.queue._store.active() and time.monotonic() < deadline:  # type: ignore[attr-defined]
        time.sleep(0.1)
    time.sleep(1.0)


def waiting(url: str, counts: Sequence[int] = (10, 1000, 10_000)) -> None:
    """What a look and a claim cost while so many wait, of one owner and of a hundred."""
    for owners in (1, 100):
        for count in counts:
            jobs = SqlJobs(open_database(url), f"{owners}-{count}")
            for number in range(count):
                jobs.add(
                    JobRequest(
                        "run", f"{owners}-{count}-{number}", "a", {"x": "y" * 2000}, str(number % owners), "short"
                    )
                )
            snapshots = Snapshots(jobs)
            look, claim = [], []
            for number in range(200):
                at = time.perf_counter()
                snapshots.of(f"{owners}-{count}-{number * count // 200}")
                look.append(time.perf_counter() - at)
            for _ in range(min(50, count)):
                at = time.perf_counter()
                record = jobs.claim("w", ("extraction",), 30)
                claim.append(time.perf_counter() - at)
                assert record
                jobs.finish(record, "done")
            told = f"{statistics.median(look) * 1e3:.2f} ms a look, {statistics.median(claim) * 1e3:.2f} ms a claim"
            print(f"{count:>6,} waiting of {owners:>3} owners: {told}")


def turns(url: str) -> None:
    """Of 1,000 that wait, an urgent one is next, and another owner's one comes second."""
    jobs = SqlJobs(open_database(url), "turns")
    for number in range(1000):
        jobs.add(JobRequest("run", f"many-{number}", "a", {}, "many", "short"))
    jobs.claim("w", ("extraction",), 30)
    jobs.add(JobRequest("run", "one", "a", {}, "one", "short"))
    jobs.add(JobRequest("run", "urgent", "a", {}, "many", "short", priority=0))
    taken = [record.job_id for _ in range(3) if (record := jobs.claim("w", ("extraction",), 30))]
    print(f"behind 1,000 of one owner: {', '.join(taken)}")


def main(arguments: Sequence[str]) -> int:
    """Measure all of it."""
    if reason := lacking():
        print(reason)
        return 0
    documents = int(arguments[0]) if arguments else 1000
    rounds = int(arguments[1]) if len(arguments) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="studio-hosts-") as name, servers(Path(name)) as (redis, postgres):
        waiting(postgres.url)
        turns(postgres.url)
        throughput(Path(name), redis, postgres, documents, rounds)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
