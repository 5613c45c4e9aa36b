"""Saved records: kept in the database and the Excel workbook as one, put back as one, and what differs told and mended."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from core.errors import RecordChanged, RecordMissing, StorageError
from core.extraction import Extraction
from core.extraction_json import plain
from core.notation.writing import text_of
from core.person import STUDIO, Person
from core.review.edits import differences as value_differences
from core.stores.ledger import Ledger
from core.stores.pending import Pending, PendingRows
from core.stores.receipt import SaveReceipt
from core.stores.records import Duplicate, Record, RecordStore, Status, Target, TwinPage, Twins
from core.stores.trail import Action, Trail, TrailEvent
from core.stores.unit import Unit
from core.stores.webhooks import Announce, EventName, silent
from core.stores.workbook import StagedChange, WorkbookStore

log = logging.getLogger(__name__)

#: A workbook tells times to the second.
_SAME_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class RecordParts:
    """What keeps the records. ``unit`` spans orders, ledger, pending, trail and whoever is ``told``; ``workbook_path`` is where the
    workbook is chosen to be at that moment. Whoever is told gets a record's number, the run that it was saved from (where that is
    known) and the record as it now is (``None``: it is gone), inside the unit."""

    orders: RecordStore
    ledger: Ledger
    pending: Pending
    trail: Trail
    unit: Unit
    workbook: Callable[[Path], WorkbookStore]
    workbook_path: Callable[[], Path]
    told: Callable[[int, str | None, Record | None], None] = lambda order_id, run_id, record: None
    announce: Announce = silent


@dataclass(frozen=True, slots=True)
class Difference:
    """An order whose rows in a workbook are not as the database has it, as a save, an undo or a deletion broke off.
    ``kind``: the workbook lacks it, has it as before, has it still though it was deleted, or cannot be read (``reason``)."""

    noted: PendingRows
    kind: Literal["lacking", "outdated", "left over", "unreadable"]
    reason: str = ""

    @property
    def order_id(self) -> int:
        """The order's number."""
        return self.noted.order_id


#: Differences that a sentence names; the others are counted.
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a record, as it was ``seen``, is to become; ``None``: it is to be deleted. ``after`` names the run that its values come
    of."""

    seen: Record
    after: Record | None

    @property
    def order_id(self) -> int:
        """The record's number."""
        assert self.seen.order_id is not None
        return self.seen.order_id


@dataclass(frozen=True, slots=True)
class BatchNotes:
    """What is written in the transaction of a batch's changes: that they are done, or that they were taken back as the workbook
    refused. ``check`` comes first in it."""

    done: Callable[[Sequence[SaveReceipt]], None] = lambda receipts: None
    taken_back: Callable[[Sequence[SaveReceipt]], None] = lambda receipts: None
    check: Callable[[], None] = lambda: None


_NO_NOTES = BatchNotes()


class ChangedMeanwhile(StorageError):
    """Some of several records are not as they were seen: nothing was changed. ``orders`` are their numbers, each with a sentence
    where there is more to say than that."""

    def __init__(self, orders: Mapping[int, str]) -> None:
        self.orders = orders
        super().__init__(f"{len(orders)} of these records were changed since by somebody else: nothing was changed.")


@dataclass(frozen=True, slots=True)
class _Change:
    """What an order's targets hold and are to hold (``None``: they are without it), what is noted with it, and the run whose
    final values it sets."""

    order_id: int
    before: Mapping[Target, Record | None]
    after: Mapping[Target, Record | None]
    learn: Callable[[], None] = lambda: None
    run_id: str | None = None


