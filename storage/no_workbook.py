"""The Excel workbook as a host sees it that does not have it: it is one file, on the disk of another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from pydantic import BaseModel

from core.errors import RecordMissing, StorageError
from core.notation.mention import Mention
from core.stores.records import Duplicate, Record
from core.stores.workbook import StagedChange

_ELSEWHERE = "The Excel workbook is kept on another host: save to the database, or save there (STUDIO_HAS_WORKBOOK)."


class NoWorkbook:
    """Implements :class:`core.stores.workbook.WorkbookStore`: it holds nothing, and nothing can be put into it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def last_id(self) -> int:
        """None is known here; the database counts on."""
        return 0

    def save(self, order: Record) -> None:
        """Raises StorageError."""
        raise StorageError(_ELSEWHERE)

    def staged(self, orders: Mapping[int, Record | None]) -> AbstractContextManager[StagedChange]:
        """Raises StorageError; RecordMissing where orders are to be taken out."""
        if not any(orders.values()):
            raise RecordMissing(_ELSEWHERE)
        raise StorageError(_ELSEWHERE)

    def remove(self, order_id: int) -> None:
        """Raises RecordMissing."""
        raise RecordMissing(_ELSEWHERE)

    @contextmanager
    def removal(self, order_ids: Collection[int]) -> Iterator[Callable[[], None]]:
        """Raises StorageError where records go: what is deleted must go from the workbook too."""
        if order_ids:
            raise StorageError(
                "The Excel workbook is kept on another host: delete this there, where it goes from both."
            )
        yield lambda: None

    def holding(self, mention: Mention) -> frozenset[int]:
        """None that is known here."""
        return frozenset()

    def get(self, order_id: int) -> Record:
        """Raises RecordMissing."""
        raise RecordMissing(_ELSEWHERE)

    def some(self, order_ids: Collection[int]) -> dict[int, Record]:
        """None that are known here."""
        return {}

    def duplicates(self, values: BaseModel) -> list[Duplicate]:
        """None that are known here."""
        return []
