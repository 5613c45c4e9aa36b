"""Moving all records between two databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

#: ``in``: from the other database into the studio's own; ``out``: the other way.
Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class MovePreview:
    """What moving would do: records that are ``new`` where they go, those that are ``there`` already, and how many of the new get another
    number (``renumbered``), as theirs is another record's there."""

    new: int
    there: int
    renumbered: int


class Moving(Protocol):
    """Copies records with their page texts and history; nothing is taken away from where they come from."""

    def preview(self, url: str, direction: Direction) -> MovePreview:
        """What it would do. Raises DatabaseUnavailable, which never shows the URL."""

    def move(self, url: str, direction: Direction) -> MovePreview:
        """Do it, in one transaction; gives what was done. Raises DatabaseUnavailable, StorageError: nothing is moved then."""
