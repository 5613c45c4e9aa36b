"""Ten reviewers, a process each, at one queue of 500 documents: they claim, correct and save, give back and open what others have at hand,
and two of them are killed on the way. Then every document is saved once, with the correction of whoever saved it.

``python -m benchmarks.bench_reviewers [--documents N] [--reviewers N] [--killed N] [--postgres URL]`` (not on Windows)."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.entrypoints.bootstrap import build_studio
from core.errors import StorageError
from core.extraction import Extraction
from core.inbox.facts import facts_of_extraction
from core.person import Person
from core.reviewing import desk as desks
from core.reviewing.desk import ReviewDesk, Seat, Wish
from core.settings import Settings
from core.stores.inbox import InboxItem, InboxQuery
from core.stores.records import RecordQuery
from core.studio import Studio
from samples.generate import make_sample

#: Seconds that a claim of somebody who was killed lasts.
LEASE = 4.0
#: Of ten documents a reviewer gives one back unsaved, and tries to open one that another may have.
_GIVEN_BACK, _OTHERS = 0.1, 0.1


@dataclass(slots=True)
class Told:
    """What came of it. ``saved`` are records, ``lost`` documents without one, ``twice`` documents with several, ``foreign`` records that
    have not the correction of the one who saved them; ``refused`` tries met a document, or a value, that somebody else had."""

    documents: int
    saved: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    refused: int = 0
    by: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    next_ms: float = 0.0
    save_ms: float = 0.0


def review_together(settings: Settings, documents: int, reviewers: int, killed: int = 0) -> Told:
    """Fill a queue, have it reviewed, and look at what is kept."""
    desks.LEASE = LEASE
    studio = build_studio(settings)
    runs = fill(studio, documents)
    studio.close()
    began = time.perf_counter()
    children = [_reviewer(settings, number) for number in range(reviewers)]
    for number, child in enumerate(children[:killed]):
        _wait_until_at_work(settings.data_dir / f"reviewer-{number}.jsonl")
        os.kill(child, signal.SIGKILL)
    ends = [os.waitpid(child, 0)[1] for child in children]
    assert all(os.WIFSIGNALED(end) or end == 0 for end in ends), ends
    told = Told(documents, seconds=time.perf_counter() - began)
    _look(settings, runs, reviewers, told)
    return told


def _wait_until_at_work(log: Path) -> None:
    """Until a reviewer has saved something, or twenty seconds have gone."""
    end = time.monotonic() + 20
    while time.monotonic() < end and not (log.exists() and "saved" in log.read_text()):
        time.sleep(0.01)


def fill(studio: Studio, count: int) -> list[str]:
    """``count`` documents that need somebody: one that was read, each time with a number, a total and an id of its own."""
    data = make_sample(1, "en").data
    document = studio.open(data, "one.pdf")
    events = list(studio.extract(document))
    read: Extraction = events[-1].extraction  # type: ignore[union-attr]
    files, ledger = studio._parts.files, studio._parts.ledger
    now, items, runs = datetime.now(UTC), [], []
    for number in range(count):
        run_id = f"{number:032x}"
        values = read.values.model_copy(
            update={"invoice_number": f"Q-{number:05}", "total_amount": Decimal(100 + number), "customer_id": None}
        )
        one = read.model_copy(
            update={
                "values": values,
                "document": sha256(run_id.encode()).hexdigest(),
                "name": f"{number}.pdf",
                "verdict": "needs review",
            }
        )
        files.keep_json("run", run_id, one.model_dump_json(), lasting=False)
        ledger.keep_run(run_id, one, now)
        item = InboxItem(
            f"i{number:05}", one.document, one.name, now, now, run_id=run_id, pages=one.pages, page_count=1
        )
        about = facts_of_extraction(one) | {"stake": float(number % 97), "doubts": 1}
        items.append(replace(item, **about, state="needs review"))
        runs.append(run_id)
    studio.inbox._store.add(items)
    return runs


def _reviewer(settings: Settings, number: int) -> int:
    """A process of its own that reviews until there is nothing left; gives its id."""
    child = os.fork()
    if child:
        return child
    try:
        _work(settings, number)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(3)
    os._exit(0)


def _work(settings: Settings, number: int) -> None:
    who, chance = f"Reviewer {number}", random.Random(number)
    studio = build_studio(settings)
    desk = studio.by(Person(who, "reviewer", "typed")).reviewing
    seat = Seat(f"seat{number}", who)
    log = (settings.data_dir / f"reviewer-{number}.jsonl").open("a")
    while True:
        began = time.perf_counter()
        walk = desk.following(seat)
        if walk is None:
            if desk.count() == 0:
                return
            time.sleep(0.2)  # the rest is at hand elsewhere, or its reviewer is gone
            continue
        looked = time.perf_counter() - began
        if chance.random() < _GIVEN_BACK:
            desk.leave(seat, [walk["run"]])
            continue
        if chance.random() < _OTHERS and (
            others := [each for each, claim in desk.queue() if claim and claim.seat != seat.seat]
        ):
            found = desk.open(others[0].run_id, seat)
            if found and "taken" in found:
                _note(log, refused=others[0].run_id)
            elif found:
                desk.leave(seat, [others[0].run_id])
        began = time.perf_counter()
        mark = f"{who} saw {walk['run']}"
        try:
            done = _save(desk, walk["run"], seat, mark, log)
        except StorageError:  # somebody whose claim had run out was quicker
            _note(log, refused=walk["run"])
            continue
        if "saved" in done:
            _note(log, saved=walk["run"], order=done["saved"], looked=looked, took=time.perf_counter() - began)
        elif "asked" in done:  # the same, and told as what is stored already
            _note(log, refused=walk["run"])
        elif "taken" not in done:
            raise AssertionError({name: done[name] for name in ("stopped", "asked", "clashes") if done.get(name)})


def _save(desk: ReviewDesk, run_id: str, seat: Seat, mark: str, log: object) -> dict[str, Any]:
    """Correct a document and save it. Where one whose claim ran out had corrected it too the later one is told, and insists."""
    was = ""
    while True:
        acts = [{"do": "set", "path": "customer_id", "text": mark, "was": was}]
        done = desk.save(run_id, seat, acts, Wish(anyway=True), {"seconds": 1})
        assert done is not None
        if not done.get("clashes"):
            return done
        _note(log, refused=run_id)
        was = done["clashes"][0]["theirs"]


def _note(log: object, **told: object) -> None:
    print(json.dumps(told), file=log, flush=True)  # type: ignore[call-overload]


def _look(settings: Settings, runs: list[str], reviewers: int, told: Told) -> None:
    """What is kept, beside what the reviewers know."""
    lines = []
    for number in range(reviewers):
        path = settings.data_dir / f"reviewer-{number}.jsonl"
        lines += [(f"Reviewer {number}", json.loads(line)) for line in path.read_text().splitlines()]
    noted = {line["order"]: (who, line["saved"]) for who, line in lines if "saved" in line}
    told.refused = sum("refused" in line for _, line in lines)
    told.next_ms, told.save_ms = (
        statistics.median(line[name] for _, line in lines if name in line) * 1000 for name in ("looked", "took")
    )
    studio = build_studio(settings)
    kept = [studio.record(row.order_id) for row in studio.search(RecordQuery(size=10 * len(runs))).rows]
    held = Counter(record.run_id for record in kept)
    told.saved = len(kept)
    told.lost = [run for run in runs if not held[run]]
    told.twice = [run for run in runs if held[run] > 1]
    told.by = Counter(who for who, _ in noted.values())
    for record in kept:
        who, run = noted.get(record.order_id or 0, ("", record.run_id))
        mark = record.values.customer_id  # type: ignore[attr-defined]
        if run != record.run_id or not str(mark).endswith(f"saw {run}") or (who and not str(mark).startswith(who)):
            told.foreign.append(str(record.order_id))
    assert studio.inbox.search(InboxQuery(states=("needs review",))).total == len(told.lost)
    studio.close()


def main() -> None:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--reviewers", type=int, default=10)
    parser.add_argument("--killed", type=int, default=2)
    parser.add_argument("--postgres", metavar="URL")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = SecretStr(given.postgres) if given.postgres else None
        settings = Settings(data_dir=Path(folder), DATABASE_URL=url, workers="threads")
        told = review_together(settings, given.documents, given.reviewers, given.killed)
    print(
        f"{told.documents} documents, {given.reviewers} reviewers, {given.killed} of them killed: {told.saved} records in "
        f"{told.seconds:.0f} s; without one {len(told.lost)}, with several {len(told.twice)}, with another's correction "
        f"{len(told.foreign)}; {told.refused} met one that somebody else had"
    )
    print(f"the next document: {told.next_ms:.0f} ms; a save: {told.save_ms:.0f} ms (median of each)")
    print(", ".join(f"{who} {count}" for who, count in sorted(told.by.items())))


if __name__ == "__main__":
    main()
