"""A job queue of worker processes, so that the page answers while documents are read. The jobs lie in the store, from
which the workers take them by themselves; this side starts the workers, wakes them, and ends those that do not answer."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from core.jobs.channel import Channel
from core.jobs.queue import JobRequest, Lane
from core.jobs.running import GRACE, verdict_of
from core.jobs.store import JobRecord, JobStore
from core.jobs.stored import StoredQueue
from core.ocr.machine import resident
from core.outage import Outage

log = logging.getLogger(__name__)

#: How often the workers are looked after, in seconds.
LOOK = 0.25
#: Workers that nobody waits for yet are started this much later, in seconds: a page is being drawn.
WARM_AFTER = 1.5
#: A worker that dies sooner than this did not start; the next one waits longer each time, at most so long (seconds).
STARTED = 10.0
PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A worker that there may be. ``slots`` are its threads' lanes; ``idle`` ends it after so many seconds without work
    (0: it stays, and is started before there is any). It ends between jobs above ``megabytes``, and is ended in one above
    ``most_megabytes``. ``nice`` is how far it steps back for the page, ``threads`` how many processors it uses."""

    slots: tuple[tuple[Lane, ...], ...]
    idle: float = 0.0
    megabytes: int = 1200
    most_megabytes: int = 3600
    nice: int = 10
    threads: int = 0

    @property
    def lanes(self) -> frozenset[Lane]:
        """The lanes that it serves."""
        return frozenset(lane for slot in self.slots for lane in slot)


#: Starts a worker's process for a plan, with pipes of text; the name is the worker's in the store.
Start = Callable[[Plan, str], "subprocess.Popen[str]"]


@dataclass(slots=True)
class _Post:
    """The place of one worker: who holds it now, and when the next may come after deaths."""

    plan: Plan
    process: subprocess.Popen[str] | None = None
    channel: Channel | None = None
    name: str = ""
    began: float = 0.0
    deaths: int = 0
    next_start: float = 0.0


class ProcessQueue(StoredQueue):
    """Implements :class:`core.jobs.queue.JobQueue` with processes."""

    def __init__(
        self,
        store: JobStore,
        start: Start,
        plans: Sequence[Plan],
        password: Callable[[str], str | None] = lambda sha256: None,
    ) -> None:
        """``password`` gives the password of an encrypted document, which only this process has."""
        super().__init__(store)
        self._start = start
        self._password = password
        self._posts = [_Post(plan) for plan in plans]
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closing = False
        self._watcher: threading.Thread | None = None

    def _queued(self, request: JobRequest) -> None:
        self.warm()
        self._tell(request.lane, wake=True)
        self._wake.set()

    def cancel(self, job_id: str) -> None:
        """See :meth:`core.jobs.queue.JobQueue.cancel`."""
        super().cancel(job_id)
        self._tell(None, cancel=job_id)

    def warm(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.warm`."""
        with self._lock:
            if self._watcher is None and not self._closing:
                self._watcher = threading.Thread(target=self._watch, name="studio-workers", daemon=True)
                self._watcher.start()

    def close(self) -> None:
        """See :meth:`core.jobs.queue.JobQueue.close`."""
        with self._lock:
            self._closing = True
        self._wake.set()
        if self._watcher:
            self._watcher.join(GRACE)
        for post in self._posts:
            if post.process:
                _end(post.process)
                self._store.give_back([post.name])

    @property
    def pids(self) -> list[int]:
        """The ids of the workers' processes."""
        return [post.process.pid for post in self._posts if post.process and post.process.poll() is None]

    def _tell(self, lane: Lane | None, **message: Any) -> None:
        for post in self._posts:
            if post.channel and (lane is None or lane in post.plan.lanes):
                post.channel.send(**message)

    # --- looking after the workers ---------------------------------------------------------------------------------

    def _watch(self) -> None:
        self._wake.wait(WARM_AFTER)
        outage = Outage(log, "the workers could not be looked after")
        while not self._closing:
            try:
                self._look()
                outage.ended()
            except Exception as error:  # the database does not answer: the workers wait for it too
                outage.began(error)
            self._wake.wait(LOOK + outage.pause)
            self._wake.clear()

    def _look(self) -> None:
        running = self._store.running()
        for post in self._posts:
            self._end_the_stubborn(post, running)
            self._bury(post)
        self._store.lost()
        for post in self._posts:
            if post.process is None and time.monotonic() >= post.next_start and self._is_wanted(post.plan):
                self._fill(post)

    def _is_wanted(self, plan: Plan) -> bool:
        """Whether a worker is to be there now."""
        return not plan.idle or self._store.waits(sorted(plan.lanes))

    def _fill(self, post: _Post) -> None:
        """Start a worker and listen to it."""
        post.name = uuid.uuid4().hex
        post.began = time.monotonic()
        post.process = self._start(post.plan, post.name)
        assert post.process.stdin
        assert post.process.stdout
        post.channel = Channel(post.process.stdout, post.process.stdin)
        listener = threading.Thread(target=self._listen, args=(post.channel,), name="studio-hear", daemon=True)
        listener.start()

    def _listen(self, channel: Channel) -> None:
        for message in channel.messages():
            if "ask" in message:
                channel.send(password=self._password(message["ask"]))

    def _bury(self, post: _Post) -> None:
        """Take a worker that has ended off its post; what it held waits again, or is parked."""
        if post.process is None or post.process.poll() is None:
            return
        status = post.process.returncode
        with suppress(OSError, ValueError):  # a line that nobody reads any more
            post.process.stdin.close()  # type: ignore[union-attr]
        post.process = post.channel = None
        gone = self._store.lost([post.name])
        if status == 0:
            post.deaths = 0
            return
        log.warning("a worker ended with status %s; jobs that it held: %s", status, [one.job_id for one in gone])
        post.deaths = post.deaths + 1 if time.monotonic() - post.began < STARTED and not gone else 0
        post.next_start = time.monotonic() + (min(PAUSE, 2.0**post.deaths) if post.deaths else 0.0)

    def _end_the_stubborn(self, post: _Post, running: Sequence[JobRecord]) -> None:
        """End a worker one of whose jobs does not answer its cancel or its time limit, or that has outgrown its memory. Its
        other jobs wait again, and that does not count."""
        if post.process is None:
            return
        now = time.time()
        mine = {one.job_id: one for one in running if one.worker == post.name}
        verdicts = {job_id: verdict for job_id, one in mine.items() if (verdict := verdict_of(one, now))}
        too_big = bool(mine) and resident(post.process.pid) > post.plan.most_megabytes * 1_000_000
        if not verdicts and not too_big:
            return
        log.warning("a worker is ended: %s", ", ".join(verdicts) or "it has outgrown its memory")
        _end(post.process)
        for job_id, (state, error) in verdicts.items():
            self._store.finish(mine[job_id], state, error)
        if verdicts:
            self._store.give_back([post.name])


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def plans_for(processors: int) -> tuple[Plan, ...]:
    """The workers of a machine: one for short work and for what waits for models; for recognition one for every four
    processors; one for comparisons and measurements, which is there only while there are any."""
    readers = max(1, processors // 4)
    share = max(1, processors // readers)
    short = Plan((("short",), ("asking",), ("asking",), ("asking",)), threads=share)
    background = Plan((("background",),) * 4, idle=30.0, nice=15, threads=share)
    return (*[Plan((("long",),), threads=share)] * readers, short, background)
