"""The contract of what keeps jobs. A row here is the truth about a job: who works on it holds a lease that ends by itself,
so that a worker that is lost gives its job back, and whoever asks, in any process, sees the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from core.cancelling import CANCELLED
from core.events import Event
from core.jobs.queue import JobRequest, JobState, Lane

#: A job whose worker was lost this many times is not tried again.
ATTEMPTS = 3
PARKED = (
    "The program that read this document ended unexpectedly, three times: it was set aside so that it holds up nothing else. "
    "Try other pages or another recipe."
)
#: Events are numbered from here on in a job's second claim, from twice as much in its third: whoever saw those of an earlier one
#: misses none.
NUMBERS = 1_000_000

Ended = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as it is kept. Moments are seconds since the epoch, 0 where they have not come. ``attempt`` counts how often a
    worker began, ``claims`` how often it was given to one (what a worker gave back is no attempt); ``cancelled`` is when somebody asked for its end."""

    request: JobRequest
    state: JobState = "queued"
    created: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    attempt: int = 0
    worker: str = ""
    cancelled: float = 0.0
    error: str | None = None
    claims: int = 0

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.request.job_id


@dataclass(frozen=True, slots=True)
class Stack:
    """What waits of one owner with one priority: how many jobs and how much they are (pages), since when the oldest waits, and when the
    owner was served last (moments: seconds since the epoch)."""

    name: str
    count: int
    size: int
    oldest: float
    served: float


@dataclass(frozen=True, slots=True)
class LaneState:
    """How a lane stands: its stacks in the order of their turns, what runs, and what was done last."""

    stacks: Sequence[Stack]
    running: Sequence[JobRecord]
    done: Sequence[JobRecord]


class JobEvents(Protocol):
    """Carries what happens in jobs from who works to who watches. Numbers grow; those of a later claim are above all of an earlier one."""

    def begin(self, record: JobRecord) -> None:
        """Drop what earlier claims of a job noted: it was just given to a worker."""

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """Add events of a claimed job, numbered in order. A claim that is over adds nothing."""

    def read(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """The events of a job with numbers above ``after``, in order."""

    def forget(self, job_ids: Sequence[str]) -> None:
        """Drop what these jobs noted."""


class JobStore(Protocol):
    """Keeps jobs, their events and their leases. Safe for threads and, where it is in a database, for processes."""

    def add(self, request: JobRequest) -> None:
        """Keep a new job; an id that is known already changes nothing."""

    def claim(self, worker: str, lines: Sequence[str], lease: float) -> JobRecord | None:
        """Give the job whose turn it is in the first of ``lines`` (lanes, or :data:`core.jobs.routes.QUEUES`) that has one to ``worker``,
        for ``lease`` seconds. Nobody else gets it meanwhile; what an earlier attempt noted is dropped. Jobs whose lease has ended
        wait again first."""

    def beat(self, record: JobRecord, lease: float) -> bool:
        """Hold a claimed job for ``lease`` seconds more. ``False``: stop, it is cancelled or was given to another."""

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """Add events of a claimed job, numbered in order."""

    def finish(self, record: JobRecord, state: Ended, error: str | None = None) -> bool:
        """End a claimed job. ``False``: it was no longer this worker's, and nothing changed."""

    def cancel(self, job_id: str) -> None:
        """End a job that waits; ask a running one to stop."""

    def give_back(self, workers: Sequence[str]) -> None:
        """Let what these workers hold wait again; it does not count as an attempt."""

    def lost(self, workers: Sequence[str] = ()) -> list[JobRecord]:
        """Let the jobs of workers that died (and all whose lease has ended) wait again, and give them as they now are: those
        that were begun :data:`ATTEMPTS` times are parked with :data:`PARKED`."""

    def again(self, job_id: str) -> JobRecord | None:
        """Have a job that failed, was parked or cancelled wait again, as if it were new; ``None`` for any other."""

    def get(self, job_id: str) -> JobRecord | None:
        """One job."""

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """Events with numbers above ``after``, in order."""

    def forget(self, job_ids: Sequence[str]) -> None:
        """Drop what happened in these jobs, wherever it lies: it may tell what stands on a document."""

    def active(self, kind: str | None = None) -> list[JobRecord]:
        """The jobs (of a kind) that wait or run, oldest first."""

    def running(self) -> list[JobRecord]:
        """The jobs that run."""

    def waits(self, lanes: Sequence[Lane]) -> bool:
        """Whether anything waits in one of these lanes."""

    def waiting(self) -> dict[str, int]:
        """How many jobs wait, by queue."""

    def lane(self, lane: Lane) -> LaneState:
        """How a lane stands."""

    def before(self, record: JobRecord) -> int:
        """How many of its own stack come before a job that waits, at most some thousand."""


def after_loss(record: JobRecord, now: float) -> JobRecord:
    """What becomes of a running job whose worker is gone: it waits again, or it ends."""
    if record.cancelled:
        return replace(record, state="cancelled", ended=now, error=CANCELLED)
    if record.attempt >= ATTEMPTS:
        return replace(record, state="parked", ended=now, error=PARKED)
    return replace(record, state="queued", worker="")
