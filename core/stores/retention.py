"""What is kept only for so many days: what is older, and takes it away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, get_args

#: Kinds of data with days of their own: see :class:`core.settings.Retention`.
Kind = Literal["documents", "originals", "texts", "runs", "sent", "inbox", "tasks", "trail"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Aged:
    """What of a kind is older than it is to be. ``keys`` are documents (SHA-256) or runs whose files go with it, ``records`` how many
    saved records lose something by it, ``counts`` how much of what goes, in words."""

    keys: tuple[str, ...] = ()
    records: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


class RetentionStore(Protocol):
    """Finds what is old in the database, and takes it away for good."""

    def aged(self, kind: Kind, before: datetime) -> Aged:
        """What of a kind is older than ``before``, the oldest first. Of documents: those that became no record, wait for nobody and
        were not touched since."""

    def orders_of(self, runs: Collection[str]) -> list[int]:
        """The records that were saved of these runs."""

    def take(self, kind: Kind, before: datetime, keys: Collection[str]) -> None:
        """Take away the rows of what :meth:`aged` told; ``keys`` are those whose files go."""
