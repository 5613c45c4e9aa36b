"""How the work goes, added up by both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from core.stores.alerts import Alert
from core.stores.operation import Day, Which
from storage.alerts import SqlAlerts
from storage.database import Database
from storage.inbox import SqlInbox
from storage.operation import SqlOperation
from tests.storage.worked import NOW, item, keep_run, keep_weeks

WEEK = ((NOW - timedelta(days=7)).replace(hour=0), NOW)


@pytest.fixture
def database(open_store: Callable[[str], Database], database_url: str) -> Database:
    """An empty database of each kind."""
    return open_store(database_url)


@pytest.fixture
def worked(database: Database) -> SqlOperation:
    """Two weeks of work."""
    keep_weeks(database, 2)
    SqlInbox(database, "elsewhere").add([item(900_000, NOW - timedelta(hours=1))])
    return SqlOperation(database)


def test_a_week_is_added_up(worked: SqlOperation) -> None:
    """What came in elsewhere or before is not in it."""
    total = worked.total(*WEEK)
    assert (total.documents, total.ready + total.failed) == (54, total.documents - 10)
    assert (total.correction_rate, total.cost) == (pytest.approx(3 * 5 / (22 * 5 + 20 * 5)), Decimal("0.05"))
    assert total.ready_rate == pytest.approx(total.ready / (54 - total.failed))


def test_nothing_at_all_has_no_rates(database: Database) -> None:
    """And no error."""
    total = SqlOperation(database).total(*WEEK)
    assert (total.documents, total.ready_rate, total.correction_rate, total.cost) == (0, None, None, Decimal(0))
    assert (SqlOperation(database).queue().oldest, SqlOperation(database).days(*WEEK)) == (None, [])


def test_days_come_in_order(worked: SqlOperation) -> None:
    """With what was ready and what failed on each."""
    days = worked.days(*WEEK)
    assert [day.documents for day in days] == [10, 2, 2, 10, 10, 10, 10]
    assert sum(day.failed for day in days) == worked.total(*WEEK).failed
    assert isinstance(days[0], Day)


def test_vendors_are_compared(worked: SqlOperation) -> None:
    """What could not be read has none; the documents behind a row are the ones counted."""
    groups = worked.groups(*WEEK, "vendor")
    assert sum(group.documents for group in groups) == 54
    assert {group.key for group in groups} == {"", "Paper Mill Ltd", "Nordlicht GmbH", "Atelier Marin"}
    for group in groups:
        assert len(worked.documents(Which(*WEEK, grouping="vendor", key=group.key))) == group.documents


def test_fields_are_counted_once_a_document_whatever_the_row(worked: SqlOperation) -> None:
    """Two quantities changed in one document are one document."""
    found = worked.corrections(*WEEK)
    assert found == {"vendor_name": 5, "line_items.quantity": 5}
    for field, count in found.items():
        assert len(worked.documents(Which(*WEEK, field=field))) == count


def test_causes_are_put_together_without_the_files_names(worked: SqlOperation) -> None:
    """The same cause is one row."""
    failed = worked.total(*WEEK).failed
    assert worked.causes(*WEEK) == {"it is encrypted.": failed}
    assert len(worked.documents(Which(*WEEK, cause="it is encrypted."))) == failed


def test_steps_are_those_of_documents_that_were_read(worked: SqlOperation) -> None:
    """The latest first, as many as asked for."""
    steps = worked.steps(*WEEK, 3)
    assert steps == [{"ocr": 3.0, "extract": 1.0}] * 3


def test_the_queue_is_what_waits_now(worked: SqlOperation) -> None:
    """Whatever time is looked at, and the documents behind it."""
    queue = worked.queue()
    assert queue.for_a_person == len(worked.documents(Which(*WEEK, waiting=True), 1000))
    assert queue.oldest == (NOW - timedelta(days=14)).replace(hour=9, minute=0)


def test_an_alert_begins_holds_and_ends(database: Database) -> None:
    """It is the same one while it holds; a new sentence is told, and a new one begins where it came back."""
    alerts, later = SqlAlerts(database), NOW + timedelta(hours=1)
    first = Alert("a1", "queue_hours", "", "Three wait.", NOW)
    assert alerts.hold([first], NOW) == [first]
    assert alerts.hold([Alert("a2", "queue_hours", "", "Four wait.", later)], later) == []
    assert [(each.alert_id, each.sentence, each.ended_at) for each in alerts.latest()] == [("a1", "Four wait.", None)]
    alerts.see(["a1"], later)
    assert alerts.hold([], later) == []
    assert [(each.ended_at, each.seen_at) for each in alerts.latest()] == [(later, later)]
    again = Alert("a3", "queue_hours", "", "One waits.", later)
    assert alerts.hold([again], later) == [again]
    assert [each.alert_id for each in alerts.latest()] == ["a3", "a1"]


def test_a_run_without_a_document_of_the_inbox_is_not_counted(database: Database) -> None:
    """Measurements and comparisons are no work."""
    keep_run(database, 1, NOW - timedelta(hours=1), right=3)
    assert SqlOperation(database).total(*WEEK).documents == 0
