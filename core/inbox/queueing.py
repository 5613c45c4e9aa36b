"""The queue of the Inbox: what waits is given to the jobs a few at a time, and what became of each is noted in its row.

The rows are the queue. A job is only how one of them is done; where it is lost, the row is still queued, and the next look gives
it to another. So nothing is lost by a crash, and nothing is done twice: a row knows the one job that may speak for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from core.cancelling import IsCancelled
from core.errors import StudioError
from core.events import Event, RunFinished
from core.extraction import Extraction, PageRef
from core.inbox.facts import facts_of_extraction
from core.jobs.queue import Handler, JobQueue, JobRequest, Lane
from core.logs import alone
from core.outage import Outage
from core.recipe import Recipe
from core.runs import Runs
from core.settings import Defaults
from core.stores.calls import Calls
from core.stores.inbox import Ending, InboxItem, InboxStore

log = logging.getLogger(__name__)

#: The kind of job that opens what came in.
OPENING = "inbox"
#: Items of a lane that are with the jobs at once: enough to keep every worker busy, and few enough that nobody who asks for the
#: jobs has to look through thousands.
PORTION = 12
#: How often the rows are looked after while something is under way, in seconds.
LOOK = 2.0
#: A row that was taken and whose job nobody knows after so many seconds waits again.
UNKNOWN = 10.0

_LANES: tuple[Lane, ...] = ("short", "asking", "long", "background")
#: A change that meets another's is made again so often.
_TRIES = 5
_STOPPED = "Its reading was stopped."
_NO_RESULT = "Its result is no longer kept: read it again."


class Queueing:
    """Feeds the jobs from the rows and settles the rows by the jobs. Thread-safe; any process may do it."""

    def __init__(
        self,
        store: InboxStore,
        queue: JobQueue,
        runs: Runs,
        calls: Calls,
        defaults: Callable[[], Defaults],
        recipe_of: Callable[[InboxItem], Recipe],
    ) -> None:
        self._store = store
        self._queue = queue
        self._runs = runs
        self._calls = calls
        self._defaults = defaults
        self._recipe_of = recipe_of
        self._stop = threading.Event()
        self._tending: threading.Thread | None = None
        self._lock = threading.Lock()

    # --- looking after it ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Look after the rows from now on, in the background; does nothing where that is done."""
        with self._lock:
            if self._tending is None and not self._stop.is_set():
                self._tending = threading.Thread(target=self._look, name="studio-inbox", daemon=True)
                self._tending.start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        with self._lock:
            if self._tending:
                self._tending.join(5.0)

    def tend(self) -> None:
        """Settle what ended without a word, and give the jobs the next of what waits."""
        for ending in self._store.endings(UNKNOWN):
            self._settle(ending)
        self.feed()

    def _look(self) -> None:
        outage = Outage(log, "the inbox could not be looked after")
        while True:
            try:
                if not self._store.is_idle():
                    self.tend()
                outage.ended()
            except Exception as error:  # a busy database: at the next look
                outage.began(error)
            if self._stop.wait(LOOK + outage.pause):
                return

    # --- from the rows to the jobs ---------------------------------------------------------------------------------

    def feed(self) -> None:
        """Give the jobs the next of what waits. What cannot even be begun fails with its sentence."""
        with alone():  # what is fed from is another document's work, often
            for lane in _LANES:
                for item in self._store.take(lane, PORTION):
                    try:
                        self._submit(item)
                    except StudioError as error:
                        self.end(item, state="failed", step="", sentence=str(error))

    def _submit(self, item: InboxItem) -> None:
        assert item.job_id is not None
        owner = item.batch_id or OPENING
        if item.step == "open":
            seconds = self._defaults().limits.run_seconds
            about = {"item": item.item_id, "document": item.document}
            self._queue.submit(JobRequest(OPENING, item.job_id, item.name, about, owner, item.lane, 1, seconds))
            return
        self.change(item.item_id, lambda now: replace(now, run_id=item.job_id) if now.job_id == item.job_id else None)
        pages = item.pages or [PageRef(number + 1) for number in range(item.page_count or 0)]
        self._runs.start(item.document, pages, self._recipe_of(item), owner, item.job_id, unseen=True)

    # --- from the jobs to the rows ---------------------------------------------------------------------------------

    def followed(self, read: Handler) -> Handler:
        """``read``, noting in the rows of what is read how that goes."""

        def work(request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
            self._each(request.job_id, lambda item: replace(item, state="reading") if item.state == "waiting" else None)
            try:
                for event in read(request, cancelled):
                    if isinstance(event, RunFinished):
                        self.finish(request.job_id, event.extraction)
                    yield event
            finally:
                with suppress(StudioError):  # whoever looks after it does it later
                    self.feed()

        return work

    def finish(self, run_id: str, extraction: Extraction) -> None:
        """Note what a run gave in the rows that wait for it."""
        costs = [call.cost for call in self._calls.of_run(run_id)]
        cost = sum(known) if (known := [each for each in costs if each is not None]) else None
        facts = facts_of_extraction(extraction) | {"cost": cost, "job_id": None, "step": "", "sentence": ""}

        def finished(item: InboxItem) -> InboxItem | None:
            if item.job_id != run_id:
                return None
            return replace(item, **facts, state=extraction.verdict, run_id=run_id)

        self._each(run_id, finished)

    def end(self, item: InboxItem, **changes: Any) -> InboxItem | None:
        """Change an item as its job ends; ``None`` where another job, or somebody, has it by now."""
        return self.change(
            item.item_id, lambda now: replace(now, **changes, job_id=None) if now.job_id == item.job_id else None
        )

    def change(self, item_id: str, changed: Callable[[InboxItem], InboxItem | None]) -> InboxItem | None:
        """Keep what ``changed`` makes of an item as it now is (``None``: nothing is to be changed); made again where it meets
        another's change. Gives what was kept."""
        for _ in range(_TRIES):
            now = self._store.get(item_id)
            after = changed(now) if now else None
            if after is None:
                return None
            if kept := self._store.put([after]):
                return kept[0]
        return None

    def _each(self, run_id: str, changed: Callable[[InboxItem], InboxItem | None]) -> None:
        for item in self._store.of_run(run_id):
            self.change(item.item_id, changed)

    def _settle(self, ending: Ending) -> None:
        """Note the end of a job that could not say it itself: its worker died, it was stopped, or it is not known any more."""
        item = ending.item
        assert item.job_id is not None
        extraction = self._runs.extraction(item.job_id) if item.step != "open" else None
        if extraction is not None:
            self.finish(item.job_id, extraction)
        elif ending.state in ("failed", "parked"):
            self.end(item, state="failed", step="", sentence=ending.error or _NO_RESULT)
        elif ending.state == "cancelled":
            self.end(item, state="waiting", step="", sentence=_STOPPED)
        elif ending.state == "done" and item.step != "open":
            self.end(item, state="failed", step="", sentence=_NO_RESULT)
        else:
            self.end(item, state="waiting")