class Records:
    """The verbs of saved records; thread-safe.

    A save is one unit though its targets are two. The workbook's new state is written beside it first: what can fail, for
    want of room or rights, fails then and nothing has changed. Then one transaction keeps the order, what the ledger
    learns and a note of what the workbook still lacks; then the workbook's new state takes its place, and the note goes.
    Whenever the process dies, the two agree or the note says what to mend.
    """

    def __init__(self, stores: RecordParts, person: Person = STUDIO) -> None:
        """``person`` is who saves, as the trail has it."""
        self._person = person
        self._orders = stores.orders
        self._ledger = stores.ledger
        self._pending = stores.pending
        self._trail = stores.trail
        self._unit = stores.unit
        self._stores = stores
        self._batch = ""

    def by(self, person: Person) -> Records:
        """The same records, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    def in_batch(self, batch_id: str) -> Records:
        """The same records: what they do stands in the trail as part of that batch."""
        mine = copy.copy(self)
        mine._batch = batch_id
        return mine

    # --- saving ----------------------------------------------------------------------------------------------------

    def duplicates(
        self, extraction: Extraction | None, values: BaseModel, targets: Sequence[Target]
    ) -> list[Duplicate]:
        """What is already stored of this document or with these values in the chosen targets."""
        found: list[Duplicate] = []
        if "database" in targets:
            document, pages = (extraction.document, extraction.pages) if extraction else (None, ())
            found += self._orders.duplicates(document, pages, values)
        if "workbook" in targets:
            known = {duplicate.order_id for duplicate in found}
            found += [d for d in self._workbook().duplicates(values) if d.order_id not in known]
        return found

    def save(
        self,
        values: BaseModel,
        targets: Sequence[Target],
        *,
        run_id: str | None = None,
        extraction: Extraction | None = None,
        update: int | None = None,
        status: Status = "reviewed",
        seen: Record | None = None,
        about: About | None = None,
        by: str = "",
        check: Callable[[], None] = lambda: None,
    ) -> SaveReceipt:
        """Save to every target under one order id: a new one, or ``update``'s. Nothing is saved if one target fails.
        ``seen`` is the database's record as the person opened it, ``about`` what the document is
        (else the extraction's; the stored where there is none, or where the record came of the same run, as a person may
        have corrected it since), ``by`` the gate that saves it for the person. ``check`` looks once more inside the unit, and raises
        what keeps it from being saved. Raises StorageError; RecordChanged where the record is not as it was seen."""
        if not targets:
            raise StorageError("Choose where to save: the database, the Excel workbook, or both.")
        if run_id and extraction:  # of a run that an earlier version read
            self._orders.keep_page_text(run_id, extraction.text)
        order_id = update if update is not None else self._new_id(targets)
        now = datetime.now(UTC)
        previous: dict[Target, Record | None] = {target: self._held(target, order_id) for target in targets}
        before = next((order for order in previous.values() if order), None)
        self._check_seen(order_id, seen)
        known = about or _about(extraction, before, run_id)
        order = Record(
            values,
            status,
            order_id,
            extraction.document if extraction else (before.document if before else None),
            extraction.pages if extraction else (before.pages if before else ()),
            run_id or (before.run_id if before else None),
            (before.created_at if before else None) or now,
            now,
            known.document_type,
        )

        def learn() -> None:
            if run_id:
                self._ledger.keep_final(run_id, order_id, values, self._person.name)
            elif before:
                self._ledger.keep_changes(order_id, before.values, values, "saved", self._person.name)
            self._tell_saved(order, before, targets, by)

        change = _Change(order_id, previous, dict.fromkeys(targets, order), learn, run_id)
        return self._carry_out_all([change], replace(_NO_NOTES, check=check))[0]

    def _tell_saved(self, order: Record, before: Record | None, targets: Sequence[Target], by: str = "") -> None:
        """Into the trail: that it was saved, and where that approved it, by whom or what."""
        status = [before.status if before else None, order.status]
        self._announce("saved", order)
        self._leave_line("changed" if before else "saved", order, by, status=status, stores=list(targets))
        if order.status != "needs review" and (before is None or before.status != order.status):
            self._leave_line("approved", order, by="gate" if order.status == "approved" else "")
            self._announce("approved", order)

    def _announce(self, event: EventName, order: Record) -> None:
        facts = {
            "order_id": order.order_id,
            "status": order.status,
            "document_id": order.document,
            "task_id": order.run_id,
        }
        facts |= {"record_url": f"/v1/records/{order.order_id}"}
        self._stores.announce(event, facts, lambda: plain(order.values.model_dump()))

    def _leave_line(self, action: Action, order: Record, by: str = "", **told: Any) -> None:
        who = self._person
        told |= {"batch": self._batch} if self._batch else {}
        event = TrailEvent(action, who.name, who.known, order.order_id, order.document, order.run_id, by, told)
        self._trail.add([event])

    def lacking(self, order_id: int, targets: Sequence[Target]) -> tuple[Target, ...]:
        """Those of ``targets`` that do not hold the order. Raises StorageError."""
        return tuple(target for target in targets if self._held(target, order_id) is None)

    def fill(self, order_id: int, targets: Sequence[Target], extraction: Extraction | None = None) -> SaveReceipt:
        """Put a stored order, as it is, into those of ``targets`` that lack it. ``extraction`` says what it came from where
        only a workbook has it. Raises RecordMissing, StorageError."""
        order = self._held("database", order_id) or self._workbook().get(order_id)
        if extraction and order.document is None:
            order = replace(order, document=extraction.document, pages=extraction.pages)
        lacking = self.lacking(order_id, targets)
        tell = lambda: self._leave_line("changed", order, stores=list(lacking))  # noqa: E731
        return self._carry_out(_Change(order_id, dict.fromkeys(lacking), dict.fromkeys(lacking, order), tell))

    # --- two that are the same ---------------------------------------------------------------------------------------

    def twins(self, page: int = 0, size: int = 50) -> TwinPage:
        """See :meth:`core.stores.records.RecordStore.twins`."""
        return self._orders.twins(page, size)

    def set_apart(self, first: int, second: int, apart: bool = True) -> None:
        """Remember (or forget) that this person said that two records are not the same."""
        self._orders.set_apart(first, second, self._person.name, apart)

    # --- several at once -------------------------------------------------------------------------------------------

    def change_all(self, wishes: Sequence[Wish], notes: BatchNotes) -> list[SaveReceipt]:
        """Carry out what is wished of several records as one unit, wherever they are held: all of it, or nothing. Raises
        ChangedMeanwhile where the database has another version of some than was seen, StorageError."""
        rows = self._workbook().some([wish.order_id for wish in wishes])
        changes = [self._wished(wish, rows.get(wish.order_id)) for wish in wishes]
        return self._carry_out_all(
            changes, self._checking({wish.order_id: wish.seen.version for wish in wishes}, notes)
        )

    def add_all(self, records: Sequence[Record], notes: BatchNotes) -> list[SaveReceipt]:
        """Take records from elsewhere into the database under the numbers that they have, as one unit. Raises StorageError where a
        number is taken."""

        def arriving(record: Record) -> _Change:
            assert record.order_id is not None
            tell = lambda: self._leave_line("saved", record, status=[None, record.status], stores=["database"])  # noqa: E731
            return _Change(record.order_id, {"database": None}, {"database": record}, tell)

        return self._carry_out_all([arriving(record) for record in records], notes)

    def undo_all(self, receipts: Sequence[SaveReceipt], notes: BatchNotes) -> list[SaveReceipt]:
        """Put several records back to what they were before, as one unit. Raises ChangedMeanwhile where some are not as those
        changes left them, StorageError."""
        ids = [receipt.order_id for receipt in receipts]
        held, rows = {record.order_id: record for record in self._orders.some(ids)}, self._workbook().some(ids)
        changes, changed = [], {}
        for receipt in receipts:
            order_id = receipt.order_id
            here: dict[Target, Record | None] = {"database": held.get(order_id), "workbook": rows.get(order_id)}
            now = {target: here[target] for target in receipt.targets}
            other = [target for target in receipt.targets if now[target] != receipt.stored.get(target)]
            if other:
                changed[order_id] = describe_change(order_id, other[0], now[other[0]])
            changes.append(self._return(receipt, now))
        if changed:
            raise ChangedMeanwhile(changed)
        seen = {order_id: record.version if (record := held.get(order_id)) else None for order_id in ids}
        return self._carry_out_all(changes, self._checking(seen, notes))

    def _wished(self, wish: Wish, rows: Record | None) -> _Change:
        before: dict[Target, Record | None] = {"database": wish.seen}
        if rows and _is_same(wish.seen, rows):
            before["workbook"] = rows
        if wish.after is None:
            return self._removal(wish.order_id, before)
        after = replace(wish.after, updated_at=datetime.now(UTC))

        def learn() -> None:
            if after.run_id:
                self._ledger.keep_final(after.run_id, wish.order_id, after.values, self._person.name)
            else:
                self._ledger.keep_changes(wish.order_id, wish.seen.values, after.values, "saved", self._person.name)
            self._tell_saved(after, wish.seen, list(before))

        return _Change(wish.order_id, before, dict.fromkeys(before, after), learn, after.run_id)

    def _checking(self, seen: Mapping[int, int | None], notes: BatchNotes) -> BatchNotes:
        """``notes`` that first look, inside the unit, whether the database still has these versions."""

        def check() -> None:
            now = self._orders.versions(list(seen), hold=True)
            changed = {order_id for order_id, version in seen.items() if now.get(order_id) != version}
            if changed:
                raise ChangedMeanwhile(dict.fromkeys(changed, ""))

        return replace(notes, check=check)

    def holders(self, order_id: int) -> tuple[Target, ...]:
        """The targets that hold the record: a workbook that has another one under its number does not. Raises
        RecordMissing, StorageError."""
        order, rows = self._orders.get(order_id), self._held("workbook", order_id)
        return ("database", "workbook") if rows and _is_same(order, rows) else ("database",)

    def remove(self, order_id: int, targets: Sequence[Target] | None = None) -> SaveReceipt:
        """Delete a record from ``targets``, all that hold it by default; the receipt's ``undo`` brings it back. Raises
        RecordMissing, StorageError."""
        chosen = self.holders(order_id) if targets is None else targets
        return self._carry_out(self._removal(order_id, {target: self._held(target, order_id) for target in chosen}))

    def _removal(self, order_id: int, before: Mapping[Target, Record | None]) -> _Change:
        gone = next((order for order in before.values() if order), None)

        def tell() -> None:
            if gone:
                self._leave_line("deleted", gone, stores=list(before))

        return _Change(order_id, before, dict.fromkeys(before), tell)

    def undo(self, receipt: SaveReceipt) -> None:
        """Put every target, and what the ledger took for final, back to what it was before that save or removal. Raises
        StorageError, also where the order was changed since: nothing is put back then."""
        for target, held in self._changes(receipt):
            raise StorageError(describe_change(receipt.order_id, target, held))
        now = {target: self._held(target, receipt.order_id) for target in receipt.targets}
        self._carry_out(self._return(receipt, now))

    def _return(self, receipt: SaveReceipt, now: Mapping[Target, Record | None]) -> _Change:
        def unlearn() -> None:
            saved, before = (next((o for o in held.values() if o), None) for held in (now, receipt.previous))
            if receipt.run_id:
                self._ledger.put_finals(receipt.run_id, receipt.finals, "undone", self._person.name)
            elif saved and before:
                self._ledger.keep_changes(receipt.order_id, saved.values, before.values, "undone", self._person.name)
            self._tell_undone(saved, before, receipt.targets)

        return _Change(receipt.order_id, now, receipt.previous, unlearn, receipt.run_id)

    def _tell_undone(self, saved: Record | None, before: Record | None, targets: Sequence[Target]) -> None:
        """Into the trail: a deletion taken back, a first save taken back, or the last of several."""
        order = before or saved
        if order is None:
            return
        told: dict[str, Any] = {"stores": list(targets)}
        action: Action = "restored" if before else "deleted"
        if saved and before:
            action, told["status"] = "undone", [saved.status, before.status]
        self._leave_line(action, order, **told)

    def changed_since(self, receipt: SaveReceipt) -> Record | None:
        """The order as it is stored now, if somebody changed it after ``receipt``; ``None`` where it is as it was, or
        gone. Raises StorageError."""
        return next((held for _, held in self._changes(receipt) if held), None)

    def receipt_of(self, order_id: int) -> SaveReceipt:
        """A receipt of the order as the database has it now, to notice later changes by. Raises RecordMissing."""
        order = self._orders.get(order_id)
        return SaveReceipt(order_id, ("database",), {"database": order}, {"database": order})

    # --- what differs ----------------------------------------------------------------------------------------------

    def what_differs(self) -> list[Difference]:
        """The orders that a workbook lacks, or has as they were, as something broke off in mid-save. What meanwhile agrees is
        forgotten. Raises DatabaseUnavailable."""
        found = []
        for noted in self._pending.all():
            if difference := self._difference(noted):
                found.append(difference)
            else:
                self._pending.done(noted.order_id, noted.workbook, noted.at)
        return found

    def mend(self, difference: Difference) -> None:
        """Bring the workbook's rows of an order to what the database has. Raises StorageError."""
        noted = difference.noted
        order = self._held("database", noted.order_id)
        with suppress(RecordMissing), self._stores.workbook(noted.workbook).staged({noted.order_id: order}) as change:
            change.put()
        if self._held("database", noted.order_id) == order:
            self._pending.done(noted.order_id, noted.workbook, noted.at)

    def leave(self, difference: Difference) -> None:
        """Leave the workbook as it is, and ask no more."""
        self._pending.done(difference.order_id, difference.noted.workbook)

    def _difference(self, noted: PendingRows) -> Difference | None:
        order = self._held("database", noted.order_id)
        try:
            rows = self._stores.workbook(noted.workbook).get(noted.order_id)
        except RecordMissing:
            return Difference(noted, "lacking") if order else None
        except StorageError as error:
            return Difference(noted, "unreadable", str(error))
        if order is None:
            return Difference(noted, "left over")
        return None if _told(order) == _told(rows) else Difference(noted, "outdated")

    # --- one unit --------------------------------------------------------------------------------------------------

    def _carry_out(self, change: _Change) -> SaveReceipt:
        """Bring every target to what ``change`` says, and what the ledger learns with it, as one. Raises StorageError: nothing has
        changed then, or it says what is left to mend."""
        return self._carry_out_all([change])[0]

    def _carry_out_all(self, changes: Sequence[_Change], notes: BatchNotes = _NO_NOTES) -> list[SaveReceipt]:
        """Carry several changes out as one unit: all of them, or none."""
        receipts = [self._receipt(each) for each in changes]
        rows = {each.order_id: each.after["workbook"] for each in changes if "workbook" in each.after}
        with ExitStack() as stack:
            staged = stack.enter_context(self._workbook().staged(rows)) if rows else None
            new: set[int] = set()
            with self._unit():
                notes.check()
                for each, receipt in zip(changes, receipts, strict=True):
                    if staged and each.order_id in rows:
                        receipt.stored["workbook"] = staged.held[each.order_id]
                    if "database" in each.after:
                        self._put(each.order_id, each.before["database"], each.after["database"])
                        # Read again: a store may tell a value otherwise than it was given.
                        receipt.stored["database"] = self._held("database", each.order_id)
                        if each.order_id in rows and self._pending.note(each.order_id, self._noted_path()):
                            new.add(each.order_id)
                    each.learn()
                    self._tell(each.order_id, each.run_id, each.after)
                notes.done(receipts)
            if staged:
                self._put_in_place(staged, receipts, new, notes)
        for each, receipt in zip(changes, receipts, strict=True):
            _log(each, receipt)
        return receipts

    def _receipt(self, change: _Change) -> SaveReceipt:
        finals = self._ledger.finals(change.run_id) if change.run_id else None
        return SaveReceipt(change.order_id, tuple(change.after), dict(change.before), {}, change.run_id, finals)

    def _put_in_place(
        self, staged: StagedChange, receipts: Sequence[SaveReceipt], new: Collection[int], notes: BatchNotes
    ) -> None:
        """Give the workbook's new state its place; ``new`` are the orders that were noted as lacking there only now."""
        try:
            staged.put()
        except BaseException as error:
            self._take_back(receipts, error, new, notes)
            raise
        with suppress(StorageError), self._unit():  # the save is done; what_differs finds that nothing differs
            for receipt in receipts:
                if "workbook" in receipt.targets:
                    self._pending.done(receipt.order_id, self._noted_path())

    def _take_back(
        self, receipts: Sequence[SaveReceipt], error: BaseException, new: Collection[int], notes: BatchNotes
    ) -> None:
        """Put the database back as the workbook refused. Raises StorageError with the workbook's own reason where the database
        refuses that: the note stays."""
        try:
            with self._unit():
                for receipt in receipts:
                    self._take_one_back(receipt)
                    if receipt.order_id in new:
                        self._pending.done(receipt.order_id, self._noted_path())
                notes.taken_back(receipts)
        except StorageError:
            orders = ", ".join(str(receipt.order_id) for receipt in receipts[:_TOLD])
            named = f"order {orders}" if len(receipts) == 1 else f"{len(receipts)} orders ({orders} …)"
            raise StorageError(
                f"{error} The database has {named} as it was to be saved: once there is room, the Records page offers "
                "to bring the Excel workbook to it."
            ) from error

    def _take_one_back(self, receipt: SaveReceipt) -> None:
        order_id = receipt.order_id
        if "database" in receipt.targets:
            self._put(order_id, self._held("database", order_id), receipt.previous["database"])
        if receipt.run_id:
            self._ledger.put_finals(receipt.run_id, receipt.finals, "failed", STUDIO.name)
        self._tell(order_id, receipt.run_id, receipt.previous)
        told = {"batch": self._batch} if self._batch else {}
        line = TrailEvent("taken back", STUDIO.name, STUDIO.known, order_id, run_id=receipt.run_id, told=told)
        self._trail.add([line])

    def _tell(self, order_id: int, run_id: str | None, after: Mapping[Target, Record | None]) -> None:
        """Tell that the targets now hold ``after``: a record that one of them lost and the database still has is not gone."""
        record = next((order for order in after.values() if order), None) or self._held("database", order_id)
        self._stores.told(order_id, run_id, record)

    def _put(self, order_id: int, before: Record | None, after: Record | None) -> None:
        """Bring the database from ``before`` to ``after``. Raises RecordChanged where it no longer holds ``before``."""
        if after is None:
            if before:
                self._orders.remove(order_id)
        elif before is None:
            self._orders.add(after)
        else:
            self._orders.update(replace(after, version=before.version))

    def _changes(self, receipt: SaveReceipt) -> Iterator[tuple[Target, Record | None]]:
        """The targets that no longer hold what they held after ``receipt``, with what they hold."""
        for target in receipt.targets:
            held = self._held(target, receipt.order_id)
            if target in receipt.stored and held != receipt.stored[target]:
                yield target, held

    def _check_seen(self, order_id: int, seen: Record | None) -> None:
        """Raises RecordChanged where the database's record is another version than ``seen``, or RecordMissing."""
        if seen is not None and (held := self._orders.get(order_id)).version != seen.version:
            raise RecordChanged(held, describe_differences(seen, held))

    def _new_id(self, targets: Sequence[Target]) -> int:
        floor = self._workbook().last_id() + 1 if "workbook" in targets else 1
        return self._orders.reserve_id(floor)

    def _held(self, target: Target, order_id: int) -> Record | None:
        try:
            return (self._orders if target == "database" else self._workbook()).get(order_id)
        except RecordMissing:
            return None

    def _workbook(self) -> WorkbookStore:
        return self._stores.workbook(self._stores.workbook_path())

    def _noted_path(self) -> Path:
        return self._stores.workbook_path().absolute()


