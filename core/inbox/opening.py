"""What came in is opened: an archive becomes the files in it, a document is known by its pages and its type, and is read if nothing
about it is to be chosen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from core.cancelling import IsCancelled, stop_if
from core.documents import Document
from core.documents.archives import is_archive, unpack_archive
from core.documents.mail.reading import is_mail, title_of
from core.documents.members import MOST_DEEP, members_of
from core.errors import DocumentTooLarge, StudioError
from core.events import Event
from core.extraction import PageRef
from core.inbox.facts import facts_of_record
from core.inbox.queueing import Queueing
from core.inbox.taken import TakenIn
from core.invoice.einvoice.xml import looks_like_invoice
from core.jobs.queue import JobRequest, Lane
from core.recipe import Recipe
from core.runs import Runs
from core.settings import Defaults
from core.stores.files import Files
from core.stores.inbox import Batch, InboxItem, InboxStore
from core.stores.records import RecordStore

#: A batch grows to no more items, whatever lies in its archives.
MOST_IN_BATCH = 10_000
#: Names of files that had come before which a batch keeps.
_MOST_AGAIN = 500
#: Unpacking may take long, and nobody waits behind it there.
_ARCHIVES: Lane = "asking"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file on its way in: what it is called, the SHA-256 under which its bytes are kept, and where it was. ``trouble`` says why it
    has none, ``title`` what an archive is called by itself (a mail's subject)."""

    name: str
    document: str
    lane: Lane = "short"
    within: str = ""
    depth: int = 0
    trouble: str = ""
    title: str = ""


