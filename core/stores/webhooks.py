"""Who is told outside when something happens here, what is on its way to them, and who may tell us something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

#: What may be told. ``finished``: a document was read, or a task is over; ``needs_review``: it needs a person; ``approved`` and
#: ``saved``: a record; ``failed``: a task; ``alert``: a rule of Operation is broken; ``batch_finished``: all of a batch was read.
EventName = Literal["finished", "needs_review", "approved", "saved", "failed", "alert", "batch_finished"]
EVENTS: tuple[EventName, ...] = get_args(EventName)

DeliveryState = Literal["waiting", "delivered", "parked"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of ``events``. ``secret`` signs what is sent, and so it is kept as it is; it is shown once. With
    ``with_values`` it is told what documents say too. One that is ``disabled_at`` a moment is told nothing since. Until ``old_until`` the
    secret that it had before signs beside the new one."""

    webhook_id: str
    url: str
    events: tuple[str, ...]
    secret: str
    with_values: bool
    created_at: datetime
    created_by: str
    disabled_at: datetime | None = None
    reason: str = ""
    old_secret: str | None = None
    old_until: datetime | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """What signs at ``now``, the newest first."""
        old = self.old_secret if self.old_until is not None and now < self.old_until else None
        return (self.secret, old) if old else (self.secret,)


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt to deliver: when, the status that was answered (``None``: there was no answer), what was wrong, and seconds."""

    at: str
    status: int | None
    error: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way: ``body`` is the very text that is signed and sent, ``delivery_id`` the same at every try. ``attempts``
    counts those of its present round; ``leased_until`` is how long whoever delivers it has it to themselves."""

    delivery_id: str
    webhook_id: str
    event: str
    body: str
    state: DeliveryState
    created_at: datetime
    next_at: datetime
    attempts: int = 0
    tries: tuple[Try, ...] = ()
    leased_until: datetime | None = None
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A program that tells us something, known by the secret that it signs with."""

    source_id: str
    name: str
    secret: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched, with the name that its address gives it."""

    data: bytes
    name: str


class Announce(Protocol):
    """Tells of something that happened, inside the transaction in which it does."""

    def __call__(
        self,
        event: EventName,
        facts: Mapping[str, Any],
        values: Callable[[], Any] | None = None,
        once: str | None = None,
    ) -> None:
        """``facts`` are ids and addresses; ``values`` gives what the document says, for those who asked for it. What bears the same
        ``once`` is told once."""


def silent(
    event: EventName,
    facts: Mapping[str, Any],
    values: Callable[[], Any] | None = None,
    once: str | None = None,
) -> None:
    """Tells nobody."""


class WebhookStore(Protocol):
    """Keeps subscriptions, their outbox, and what came in. Safe for threads and processes."""

    def webhooks(self) -> list[Webhook]:
        """All, the oldest first."""

    def listening(self, event: str) -> list[Webhook]:
        """Those that are told of an event now."""

    def add_webhook(self, webhook: Webhook) -> None:
        """Keep a new one."""

    def set_disabled(self, webhook_id: str, at: datetime | None, reason: str = "") -> bool:
        """Tell it nothing more (``None``: tell it again); gives whether there is such a one. What waits for a disabled one is parked."""

    def set_secret(self, webhook_id: str, secret: str, old: str, until: datetime) -> bool:
        """Have it signed with ``secret``, and with the ``old`` one too until a moment; ``False`` where ``old`` is not what it has."""

    def remove_webhook(self, webhook_id: str) -> bool:
        """Drop it with its deliveries; gives whether there was such a one."""

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Put messages into the outbox, in the transaction that this thread is in. One whose webhook has the same ``once`` is left out."""

    def claim(self, now: datetime, until: datetime, most: int, each: int) -> list[Delivery]:
        """Messages whose time has come, at most ``each`` of a webhook: nobody else gets them until their lease ends."""

    def note(self, held: Delivery, after: Delivery) -> bool:
        """Keep how a claimed message stands after a try; ``False`` where somebody else has it by now."""

    def deliveries(self, webhook_id: str, state: DeliveryState | None, limit: int) -> list[Delivery]:
        """Messages of a webhook, newest first."""

    def send_again(self, webhook_id: str, delivery_id: str, now: datetime) -> bool:
        """Have a message sent (once more), as if it were new; gives whether there is such a one."""

    def forget(self, before: datetime) -> None:
        """Drop what was delivered or parked, and what came in, and was made before a moment."""

    def sources(self) -> list[Source]:
        """All, the oldest first."""

    def add_source(self, source: Source) -> None:
        """Keep a new one."""

    def remove_source(self, source_id: str) -> bool:
        """Drop one; gives whether there was such a one."""

    def begin(self, source_id: str, message_id: str, now: datetime, stale: datetime) -> tuple[bool, Any]:
        """Take the work of a message upon oneself, and whether that went; else what was answered to it (``None``: it is being worked
        on). One that was begun before ``stale`` and never answered is taken over."""

    def answer(self, source_id: str, message_id: str, answer: Any) -> None:
        """Keep what a message was answered; ``None``: it may come again."""
