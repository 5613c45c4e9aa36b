"""The verbs on many records at once.

A batch is kept before anything is done: its records, each with the version that the person saw. It is carried out in portions.
A portion is one unit over database and workbook, and what became of each record is written in the same transaction: wherever the
process dies, a record is whole, old or new, and the batch can be gone on with or undone.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from core.bulk.incoming import Incoming, sort_incoming
from core.bulk.rereading import Reread, as_read_again, what_differs
from core.errors import StorageError, StudioError
from core.extraction import Extraction
from core.jobs.queue import JobQueue
from core.notation import usual_notation
from core.notation.typed import parse_value
from core.person import STUDIO, Person
from core.recipe import Recipe
from core.records import BatchNotes, ChangedMeanwhile, Records, Wish, describe_differences
from core.review.edits import Edits, read_edits
from core.runs import Runs, new_run_id
from core.settings import Defaults
from core.stores.batches import Batch, BatchItem, BatchStore, Deed, ItemState
from core.stores.receipt import SaveReceipt
from core.stores.records import Record, RecordQuery, RecordStore
from core.stores.workbook import FoundRows

#: Records that are changed in one unit: the workbook is written once for them.
PORTION = 50
#: Records that one batch takes.
MOST = 5_000
#: For so long a batch can be undone.
KEPT = timedelta(days=30)
_GONE = "It was deleted by somebody else since."
_SO_ALREADY = "It was so already."
_NO_DOCUMENT = "Nothing is known of the document that it came of."


@dataclass(frozen=True, slots=True)
class BulkParts:
    """What the verbs work with; bootstrap puts it together. ``read_as`` makes a recipe one for documents of a type,
    ``read_workbook`` says what an Excel workbook (its bytes and name) holds."""

    store: BatchStore
    orders: RecordStore
    runs: Runs
    queue: JobQueue
    defaults: Callable[[], Defaults]
    read_as: Callable[[Recipe, str], Recipe]
    read_workbook: Callable[[bytes, str], list[FoundRows]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: ``over`` of ``size`` records."""

    over: int
    size: int


