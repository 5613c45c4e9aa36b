"""Whose turn it is, and how long it may take: owners take turns, so that one person's stack does not hold up another's
single file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from statistics import median

from core.jobs.queue import Lane
from core.jobs.store import JobRecord


def in_turn(waiting: Sequence[JobRecord], served: Mapping[str, float]) -> list[JobRecord]:
    """Waiting jobs in the order in which they come: a job an owner and round, each owner's oldest first, owners who were
    served longest ago (``served``: when, by owner) before others."""
    stacks: dict[str, list[JobRecord]] = defaultdict(list)
    for record in sorted(waiting, key=lambda record: record.created):
        stacks[record.request.owner].append(record)
    owners = sorted(stacks, key=lambda owner: (served.get(owner, 0.0), stacks[owner][0].created))
    rounds = zip_longest(*(stacks[owner] for owner in owners))
    return [record for each in rounds for record in each if record is not None]


def in_lanes(records: Sequence[JobRecord], lanes: Sequence[Lane], served: Mapping[str, float]) -> list[JobRecord]:
    """The same lane by lane, in the order of ``lanes``."""
    waiting = [record for record in records if record.state == "queued"]
    return [
        record for lane in lanes for record in in_turn([one for one in waiting if one.request.lane == lane], served)
    ]


def served_of(records: Sequence[JobRecord]) -> dict[str, float]:
    """When each owner was served last."""
    served: dict[str, float] = {}
    for record in records:
        owner = record.request.owner
        served[owner] = max(served.get(owner, 0.0), record.started)
    return served


def pace(done: Sequence[JobRecord]) -> float | None:
    """Seconds a page (or other unit of size) that jobs took lately; ``None`` where none was done."""
    each = [(one.ended - one.started) / max(1, one.request.size) for one in done if one.started and one.ended]
    return median(each) if each else None


def time_left(
    record: JobRecord, before: Sequence[JobRecord], running: Sequence[JobRecord], pace: float, now: float
) -> float:
    """About how many seconds until ``record`` is done: what is left of the running ones and all that come before it, spread
    over as many workers as now run, and its own."""
    own = pace * record.request.size
    if record.state == "running":
        return max(0.0, own - (now - record.started))
    rest = sum(max(0.0, pace * one.request.size - (now - one.started)) for one in running)
    return (rest + sum(pace * one.request.size for one in before)) / max(1, len(running)) + own
