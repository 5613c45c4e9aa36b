"""What is taken out of the stores for good, when somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.notation.mention import Mention


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs together: documents by their SHA-256, runs and records by their ids."""

    documents: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()
    orders: frozenset[int] = frozenset()

    def __or__(self, other: Belongings) -> Belongings:
        return Belongings(self.documents | other.documents, self.runs | other.runs, self.orders | other.orders)

    def __bool__(self) -> bool:
        return bool(self.documents or self.runs or self.orders)


class Erasure(Protocol):
    """Finds, and takes away for good, what the database keeps of documents and people."""

    def holding(self, mention: Mention) -> Belongings:
        """The documents, runs and records whose own rows mention a name. What was only sent with them (examples in a
        prompt), and how they were read, does not count."""

    def closure(self, found: Belongings) -> Belongings:
        """``found`` with all that came of the same documents: their runs and records, the documents that stood in one of them,
        and the document that one of them stood in."""

    def names(self, documents: frozenset[str]) -> dict[str, str]:
        """What these documents are called, as far as that is known."""

    def counts(self, found: Belongings) -> dict[str, int]:
        """How much the database has of them, by what it is called: documents, runs, records, values, changes, calls …"""

    def pictures(self, found: Belongings) -> frozenset[str]:
        """The SHA-256 of pictures that were sent to a model of these and of nothing else."""

    def unneeded(self, documents: frozenset[str]) -> frozenset[str]:
        """Those of these kept files (SHA-256) that no row speaks of."""

    def erase(self, found: Belongings) -> None:
        """Take every row of them away, with the lines of their trail. Of calls to models the bill stays, without what was sent."""

    def remains(self, found: Belongings) -> bool:
        """Whether a row of them is still there."""

    def cut(self, mention: Mention) -> int:
        """Cut a name out of every row that still mentions it; gives how many. Who did what stays."""

    def scrub(self) -> None:
        """Write the database anew, so that nothing of what was taken away is left in its file. Raises DatabaseUnavailable."""
