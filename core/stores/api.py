"""What programs do here: their keys, what each brought, and the tasks that they asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from core.person import Role


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a program. Of the key itself only its SHA-256 (``digest``) and its first letters (``prefix``) are kept. Moments are UTC.
    ``calls_per_minute``, ``pages_per_day`` and ``dollars_per_day`` (spent on models, US dollars) are what it may ask for; ``None``: as much as it
    likes."""

    key_id: str
    name: str
    prefix: str
    digest: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    calls_per_minute: int | None = None
    pages_per_day: int | None = None
    dollars_per_day: Decimal | None = None

    def works(self, now: datetime) -> bool:
        """Whether it opens anything at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


#: In place of a record: somebody is saving it; it needs a person, or is stored already.
SAVING, NOT_SAVED = 0, -1


@dataclass(frozen=True, slots=True)
class ApiTask:
    """A run that a program asked for. ``owner`` is its key's id (empty: a program on this machine, without a key), ``wish`` the
    idempotency key that it gave with what it asked (``asked``: a digest). ``save`` are the targets that the record goes to once it
    passed the gate and no value is less ``sure``, ``order_id`` the record. Whoever saves it holds it until ``saving_until`` (seconds since
    the epoch)."""

    task_id: str
    owner: str
    document: str
    kind: str
    pages: int
    created_at: datetime
    wish: str | None = None
    asked: str = ""
    save: tuple[str, ...] = ()
    order_id: int | None = None
    sure: float | None = None
    saving_until: float | None = None


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call of the API, answered or refused: ``who`` called (empty: nobody that is known), with which ``owner``'s things, and the
    ``status`` that was answered. ``path`` is without its query. ``call_id`` is told to the caller as X-Request-ID. ``at`` is UTC."""

    call_id: str
    at: datetime
    who: str
    owner: str
    method: str
    path: str
    status: int
    seconds: float


class ApiStore(Protocol):
    """Keeps keys and tasks. Safe for threads and processes."""

    def keys(self) -> list[ApiKey]:
        """All keys, the newest first, also those that no longer work."""

    def key_by_digest(self, digest: str) -> ApiKey | None:
        """The key with this SHA-256."""

    def key(self, key_id: str) -> ApiKey | None:
        """The key of this id."""

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""

    def revoke(self, key_id: str, now: datetime) -> bool:
        """Have a key open nothing more; gives whether there is one that did."""

    def note_use(self, key_id: str, now: datetime) -> None:
        """Note that a key was used."""

    def brought(self, owner: str, document: str, now: datetime) -> None:
        """Note that an owner brought a document."""

    def owns(self, owner: str, document: str) -> bool:
        """Whether an owner brought a document."""

    def add_task(self, task: ApiTask, check: Callable[[], None] | None = None) -> ApiTask:
        """Keep a task; one with the same owner and wish is given in its place. ``check`` is called before, while no other task of the
        owner's key can come between; what it raises keeps the task out."""

    def task(self, task_id: str) -> ApiTask | None:
        """One task."""

    def tasks(self, owner: str | None, before: datetime | None, limit: int) -> Sequence[ApiTask]:
        """The tasks of an owner (``None``: of all) that were made before a moment, newest first."""

    def tasks_of(self, owner: str | None, document: str, limit: int) -> Sequence[ApiTask]:
        """The tasks of an owner (``None``: of all) on a document, newest first."""

    def begin_saving(self, task_id: str, seconds: float) -> bool:
        """Take the saving of a task's record upon oneself for so long; gives whether nobody did before, or whoever did let go of it."""

    def note_saved(self, task_id: str, order_id: int | None) -> None:
        """Note the record of a task; ``None``: it was not saved, and may be."""

    def unsaved(self) -> Sequence[ApiTask]:
        """The tasks whose record is to be saved, that nobody looked at yet, or whoever did let go of."""

    def orders(self, owner: str) -> frozenset[int]:
        """The records of an owner's tasks."""

    def pages_since(self, owner: str, since: datetime) -> int:
        """How many pages an owner had read since."""

    def dollars_since(self, owner: str, since: datetime) -> Decimal:
        """What the models asked for an owner's tasks have cost since (US dollars)."""

    def note_calls(self, calls: Sequence[ApiCall]) -> None:
        """Note calls of the API."""

    def calls(self, owner: str | None, before: datetime | None, limit: int) -> list[ApiCall]:
        """The calls of an owner (``None``: of all) before a moment, newest first."""

    def forget_calls(self, before: datetime) -> None:
        """Drop the calls before a moment."""
