"""Keys, tasks and calls of programs, and the figures of monitors, in both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.access import Access
from core.call import Call
from core.errors import TooManyCalls
from core.extraction import PageRef
from core.invoice.model import Invoice
from core.jobs.queue import JobRequest
from core.stores.api import ApiCall, ApiTask
from core.stores.records import Record, RecordQuery
from core.stores.webhooks import Webhook
from storage.api import SqlApi
from storage.calls import SqlCalls
from storage.database import Database
from storage.figures import SqlFigures
from storage.jobs import SqlJobs
from storage.orders import SqlOrders
from storage.webhooks import SqlWebhooks
from tests.storage.worked import NOW, keep_weeks


@pytest.fixture
def database(open_store: Callable[[str], Database], database_url: str) -> Database:
    """An empty database of each kind."""
    return open_store(database_url)


def task(number: int, owner: str, pages: int = 1, order_id: int | None = None) -> ApiTask:
    """A task of an owner."""
    return ApiTask(f"t{number}", owner, "0" * 64, "extraction", pages, datetime.now(UTC), order_id=order_id)


def test_what_a_key_spends_is_what_its_tasks_cost(database: Database) -> None:
    """Exactly, and since a moment; with it the day is over."""
    access = Access(SqlApi(database))
    _, key = access.make("spender", "reviewer", "tests", dollars_per_day=Decimal("0.30"), pages_per_day=10)
    access.store.add_task(task(1, key.key_id, 3))
    access.store.add_task(task(2, "another"))
    calls = SqlCalls(database)
    for number, (run, cost, days) in enumerate([("t1", "0.1", 0), ("t1", "0.19", 0), ("t2", "5", 0), ("t1", "7", 2)]):
        at = datetime.now(UTC) - timedelta(days=days)
        calls.keep_call(Call(f"c{number}", at, "a", "b", "extract", cost=Decimal(cost)), run)
    assert access.used_today(key) == (3, Decimal("0.29"))
    access.may_read(key, 7)
    with pytest.raises(TooManyCalls, match="10 pages"):
        access.may_read(key, 8)
    calls.keep_call(Call("c9", datetime.now(UTC), "a", "b", "extract", cost=Decimal("0.01")), "t1")
    with pytest.raises(TooManyCalls, match=r"0\.30 US\$"):
        access.may_read(key, 1)


def test_of_tasks_at_once_no_more_are_kept_than_may_be(database: Database) -> None:
    """Each is looked at while no other of the key comes between."""
    access = Access(SqlApi(database))
    _, key = access.make("eager", "reviewer", "tests", pages_per_day=3)

    def add(number: int) -> bool:
        try:
            access.store.add_task(task(number, key.key_id), lambda: access.may_read(key, 1))
        except TooManyCalls:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 3


def test_who_called_is_kept_for_a_time(database: Database) -> None:
    """Newest first, of all or of one; what is old goes."""
    store, now = SqlApi(database), datetime.now(UTC)
    store.note_calls(
        [ApiCall(f"c{n}", now - timedelta(days=n), "who", f"key{n % 2}", "GET", "/v1/me", 200, 0.1) for n in range(6)]
    )
    assert [call.call_id for call in store.calls(None, None, 3)] == ["c0", "c1", "c2"]
    assert [call.call_id for call in store.calls("key1", now - timedelta(days=2), 9)] == ["c3", "c5"]
    store.forget_calls(now - timedelta(days=3, hours=1))
    assert len(store.calls(None, None, 9)) == 4


def test_a_secret_is_changed_by_whoever_knows_the_present_one(database: Database) -> None:
    """The second of two who change it at once is told no."""
    store, now = SqlWebhooks(database), datetime.now(UTC)
    store.add_webhook(Webhook("w1", "https://a.example", ("saved",), "one", False, now, "tests"))
    assert store.set_secret("w1", "two", "one", now + timedelta(hours=1))
    assert not store.set_secret("w1", "three", "one", now)
    (webhook,) = store.webhooks()
    assert (webhook.secrets(now), webhook.secrets(now + timedelta(hours=2))) == (("two", "one"), ("two",))


def test_records_of_one_owner_are_listed_alone(database: Database) -> None:
    """By their tasks; nobody's are nobody's."""
    orders, store = SqlOrders(database), SqlApi(database)
    ids = [orders.reserve_id() for _ in range(3)]
    for order_id in ids:
        pages, invoice = (PageRef(1),), Invoice(invoice_number=f"R-{order_id}")
        orders.add(
            Record(
                invoice, "reviewed", order_id, "0" * 64, pages, created_at=NOW, updated_at=NOW, document_type="invoice"
            )
        )
    for number, (owner, order_id) in enumerate(zip(["a", "b", "a"], ids, strict=True)):
        store.add_task(task(number, owner))
        store.note_saved(f"t{number}", order_id)
    page = orders.search(RecordQuery(owner="a", size=1))
    assert ([row.order_id for row in page.rows], page.total) == ([ids[2]], 2)
    assert orders.search(RecordQuery(owner="a", text=f"R-{ids[0]}")).total == 1
    assert orders.search(RecordQuery(owner="none")).total == 0


def test_figures_are_added_up(database: Database) -> None:
    """Documents and steps since a moment; jobs that wait, calls with their cost."""
    empty = SqlFigures(database).since(NOW - timedelta(days=7))
    assert (dict(empty.documents), dict(empty.queues), empty.oldest, empty.for_a_person) == ({}, {}, 0.0, 0)
    keep_weeks(database, 1)
    SqlJobs(database).add(JobRequest(kind="run", job_id="j1", title="a.pdf", payload={}, owner="x", lane="long"))
    SqlCalls(database).keep_call(Call("c1", NOW, "acme", "b", "extract", cost=Decimal("0.2"), outcome="RateLimited"))
    figures = SqlFigures(database).since(NOW - timedelta(days=7))
    assert sum(figures.documents.values()) > 10
    assert figures.steps["extract"]
    assert figures.queues == {("ocr", "queued"): 1}
    assert 0 <= figures.oldest < 60
    assert figures.calls["acme", "RateLimited"] == (1, Decimal("0.2"))
    assert SqlFigures(database).ping() is None
