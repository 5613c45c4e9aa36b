"""Messages of the outbox, delivered: each once at a time by whoever holds its lease, tried again for a day, then parked."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

from core.errors import StudioError
from core.stores.webhooks import Delivery, Try, Webhook, WebhookStore
from core.webhooks.signing import signed

log = logging.getLogger(__name__)

#: Seconds after each failed try until the next: a day (22.6 hours) in all.
PAUSES = (5, 30, 300, 1800, 7200, 28_800, 43_200)
#: Messages that are under way at once, and of them to one address: one that does not answer holds up nobody else.
AT_ONCE, TO_ONE = 8, 2
#: Seconds that a receiver may take, and that whoever delivers has a message to themselves.
PATIENCE, LEASE = 15.0, 60
#: Days that the log goes back, and how often it is cleared.
KEPT = timedelta(days=30)
_CLEARED = timedelta(hours=1)
_GONE = 410


class Post(Protocol):
    """Sends ``body`` to ``url`` and gives the status of the answer. Raises a StudioError where there is none."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int: ...


class Delivering:
    """Delivers what waits. Any number of threads and processes may do it side by side."""

    def __init__(
        self, store: WebhookStore, post: Post, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store, self._post, self._clock = store, post, clock
        self._cleared: datetime | None = None

    def round(self) -> int:
        """Send what is due, a few messages; gives how many."""
        now = self._clock()
        if self._cleared is None or now - self._cleared > _CLEARED:
            self._cleared = now
            self._store.forget(now - KEPT)
        claimed = self._store.claim(now, now + timedelta(seconds=LEASE), AT_ONCE, TO_ONE)
        if claimed:
            webhooks = {webhook.webhook_id: webhook for webhook in self._store.webhooks()}
            with ThreadPoolExecutor(len(claimed), thread_name_prefix="studio-webhook") as pool:
                list(pool.map(lambda each: self._send(webhooks.get(each.webhook_id), each), claimed))
        return len(claimed)

    def _send(self, webhook: Webhook | None, held: Delivery) -> None:
        if webhook is None:
            return  # dropped with its messages, just now
        now, began = self._clock(), monotonic()
        body, status, error = held.body.encode(), None, ""
        headers = {"content-type": "application/json", "user-agent": "extraction-studio"}
        try:
            status = self._post(
                webhook.url, headers | signed(webhook.secrets(now), held.delivery_id, now, body), body, PATIENCE
            )
            error = "" if 200 <= status < 300 else f"It answered with status {status}."
        except StudioError as failure:
            error = str(failure)
        except Exception:
            log.exception("a message could not be sent", extra={"delivery": held.delivery_id})
            error = "Something unexpected went wrong; the log has the details."
        _log(held, status)
        tried = Try(now.isoformat(), status, error, round(monotonic() - began, 3))
        self._store.note(held, _after(held, tried, now))
        if status == _GONE:
            self._store.set_disabled(webhook.webhook_id, now, "It answered that it is gone (410).")


def _log(held: Delivery, status: int | None) -> None:
    """A line on a try, about the document that it tells of."""
    told = json.loads(held.body).get("data", {})
    known = {"document": told.get("document_id"), "run": told.get("task_id"), "order": told.get("order_id")}
    outcome = f"answered with {status}" if status else "not answered"
    log.info("told %s: %s", held.event, outcome, extra=known | {"delivery": held.delivery_id})


def _after(held: Delivery, tried: Try, now: datetime) -> Delivery:
    """How a message stands after a try."""
    after = replace(held, attempts=held.attempts + 1, tries=(*held.tries, tried), leased_until=None)
    if not tried.error:
        return replace(after, state="delivered")
    if held.attempts >= len(PAUSES) or tried.status == _GONE:
        return replace(after, state="parked")
    return replace(after, next_at=now + timedelta(seconds=PAUSES[held.attempts]))
