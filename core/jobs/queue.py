"""The contract of a job queue. Work is data: a request names its kind and holds JSON, and whoever runs it looks its
handler up by the kind. Its events are numbered, and can be read from anywhere. To add a queue: implement
:class:`JobQueue` in a file beside this one and choose it in bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from core.cancelling import IsCancelled
from core.events import RESTART, Event, ReplyArrived, StepEvent
from core.extraction import Extraction

#: ``parked`` is a job whose worker was lost so often that it is not tried again by itself.
JobState = Literal["queued", "running", "done", "failed", "cancelled", "parked"]

#: Who waits behind whom: ``short`` work takes a second, ``asking`` waits for a model, ``long`` is recognised,
#: ``background`` is nobody's open document.
Lane = Literal["short", "asking", "long", "background"]


#: The priority of what is as urgent as most.
USUAL = 5


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Work as data. ``payload`` is JSON that the handler of ``kind`` understands. Owners take turns (a browser session's
    desk, a comparison). ``size`` is how much it is (pages), ``seconds`` how long it may take (0: as long as it takes). ``priority`` is 0
    for what comes before everything else, :data:`USUAL` for most, 9 at most."""

    kind: str
    job_id: str
    title: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    lane: Lane = "long"
    size: int = 1
    seconds: float = 0.0
    priority: int = USUAL


#: Does the work of a kind: a function of the request and of "is it cancelled?" that yields events. A StudioError fails
#: the job with its sentence; Cancelled ends it as cancelled.
Handler = Callable[[JobRequest, IsCancelled], Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Job:
    """A snapshot of one job. ``events`` are the step facts so far; ``reply`` what an extractor has replied so far, in its
    present try. ``ahead`` is how many jobs come before it while it waits, ``left`` about how many seconds until it is
    done, where there is something to tell it by."""

    job_id: str
    title: str
    state: JobState
    events: tuple[StepEvent, ...] = ()
    reply: str = ""
    extraction: Extraction | None = None
    error: str | None = None
    seconds: float = 0.0
    ahead: int = 0
    left: float | None = None

    @property
    def active(self) -> bool:
        """Whether it is still queued or running."""
        return self.state in ("queued", "running")


class JobQueue(Protocol):
    """Runs work in the background."""

    def submit(self, request: JobRequest) -> None:
        """Queue it; returns at once."""

    def get(self, job_id: str) -> Job | None:
        """A snapshot (without a result: what a job gives is kept by its handler), or ``None`` for an unknown id."""

    def events(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """The events of a job with numbers above ``after``, in order; numbers begin at 1."""

    def active(self, kind: str) -> list[JobRequest]:
        """What waits or runs of a kind, oldest first, whichever process asked for it."""

    def again(self, job_id: str) -> bool:
        """Have a job that ended without a result wait again; ``False`` where there is none, or it did not."""

    def cancel(self, job_id: str) -> None:
        """Ask the job to stop: at once where it waits, else at its next event or page. One that does not answer is ended."""

    def forget(self, job_ids: Sequence[str]) -> None:
        """Drop what happened in these jobs."""

    def ping(self) -> None:
        """Raise a StudioError where jobs could be neither kept nor brought to their workers now."""

    def warm(self) -> None:
        """Make ready to work, in the background; does nothing where it is."""

    def close(self) -> None:
        """Stop what runs and end the workers. What waits goes on waiting where the queue outlives the process."""


def reply_of(events: Iterable[Event]) -> str:
    """What an extractor has replied in its present try."""
    pieces: list[str] = []
    for event in events:
        if isinstance(event, ReplyArrived):
            if event.text == RESTART:  # what came so far is void
                pieces.clear()
            else:
                pieces.append(event.text)
    return "".join(pieces)
