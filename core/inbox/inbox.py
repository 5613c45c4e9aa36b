"""The Inbox: the verbs of whoever takes in, reads, hands out, rejects and clears away what came."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from core.documents import Document
from core.extraction import PageRef
from core.inbox.facts import facts_of_record
from core.inbox.opening import Opening
from core.inbox.queueing import OPENING, Queueing
from core.inbox.taken import TakenIn
from core.jobs.queue import Handler, Job, JobQueue
from core.person import STUDIO, Person
from core.recipe import AUTO, Recipe
from core.runs import RUN, Runs
from core.settings import Defaults
from core.stores.calls import Calls
from core.stores.files import Files
from core.stores.inbox import BatchReport, InboxItem, InboxPage, InboxQuery, InboxStore, ItemState
from core.stores.records import Record, RecordStore
from core.stores.trail import Action, Trail, TrailEvent
from core.stores.unit import Unit

log = logging.getLogger(__name__)

#: Items that one verb takes at most.
MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class InboxParts:
    """What the Inbox is made of; bootstrap puts it together. ``read_as`` makes a recipe one for documents of a type, and raises
    TypeDefinitionError where there is none; ``unit`` is one transaction over store and trail."""

    store: InboxStore
    queue: JobQueue
    runs: Runs
    files: Files
    orders: RecordStore
    calls: Calls
    trail: Trail
    unit: Unit
    defaults: Callable[[], Defaults]
    read_as: Callable[[Recipe, str], Recipe]


class Inbox:
    """Everything that came in to one installation. Thread-safe; several processes may look at one store."""

    def __init__(self, parts: InboxParts) -> None:
        self._store = parts.store
        self._parts = parts
        self._person = STUDIO
        self._queueing = Queueing(parts.store, parts.queue, parts.runs, parts.calls, parts.defaults, self.recipe_of)
        self._opening = Opening(
            parts.store,
            parts.files,
            parts.orders,
            parts.runs,
            self._queueing,
            parts.defaults,
            self.recipe_of,
        )

    def by(self, person: Person) -> Inbox:
        """The same Inbox, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    def _leave_lines(self, action: Action, items: Iterable[InboxItem], **told: str) -> None:
        who = self._person
        self._parts.trail.add(
            TrailEvent(action, who.name, who.known, item.order_id, item.document, item.run_id, told=told)
            for item in items
        )

    # --- coming in -------------------------------------------------------------------------------------------------

    def take_in(
        self, files: Iterable[tuple[str, bytes]], batch_name: str = "", who: str = "", batch_id: str = ""
    ) -> TakenIn:
        """Take in files, each by its name and bytes: documents, or zips of them. They are kept and queued before this returns; whatever
        is wrong with one of them is said in its row. Several, or an archive, make a batch (of the id ``batch_id``, where one is
        given). Raises StorageError."""
        taken = self._opening.take_in(files, batch_name, who, batch_id)
        self._leave_lines("came in", taken.items)
        for item in taken.items:
            log.info("came in", extra={"document": item.document, "item": item.item_id})
        self._queueing.feed()
        self._queueing.begin()
        return taken

    def laid_on_desk(self, document: Document) -> InboxItem:
        """Note a document that somebody opened in the Studio, where it waits for them."""
        known = self._store.of_documents([document.sha256])
        taken = known[0] if known else self._opening.note(document)
        if taken.state == "failed" and taken.page_count is None:  # it was locked, or a limit was in its way
            opened = self._queueing.change(
                taken.item_id,
                lambda now: replace(
                    now, state="waiting", sentence="", step="", job_id=None, page_count=document.page_count
                ),
            )
            taken = opened or taken
        return taken

    # --- looking ---------------------------------------------------------------------------------------------------

    def search(self, query: InboxQuery) -> InboxPage:
        """See :meth:`core.stores.inbox.InboxStore.search`."""
        return self._store.search(query)

    def ids(self, query: InboxQuery) -> list[str]:
        """The ids of all matches, at most :data:`MOST_AT_ONCE`."""
        return self._store.ids(query, MOST_AT_ONCE)

    def counts(self, query: InboxQuery) -> dict[ItemState, int]:
        """See :meth:`core.stores.inbox.InboxStore.counts`."""
        return self._store.counts(query)

    def choices(self, column: Literal["type_name", "vendor", "who"]) -> list[str]:
        """See :meth:`core.stores.inbox.InboxStore.choices`."""
        return self._store.choices(column)

    def some(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.some`."""
        return self._store.some(item_ids)

    def of_run(self, run_id: str) -> list[InboxItem]:
        """See :meth:`core.stores.inbox.InboxStore.of_run`."""
        return self._store.of_run(run_id)

    def progress(self, item: InboxItem) -> Job | None:
        """How far the job of an item is; ``None`` where there is none."""
        return self._parts.queue.get(item.job_id) if item.job_id else None

    def is_idle(self) -> bool:
        """Whether nothing is queued or under way."""
        return self._store.is_idle()

    def reports(self, limit: int = 20) -> list[BatchReport]:
        """See :meth:`core.stores.inbox.InboxStore.reports`."""
        return self._store.reports(limit)

    def report(self, batch_id: str) -> BatchReport | None:
        """See :meth:`core.stores.inbox.InboxStore.report`."""
        return self._store.report(batch_id)

    def rename(self, batch_id: str, name: str) -> None:
        """Call a batch otherwise; an empty name changes nothing."""
        report = self._store.report(batch_id)
        if report and name.strip():
            self._store.keep_batch(replace(report.batch, name=name.strip()))

    def recipe_of(self, item: InboxItem) -> Recipe:
        """The recipe by which an item is read; one that is gone since is the default. Raises TypeDefinitionError."""
        defaults = self._parts.defaults()
        recipe = defaults.known_recipes().get(item.recipe, defaults.recipe)
        return self._parts.read_as(recipe, item.read_as) if item.read_as else recipe.reading(AUTO)

    def results(self, items: Iterable[InboxItem]) -> Iterator[Record]:
        """What was found in each item that was read: the record that it was saved as, else what its run gave. Streamed."""
        for item in items:
            if item.order_id is not None:
                yield self._parts.orders.get(item.order_id)
            elif item.run_id and (found := self._parts.runs.extraction(item.run_id)):
                about = (found.document, found.pages, item.run_id, item.arrived_at, item.changed_at)
                yield Record(found.values, found.verdict, None, *about, found.document_type)

    # --- verbs on several ------------------------------------------------------------------------------------------

    def run(self, item_ids: Sequence[str], recipe: str | None = None, read_as: str | None = None) -> list[InboxItem]:
        """Read items (anew), all their chosen pages, by the recipe called so (``None``: as before) and as a type (``None``: as before).
        What is saved, or with a job, is left as it is; gives those that are queued now."""

        def queued(item: InboxItem) -> InboxItem | None:
            if item.active or item.state == "saved":
                return None
            wish = replace(
                item,
                recipe=item.recipe if recipe is None else recipe,
                read_as=item.read_as if read_as is None else read_as,
            )
            return _queued(wish, "read" if item.page_count is not None else "open")

        changed = self._change(item_ids, queued)
        self.go_on()
        return changed

    def retry(self, item_ids: Sequence[str] | None = None) -> list[InboxItem]:
        """Try what failed once more (``None``: all of it)."""
        chosen = self.ids(InboxQuery(states=("failed",))) if item_ids is None else item_ids
        return self.run([item.item_id for item in self._store.some(chosen) if item.state == "failed"])

    def assign(self, item_ids: Sequence[str], who: str) -> list[InboxItem]:
        """Give items to somebody (empty: to nobody)."""
        name = " ".join(who.split())
        return self._change(item_ids, lambda item: None if item.who == name else replace(item, who=name))

    def reject(self, item_ids: Sequence[str], reason: str) -> list[InboxItem]:
        """Reject items, with a reason; what is saved is left as it is. A reading that is under way is stopped."""

        def rejected(item: InboxItem) -> InboxItem | None:
            if item.state in ("saved", "rejected"):
                return None
            return replace(item, state="rejected", sentence=reason.strip(), step="", job_id=None)

        def change(ids: Sequence[str]) -> list[InboxItem]:
            with self._parts.unit():
                changed = self._change(ids, rejected)
                self._leave_lines("rejected", changed, reason=reason.strip())
            return changed

        return self._stopping(item_ids, change)

    def take_back(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """Take a rejection back: an item is then as what was read of it says, or waits."""

        def back(item: InboxItem) -> InboxItem | None:
            return replace(item, state=item.verdict or "waiting", sentence="") if item.state == "rejected" else None

        with self._parts.unit():
            changed = self._change(item_ids, back)
            self._leave_lines("restored", changed)
        return changed

    def delete(self, item_ids: Sequence[str]) -> list[InboxItem]:
        """Take items out of the Inbox; a reading that is under way is stopped. Records that were saved of them stay, and so does
        what their runs gave. Gives them as they were, for :meth:`put_back`."""
        return self._stopping(item_ids, self._store.remove)

    def put_back(self, items: Sequence[InboxItem]) -> None:
        """Put back what was deleted. What was queued then is queued again."""
        self._store.add([replace(item, job_id=None) for item in items])
        self.go_on()

    def _stopping(self, item_ids: Sequence[str], change: Callable[[Sequence[str]], list[InboxItem]]) -> list[InboxItem]:
        jobs = {item.item_id: item.job_id for item in self._store.some(item_ids) if item.job_id}
        changed = change(item_ids)
        for item in changed:
            if job := jobs.get(item.item_id):
                self._parts.queue.cancel(job)
        self._queueing.feed()
        return changed

    def _change(self, item_ids: Sequence[str], changed: Callable[[InboxItem], InboxItem | None]) -> list[InboxItem]:
        """Keep what ``changed`` makes of items as they now are, in one go; those that met another's change once more, one by one."""
        wanted = [after for item in self._store.some(item_ids) if (after := changed(item)) is not None]
        kept = self._store.put(wanted)
        missed = {item.item_id for item in wanted} - {item.item_id for item in kept}
        again = (self._queueing.change(item_id, changed) for item_id in sorted(missed))
        return [*kept, *(item for item in again if item is not None)]

    # --- what happens elsewhere ------------------------------------------------------------------------------------

    def began(self, sha256: str, pages: Sequence[PageRef], run_id: str) -> None:
        """Note that somebody started a run of a document, or of some of its pages, in the Studio. Pages that no item has are an item
        of their own."""
        known = self._store.of_documents([sha256])
        same = [item for item in known if _numbers(item) == _numbers_of(pages)]
        over = [item for item in known if item.state != "saved" and _numbers(item) & _numbers_of(pages)]
        for item in (same or over)[:1]:
            self._queueing.change(item.item_id, lambda now: _begun(now, pages, run_id))
        if known and not same and not over:
            part = self._opening.part_of(known[0])
            self._store.add([_begun(part, pages, run_id) or part])
        self._queueing.begin()

    def record_changed(self, order_id: int, run_id: str | None, record: Record | None) -> None:
        """Note that a record was saved, changed or (``None``) is gone; inside the transaction in which that happens."""
        if record is None:
            for item in self._store.of_order(order_id):
                self._store.put([replace(item, state=item.verdict or "waiting", order_id=None, sentence="")])
            return
        for item in self._of_record(order_id, run_id, record):
            self._store.put([replace(_settled(item), state="saved", **facts_of_record(record))])

    def say(self, run_id: str, sentence: str) -> None:
        """Have the rows that a run read say how it was saved, or why it was not."""
        for item in self._store.of_run(run_id):
            if item.state in ("saved", "approved"):
                self._queueing.change(item.item_id, lambda now: replace(now, sentence=sentence))

    def _of_record(self, order_id: int, run_id: str | None, record: Record) -> list[InboxItem]:
        found = self._store.of_order(order_id) or (self._store.of_run(run_id) if run_id else [])
        if found or record.document is None:
            return found
        same = self._store.of_documents([record.document])
        return [item for item in same if item.order_id is None and _numbers(item) == _numbers_of(record.pages)][:1]

    # --- the background --------------------------------------------------------------------------------------------

    def handlers(self, others: dict[str, Handler]) -> dict[str, Handler]:
        """``others`` with what is followed here, and who does the work of the Inbox's own kind of job."""
        return {**others, RUN: self._queueing.followed(others[RUN]), OPENING: self._opening.work}

    def go_on(self) -> None:
        """Take up what waits, also since the last time that the studio ran, and look after it from now on."""
        self._queueing.feed()
        self._queueing.begin()

    def tend(self) -> None:
        """See :meth:`core.inbox.queueing.Queueing.tend`."""
        self._queueing.tend()

    def close(self) -> None:
        """Look after nothing any more; what waits goes on waiting."""
        self._queueing.close()


def _queued(item: InboxItem, step: Literal["open", "read"]) -> InboxItem:
    return replace(item, state="waiting", step=step, sentence="", changed_at=datetime.now(UTC))


def _settled(item: InboxItem) -> InboxItem:
    return replace(item, step="", job_id=None, sentence="")


def _begun(item: InboxItem, pages: Sequence[PageRef], run_id: str) -> InboxItem | None:
    if item.state == "saved":
        return None
    return replace(
        item, state="waiting", step="", sentence="", pages=tuple(pages), run_id=run_id, job_id=run_id, verdict=None
    )


def _numbers(item: InboxItem) -> frozenset[int]:
    """The numbers of an item's pages; of one whose pages were not chosen, all."""
    return _numbers_of(item.pages) or frozenset(range(1, (item.page_count or 0) + 1))


def _numbers_of(pages: Sequence[PageRef]) -> frozenset[int]:
    return frozenset(page.number for page in pages)
