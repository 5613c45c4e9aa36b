"""Keys of programs: made, shown once, known again by their SHA-256, and held to what they may ask for."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.errors import AccessDenied, TooManyCalls
from core.person import Person, Role
from core.stores.api import ApiCall, ApiKey, ApiStore

#: What every key begins with, so that one that leaked is recognised, and how many of its letters are shown.
START, _SHOWN = "xst_", 10
#: How seldom the last use of a key is noted.
_NOTED = timedelta(minutes=1)
#: How long it is known who called.
CALLS_KEPT = timedelta(days=90)


class Access:
    """The keys of one installation."""

    def __init__(self, store: ApiStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store, self._clock = store, clock
        self._cleared: datetime | None = None

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
        dollars_per_day: Decimal | None = None,
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
            dollars_per_day=dollars_per_day,
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
        if found is None:
            raise AccessDenied(
                "This key is not known here: make one on the Programs page, or with “python -m core keys make”."
            )
        return self._used(found)

    def known_by_id(self, key_id: str) -> ApiKey:
        """The key of an id, for a token that was made with it. Raises AccessDenied."""
        found = self.store.key(key_id)
        if found is None:
            raise AccessDenied("The key that this token was made with is not known here.")
        return self._used(found)

    def _used(self, key: ApiKey) -> ApiKey:
        now = self.now()
        if not key.works(now):
            raise AccessDenied("This key has expired or was revoked: make a new one.")
        if key.used_at is None or now - key.used_at > _NOTED:
            self.store.note_use(key.key_id, now)
        return key

    def may_read(self, key: ApiKey | None, pages: int) -> None:
        """Raise TooManyCalls where a key would have more pages read today (UTC) than it may, or has spent what it may."""
        if key is None:
            return
        if (
            key.pages_per_day is not None
            and self.store.pages_since(key.key_id, self._today()) + pages > key.pages_per_day
        ):
            raise self._tomorrow(
                f"This key may have {key.pages_per_day} pages read a day, and with these it would be more"
            )
        if (
            key.dollars_per_day is not None
            and (spent := self.store.dollars_since(key.key_id, self._today())) >= key.dollars_per_day
        ):
            raise self._tomorrow(
                f"This key may spend {key.dollars_per_day} US$ a day on models, and {spent:.4f} US$ are spent"
            )

    def used_today(self, key: ApiKey) -> tuple[int, Decimal]:
        """The pages that a key had read today (UTC), and what it spent on models (US dollars)."""
        today = self._today()
        return self.store.pages_since(key.key_id, today), self.store.dollars_since(key.key_id, today)

    # --- who called ----------------------------------------------------------------------------------------------------

    def note(self, calls: Sequence[ApiCall]) -> None:
        """Note calls, and forget those of long ago."""
        if calls:
            self.store.note_calls(calls)
        now = self.now()
        if self._cleared is None or now - self._cleared > timedelta(hours=1):
            self._cleared = now
            self.store.forget_calls(now - CALLS_KEPT)

    def calls(self, owner: str | None = None, before: datetime | None = None, limit: int = 200) -> list[ApiCall]:
        """The calls of an owner, or of all, newest first."""
        return self.store.calls(owner, before, limit)

    def _today(self) -> datetime:
        return self.now().replace(hour=0, minute=0, second=0, microsecond=0)

    def _tomorrow(self, sentence: str) -> TooManyCalls:
        left = self._today() + timedelta(days=1) - self.now()
        return TooManyCalls(f"{sentence}: come again tomorrow.", int(left.total_seconds()) + 1)


def person_of(key: ApiKey) -> Person:
    """Who acts with a key, as the trail has it."""
    return Person(f"{key.name} (key {key.prefix}…)", key.role, "signed in")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
