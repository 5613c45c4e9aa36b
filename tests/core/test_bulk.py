"""Many records at once: done, told, undone; and whole after a kill at any moment."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.errors import NotAllowed, StorageError, WorkbookLocked
from core.events import RunFinished
from core.extraction import PageRef
from core.invoice.model import Invoice
from core.person import Person
from core.receipt.model import Receipt
from core.records import Records
from core.settings import Settings
from core.stores.records import RecordQuery, Target
from core.studio import Studio
from storage.workbook import Workbook
from tests.conftest import SampleFile

BOTH: tuple[Target, ...] = ("database", "workbook")
ADA = Person("Ada", "admin", "typed")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path / "data", DATABASE_URL=None))
    yield made
    made.close()


def invoice(number: int) -> Invoice:
    """A small invoice."""
    return Invoice(invoice_number=f"R-{number}", vendor_name="Old", total_amount=Decimal(number))


def saved(studio: Studio, count: int, targets: tuple[Target, ...] = BOTH) -> dict[int, int]:
    """So many records that wait for review, by number with their versions."""
    for number in range(count):
        studio.save(invoice(number), targets, status="needs review")
    return studio.bulk.picked(RecordQuery())


def do(steps: Iterator[object]) -> None:
    """To its end."""
    for _ in steps:
        pass


def vendors(studio: Studio) -> dict[int, str | None]:
    """The vendor of every record, as the database has it."""
    return {row.order_id: row.values["vendor_name"] for row in studio.search(RecordQuery(size=1000)).rows}


def in_book(studio: Studio) -> dict[int, str | None]:
    """The vendor of every record, as the workbook has it."""
    book = Workbook(studio.workbook_path)
    return {number: order.values.vendor_name for number, order in book.some(range(1, book.last_id() + 1)).items()}


def test_one_field_is_set_everywhere_and_undone(studio: Studio) -> None:
    """In database and workbook, with one batch in every trail; undo brings each back, and says so."""
    picked = saved(studio, 3)
    mine = studio.by(ADA)
    batch = mine.bulk.edit(picked, "vendor_name", "New", "Vendor name")
    do(mine.bulk.go_on(batch))
    assert set(vendors(studio).values()) == set(in_book(studio).values()) == {"New"}
    assert mine.bulk.get(batch).counts == {"done": 3}
    for number in picked:
        last = studio._parts.trail.of_order(number)[-1]
        assert (last.who, last.action, last.told["batch"]) == ("Ada", "changed", batch)
        assert [(each.before, each.after) for each in studio._parts.ledger.changes(number)] == [("Old", "New")]
    do(mine.bulk.undo(batch))
    assert set(vendors(studio).values()) == set(in_book(studio).values()) == {"Old"}
    assert mine.bulk.get(batch).counts == {"undone": 3}
    assert studio._parts.trail.of_order(1)[-1].told["batch"] == batch


def test_what_was_changed_since_is_told_and_stays(studio: Studio) -> None:
    """Between the look and the deed, and between the deed and its undo."""
    picked = saved(studio, 3)
    studio.save(invoice(77), BOTH, update=1)
    batch = studio.bulk.edit(picked, "vendor_name", "New")
    do(studio.bulk.go_on(batch))
    assert studio.record(1).values.invoice_number == "R-77"
    (left,) = studio.bulk.left(batch)
    assert (left.order_id, left.state) == (1, "left")
    assert "changed it since" in left.sentence
    studio.save(invoice(88), BOTH, update=2)
    do(studio.bulk.undo(batch))
    assert vendors(studio) == {1: "Old", 2: "Old", 3: "Old"}
    assert studio.record(2).values.invoice_number == "R-88"
    assert "changed since" in next(item.sentence for item in studio.bulk.left(batch) if item.order_id == 2)


def test_a_change_in_the_very_moment_is_told_with_what_it_was(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves after the batch looked and before it writes: theirs stays, the others are done."""
    picked = saved(studio, 2)
    batch = studio.bulk.edit(picked, "vendor_name", "New")
    real, once = Records.change_all, []

    def meanwhile(self: Records, wishes: object, notes: object) -> object:
        if not once:
            once.append(studio.save(invoice(99), BOTH, update=2))
        return real(self, wishes, notes)  # type: ignore[arg-type]

    monkeypatch.setattr(Records, "change_all", meanwhile)
    do(studio.bulk.go_on(batch))
    assert vendors(studio) == in_book(studio) == {1: "New", 2: "Old"}
    (left,) = studio.bulk.left(batch)
    assert "“R-1” and is now “R-99”" in left.sentence


