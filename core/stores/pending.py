"""What a workbook still lacks after a save that did not come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PendingRows:
    """An order whose rows in ``workbook`` may not be as the database has it, and since when (UTC)."""

    order_id: int
    workbook: Path
    at: datetime


class Pending(Protocol):
    """The orders that a workbook still lacks, or has too many, after a save that did not come to its end."""

    def note(self, order_id: int, workbook: Path) -> bool:
        """Note that the order's rows are about to be written; gives whether they were not noted before."""

    def done(self, order_id: int, workbook: Path, at: datetime | None = None) -> None:
        """They are as they should be; with ``at`` only if the note is still the one of then."""

    def all(self) -> list[PendingRows]:
        """Every note, by order."""
