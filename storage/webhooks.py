"""Subscriptions, their outbox, and what programs told us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select, update

from core.stores.webhooks import Delivery, DeliveryState, Source, Try, Webhook
from storage.database import Database, insert_new
from storage.tables import WEBHOOK_DELIVERIES, WEBHOOK_MESSAGES, WEBHOOK_SOURCES, WEBHOOKS

_OUT = WEBHOOK_DELIVERIES.c
_IN = WEBHOOK_MESSAGES.c


class SqlWebhooks:
    """Implements :class:`core.stores.webhooks.WebhookStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- subscriptions -----------------------------------------------------------------------------------------------

    def webhooks(self) -> list[Webhook]:
        """See :meth:`core.stores.webhooks.WebhookStore.webhooks`."""
        query = select(WEBHOOKS).order_by(WEBHOOKS.c.created_at, WEBHOOKS.c.webhook_id)
        with self._database.read() as connection:
            return [
                Webhook(**(dict(row) | {"events": tuple(row["events"])}))
                for row in connection.execute(query).mappings()
            ]

    def listening(self, event: str) -> list[Webhook]:
        """See :meth:`core.stores.webhooks.WebhookStore.listening`."""
        return [webhook for webhook in self.webhooks() if webhook.disabled_at is None and event in webhook.events]

    def add_webhook(self, webhook: Webhook) -> None:
        """See :meth:`core.stores.webhooks.WebhookStore.add_webhook`."""
        with self._database.write() as connection:
            connection.execute(insert(WEBHOOKS).values(asdict(webhook) | {"events": list(webhook.events)}))

    def set_disabled(self, webhook_id: str, at: datetime | None, reason: str = "") -> bool:
        """See :meth:`core.stores.webhooks.WebhookStore.set_disabled`."""
        change = update(WEBHOOKS).where(WEBHOOKS.c.webhook_id == webhook_id).values(disabled_at=at, reason=reason)
        waits = (_OUT.webhook_id == webhook_id) & (_OUT.state == "waiting")
        with self._database.write() as connection:
            if at is not None:
                connection.execute(update(WEBHOOK_DELIVERIES).where(waits).values(state="parked", leased_until=None))
            return bool(connection.execute(change).rowcount)

    def set_secret(self, webhook_id: str, secret: str, old: str, until: datetime) -> bool:
        """See :meth:`core.stores.webhooks.WebhookStore.set_secret`."""
        mine = (WEBHOOKS.c.webhook_id == webhook_id) & (WEBHOOKS.c.secret == old)
        change = update(WEBHOOKS).where(mine).values(secret=secret, old_secret=old, old_until=until)
        with self._database.write() as connection:
            return bool(connection.execute(change).rowcount)

    def remove_webhook(self, webhook_id: str) -> bool:
        """See :meth:`core.stores.webhooks.WebhookStore.remove_webhook`."""
        with self._database.write() as connection:
            connection.execute(delete(WEBHOOK_DELIVERIES).where(_OUT.webhook_id == webhook_id))
            return bool(connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.webhook_id == webhook_id)).rowcount)

    # --- the outbox ----------------------------------------------------------------------------------------------------

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """See :meth:`core.stores.webhooks.WebhookStore.add`."""
        with self._database.write() as connection:
            for each in deliveries:
                connection.execute(insert_new(connection, WEBHOOK_DELIVERIES).values(_row(each)))

    def claim(self, now: datetime, until: datetime, most: int, each: int) -> list[Delivery]:
        """See :meth:`core.stores.webhooks.WebhookStore.claim`."""
        due = (_OUT.state == "waiting") & (_OUT.next_at <= now)
        free = due & or_(_OUT.leased_until.is_(None), _OUT.leased_until <= now)
        with self._database.read() as connection:  # most looks find nothing: they need no lock
            waiting = [row.webhook_id for row in connection.execute(select(_OUT.webhook_id).where(free).distinct())]
        if not waiting:
            return []
        found: list[Delivery] = []
        with self._database.write() as connection:
            for webhook_id in waiting:
                query = select(WEBHOOK_DELIVERIES).where(free, _OUT.webhook_id == webhook_id).order_by(_OUT.next_at)
                found += self._many(connection, query.limit(each).with_for_update(skip_locked=True))
            taken = sorted(found, key=lambda one: one.next_at)[:most]
            ids = [one.delivery_id for one in taken]
            connection.execute(update(WEBHOOK_DELIVERIES).where(_OUT.delivery_id.in_(ids)).values(leased_until=until))
            return self._many(connection, select(WEBHOOK_DELIVERIES).where(_OUT.delivery_id.in_(ids)))

    def note(self, held: Delivery, after: Delivery) -> bool:
        """See :meth:`core.stores.webhooks.WebhookStore.note`."""
        mine = (_OUT.delivery_id == held.delivery_id) & (_OUT.leased_until == held.leased_until)
        with self._database.write() as connection:
            return bool(connection.execute(update(WEBHOOK_DELIVERIES).where(mine).values(_row(after))).rowcount)

    def deliveries(self, webhook_id: str, state: DeliveryState | None, limit: int) -> list[Delivery]:
        """See :meth:`core.stores.webhooks.WebhookStore.deliveries`."""
        query = select(WEBHOOK_DELIVERIES).where(_OUT.webhook_id == webhook_id)
        if state is not None:
            query = query.where(_OUT.state == state)
        with self._database.read() as connection:
            return self._many(connection, query.order_by(_OUT.created_at.desc(), _OUT.delivery_id).limit(limit))

    def send_again(self, webhook_id: str, delivery_id: str, now: datetime) -> bool:
        """See :meth:`core.stores.webhooks.WebhookStore.send_again`."""
        mine = (_OUT.webhook_id == webhook_id) & (_OUT.delivery_id == delivery_id)
        fresh = {"state": "waiting", "attempts": 0, "next_at": now, "leased_until": None}
        with self._database.write() as connection:
            return bool(connection.execute(update(WEBHOOK_DELIVERIES).where(mine).values(**fresh)).rowcount)

    def forget(self, before: datetime) -> None:
        """See :meth:`core.stores.webhooks.WebhookStore.forget`."""
        with self._database.write() as connection:
            connection.execute(
                delete(WEBHOOK_DELIVERIES).where(_OUT.state != "waiting", _OUT.created_at < before, _OUT.once.is_(None))
            )
            connection.execute(delete(WEBHOOK_MESSAGES).where(_IN.at < before))

    def _many(self, connection: Any, query: Select[Any]) -> list[Delivery]:
        return [_delivery(row) for row in connection.execute(query).mappings()]

    # --- in --------------------------------------------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """See :meth:`core.stores.webhooks.WebhookStore.sources`."""
        query = select(WEBHOOK_SOURCES).order_by(WEBHOOK_SOURCES.c.created_at, WEBHOOK_SOURCES.c.source_id)
        with self._database.read() as connection:
            return [Source(**row) for row in connection.execute(query).mappings()]

    def add_source(self, source: Source) -> None:
        """See :meth:`core.stores.webhooks.WebhookStore.add_source`."""
        with self._database.write() as connection:
            connection.execute(insert(WEBHOOK_SOURCES).values(asdict(source)))

    def remove_source(self, source_id: str) -> bool:
        """See :meth:`core.stores.webhooks.WebhookStore.remove_source`."""
        gone = delete(WEBHOOK_SOURCES).where(WEBHOOK_SOURCES.c.source_id == source_id)
        with self._database.write() as connection:
            return bool(connection.execute(gone).rowcount)

    def begin(self, source_id: str, message_id: str, now: datetime, stale: datetime) -> tuple[bool, Any]:
        """See :meth:`core.stores.webhooks.WebhookStore.begin`."""
        this = (_IN.source_id == source_id) & (_IN.message_id == message_id)
        row = {"source_id": source_id, "message_id": message_id, "at": now, "answer": None}
        dropped = this & _IN.answer.is_(None) & (_IN.at < stale)
        with self._database.write() as connection:
            new = insert_new(connection, WEBHOOK_MESSAGES).values(row).returning(_IN.message_id)
            if connection.execute(new).first() is not None:
                return True, None
            if connection.execute(update(WEBHOOK_MESSAGES).where(dropped).values(at=now)).rowcount:
                return True, None
            return False, connection.execute(select(_IN.answer).where(this)).scalar_one()

    def answer(self, source_id: str, message_id: str, answer: Any) -> None:
        """See :meth:`core.stores.webhooks.WebhookStore.answer`."""
        this = (_IN.source_id == source_id) & (_IN.message_id == message_id)
        change = delete(WEBHOOK_MESSAGES) if answer is None else update(WEBHOOK_MESSAGES).values(answer=answer)
        with self._database.write() as connection:
            connection.execute(change.where(this))


def _row(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery) | {"tries": [asdict(each) for each in delivery.tries]}


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(**(dict(row) | {"tries": tuple(Try(**each) for each in row["tries"])}))