def test_records_are_approved_and_deleted_with_a_way_back(studio: Studio) -> None:
    """What was so already is said to be; a deleted record comes back under its number, into both."""
    picked = saved(studio, 2)
    studio.save(invoice(0), BOTH, update=1, status="reviewed")
    batch = studio.bulk.approve(studio.bulk.picked(RecordQuery()))
    do(studio.bulk.go_on(batch))
    assert [studio.record(number).status for number in picked] == ["reviewed", "reviewed"]
    assert [item.sentence for item in studio.bulk.left(batch)] == ["It was so already."]
    gone = studio.bulk.delete(studio.bulk.picked(RecordQuery()))
    do(studio.bulk.go_on(gone))
    assert vendors(studio) == in_book(studio) == {}
    do(studio.bulk.undo(gone))
    assert vendors(studio) == in_book(studio) == {1: "Old", 2: "Old"}
    assert studio.record(2).status == "reviewed"


def test_what_cannot_be_is_left_with_why(studio: Studio) -> None:
    """A text that is no amount, a field that the type has not; nothing of these records changes."""
    saved(studio, 1, ("database",))
    studio.save(Receipt(vendor_name="Shop"), ("database",))
    for path, text, why in (("total_amount", "eleven", "is not an amount"), ("customer_id", "7", "no such field")):
        batch = studio.bulk.edit(studio.bulk.picked(RecordQuery()), path, text)
        do(studio.bulk.go_on(batch))
        assert why in " ".join(item.sentence for item in studio.bulk.left(batch))
    assert studio.record(1).values.customer_id == "7"
    assert studio.record(1).values.total_amount == 0


def test_a_field_takes_an_amount_and_a_day_as_they_are_typed(studio: Studio) -> None:
    """And is emptied by nothing."""
    picked = saved(studio, 1, ("database",))
    for path, text, value in (("invoice_date", "2026-03-01", date(2026, 3, 1)), ("total_amount", "", None)):
        do(studio.bulk.go_on(studio.bulk.edit(studio.bulk.picked(RecordQuery()), path, text)))
        assert getattr(studio.record(next(iter(picked))).values, path) == value