class Opening:
    """Takes files in and opens them."""

    def __init__(
        self,
        store: InboxStore,
        files: Files,
        orders: RecordStore,
        runs: Runs,
        queueing: Queueing,
        defaults: Callable[[], Defaults],
        recipe_of: Callable[[InboxItem], Recipe],
    ) -> None:
        self._store = store
        self._files = files
        self._orders = orders
        self._runs = runs
        self._queueing = queueing
        self._defaults = defaults
        self._recipe_of = recipe_of

    # --- taking in -------------------------------------------------------------------------------------------------

    def take_in(self, files: Iterable[tuple[str, bytes]], batch_name: str, who: str, batch_id: str = "") -> TakenIn:
        """Keep the bytes of ``files`` (name and bytes) and queue each that never came before; the batch notes ``who`` brought them, nobody
        has them yet. Raises StorageError."""
        arrivals = [self._kept(name, data) for name, data in files]
        archives = [each for each in arrivals if each.lane == _ARCHIVES]
        now = datetime.now(UTC)
        batch = None
        if len(arrivals) > 1 or archives or batch_name:
            called = batch_name or (arrivals[0].title if len(arrivals) == 1 else f"{len(arrivals)} files")
            batch = Batch(batch_id or uuid.uuid4().hex, called, now, who)
        like = InboxItem("", "", "", now, now, batch.batch_id if batch else "")
        items, again = self._new(arrivals, like)
        self._store.add(items)
        if batch:
            self._store.keep_batch(replace(batch, again=_names(again)))
        return TakenIn(batch.batch_id if batch else "", tuple(items), tuple(again))

    def note(self, document: Document) -> InboxItem:
        """Keep an item for a document that is opened already; nothing is queued."""
        now = datetime.now(UTC)
        like = InboxItem("", "", "", now, now)
        items, _ = self._new([Arrival(document.name, document.sha256)], like)
        noted = items[0] if items[0].state == "saved" else replace(items[0], step="")
        noted = replace(noted, page_count=document.page_count)
        self._store.add([noted])
        return noted

    def part_of(self, whole: InboxItem) -> InboxItem:
        """An item for other pages of a document than those of ``whole``; it is not kept yet."""
        now = datetime.now(UTC)
        return InboxItem(
            _new_id(whole),
            whole.document,
            whole.name,
            whole.arrived_at,
            now,
            whole.batch_id,
            whole.within,
            whole.depth,
            whole.who,
            page_count=whole.page_count,
            recipe=whole.recipe,
            read_as=whole.read_as,
        )

    def _kept(self, name: str, data: bytes, within: str = "", depth: int = 0) -> Arrival:
        kept = self._files.keep(data)
        if not is_archive(data):
            return Arrival(name, kept, "short", within, depth, title=name)
        return Arrival(name, kept, _ARCHIVES, within, depth, title=title_of(data, name) if is_mail(data) else name)

    def _new(self, arrivals: Sequence[Arrival], like: InboxItem) -> tuple[list[InboxItem], list[tuple[str, InboxItem]]]:
        """An item for each file that never came before, otherwise ``like`` that one; and the others with what is there of them."""
        documents = [each.document for each in arrivals]
        known = {item.document: item for item in self._store.of_documents(documents) if item.item_id != like.item_id}
        recorded = self._store.recorded([document for document in documents if document not in known])
        items: list[InboxItem] = []
        again: list[tuple[str, InboxItem]] = []
        for place, arrival in enumerate(arrivals):
            if not arrival.trouble and arrival.document in known:
                again.append((arrival.name, known[arrival.document]))
                continue
            item = InboxItem(
                _new_id(like, place),
                arrival.document,
                arrival.name,
                like.arrived_at,
                datetime.now(UTC),
                like.batch_id,
                arrival.within,
            )
            item = replace(item, depth=arrival.depth, who=like.who, step="open", lane=arrival.lane, recipe=like.recipe)
            if arrival.trouble:
                item = replace(item, step="", state="failed", sentence=arrival.trouble)
            elif arrival.document in recorded:
                item = self._as_recorded(item, recorded[arrival.document])
            items.append(item)
            known[arrival.document] = item
        return items, again

    def _as_recorded(self, item: InboxItem, order_id: int) -> InboxItem:
        """A file that a record was saved of before it ever came this way."""
        with suppress(StudioError):
            record = self._orders.get(order_id)
            return replace(item, step="", state="saved", run_id=record.run_id, **facts_of_record(record))
        return item

    # --- opening ---------------------------------------------------------------------------------------------------

    def work(self, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
        """Open the item that a job names. It has no events: its row tells."""
        item = self._store.get(request.payload["item"])
        if item is not None and item.job_id == request.job_id and item.step == "open":
            try:
                self._open(item, cancelled)
            except StudioError as error:
                stop_if(cancelled)
                self._queueing.end(item, state="failed", step="", sentence=str(error))
        with suppress(StudioError):
            self._queueing.feed()
        yield from ()

    def _open(self, item: InboxItem, cancelled: IsCancelled) -> None:
        data = self._files.load(item.document)
        if is_archive(data):
            self._unpack(item, data, cancelled)
            return
        document = self._runs.shelf.open(data, item.name)
        if item.depth < MOST_DEEP:
            within = f"{item.within}/{item.name}".removeprefix("/")
            members = [self._kept(each.name, each.data, within, item.depth + 1) for each in members_of(document)]
            self._add(members, item)
        self._queueing.end(item, **self.decided(item, document))

    def _unpack(self, item: InboxItem, data: bytes, cancelled: IsCancelled) -> None:
        """Put the files in an archive in its place."""
        arrivals = []
        for packed in unpack_archive(data, item.name, self._defaults().limits):
            stop_if(cancelled)
            arrival = self._kept(packed.file.name, packed.file.data, packed.within, packed.depth)
            arrivals.append(replace(arrival, trouble=packed.trouble))
        self._add(arrivals, item, instead=True)

    def _add(self, arrivals: Sequence[Arrival], holder: InboxItem, instead: bool = False) -> None:
        report = self._store.report(holder.batch_id) if holder.batch_id else None
        if len(arrivals) + (report.count if report else 0) > MOST_IN_BATCH:
            raise DocumentTooLarge(
                holder.name, f"with the files in it a batch has more than {MOST_IN_BATCH:,}: split it."
            )
        items, again = self._new(arrivals, holder)
        if items or instead:
            self._store.add(items, holder.item_id if instead else None)
        if again and report:
            named = (*report.batch.again, *(name for name in _names(again) if name not in report.batch.again))
            self._store.keep_batch(replace(report.batch, again=named[:_MOST_AGAIN]))

    def decided(self, item: InboxItem, document: Document) -> dict[str, Any]:
        """What is done next with an opened document: it is read, or waits for somebody."""
        about: dict[str, Any] = {
            "page_count": document.page_count,
            "state": "waiting",
            "sentence": "",
        }
        wish = self._defaults().read_on_arrival
        if wish == "none" or (wish == "simple" and is_choice(document)):
            why = f"{document.page_count} pages: choose which to read." if is_choice(document) else ""
            return about | {"step": "", "sentence": why}
        pages = [PageRef(number + 1) for number in range(document.page_count)]
        lane = self._runs.lane(document, pages, self._recipe_of(item))
        return about | {"step": "read", "lane": lane}


def is_choice(document: Document) -> bool:
    """Whether somebody has to say which pages are read: there are several, and no invoice XML that speaks for all of them."""
    return document.page_count > 1 and not any(looks_like_invoice(each.data) for each in document.attachments())


def _new_id(like: InboxItem, place: int = 0) -> str:
    """An id that sorts by arrival, and behind that of the item that it came out of: a list shows what came together as it came."""
    before = like.item_id or f"{like.arrived_at.timestamp() * 1e6:016.0f}"
    return f"{before}{place:05d}{uuid.uuid4().hex[:4]}"


def _names(again: Sequence[tuple[str, InboxItem]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in again))[:_MOST_AGAIN]
