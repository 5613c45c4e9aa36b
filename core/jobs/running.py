"""One claimed job, run to its end: the same in a thread, in a worker's process, and on another host."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.cancelling import CANCELLED
from core.errors import Cancelled, RunTooLong, StudioError
from core.events import RESTART, Event, ReplyArrived, RunFinished
from core.jobs.queue import Handler
from core.jobs.store import Ended, JobRecord, JobStore
from core.logs import about, carried

log = logging.getLogger(__name__)

#: Seconds for which a worker holds a job without a sign of life, and how often it gives one.
LEASE = 30.0
BEAT = 1.0
#: Seconds in which a job has to answer its cancel or its time limit; then its worker is ended.
GRACE = 5.0
#: Pieces of a reply are noted together, this many seconds apart.
REPLIES = 0.25
UNEXPECTED = "Something unexpected went wrong in this run; the log has the details. Try again."


@dataclass(slots=True)
class Running:
    """A job that runs here; ``stop`` ends it at its next event or page. ``began`` is by this machine's clock, which is not the store's."""

    record: JobRecord
    stop: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)

    @property
    def overdue(self) -> bool:
        """Whether it ran longer than it may."""
        seconds = self.record.request.seconds
        return bool(seconds) and time.monotonic() - self.began > seconds

    def cancelled(self) -> bool:
        """Whether the handler is to stop."""
        return self.stop.is_set() or self.overdue


def verdict_of(record: JobRecord, now: float) -> tuple[Any, str] | None:
    """How a running job that does not stop by itself ends; ``None`` while it may go on."""
    if record.cancelled and now - record.cancelled > GRACE:
        return "cancelled", CANCELLED
    seconds = record.request.seconds
    if seconds and now - record.started > seconds + GRACE:
        return "failed", str(RunTooLong(seconds))
    return None


def run_job(
    store: JobStore,
    running: Running,
    handlers: Mapping[str, Handler],
    lease: float = LEASE,
    end_worker: Callable[[], object] | None = None,
) -> None:
    """Run it and note its events, its heartbeat and its end. Where nobody else ends a worker whose job does not answer its cancel or its
    time limit, ``end_worker`` does."""
    request = running.record.request
    told = {"document": request.payload.get("document"), "item": request.payload.get("item"), "run": request.job_id}
    with about(**told, request=request.payload.get("request"), name=request.title):
        _run(store, running, handlers, lease, end_worker)


def _run(
    store: JobStore,
    running: Running,
    handlers: Mapping[str, Handler],
    lease: float,
    end_worker: Callable[[], object] | None,
) -> None:
    over = threading.Event()
    given = (store, running, over, lease, end_worker)
    heart = threading.Thread(target=carried(_beat), args=given, name="studio-heart", daemon=True)
    heart.start()
    log.info("job begins: %s", running.record.request.kind)
    began = time.monotonic()
    try:
        state, error = _work(store, running, handlers)
    finally:
        over.set()
        heart.join()
    store.finish(running.record, state, error)
    log.info("job ends: %s, %s after %.2f s", running.record.request.kind, state, time.monotonic() - began)


def _beat(
    store: JobStore, running: Running, over: threading.Event, lease: float, end_worker: Callable[[], object] | None
) -> None:
    stopped = 0.0
    while not over.wait(min(BEAT, lease / 4)):
        try:
            alive = store.beat(running.record, lease)
        except StudioError as error:  # a busy database is no reason to stop
            log.warning("a heartbeat was passed over: %s", error)
            continue
        if not alive:
            running.stop.set()
        if running.cancelled():
            stopped = stopped or time.monotonic()
            if end_worker and time.monotonic() - stopped > GRACE:
                _end(store, running, end_worker)


def _end(store: JobStore, running: Running, end_worker: Callable[[], object]) -> None:
    """End a job that hears nothing, with the process that it runs in."""
    log.warning("the job does not stop: its worker is ended")
    record, seconds = running.record, running.record.request.seconds
    try:
        if running.stop.is_set():
            store.finish(record, "cancelled", CANCELLED)
        else:
            store.finish(record, "failed", str(RunTooLong(seconds)))
    finally:
        end_worker()


def _work(store: JobStore, running: Running, handlers: Mapping[str, Handler]) -> tuple[Ended, str | None]:
    request = running.record.request
    notes = _Notes(lambda events: store.note(running.record, events))
    try:
        handler = handlers.get(request.kind)
        if handler is None:
            raise StudioError(f"Nobody here knows how to do “{request.kind}”: update the studio.")
        for event in handler(request, running.cancelled):
            notes.add(event)
            if running.cancelled() and not isinstance(event, RunFinished):
                raise Cancelled(CANCELLED)
        notes.flush()
    except Cancelled as stop:
        notes.flush()
        if running.overdue and not running.stop.is_set():
            return "failed", str(RunTooLong(request.seconds))
        return "cancelled", str(stop)
    except StudioError as failure:
        notes.flush()
        return "failed", str(failure)
    except Exception:
        log.exception("the job failed")
        return "failed", UNEXPECTED
    return "done", None


class _Notes:
    """Events on their way to the store: step facts at once, pieces of a reply gathered."""

    def __init__(self, note: Callable[[list[Event]], None]) -> None:
        self._note = note
        self._held: list[Event] = []
        self._noted = 0.0

    def add(self, event: Event) -> None:
        """Take an event; a result is kept by whoever made it."""
        if isinstance(event, RunFinished):
            return
        last = self._held[-1] if self._held else None
        if (
            isinstance(event, ReplyArrived)
            and isinstance(last, ReplyArrived)
            and RESTART not in (event.text, last.text)
        ):
            self._held[-1] = ReplyArrived(event.extractor, last.text + event.text)
        else:
            self._held.append(event)
        if not isinstance(event, ReplyArrived) or time.monotonic() - self._noted > REPLIES:
            self.flush()

    def flush(self) -> None:
        """Note what is held."""
        if not self._held:
            return
        self._noted = time.monotonic()
        try:
            self._note(self._held)
        except StudioError as error:  # they are noted with the next: a busy database is no reason to fail
            log.warning("events wait to be noted: %s", error)
        else:
            self._held = []