class Bulk:
    """Many records at once; thread-safe."""

    def __init__(self, parts: BulkParts, records: Records, person: Person = STUDIO) -> None:
        """``records`` are in the hands of ``person``."""
        self._parts = parts
        self._records = records
        self._person = person

    def by(self, person: Person) -> Bulk:
        """The same verbs, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person, mine._records = person, self._records.by(person)
        return mine

    # --- choosing --------------------------------------------------------------------------------------------------

    def picked(self, query: RecordQuery) -> dict[int, int]:
        """The numbers of all matches, each with the version that it has now; no more than :data:`MOST`."""
        return self._parts.orders.picked(query, MOST)

    # --- doing -----------------------------------------------------------------------------------------------------

    def edit(self, picked: Mapping[int, int], path: str, text: str, title: str = "") -> str:
        """Begin to put ``text`` into the header field ``path`` (called ``title``) of records, each as it was seen; gives the batch's
        id, and :meth:`go_on` does it."""
        return self._begin("edit", picked, {"path": path, "text": text.strip(), "title": title or path})

    def approve(self, picked: Mapping[int, int]) -> str:
        """Begin to mark records as reviewed; gives the batch's id."""
        return self._begin("approve", picked, {})

    def delete(self, picked: Mapping[int, int]) -> str:
        """Begin to delete records from wherever they are held; gives the batch's id."""
        return self._begin("delete", picked, {})

    def go_on(self, batch_id: str) -> Iterator[Progress]:
        """Do what waits in a batch, portion by portion. Records that somebody changed or deleted since they were seen are left, and
        say so. Raises StorageError where a portion cannot be saved: those before it are done, it can be gone on with."""
        batch = self._parts.store.get(batch_id)
        while items := self._parts.store.items(batch_id, ["waiting"], PORTION):
            self._carry_out(batch, items, partial(self._wish, batch))
            yield self._progress(batch_id, "waiting")

    def undo(self, batch_id: str) -> Iterator[Progress]:
        """Put back what a batch did. A record that was changed since stays, and says so. Raises as :meth:`go_on`."""
        after = 0
        self._stop(batch_id)
        while items := self._parts.store.items(batch_id, ["done"], PORTION, after):
            self._undo_portion(batch_id, items)
            after = items[-1].order_id
            yield self._progress(batch_id, "done")

    def _begin(self, deed: Deed, picked: Mapping[int, int], told: Mapping[str, Any]) -> str:
        if not picked:
            raise StorageError("Choose at least one record.")
        if len(picked) > MOST:
            raise StorageError(f"Choose at most {MOST:,} records at once.")
        documents = {record.order_id: record.document for record in self._parts.orders.some(list(picked))}
        items = [BatchItem(number, version, document=documents.get(number)) for number, version in picked.items()]
        now = datetime.now(UTC)
        batch = Batch(uuid.uuid4().hex, deed, told, self._person.name, self._person.known, now)
        self._parts.store.forget(now - KEPT)
        self._parts.store.begin(batch, items)
        return batch.batch_id

    def _progress(self, batch_id: str, open_state: ItemState) -> Progress:
        now = self._parts.store.get(batch_id)
        return Progress(now.size - now.counts.get(open_state, 0), now.size)

    def _carry_out(
        self, batch: Batch, items: Sequence[BatchItem], wish: Callable[[BatchItem, Record], Wish | str]
    ) -> None:
        """Do what ``wish`` makes of each record (or says why not), as one unit."""
        known = {item.order_id: item for item in items}
        wishes: dict[int, Wish] = {}
        left: dict[int, str] = {}
        held = {record.order_id: record for record in self._parts.orders.some(list(known))}
        for order_id, item in known.items():
            record = held.get(order_id)
            found = (
                self._why_not(item, record) if record is None or record.version != item.version else wish(item, record)
            )
            if isinstance(found, str):
                left[order_id] = found
            else:
                wishes[order_id] = found
        while wishes:
            try:
                self._records.in_batch(batch.batch_id).change_all(
                    list(wishes.values()), self._notes(batch.batch_id, known, "done")
                )
                break
            except ChangedMeanwhile as meanwhile:
                for order_id in meanwhile.orders:
                    left[order_id] = _told_change(wishes.pop(order_id).seen, self._now(order_id))
        self._leave(batch.batch_id, known, left)

    def _why_not(self, item: BatchItem, record: Record | None) -> str:
        """Why a record that is not as it was seen is left."""
        if record is None:
            return _GONE
        return "Somebody else changed it since: look at it first."

    def _now(self, order_id: int) -> Record | None:
        return next(iter(self._parts.orders.some([order_id])), None)

    def _leave(self, batch_id: str, known: Mapping[int, BatchItem], left: Mapping[int, str]) -> None:
        items = [replace(known[order_id], state="left", sentence=why) for order_id, why in left.items()]
        self._parts.store.note(batch_id, items)

    def _notes(self, batch_id: str, known: Mapping[int, BatchItem], state: ItemState) -> BatchNotes:
        """What is written of each record with its change."""

        def done(receipts: Sequence[SaveReceipt]) -> None:
            items = [replace(known[each.order_id], state=state, sentence="") for each in receipts]
            if state == "done":
                items = [replace(item, receipt=each) for item, each in zip(items, receipts, strict=True)]
            self._parts.store.note(batch_id, items)

        def taken_back(receipts: Sequence[SaveReceipt]) -> None:
            # It is as it was, in a version of its own.
            now = self._parts.orders.versions([each.order_id for each in receipts])
            items = [replace(known[each.order_id], version=now.get(each.order_id)) for each in receipts]
            self._parts.store.note(batch_id, items)

        return BatchNotes(done, taken_back)

    def _undo_portion(self, batch_id: str, items: Sequence[BatchItem]) -> None:
        known = {item.order_id: item for item in items}
        waiting = {item.order_id: item.receipt for item in items if item.receipt}
        while waiting:
            try:
                self._records.in_batch(batch_id).undo_all(
                    list(waiting.values()), self._notes(batch_id, known, "undone")
                )
                return
            except ChangedMeanwhile as meanwhile:
                told = []
                for order_id, sentence in meanwhile.orders.items():
                    waiting.pop(order_id)
                    told.append(
                        replace(known[order_id], sentence=sentence or "It was changed since: undo would lose that.")
                    )
                self._parts.store.note(batch_id, told)

    def _stop(self, batch_id: str) -> None:
        """What has not been done yet is not done any more."""
        for item in self._parts.store.items(batch_id, ["waiting", "reading"], MOST):
            if item.run_id and item.state == "reading":
                self._parts.queue.cancel(item.run_id)
            self._parts.store.note(batch_id, [replace(item, state="left", sentence="The batch was undone.")])

    # --- what each deed is -----------------------------------------------------------------------------------------

    def _wish(self, batch: Batch, item: BatchItem, record: Record) -> Wish | str:
        if batch.deed == "delete":
            return Wish(record, None)
        if batch.deed == "approve":
            return Wish(record, replace(record, status="reviewed")) if record.status != "reviewed" else _SO_ALREADY
        return self._edited(record, str(batch.told["path"]), str(batch.told["text"]))

    def _edited(self, record: Record, path: str, text: str) -> Wish | str:
        """The record with ``text`` in the field ``path``, or why that cannot be."""
        kind = record.type
        if path not in (info.name for info in kind.header):
            return f"{kind.title}: documents of this type have no such field."
        edits = Edits()
        edits.set_text(record.values, path, text)
        read = read_edits(
            record.values, edits, lambda place, typed: parse_value(kind.field_of(place), typed, usual_notation(None))
        )
        if path in read.errors:
            return read.errors[path]
        after = replace(record, values=read.values)
        return Wish(record, after) if after != record else _SO_ALREADY

    # --- reading again ---------------------------------------------------------------------------------------------

    def read_again(self, picked: Mapping[int, int], recipe_name: str) -> str:
        """Begin to read the documents of records again with the recipe of that name, each as what its record is; gives the batch's
        id. Nothing of the records changes: :meth:`readings` says what differs, :meth:`take` takes it."""
        batch_id = self._begin("read again", picked, {"recipe": recipe_name})
        defaults = self._parts.defaults()
        recipe = defaults.known_recipes().get(recipe_name, defaults.recipe)
        for record in self._parts.orders.some(list(picked)):
            assert record.order_id is not None
            item = BatchItem(record.order_id, picked[record.order_id], document=record.document)
            self._parts.store.note(batch_id, [self._submit(batch_id, item, record, recipe)])
        gone = self._parts.store.items(batch_id, ["waiting"], MOST)
        self._parts.store.note(batch_id, [replace(item, state="left", sentence=_GONE) for item in gone])
        return batch_id

    def _submit(self, batch_id: str, item: BatchItem, record: Record, recipe: Recipe) -> BatchItem:
        if record.document is None or not record.pages:
            return replace(item, state="left", sentence=_NO_DOCUMENT)
        run_id = new_run_id()
        try:
            as_it_is = self._parts.read_as(recipe, record.type.name)
            self._parts.runs.start(record.document, record.pages, as_it_is, batch_id, run_id, self._person)
        except StudioError as error:
            return replace(item, state="left", sentence=str(error))
        return replace(item, state="reading", run_id=run_id)

    def readings(self, batch_id: str, limit: int = 1000) -> list[Reread]:
        """What reading again gave so far, of the records of which nothing was decided yet."""
        items = self._parts.store.items(batch_id, ["reading"], limit)
        held = {record.order_id: record for record in self._parts.orders.some([item.order_id for item in items])}
        return [self._reading(item, held.get(item.order_id)) for item in items]

    def _reading(self, item: BatchItem, record: Record | None) -> Reread:
        if record is None:
            return Reread(item.order_id, "failed", item.run_id, sentence=_GONE)
        job = self._parts.queue.get(item.run_id or "")
        if job is not None and job.active:
            return Reread(item.order_id, "reading", item.run_id)
        extraction = self._parts.runs.extraction(item.run_id or "")
        if extraction is None:
            why = job.error if job and job.error else "Its reading was stopped: read it again."
            return Reread(item.order_id, "failed", item.run_id, sentence=why)
        told = what_differs(record, extraction)
        return Reread(item.order_id, "differs" if told else "same", item.run_id, told)

    def take(self, batch_id: str, order_ids: Sequence[int]) -> Iterator[Progress]:
        """Replace the values of these records by what reading again gave. Raises as :meth:`go_on`."""
        batch = self._parts.store.get(batch_id)
        wanted = set(order_ids)
        items = [item for item in self._parts.store.items(batch_id, ["reading"], MOST) if item.order_id in wanted]
        for start in range(0, len(items), PORTION):
            self._carry_out(batch, items[start : start + PORTION], self._as_read)
            yield Progress(min(start + PORTION, len(items)), len(items))

    def keep_stored(self, batch_id: str, order_ids: Sequence[int]) -> None:
        """Leave these records as they are stored."""
        for item in self._parts.store.items(batch_id, ["reading"], MOST):
            if item.order_id in set(order_ids):
                left = replace(item, state="left", sentence="What is stored was kept.")
                self._parts.store.note(batch_id, [left])

    def _as_read(self, item: BatchItem, record: Record) -> Wish | str:
        extraction: Extraction | None = self._parts.runs.extraction(item.run_id or "")
        if extraction is None:
            return "What was read is no longer kept: read it again."
        return Wish(record, as_read_again(record, extraction, item.run_id or ""))

    # --- bringing in -----------------------------------------------------------------------------------------------

    def look_into(self, data: bytes, name: str) -> Incoming:
        """What bringing in an Excel workbook with our sheets would do; nothing is changed. Raises StorageError."""
        found = self._parts.read_workbook(data, name)
        return sort_incoming(found, lambda record: self._parts.orders.duplicates(None, (), record.values))

    def bring_in(self, records: Sequence[Record], source: str) -> Iterator[Progress]:
        """Take records from elsewhere into the database, portion by portion; each keeps its number where that is free. The batch can
        be undone like any other. Raises StorageError: the portions before are there, and known when it is tried again."""
        now = datetime.now(UTC)
        batch = Batch(uuid.uuid4().hex, "bring in", {"source": source}, self._person.name, self._person.known, now)
        self._parts.store.begin(batch, [])
        floor = max((record.order_id or 0 for record in records), default=0) + 1
        for start in range(0, len(records), PORTION):
            portion = self._numbered(records[start : start + PORTION], floor)

            def done(receipts: Sequence[SaveReceipt]) -> None:
                items = [BatchItem(each.order_id, None, "done", receipt=each) for each in receipts]
                self._parts.store.add(batch.batch_id, items)

            self._records.in_batch(batch.batch_id).add_all(portion, BatchNotes(done))
            yield Progress(min(start + PORTION, len(records)), len(records))

    def _numbered(self, records: Sequence[Record], floor: int) -> list[Record]:
        """The records with numbers that are free here."""
        orders = self._parts.orders
        taken = orders.versions([record.order_id for record in records if record.order_id])
        return [
            replace(record, order_id=orders.reserve_id(floor))
            if record.order_id in taken or not record.order_id
            else record
            for record in records
        ]

    # --- looking ---------------------------------------------------------------------------------------------------

    def get(self, batch_id: str) -> Batch:
        """A batch. Raises RecordMissing."""
        return self._parts.store.get(batch_id)

    def latest(self, limit: int = 20) -> list[Batch]:
        """The newest batches, the newest first."""
        return self._parts.store.latest(limit)

    def left(self, batch_id: str, limit: int = 100) -> list[BatchItem]:
        """The records of a batch that were left as they were, and those that could not be taken back, with why."""
        found = self._parts.store.items(batch_id, ["left", "done"], MOST)
        return [item for item in found if item.sentence][:limit]


def _told_change(seen: Record, now: Record | None) -> str:
    if now is None:
        return _GONE
    told = describe_differences(seen, now)
    return f"Somebody else changed it since: {told}" if told else "Somebody else saved it since."
