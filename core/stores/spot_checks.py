"""Documents that would have passed and were drawn, so that a person looks at them all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.schema.fields import FieldKind


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """A document that was drawn: ``sure`` is the highest approval threshold (0 to 1) at which it would have passed. ``reviewed``:
    a person saved it as approved; ``changed`` are the kinds of the values that are otherwise since. ``rejected``: a
    person found that it is no record."""

    run_id: str
    document: str
    at: datetime
    sure: float
    reviewed: bool = False
    changed: frozenset[FieldKind] = frozenset()
    rejected: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether somebody looked at it."""
        return self.reviewed or self.rejected


class SpotCheckStore(Protocol):
    """Keeps which documents were drawn. Safe for threads and processes."""

    def note(self, run_id: str, document: str, sure: float) -> None:
        """A document was drawn; noted in the transaction that this is called in, once for a run."""

    def all(self) -> list[SpotCheck]:
        """Of each document that was drawn the last time, with what people made of it; newest first."""
