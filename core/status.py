"""What people read for the states of a record: the machine says “ready”, people say “approved”."""

from __future__ import annotations

from core.stores.records import Status

#: The words for a verdict or a status. A verdict of a machine is never called what only a person can say.
STATUS_WORDS: dict[Status, str] = {"approved": "ready", "reviewed": "approved", "needs review": "needs review"}
