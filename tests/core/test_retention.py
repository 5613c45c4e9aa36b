"""What is kept only for so many days goes by the day, with nothing of what a record needs unsaid; a killed deletion leaves records whole."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.call import Call
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import DocumentError, RecordMissing
from core.person import Person
from core.settings import Retention, Settings
from core.stores.api import ApiTask
from core.stores.inbox import InboxQuery
from core.stores.records import RecordQuery
from core.studio import Studio
from storage.workbook import Workbook
from tests.core.test_forgetting import files_with, read_and_save, sample, wait_until_idle

LATER = timedelta(days=40)
ALL = Retention(**dict.fromkeys(Retention.model_fields, 30) | {"trail": 100})


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path / "data", DATABASE_URL=None))
    yield made
    made.close()


def lived_in(studio: Studio) -> tuple[int, str, str]:
    """A record of a document; one that was rejected; one that waits for somebody. Gives the record's number and the others' ids."""
    read, run_id, order = read_and_save(studio, sample(1, 0).data, "kept.pdf")
    picture = studio._parts.files.keep(b"a picture of it")
    sent = {"text": "the whole page", "picture": picture}
    studio._parts.calls.keep_call(
        Call("c1", datetime.now(UTC), "openai", "m", "extract", sent=sent), run_id, read.document
    )
    task = ApiTask("t1", "key", read.document, "extraction", 1, datetime.now(UTC), save=("database",), order_id=order)
    studio.access.store.add_task(task)
    rejected = studio.inbox.take_in([("gone.pdf", sample(7, 1).data)]).items[0]
    waits = studio.inbox.take_in([("waits.pdf", sample(9, 1).data)]).items[0]
    wait_until_idle(studio)
    studio.inbox.reject([rejected.item_id], "no invoice")
    return order, rejected.document, waits.document


def test_nothing_goes_where_nobody_set_days(studio: Studio) -> None:
    """However old it is."""
    lived_in(studio)
    years = datetime.now(UTC) + timedelta(days=4000)
    assert studio.retention.foresee(now=years) == []
    assert studio.retention.apply(now=years) == []


def test_what_is_over_its_days_goes_and_the_record_stays_whole(studio: Studio) -> None:
    """Foreseen with what records lose; done; looked for; in the trail; and what waits for somebody is not touched."""
    order, rejected, waits = lived_in(studio)
    before = studio.record(order)
    name = before.values.vendor_name  # type: ignore[attr-defined]
    studio.configure(retention=ALL)
    now = datetime.now(UTC) + LATER
    assert studio.retention.foresee(now=datetime.now(UTC)) == []
    foreseen = {each.kind: each for each in studio.retention.foresee(now=now)}
    assert set(foreseen) == {"documents", "originals", "texts", "runs", "sent", "tasks", "inbox"}
    assert foreseen["documents"].counts["documents"] == 1
    assert (foreseen["originals"].records, foreseen["runs"].records, foreseen["texts"].records) == (1, 1, 1)
    assert "1 record: From the record's last change." in foreseen["originals"].sentence
    ada = studio.by(Person("Ada", "admin", "typed"))
    done = ada.retention.apply(now=now)
    assert set(foreseen) - {each.kind for each in done} == {"inbox"}  # went with its document
    assert studio.retention.foresee(now=now) == []
    assert files_with(studio.settings.data_dir, rejected) == []
    kept = set(studio._parts.files.documents())
    assert kept == {waits}
    [waiting] = studio.inbox.search(InboxQuery(states=("approved", "needs review", "waiting"))).rows
    assert studio.job(waiting.run_id or "") is not None
    assert studio.record(order) == before
    assert Workbook(studio.workbook_path).get(order).values == before.values
    assert [row.order_id for row in studio.search(RecordQuery(text=name)).rows] == [order]
    with pytest.raises((DocumentError, RecordMissing)):
        studio.document(before.document or "")
    [call] = [studio._parts.calls.get("c1")]
    assert not call.sent
    told = [event for event in studio.history.latest() if event.action == "expired"]
    assert {event.who for event in told} == {"Ada"}
    assert {"saved", "read"} <= {entry.action for entry in studio.history.of_record(order)}


def test_lines_of_what_is_kept_outlast_their_days(studio: Studio) -> None:
    """Those of a deleted record go; those of another stay, however old."""
    _, _, first = read_and_save(studio, sample(1, 0).data, "a.pdf")
    _, _, second = read_and_save(studio, sample(7, 1).data, "b.pdf")
    studio.remove(first)
    studio.forgetting.forget(studio.forgetting.of_document(_document_of(studio, first)))
    studio.configure(retention=Retention(trail=1))
    count = len(studio.history.of_record(second))
    studio.retention.apply(now=datetime.now(UTC) + LATER)
    assert studio.history.of_record(first) == []
    assert len(studio.history.of_record(second)) == count
    assert {event.action for event in studio.history.latest()} & {"forgotten"} == set()


def _document_of(studio: Studio, order: int) -> str:
    return next(event.document for event in studio.history.latest() if event.order_id == order and event.document)


def test_the_command_says_first_and_takes_away_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run changes nothing."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    studio = build_studio()
    rejected = studio.inbox.take_in([("gone.pdf", sample(7, 1).data)]).items[0]
    wait_until_idle(studio)
    studio.inbox.reject([rejected.item_id], "no invoice")
    studio.configure(retention=Retention(inbox=1))
    _made_old(studio)
    studio.close()
    assert main(["retain"]) == 0
    assert "1 inbox item, older than 1 day." in capsys.readouterr().out
    assert main(["retain", "--apply", "--yes"]) == 0
    assert "It is gone." in capsys.readouterr().out
    assert main(["retain"]) == 0
    assert capsys.readouterr().out == "Nothing is over its days.\n"


def _made_old(studio: Studio) -> None:
    with studio._parts.unit() as connection:
        connection.exec_driver_sql("UPDATE inbox_items SET changed_at = '2020-01-01 00:00:00.000000'")


# --- killed in the middle --------------------------------------------------------------------------------------------


def _die(*_: object, **__: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(work: Callable[..., Any]) -> Callable[..., Any]:
    def then_die(*given: Any, **named: Any) -> Any:
        work(*given, **named)
        _die()

    return then_die


def _seams(studio: Studio) -> dict[str, tuple[object, str, Callable[..., Any]]]:
    """Where a deletion can break off: (whose method, its name, what is done in its place)."""
    room, erasure = studio.forgetting, studio._parts.erasure
    return {
        "before anything": (room, "_erase_rows", _die),
        "inside the transaction": (erasure, "erase", _after(erasure.erase)),
        "before the workbook": (room, "_erase_rows", _after(room._erase_rows)),
        "before the files": (room, "_drop_files", _die),
        "before the caches": (room, "_drop_what_is_unneeded", _die),
        "before the end": (erasure, "scrub", _die),
    }


SEAMS = (
    "before anything",
    "inside the transaction",
    "before the workbook",
    "before the files",
    "before the caches",
    "before the end",
)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_kill_in_a_bulk_deletion_leaves_each_record_whole(tmp_path: Path) -> None:
    """At every seam: all of a vendor's records are as they were, in database, workbook and files; or, once the next process has gone
    on, none of them is anywhere. Another vendor's is never touched."""
    folder = tmp_path / "data"
    settings = Settings(data_dir=folder, DATABASE_URL=None)
    ends = set()
    for seam in SEAMS:
        studio = build_studio(settings)
        if not studio.search(RecordQuery()).rows:
            _, _, other = read_and_save(studio, sample(7, 1).data, "other.pdf")
        orders = {read_and_save(studio, sample(seed, 0).data, f"{seed}.pdf")[2] for seed in (1, 5)}
        vendor = studio.record(min(orders)).values.vendor_name  # type: ignore[attr-defined]
        documents = {order: studio.record(order).document for order in (*orders, other)}
        studio.close()
        _killed(settings, vendor, seam)
        studio = build_studio(settings)
        before = _whole(studio, orders)
        studio.forgetting.go_on()
        held = _whole(studio, orders)
        assert all(each == (True, True, True) for each in held.values()) or all(
            each == (False, False, False) for each in held.values()
        ), (seam, held)
        assert all(each[0] for each in before.values()) or not any(each[0] for each in before.values())
        assert _whole(studio, {other}) == {other: (True, True, True)}
        ends.add(any(held[order][0] for order in orders))
        if any(each[0] for each in held.values()):
            studio.forgetting.forget(studio.forgetting.of_name(vendor))
        else:
            assert files_with(folder, *(documents[order] or "" for order in orders)) == [], seam
        assert studio._parts.files.keys("forgetting") == []
        studio.close()
    assert ends == {True, False}


def _whole(studio: Studio, orders: set[int]) -> dict[int, tuple[bool, bool, bool]]:
    """Of each record whether database, workbook, and the file that the database names have it."""
    book, kept = Workbook(studio.workbook_path), set(studio._parts.files.documents())
    found = {}
    for order in orders:
        try:
            record = studio.record(order)
            here = (True, record.document in kept)
        except RecordMissing:
            here = (False, False)
        try:
            rows = bool(book.get(order))
        except RecordMissing:
            rows = False
        found[order] = (here[0], rows, here[1])
    return found


def _killed(settings: Settings, vendor: str, seam: str) -> None:
    child = os.fork()
    if child == 0:
        try:
            studio = build_studio(settings)
            whose, name, instead = _seams(studio)[seam]
            setattr(whose, name, instead)
            studio.forgetting.forget(studio.forgetting.of_name(vendor))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, seam
