"""The trail: who did what, when. It only grows; nothing of the app changes or takes back a line of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.person import Known

#: What can happen to a document or a record. ``taken back``: by the studio itself, as a save could not come to its end.
Action = Literal[
    "came in",
    "read",
    "saved",
    "changed",
    "approved",
    "exported",
    "deleted",
    "restored",
    "undone",
    "taken back",
    "rejected",
    "forgotten",
    "gates changed",
    "expired",
]


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One thing that happened. ``document`` is a SHA-256; ``by`` the gate or the recipe that did it for the person; ``told``
    small facts by name (any JSON), such as the form of an export or a status as (from, to). ``at`` is UTC, and set as it is
    written."""

    action: Action
    who: str
    known: Known
    order_id: int | None = None
    document: str | None = None
    run_id: str | None = None
    by: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


class Trail(Protocol):
    """Keeps the trail. What is added inside a transaction of the database is kept with it, or not at all."""

    def add(self, events: Iterable[TrailEvent]) -> None:
        """Write events, all at this moment."""

    def of_order(self, order_id: int, document: str | None = None, run_id: str | None = None) -> list[TrailEvent]:
        """What happened to an order, with what happened to the ``document`` and in the run it came of; oldest first."""

    def of_document(self, document: str) -> list[TrailEvent]:
        """What happened to a document and to whatever came of it; oldest first."""

    def of_action(self, action: Action, limit: int = 50) -> list[TrailEvent]:
        """The latest events of one kind, newest first."""

    def latest(self, limit: int = 200) -> list[TrailEvent]:
        """What happened last, whatever it was about; newest first."""
