"""The history of a record or a document, as people read it: the trail and every changed value, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import RecordMissing
from core.forgetting.counting import describe_counts
from core.person import Known
from core.schema.document_type import DocumentType
from core.stores.ledger import Ledger, ValueChange
from core.stores.records import RecordStore
from core.stores.trail import Trail, TrailEvent

_STORES = {"database": "the database", "workbook": "the Excel workbook"}
_KNOWN: dict[Known, str] = {"signed in": "signed in", "typed": "name typed", "account": "account", "studio": ""}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history: ``at`` is UTC, ``what`` a phrase that goes on from the name (``read it with default``), ``field``,
    ``before`` and ``after`` say which value was changed from what to what."""

    at: datetime
    who: str
    known: str
    action: str
    what: str
    path: str = ""
    field: str = ""
    before: str | None = None
    after: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As an export has it."""
        own = {
            "at": self.at.isoformat(),
            "who": self.who,
            "known": self.known,
            "action": self.action,
            "what": self.what,
        }
        return own | ({"path": self.path, "from": self.before, "to": self.after} if self.path else {})


class History:
    """The verbs that look at the trail; thread-safe."""

    def __init__(self, trail: Trail, ledger: Ledger, orders: RecordStore) -> None:
        self._trail = trail
        self._ledger = ledger
        self._orders = orders

    def of_record(self, order_id: int) -> list[Entry]:
        """Everything that happened to a record, also to one that was deleted; oldest first, empty for one that never was."""
        try:
            order = self._orders.get(order_id)
        except RecordMissing:
            return _entries(self._trail.of_order(order_id), self._ledger.changes(order_id), None)
        events = self._trail.of_order(order_id, order.document, order.run_id)
        return _entries(events, self._ledger.changes(order_id), order.type)

    def of_document(self, sha256: str) -> list[Entry]:
        """Everything that happened to a document and what came of it; oldest first."""
        return _entries(self._trail.of_document(sha256), (), None)

    def latest(self, limit: int = 200) -> list[TrailEvent]:
        """What happened last, newest first."""
        return self._trail.latest(limit)


def _entries(events: Sequence[TrailEvent], changes: Iterable[ValueChange], kind: DocumentType | None) -> list[Entry]:
    found = [
        Entry(event.at or _NEVER, event.who, _KNOWN[event.known], event.action, describe_event(event))
        for event in events
    ]
    known = {(event.who, event.known) for event in events}
    how = {who: _KNOWN[known] for who, known in known}
    found += [_change(change, kind, how.get(change.who, "")) for change in changes]
    # What is written in one transaction has moments a little apart: what was saved stands before its changes by its action.
    return sorted(found, key=lambda entry: entry.at)


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _change(change: ValueChange, kind: DocumentType | None, known: str) -> Entry:
    try:
        title = kind.title_of(change.path) if kind else change.path
    except KeyError:  # a field that the type no longer has
        title = change.path
    said = {"undone": "took back", "failed": "took back"}.get(change.why, "changed")
    return Entry(
        change.at, change.who, known, "changed", f"{said} {title}", change.path, title, change.before, change.after
    )


def describe_event(event: TrailEvent) -> str:
    """What an event says after the name of who did it."""
    told = event.told
    if event.action == "read":
        return f"read it with “{event.by}”" + (f": {told['verdict']}" if told.get("verdict") else "")
    if event.action == "approved":
        return "let the gate approve it" if event.by == "gate" else "approved it as reviewed"
    if event.action == "exported":
        return f"exported it as {told.get('form', '')}".rstrip()
    if event.action == "came in":
        return "brought the document in"
    if event.action == "rejected":
        return f"rejected it: {told['reason']}" if told.get("reason") else "rejected it"
    if event.action == "forgotten":
        return f"had it deleted for good ({describe_counts(told)})"
    if event.action == "gates changed":
        return f"changed the gates: {'; '.join(told.get('changes', ()))}"
    if event.action == "expired":
        return f"let go what is kept so long only ({describe_counts(told)})"
    where = " and ".join(_STORES.get(store, store) for store in told.get("stores", ()))
    status = told.get("status")
    moved = f" ({status[0]} → {status[1]})" if status and status[0] and status[0] != status[1] else ""
    fresh = f" as {status[1]}" if status and not status[0] else ""
    return {
        "saved": f"{'let the gate save it' if event.by == 'gate' else 'saved it'}{fresh}{f' to {where}' if where else ''}",
        "changed": f"saved it again{moved}{f' to {where}' if where else ''}",
        "deleted": f"deleted it{f' from {where}' if where else ''}",
        "restored": f"brought it back{f' to {where}' if where else ''}",
        "undone": f"took the last save back{moved}",
        "taken back": "took the save back: the workbook refused it",
    }[event.action] + (" (with others, in one go)" if told.get("batch") else "")
