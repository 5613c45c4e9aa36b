"""The contract of a job queue: runs go in, their step facts can be watched from anywhere, and a run can be
cancelled. To add one: implement :class:`JobQueue` in a file beside this one and choose it in bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from core.events import Event, StepEvent
from core.extraction import Extraction

JobState = Literal["queued", "running", "done", "failed", "cancelled"]

#: Work is given as a function of "is it cancelled?" that yields events and ends with RunFinished.
Work = Callable[[Callable[[], bool]], Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Job:
    """A snapshot of one run. ``events`` are the step facts so far; ``reply`` what an extractor has replied
    so far, in its present try."""

    job_id: str
    title: str
    state: JobState
    events: tuple[StepEvent, ...] = ()
    reply: str = ""
    extraction: Extraction | None = None
    error: str | None = None
    seconds: float = 0.0

    @property
    def active(self) -> bool:
        """Whether it is still queued or running."""
        return self.state in ("queued", "running")


class JobQueue(Protocol):
    """Runs work in the background."""

    def submit(self, job_id: str, title: str, work: Work) -> None:
        """Queue ``work`` under ``job_id``; returns at once."""

    def get(self, job_id: str) -> Job | None:
        """A snapshot, or ``None`` for an id this queue does not know."""

    def cancel(self, job_id: str) -> None:
        """Ask the run to stop; it ends at its next event or page."""

    def jobs(self) -> list[Job]:
        """Snapshots of all known jobs, oldest first."""