def _log(change: _Change, receipt: SaveReceipt) -> None:
    record = next(filter(None, (*change.after.values(), *receipt.previous.values())), None)
    what = "saved to" if any(change.after.values()) else "taken out of"
    told = {"order": receipt.order_id, "document": record.document if record else None, "run": receipt.run_id}
    log.info("%s %s", what, ", ".join(change.after), extra=told)


def _is_same(order: Record, rows: Record) -> bool:
    """Whether a workbook's rows are of this record, and not of another that has its number."""
    if order.created_at and rows.created_at and abs(order.created_at - rows.created_at) <= _SAME_MOMENT:
        return True
    return order.values == rows.values


def _told(order: Record) -> tuple[object, ...]:
    """What both stores tell of an order."""
    return order.values, order.status, order.document_type


@dataclass(frozen=True, slots=True)
class About:
    """What a document is: one of :func:`core.document_types.kinds`, or ``None`` where that is not told."""

    document_type: str | None = None


def _about(extraction: Extraction | None, before: Record | None, run_id: str | None) -> About:
    """What a save says of the document where the person does not: as read, or as stored of the same reading."""
    same_run = before is not None and run_id is not None and before.run_id == run_id
    known = before if same_run or extraction is None else extraction
    return About(known.document_type) if known else About()


