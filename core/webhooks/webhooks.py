"""The verbs on subscriptions and on programs that tell us something."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import RecordMissing, SignatureRefused
from core.stores.webhooks import EVENTS, Delivery, DeliveryState, EventName, Source, Webhook, WebhookStore
from core.webhooks.outbox import message
from core.webhooks.signing import check_time, is_signed, new_secret

_MISSING = "There is no such {0} here."
#: A message that was begun so long ago and never answered may be begun anew.
_STALE = timedelta(minutes=2)


class Webhooks:
    """Subscriptions, the log of what they were told, and programs that may tell us something."""

    def __init__(
        self,
        store: WebhookStore,
        check_address: Callable[[str], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``check_address`` raises AddressRefused for an address that must not be called."""
        self._store, self._check_address, self._clock = store, check_address, clock

    # --- out -------------------------------------------------------------------------------------------------------

    def all(self) -> list[Webhook]:
        """All subscriptions, the oldest first."""
        return self._store.webhooks()

    def get(self, webhook_id: str) -> Webhook:
        """One. Raises RecordMissing."""
        for webhook in self._store.webhooks():
            if webhook.webhook_id == webhook_id:
                return webhook
        raise RecordMissing(_MISSING.format("webhook"))

    def add(self, url: str, events: Sequence[EventName] = (), made_by: str = "", with_values: bool = False) -> Webhook:
        """Tell an address of ``events`` (none named: of all) from now on. Its secret is to be shown now and never again. Raises
        AddressRefused."""
        self._check_address(url)
        chosen = tuple(event for event in EVENTS if event in events or not events)
        made = Webhook(uuid.uuid4().hex[:16], url, chosen, new_secret(), with_values, self._clock(), made_by)
        self._store.add_webhook(made)
        return made

    def remove(self, webhook_id: str) -> None:
        """Drop one with its log. Raises RecordMissing."""
        if not self._store.remove_webhook(webhook_id):
            raise RecordMissing(_MISSING.format("webhook"))

    def rotate(self, webhook_id: str, hours: float = 24.0) -> Webhook:
        """Give one a new secret, which is to be shown now and never again; for ``hours`` what is sent bears a signature by the old one
        too, so that the receiver may change over meanwhile. Raises RecordMissing."""
        before, now = self.get(webhook_id), self._clock()
        if not self._store.set_secret(webhook_id, new_secret(), before.secret, now + timedelta(hours=hours)):
            raise RecordMissing("Somebody else gave this webhook a new secret just now: ask them for it.")
        return self.get(webhook_id)

    def enable(self, webhook_id: str) -> Webhook:
        """Tell one again that answered that it was gone. Raises RecordMissing."""
        if not self._store.set_disabled(webhook_id, None):
            raise RecordMissing(_MISSING.format("webhook"))
        return self.get(webhook_id)

    def deliveries(self, webhook_id: str, state: DeliveryState | None = None, limit: int = 100) -> list[Delivery]:
        """What it was told, newest first. Raises RecordMissing."""
        self.get(webhook_id)
        return self._store.deliveries(webhook_id, state, limit)

    def send_again(self, webhook_id: str, delivery_id: str) -> None:
        """Have a message sent once more, with the id that it had. Raises RecordMissing."""
        if not self._store.send_again(webhook_id, delivery_id, self._clock()):
            raise RecordMissing(_MISSING.format("delivery"))

    def ping(self, webhook_id: str) -> Delivery:
        """Send a message that tells nothing, to see whether it arrives. Raises RecordMissing."""
        sent = message(self.get(webhook_id), "ping", {}, self._clock())
        self._store.add([sent])
        return sent

    # --- in --------------------------------------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """The programs that may tell us something, the oldest first."""
        return self._store.sources()

    def add_source(self, name: str, made_by: str) -> Source:
        """Let a program tell us something. Its secret is to be shown now and never again."""
        told = " ".join(name.split())[:80] or "unnamed"
        made = Source(uuid.uuid4().hex[:16], told, new_secret(), self._clock(), made_by)
        self._store.add_source(made)
        return made

    def remove_source(self, source_id: str) -> None:
        """Take nothing more from one. Raises RecordMissing."""
        if not self._store.remove_source(source_id):
            raise RecordMissing(_MISSING.format("source"))

    def known(self, headers: Mapping[str, str], body: bytes) -> tuple[Source, str]:
        """Who signed a message, and its id. Raises SignatureRefused."""
        message_id = check_time(headers, self._clock())
        found = [source for source in self._store.sources() if is_signed(source.secret, headers, body)]
        if not found:
            raise SignatureRefused(
                "Nobody that is known here signed this message: check its secret, and that its body is as sent."
            )
        return found[0], message_id

    def once(self, source: Source, message_id: str, work: Callable[[], Any]) -> Any:
        """What ``work`` answers to a message; what it was answered, where it came before. ``None``: another is at it."""
        now = self._clock()
        mine, answered = self._store.begin(source.source_id, message_id, now, now - _STALE)
        if not mine:
            return answered
        answer = None
        try:
            answer = work()
        finally:
            self._store.answer(source.source_id, message_id, answer)
        return answer
