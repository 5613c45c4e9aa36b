"""Whose turn it is, and how long it may take: what is urgent comes first, and owners take turns, so that one person's stack does not
hold up another's single file."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from core.jobs.queue import JobRequest
from core.jobs.store import JobRecord, Stack


def stack_of(request: JobRequest) -> str:
    """The name of the stack that a job lies on: its priority's digit, then its owner. What is more urgent sorts first."""
    return f"{min(9, max(0, request.priority))}{request.owner}"


def owner_of(stack: str) -> str:
    """Whose stack it is."""
    return stack[1:]


def in_turn(stacks: Sequence[Stack]) -> list[Stack]:
    """Stacks in the order of their turns: the more urgent first, then owners who were served longest ago."""
    return sorted(stacks, key=lambda stack: (stack.name[0], stack.served, stack.oldest))


def ahead_of(name: str, rank: int, stacks: Sequence[Stack]) -> tuple[int, int]:
    """How many jobs come before the one with ``rank`` others of its own stack before it, and about how much (pages) they are. Each round
    takes one of every owner, so of another's stack come only as many."""
    count, size, seen = rank, 0.0, False
    for stack in stacks:
        if stack.name == name:
            size += rank * stack.size / max(1, stack.count)
            seen = True
            continue
        if stack.name[0] > name[0]:
            continue
        before = stack.count if stack.name[0] < name[0] else min(stack.count, rank + (not seen))
        count += before
        size += before * stack.size / max(1, stack.count)
    return count, round(size)


def pace(done: Sequence[JobRecord]) -> float | None:
    """Seconds a page (or other unit of size) that jobs took lately; ``None`` where none was done."""
    each = [(one.ended - one.started) / max(1, one.request.size) for one in done if one.started and one.ended]
    return median(each) if each else None


def time_left(record: JobRecord, before: int, running: Sequence[JobRecord], pace: float, now: float) -> float:
    """About how many seconds until ``record`` is done: what is left of the running ones and the ``before`` pages that come before it,
    spread over as many workers as now run, and its own."""
    own = pace * record.request.size
    if record.state == "running":
        return max(0.0, own - (now - record.started))
    rest = sum(max(0.0, pace * one.request.size - (now - one.started)) for one in running)
    return (rest + pace * before) / max(1, len(running)) + own
