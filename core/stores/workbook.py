"""The Excel workbook that orders are written to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from core.notation.mention import Mention
from core.stores.records import Duplicate, Record


@dataclass(frozen=True, slots=True)
class StagedChange:
    """A workbook with a change that is written beside it and waits: ``held`` are the orders as their rows will say (``None``:
    it will be gone), ``put`` gives it the workbook's place. ``put`` raises StorageError: the workbook is as it was then."""

    held: Mapping[int, Record | None]
    put: Callable[[], None]


@dataclass(frozen=True, slots=True)
class FoundRows:
    """What a workbook says under one number: ``place`` tells where, ``record`` is what its rows tell (``None``: no record, ``why``), ``unread``
    a sentence for every cell that cannot be its field's value and counts as empty."""

    place: str
    record: Record | None
    why: str = ""
    unread: tuple[str, ...] = ()


class WorkbookStore(Protocol):
    """The Excel workbook with the sheets SalesOrderHeader and SalesOrderDetail."""

    path: Path

    def last_id(self) -> int:
        """The greatest OrderID in it; 0 for none or no file. Raises WorkbookDamaged, WorkbookLocked."""

    def save(self, order: Record) -> None:
        """Add the order, or replace the rows that have its id. Atomic, under a file lock; the person's other sheets
        and extra columns, the file's mode and place stay. Raises WorkbookLocked, WorkbookDamaged."""

    def staged(self, orders: Mapping[int, Record | None]) -> AbstractContextManager[StagedChange]:
        """The workbook with the rows of these orders put (``None``: taken out), all but in its place: the disk has room for it,
        and nobody else writes the workbook until the context is left. Left without ``put``, nothing has changed. Raises
        RecordMissing where there is nothing to take out, WorkbookLocked, WorkbookDamaged, StorageError."""

    def remove(self, order_id: int) -> None:
        """Delete an order's rows. Raises RecordMissing."""

    def removal(self, order_ids: Collection[int]) -> AbstractContextManager[Callable[[], None]]:
        """The workbook without the rows of these orders, all but in its place; what is given puts it there, in one step, and no text
        of theirs is left in the file. Left without that, nothing has changed. Raises WorkbookLocked, WorkbookDamaged."""

    def holding(self, mention: Mention) -> frozenset[int]:
        """The orders whose rows mention a name. Raises WorkbookDamaged."""

    def get(self, order_id: int) -> Record:
        """One order, as its rows say. Raises RecordMissing."""

    def some(self, order_ids: Collection[int]) -> dict[int, Record]:
        """Those of these orders that it has, by their number, read in one go. Raises WorkbookDamaged."""

    def duplicates(self, values: BaseModel) -> list[Duplicate]:
        """Orders of the same type with the same values in the fields by which it tells, such as vendor and number."""