def differences(seen: Record, held: Record) -> list[tuple[str, str, str]]:
    """Where ``held`` differs from ``seen``: a title, the text then and the text now."""
    texts = [
        ("Status", seen.status, held.status),
        ("Type", seen.document_type or "", held.document_type or ""),
    ]
    changed = [(title, then, now) for title, then, now in texts if then != now]
    return [*value_differences(seen.values, held.values), *changed]


def describe_differences(seen: Record, held: Record) -> str:
    """One sentence on what was changed from ``seen`` to ``held``; empty where nothing was."""
    told = [f"{title} was “{then}” and is now “{now}”" for title, then, now in differences(seen, held)]
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"{'; '.join(told[:_TOLD])}{more}." if told else ""


def beside(first: Record, second: Record) -> list[tuple[str, str, str]]:
    """What two records say, side by side: a field's title and both texts, of the fields that one of them has."""
    texts: dict[str, list[str]] = {"Status": [first.status, second.status]}
    texts["Type"] = [record.document_type or record.type.title.lower() for record in (first, second)]
    for place, record in enumerate((first, second)):
        for path, _, value in record.type.walk(record.values):
            if text := text_of(value):
                texts.setdefault(record.type.title_of(path), ["", ""])[place] = text
    return [(title, one, other) for title, (one, other) in texts.items()]