def test_a_workbook_that_refuses_leaves_everything_as_it_was(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch still waits, and goes on once the workbook is free."""
    picked = saved(studio, 2)
    batch = studio.bulk.edit(picked, "vendor_name", "New")

    def refuse(*_: object) -> None:
        raise WorkbookLocked("closed for today")

    with monkeypatch.context() as patch:
        patch.setattr(Workbook, "_put", refuse)
        with pytest.raises(WorkbookLocked, match="closed for today"):
            do(studio.bulk.go_on(batch))
    assert set(vendors(studio).values()) == set(in_book(studio).values()) == {"Old"}
    assert studio.bulk.get(batch).counts == {"waiting": 2}
    assert studio.records.what_differs() == []
    do(studio.bulk.go_on(batch))
    assert set(vendors(studio).values()) == set(in_book(studio).values()) == {"New"}


def test_records_in_the_database_alone_make_no_workbook(studio: Studio) -> None:
    """The workbook follows only where it has the record."""
    do(studio.bulk.go_on(studio.bulk.edit(saved(studio, 2, ("database",)), "vendor_name", "New")))
    assert not studio.workbook_path.exists()


def test_who_may_only_look_begins_nothing(studio: Studio) -> None:
    """The verb refuses; nothing is kept."""
    picked = saved(studio, 1)
    vera = studio.by(Person("Vera", "viewer", "typed"))
    with pytest.raises(NotAllowed):
        vera.bulk.delete(picked)
    assert vera.bulk.latest() == []
    with pytest.raises(StorageError, match="at least one"):
        studio.bulk.delete({})


#: The vendor that a deed leaves.
AFTER = {"edit": "New", "undo": "Old"}
needs_fork = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")


@needs_fork
@pytest.mark.parametrize("deed", ["edit", "delete", "undo"])
def test_a_kill_in_the_middle_leaves_every_record_whole(
    studio: Studio, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes killed at random while they change, delete and undo: each record is old or new, database and workbook agree once
    what is offered is mended, and the batch is gone on with to its end."""
    monkeypatch.setattr("core.bulk.bulk.PORTION", 3)
    picked = saved(studio, 12)
    bulk = studio.bulk
    batch = bulk.edit(picked, "vendor_name", "New") if deed != "delete" else bulk.delete(picked)
    if deed == "undo":
        do(bulk.go_on(batch))
    chance, broken = random.Random(5), 0
    for kill in range(6):
        _kill(studio, batch, deed, chance.uniform(0.0, 0.25), in_the_middle=kill == 0)
        now = vendors(studio)
        assert set(now.values()) <= {"Old", "New"}
        counts = bulk.get(batch).counts
        moved = 12 - len(now) if deed == "delete" else sum(each == AFTER[deed] for each in now.values())
        assert counts.get("undone" if deed == "undo" else "done", 0) == moved
        broken += 0 < moved < 12
        for difference in studio.records.what_differs():
            studio.records.mend(difference)
        assert in_book(studio) == now
    do(bulk.undo(batch) if deed == "undo" else bulk.go_on(batch))
    end = {"edit": dict.fromkeys(picked, "New"), "delete": {}, "undo": dict.fromkeys(picked, "Old")}[deed]
    assert vendors(studio) == in_book(studio) == end
    assert broken


def _kill(studio: Studio, batch: str, deed: str, seconds: float, in_the_middle: bool) -> None:
    """Another process goes on with the batch, and is killed after ``seconds``, or as soon as one portion more is over."""
    over = "undone" if deed == "undo" else "done"
    before, settings = studio.bulk.get(batch).counts.get(over, 0), studio.settings
    ready, told = os.pipe()
    worker = os.fork()
    if worker == 0:
        try:
            studio = build_studio(settings)
            steps = studio.bulk.undo(batch) if deed == "undo" else studio.bulk.go_on(batch)
            os.write(told, b"r")
            for _ in steps:
                time.sleep(0.02)
            time.sleep(5)
        finally:
            os._exit(1)
    os.close(told)
    os.read(ready, 1)
    os.close(ready)
    until = time.monotonic() + (5 if in_the_middle else seconds)
    while time.monotonic() < until:
        time.sleep(0.002)
        if in_the_middle and studio.bulk.get(batch).counts.get(over, 0) > before:
            break
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def test_documents_are_read_again_and_only_what_is_taken_changes(studio: Studio, einvoice_pdf: SampleFile) -> None:
    """What differs is told first; taken per record, kept otherwise, and undone."""
    document = studio.open(einvoice_pdf.data, einvoice_pdf.name)
    for event in studio.extract(document, [PageRef(1)], run_id="a" * 32):
        if isinstance(event, RunFinished):
            read = event.extraction
    wrong = read.values.model_copy(update={"vendor_name": "Wrong"})
    for _ in range(2):
        studio.save(wrong, ("database",), run_id="a" * 32, extraction=read)
    typed = studio.save(invoice(5), ("database",)).order_id
    batch = studio.bulk.read_again(studio.bulk.picked(RecordQuery()), "default")
    deadline = time.monotonic() + 60
    while any(each.state == "reading" for each in studio.bulk.readings(batch)) and time.monotonic() < deadline:
        time.sleep(0.05)
    first, second = studio.bulk.readings(batch)
    assert first.differences == (("Vendor", "Wrong", read.values.vendor_name),)
    assert studio.record(1).values.vendor_name == "Wrong"
    assert [(item.order_id, "Nothing is known" in item.sentence) for item in studio.bulk.left(batch)] == [(typed, True)]
    do(studio.bulk.take(batch, [first.order_id]))
    studio.bulk.keep_stored(batch, [second.order_id])
    assert studio.record(1).values == read.values
    assert studio.record(1).run_id == first.run_id
    assert studio.record(2).values.vendor_name == "Wrong"
    assert studio.bulk.readings(batch) == []
    do(studio.bulk.undo(batch))
    assert studio.record(1).values.vendor_name == "Wrong"
    assert studio.record(1).run_id == "a" * 32
