"""The outbox, over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from core.stores.webhooks import Webhook
from core.webhooks.delivering import PAUSES, Delivering
from core.webhooks.outbox import message
from core.webhooks.signing import new_secret
from storage.database import Database
from storage.webhooks import SqlWebhooks


def test_a_message_that_nobody_takes_is_parked_after_a_day_and_one_is_sent_by_one(
    database_url: str, open_store: Callable[[str], Database]
) -> None:
    """Two processes that look at once send it once; 410 ends it."""
    store = SqlWebhooks(open_store(database_url))
    now, statuses = [datetime.now(UTC)], [500]
    sent: list[str] = []

    def post(url: str, headers: Any, body: bytes, seconds: float) -> int:
        sent.append(url)
        return statuses[0]

    def hook(name: str) -> Webhook:
        return Webhook(name, f"https://{name}", ("saved",), new_secret(), False, now[0], "me")

    for name in ("one", "two"):
        store.add_webhook(hook(name))
        store.add([message(hook(name), "saved", {}, now[0])])
    lease = now[0] + timedelta(seconds=60)
    assert len(store.claim(now[0], lease, 8, 2)) == 2
    assert store.claim(now[0], lease, 8, 2) == []
    now[0] += timedelta(seconds=61)  # whoever had them is gone
    delivering = Delivering(store, post, lambda: now[0])
    for pause in (*PAUSES, 0):
        assert delivering.round() == 2
        assert delivering.round() == 0
        now[0] += timedelta(seconds=pause)
    assert [one.state for one in store.deliveries("one", None, 9)] == ["parked"]
    assert len(sent) == 2 * (len(PAUSES) + 1)
    assert 20 * 3600 < sum(PAUSES) < 25 * 3600
    statuses[0] = 410
    assert store.send_again("two", store.deliveries("two", None, 9)[0].delivery_id, now[0])
    assert delivering.round() == 1
    assert {one.webhook_id for one in store.listening("saved")} == {"one"}


def test_a_message_that_came_is_answered_once(database_url: str, open_store: Callable[[str], Database]) -> None:
    """The same again is answered the same; one that was never answered may be begun anew, as may one whose work failed."""
    store, now = SqlWebhooks(open_store(database_url)), datetime.now(UTC)
    before = now - timedelta(minutes=2)
    assert store.begin("erp", "m1", now, before) == (True, None)
    assert store.begin("erp", "m1", now, before) == (False, None)
    assert store.begin("erp", "m1", now, now + timedelta(seconds=1)) == (True, None)
    store.answer("erp", "m1", {"tasks": []})
    assert store.begin("erp", "m1", now, now + timedelta(seconds=1)) == (False, {"tasks": []})
    assert store.begin("other", "m1", now, before) == (True, None)
    store.answer("other", "m1", None)
    assert store.begin("other", "m1", now, before) == (True, None)


def test_what_is_to_be_told_once_is_told_once(database_url: str, open_store: Callable[[str], Database]) -> None:
    """Whoever looks, and however often; and what the transaction takes back was never to be told."""
    database = open_store(database_url)
    store, now = SqlWebhooks(database), datetime.now(UTC)
    hook = Webhook("one", "https://one", ("saved",), new_secret(), False, now, "me")
    for _ in range(2):
        store.add([message(hook, "batch_finished", {}, now, "batch:7")])
    try:
        with database.write():
            store.add([message(hook, "saved", {}, now)])
            raise ValueError
    except ValueError:
        pass
    assert [one.event for one in store.deliveries("one", None, 9)] == ["batch_finished"]
