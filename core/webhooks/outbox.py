"""What happened, put into the outbox of everybody who is told of it, in the transaction in which it does."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from core.stores.webhooks import Delivery, EventName, Webhook, WebhookStore

log = logging.getLogger(__name__)


class Outbox:
    """Implements :class:`core.stores.webhooks.Announce`."""

    def __init__(self, store: WebhookStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def __call__(
        self,
        event: EventName,
        facts: Mapping[str, Any],
        values: Callable[[], Any] | None = None,
        once: str | None = None,
    ) -> None:
        """See :class:`core.stores.webhooks.Announce`."""
        listening = self._store.listening(event)
        if not listening:
            return
        now = self._clock()
        known = {"document": facts.get("document_id"), "run": facts.get("task_id"), "order": facts.get("order_id")}
        log.info("to be told: %s, to %d", event, len(listening), extra=known)
        told = values() if values and any(webhook.with_values for webhook in listening) else None
        self._store.add(
            [
                message(webhook, event, {**facts, "values": told} if webhook.with_values and told else facts, now, once)
                for webhook in listening
            ]
        )


def message(webhook: Webhook, event: str, data: Mapping[str, Any], now: datetime, once: str | None = None) -> Delivery:
    """A message to ``webhook``, to be sent now."""
    body = json.dumps({"type": event, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
    return Delivery(f"msg_{uuid.uuid4().hex}", webhook.webhook_id, event, body, "waiting", now, now, once=once)
