"""What keeps the Inbox: one contract, run over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.errors import StorageError
from core.extraction import PageRef
from core.invoice.model import Invoice
from core.jobs.queue import JobRequest
from core.stores.inbox import SORTS, Batch, InboxItem, InboxQuery
from core.stores.records import Record
from storage.database import Database
from storage.inbox import SqlInbox
from storage.jobs import SqlJobs
from storage.orders import SqlOrders

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, open_store: Callable[[str], Database]) -> Database:
    """An empty database of each kind."""
    return open_store(database_url)


@pytest.fixture
def store(database: Database) -> SqlInbox:
    """An empty store on it."""
    return SqlInbox(database, "here")


def item(place: int, **facts: object) -> InboxItem:
    """An item that came at its own minute."""
    at = NOW + timedelta(minutes=place)
    return replace(InboxItem(f"i{place:03}", f"{place:064x}", f"paper {place}.pdf", at, at), **facts)  # type: ignore[arg-type]


def ids(store: SqlInbox, **query: object) -> list[str]:
    """The ids that a query lists."""
    return [row.item_id for row in store.search(InboxQuery(**query)).rows]  # type: ignore[arg-type]


def test_an_item_comes_back_whole(store: SqlInbox) -> None:
    """With its pages, amounts and moments."""
    kept = item(
        1,
        batch_id="b",
        within="a.zip/march",
        depth=1,
        who="Ann",
        state="needs review",
        run_id="r",
        pages=(PageRef(1), PageRef(3, 90)),
        page_count=3,
        vendor="Café Olé",
        number="R-1",
        total=Decimal("119.50"),
        currency="EUR",
        doubts=2,
        worst="Is it right?",
        verdict="needs review",
        order_id=7,
        seconds=1.5,
        cost=Decimal("0.00012"),
    )
    store.add([kept])
    assert store.get("i001") == kept
    assert store.get("i002") is None


def test_a_change_meets_only_the_version_it_was_made_of(store: SqlInbox) -> None:
    """The later of two changes of one version is not kept, and so overwrites nothing."""
    store.add([item(1), item(2)])
    first = store.get("i001")
    assert first
    (kept,) = store.put([replace(first, who="Ann")])
    assert (kept.who, kept.version) == ("Ann", 2)
    assert kept.changed_at > first.changed_at
    second = store.get("i002")
    assert second
    assert [each.item_id for each in store.put([replace(first, who="Bob"), replace(second, who="Bob")])] == ["i002"]
    assert [each.who for each in store.some(["i001", "i002"])] == ["Ann", "Bob"]


def test_an_archive_gives_way_to_what_was_in_it_as_one(store: SqlInbox) -> None:
    """If a file of it cannot be kept, the archive stays."""
    store.add([item(1)])
    with pytest.raises(StorageError):
        store.add([item(2), item(2)], instead_of="i001")
    assert ids(store) == ["i001"]
    store.add([item(2), item(3)], instead_of="i001")
    assert ids(store) == ["i003", "i002"]


def test_lists_are_narrowed_by_all_that_is_asked(store: SqlInbox) -> None:
    """Words anywhere in name, vendor and number, accents aside; states, type, vendor, batch and who."""
    store.add(
        [
            item(1, vendor="Café Olé", state="approved", type_name="invoice", who="Ann", batch_id="b"),
            item(2, vendor="CAFÉ OLÉ", state="failed", number="R-77"),
            item(3, vendor="Mill", state="saved", type_name="receipt", who="Bob"),
        ]
    )
    assert ids(store, text="cafe ole") == ["i002", "i001"]
    assert ids(store, text="r-77") == ["i002"]
    assert ids(store, text="paper 3") == ["i003"]
    assert ids(store, states=("approved", "saved")) == ["i003", "i001"]
    assert ids(store, vendor="café olé") == ["i002", "i001"]
    assert ids(store, type_name="receipt") == ["i003"]
    assert ids(store, batch_id="b") == ["i001"]
    assert ids(store, who="Ann") == ["i001"]
    assert ids(store, who="") == ["i002"]
    assert ids(store, text="100%") == []
    assert store.counts(InboxQuery(states=("failed",), text="ole")) == {"approved": 1, "failed": 1}
    assert store.choices("vendor")[0].casefold() == "café olé"
    assert store.choices("who") == ["Ann", "Bob"]


@pytest.mark.parametrize("descending", [True, False])
def test_sorting_and_paging_are_the_databases(store: SqlInbox, descending: bool) -> None:
    """Amounts by their value; what is empty last either way; the same item never on two pages."""
    totals = ["9.00", "10.00", None, "-3", "1000"]
    store.add([item(place, total=Decimal(text) if text else None) for place, text in enumerate(totals)])
    shown = [row.total for row in store.search(InboxQuery(sort="total", descending=descending)).rows]
    numbers = [Decimal(text) for text in ("-3", "9", "10", "1000")]
    assert shown == [*(reversed(numbers) if descending else numbers), None]
    paged = [ids(store, sort="total", descending=descending, size=2, page=page) for page in range(3)]
    assert sorted(each for page in paged for each in page) == [f"i00{place}" for place in range(5)]
    assert store.search(InboxQuery(size=2)).total == 5


@pytest.mark.parametrize("sort", SORTS)
def test_every_column_sorts(store: SqlInbox, sort: str) -> None:
    """In either direction, and another name is refused in a sentence."""
    store.add([item(1, vendor="B", who="Z"), item(2, vendor="A"), item(3)])
    assert sorted(ids(store, sort=sort)) == ["i001", "i002", "i003"]
    with pytest.raises(StorageError, match="cannot be sorted"):
        ids(store, sort="name; drop table")


def test_what_came_together_is_listed_as_it_came(store: SqlInbox) -> None:
    """The latest batch first, and within it the first file first."""
    store.add([replace(item(number), arrived_at=NOW) for number in (1, 2, 3)])
    assert ids(store) == ["i001", "i002", "i003"]


def test_nobody_else_gets_a_taken_item(store: SqlInbox) -> None:
    """Also under many hands at once: each is given once, the oldest first, and only so many are under way."""
    store.add([item(number, step="open") for number in range(30)])
    with ThreadPoolExecutor(6) as pool:
        taken = [each for some in pool.map(lambda _: store.take("short", 12), range(12)) for each in some]
    assert len({each.item_id for each in taken}) == len(taken)
    assert len(taken) == 12
    assert len({each.job_id for each in taken}) == len(taken)
    assert "i000" in {each.item_id for each in taken}
    assert store.take("long", 12) == []


def test_the_next_are_taken_once_half_of_them_are_done(store: SqlInbox) -> None:
    """A few at a time."""
    store.add([item(number, step="read") for number in range(10)])
    first = store.take("short", 4)
    assert [each.item_id for each in first] == ["i000", "i001", "i002", "i003"]
    store.put([replace(first[0], job_id=None, step="", state="approved")])
    assert store.take("short", 4) == []
    store.put([replace(each, job_id=None, step="", state="approved") for each in first[1:]])
    assert [each.item_id for each in store.take("short", 4)] == ["i004", "i005", "i006", "i007"]


def test_an_item_whose_job_ended_or_is_lost_is_told(store: SqlInbox, database: Database) -> None:
    """With how it ended; one that was only just taken is not missed yet."""
    jobs = SqlJobs(database, "here")
    store.add([item(number, step="read") for number in range(3)])
    failed, running, lost = store.take("short", 12)
    for each in (failed, running):
        assert each.job_id
        jobs.add(JobRequest("run", each.job_id, each.name, lane="short"))
    held = jobs.claim("w", ("short",), 30)
    assert held
    jobs.finish(held, "failed", "why")
    assert [(each.item.item_id, each.state, each.error) for each in store.endings(30)] == [("i000", "failed", "why")]
    assert [(each.item.item_id, each.state) for each in store.endings(-1)][1:] == [(lost.item_id, None)]
    assert not store.is_idle()


def test_it_is_idle_once_nothing_is_queued_or_under_way(store: SqlInbox) -> None:
    """What waits for a person is not queued."""
    store.add([item(1), item(2, step="read")])
    assert not store.is_idle()
    (taken,) = store.take("short", 12)
    assert not store.is_idle()
    store.put([replace(taken, step="", job_id=None)])
    assert store.is_idle()


def test_a_batch_is_added_up_by_state(store: SqlInbox) -> None:
    """How many, how many are on their way, what was found ready unseen, seconds and cost; one without items is not shown."""
    store.keep_batch(Batch("b", "March", NOW, "Ann", ("old.pdf",)))
    store.keep_batch(Batch("empty", "Empty", NOW - timedelta(days=1)))
    store.add(
        [
            item(1, batch_id="b", state="approved", verdict="approved", seconds=1.5, cost=Decimal("0.10")),
            item(2, batch_id="b", state="saved", verdict="approved", seconds=0.5, cost=Decimal("0.20")),
            item(3, batch_id="b", state="needs review", verdict="needs review"),
            item(4, batch_id="b", state="waiting", step="read"),
            item(5, batch_id="b", state="failed"),
            item(6),
        ]
    )
    (report,) = store.reports()
    assert (report.batch.name, report.batch.who, report.batch.again) == ("March", "Ann", ("old.pdf",))
    assert report.states == {"approved": 1, "saved": 1, "needs review": 1, "waiting": 1, "failed": 1}
    assert (report.count, report.active, report.unseen) == (5, 1, 2)
    assert (report.seconds, report.cost) == (2.0, Decimal("0.30"))
    assert report.changed_at == item(5).changed_at
    assert store.report("b") == report
    store.keep_batch(replace(report.batch, name="April"))
    assert store.reports()[0].batch.name == "April"


def test_items_are_found_by_file_run_and_record(store: SqlInbox) -> None:
    """Each by the question that is asked of it."""
    store.add([item(1, run_id="r1", order_id=7), item(2, job_id="r2")])
    assert [each.item_id for each in store.of_run("r1")] == ["i001"]
    assert [each.item_id for each in store.of_run("r2")] == ["i002"]
    assert [each.item_id for each in store.of_order(7)] == ["i001"]
    assert [each.item_id for each in store.of_documents([f"{2:064x}", f"{9:064x}"])] == ["i002"]


def test_the_latest_record_of_a_file_is_known(store: SqlInbox, database: Database) -> None:
    """Also of one that never came through the Inbox."""
    orders = SqlOrders(database)
    for number in (1, 2):
        orders.add(Record(Invoice(), "reviewed", number, document="d" * 64))
    assert store.recorded(["d" * 64, "e" * 64]) == {"d" * 64: 2}


def test_what_is_deleted_comes_back_as_it_was(store: SqlInbox) -> None:
    """Its version too."""
    store.add([item(1), item(2)])
    gone = store.remove(["i001", "i009"])
    assert [each.item_id for each in gone] == ["i001"]
    assert ids(store) == ["i002"]
    store.add(gone)
    assert store.get("i001") == gone[0]


def test_items_of_another_data_folder_are_left_alone(store: SqlInbox, database: Database) -> None:
    """Their files are not here."""
    there = SqlInbox(database, "there")
    there.add([item(1, step="open")])
    assert store.take("short", 12) == []
    assert (store.search(InboxQuery()).total, store.is_idle(), store.reports()) == (0, True, [])


def test_many_are_changed_and_found_in_one_go(store: SqlInbox) -> None:
    """More than one statement may name."""
    store.add([item(number) for number in range(1201)])
    every = store.ids(InboxQuery(), 5000)
    assert len(every) == 1201
    assert len(store.put([replace(each, who="Ann") for each in store.some(every)])) == 1201
    assert len(store.remove(every)) == 1201
