"""Keys of programs: made, shown once, known again by their SHA-256, and held to what they may ask for."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.errors import AccessDenied, TooManyCalls
from core.person import Person, Role
from core.stores.api import ApiKey, ApiStore

#: What every key begins with, so that one that leaked is recognised, and how many of its letters are shown.
START, _SHOWN = "xst_", 10
#: How seldom the last use of a key is noted.
_NOTED = timedelta(minutes=1)


class Access:
    """The keys of one installation."""

    def __init__(self, store: ApiStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store, self._clock = store, clock

    def now(self) -> datetime:
        """The moment that counts (UTC)."""
        return self._clock()

    def keys(self) -> list[ApiKey]:
        """All keys, the newest first."""
        return self.store.keys()

    def is_open(self) -> bool:
        """Whether no key was ever made: then programs on this machine alone are answered."""
        return not self.store.keys()

    def make(
        self,
        name: str,
        role: Role,
        made_by: str,
        *,
        days: int | None = None,
        calls_per_minute: int | None = None,
        pages_per_day: int | None = None,
    ) -> tuple[str, ApiKey]:
        """A new key: the key itself, which is shown now and never again, and what is kept of it."""
        key, now = START + secrets.token_urlsafe(32), self.now()
        kept = ApiKey(
            key_id=uuid.uuid4().hex[:16],
            name=" ".join(name.split())[:80] or "unnamed",
            prefix=key[:_SHOWN],
            digest=_digest(key),
            role=role,
            created_at=now,
            created_by=made_by,
            expires_at=now + timedelta(days=days) if days else None,
            calls_per_minute=calls_per_minute,
            pages_per_day=pages_per_day,
        )
        self.store.add_key(kept)
        return key, kept

    def revoke(self, key_id: str) -> None:
        """Have a key open nothing more. Raises AccessDenied where there is none that does."""
        if not self.store.revoke(key_id, self.now()):
            raise AccessDenied("There is no key of that id that still works.")

    def known(self, key: str) -> ApiKey:
        """The key that a program shows. Raises AccessDenied."""
        found = self.store.key_by_digest(_digest(key)) if key.startswith(START) else None
        now = self.now()
        if found is None:
            raise AccessDenied(
                "This key is not known here: make one on the Settings page, or with “python -m core keys make”."
            )
        if not found.works(now):
            raise AccessDenied("This key has expired or was revoked: make a new one.")
        if found.used_at is None or now - found.used_at > _NOTED:
            self.store.note_use(found.key_id, now)
        return found

    def may_read(self, key: ApiKey | None, pages: int) -> None:
        """Raise TooManyCalls where a key would have more pages read today (UTC) than it may."""
        if key is None or key.pages_per_day is None:
            return
        today = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        if self.store.pages_since(key.key_id, today) + pages > key.pages_per_day:
            tomorrow = today + timedelta(days=1)
            raise TooManyCalls(
                f"This key may have {key.pages_per_day} pages read a day, and with these it would be more: come again tomorrow.",
                int((tomorrow - self.now()).total_seconds()) + 1,
            )


def person_of(key: ApiKey) -> Person:
    """Who acts with a key, as the trail has it."""
    return Person(f"{key.name} (key {key.prefix}…)", key.role, "signed in")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
