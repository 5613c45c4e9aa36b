"""Saved records: kept in the database and the Excel workbook as one, put back as one, and what differs told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core.errors import RecordMissing, StorageError
from core.extraction import Extraction
from core.models import Invoice
from core.stores import Duplicate, Ledger, Order, Orders, SaveReceipt, Status, Target, WorkbookStore


class Records:
    """The verbs of saved records; thread-safe."""

    def __init__(self, orders: Orders, workbook: Callable[[], WorkbookStore], ledger: Ledger) -> None:
        """``workbook`` gives the workbook as it is chosen at that moment."""
        self._orders = orders
        self._workbook = workbook
        self._ledger = ledger

    def duplicates(self, extraction: Extraction | None, invoice: Invoice, targets: Sequence[Target]) -> list[Duplicate]:
        """What is already stored of this document or invoice in the chosen targets."""
        found: list[Duplicate] = []
        if "database" in targets:
            document, pages = (extraction.document, extraction.pages) if extraction else (None, ())
            found += self._orders.duplicates(document, pages, invoice)
        if "workbook" in targets:
            known = {duplicate.order_id for duplicate in found}
            found += [d for d in self._workbook().duplicates(invoice) if d.order_id not in known]
        return found

    def save(
        self,
        invoice: Invoice,
        targets: Sequence[Target],
        *,
        run_id: str | None = None,
        extraction: Extraction | None = None,
        update: int | None = None,
        status: Status = "reviewed",
    ) -> SaveReceipt:
        """Save to every target under one order id: a new one, or ``update``'s. Nothing is saved if one target fails.
        Raises StorageError."""
        if not targets:
            raise StorageError("Choose where to save: the database, the Excel workbook, or both.")
        order_id = update if update is not None else self._new_id(targets)
        now = datetime.now(UTC)
        previous: dict[Target, Order | None] = {target: self._held(target, order_id) for target in targets}
        before = next((order for order in previous.values() if order), None)
        order = Order(
            invoice,
            status,
            order_id,
            extraction.document if extraction else (before.document if before else None),
            extraction.pages if extraction else (before.pages if before else ()),
            run_id or (before.run_id if before else None),
            (before.created_at if before else None) or now,
            now,
        )
        receipt = SaveReceipt(order_id, tuple(targets), previous)
        done: list[Target] = []
        try:
            for target in targets:
                self._put(target, order, previous[target])
                done.append(target)
            # Read again: a store may tell a value otherwise than it was given (a workbook rounds times).
            stored = {target: self._held(target, order_id) for target in targets}
        except BaseException:
            self._put_back(replace(receipt, targets=tuple(done)))
            raise
        if run_id:
            self._ledger.keep_final(run_id, order_id, invoice)
        return replace(receipt, stored=stored)

    def undo(self, receipt: SaveReceipt) -> None:
        """Put every target back to what it held before that save or removal. Raises StorageError, also where the order
        was changed since: nothing is put back then."""
        for target, held in self._changes(receipt):
            raise StorageError(describe_change(receipt.order_id, target, held))
        self._put_back(receipt)

    def changed_since(self, receipt: SaveReceipt) -> Order | None:
        """The order as it is stored now, if somebody changed it after ``receipt``; ``None`` where it is as it was, or
        gone. Raises StorageError."""
        return next((held for _, held in self._changes(receipt) if held), None)

    def receipt_of(self, order_id: int) -> SaveReceipt:
        """A receipt of the order as the database has it now, to notice later changes by. Raises RecordMissing."""
        order = self._orders.get(order_id)
        return SaveReceipt(order_id, ("database",), {"database": order}, {"database": order})

    def _changes(self, receipt: SaveReceipt) -> Iterator[tuple[Target, Order | None]]:
        """The targets that no longer hold what they held after ``receipt``, with what they hold."""
        for target in receipt.targets:
            held = self._held(target, receipt.order_id)
            if target in receipt.stored and held != receipt.stored[target]:
                yield target, held

    def _put_back(self, receipt: SaveReceipt) -> None:
        for target in receipt.targets:
            before = receipt.previous[target]
            if before is None:
                (self._orders if target == "database" else self._workbook()).remove(receipt.order_id)
            else:
                self._put(target, before, self._held(target, receipt.order_id))

    def _new_id(self, targets: Sequence[Target]) -> int:
        floor = self._workbook().last_id() + 1 if "workbook" in targets else 1
        return self._orders.reserve_id(floor)

    def _held(self, target: Target, order_id: int) -> Order | None:
        try:
            return (self._orders if target == "database" else self._workbook()).get(order_id)
        except RecordMissing:
            return None

    def _put(self, target: Target, order: Order, before: Order | None) -> None:
        if target == "workbook":
            self._workbook().save(order)
        elif before is None:
            self._orders.add(order)
        else:
            self._orders.update(replace(order, version=before.version))

    def remove(self, order_id: int) -> SaveReceipt:
        """Delete a record from the database; the receipt's ``undo`` brings it back. Raises RecordMissing."""
        before = self._orders.get(order_id)
        self._orders.remove(order_id)
        return SaveReceipt(order_id, ("database",), {"database": before}, {"database": None})


def describe_duplicate(duplicate: Duplicate) -> str:
    """One sentence on what is stored already."""
    if duplicate.reason == "document":
        return f"This document is already stored as order {duplicate.order_id}."
    vendor = f" of {duplicate.vendor_name}" if duplicate.vendor_name else ""
    return f"Invoice {duplicate.invoice_number}{vendor} is already stored as order {duplicate.order_id}."


def describe_change(order_id: int, target: Target, held: Order | None) -> str:
    """One sentence on why a save cannot be undone: ``held`` is what the target now has (``None``: nothing)."""
    if held is None:
        where = "the database" if target == "database" else "the Excel workbook"
        return f"Order {order_id} was deleted since from {where}: there is no save left to undo."
    if target == "database":
        return f"Order {order_id} was changed since (in Records): undo would lose that. Open it in Records."
    return f"Order {order_id} was changed since (in the Excel workbook): undo would lose that. Correct it there."