def describe_twins(twins: Twins) -> str:
    """In words, why two records are the same or nearly."""
    signs = twins.signs
    if "document" in signs:
        return "The same file and pages."
    if "number" in signs:
        return "The same vendor and number" + (", amount and day." if "amount" in signs else ".")
    if "look" in signs:
        return "The same number and amount, the vendor written otherwise: perhaps a photo or scan of the same document."
    if "amount" in signs:
        lines = " and lines" if "lines" in signs else ""
        return f"The same vendor, amount, day{lines} under another number: perhaps sent again."
    return "The same vendor, amount and lines in one month, on another day: perhaps sent again."


def describe_duplicate(duplicate: Duplicate) -> str:
    """One sentence on what is stored already."""
    if duplicate.reason == "document":
        return f"This document is already stored as order {duplicate.order_id}."
    kind, known = duplicate.type, dict(duplicate.known)
    number, issuer = known.pop(kind.identifier, None), known.pop(kind.issuer, None)
    words = [kind.title, number or "", f"of {issuer}" if issuer else "", *(text for text in known.values() if text)]
    return f"{' '.join(word for word in words if word)} is already stored as order {duplicate.order_id}."


def describe_change(order_id: int, target: Target, held: Record | None) -> str:
    """One sentence on why a save cannot be undone: ``held`` is what the target now has (``None``: nothing)."""
    if held is None:
        where = "the database" if target == "database" else "the Excel workbook"
        return f"Order {order_id} was deleted since from {where}: there is no save left to undo."
    if target == "database":
        return f"Order {order_id} was changed since (in Records): undo would lose that. Open it in Records."
    return f"Order {order_id} was changed since (in the Excel workbook): undo would lose that. Correct it there."


def describe_difference(difference: Difference) -> str:
    """One sentence on what differs."""
    order, book = f"Order {difference.order_id}", difference.noted.workbook.name
    return {
        "lacking": f"{order} is not in the Excel workbook {book} yet: a save broke off.",
        "outdated": f"{order} stands in the Excel workbook {book} as it was before: a save broke off.",
        "left over": f"{order} was deleted and still stands in the Excel workbook {book}: deleting it broke off.",
        "unreadable": f"{order} may not be in the Excel workbook {book} yet. {difference.reason}",
    }[difference.kind]
