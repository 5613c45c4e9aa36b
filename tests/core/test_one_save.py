"""Database and workbook are saved as one: whatever dies or refuses in between, they agree or it is offered to mend."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.kill_saves import kill_and_mend
from core.entrypoints.bootstrap import build_studio
from core.errors import StorageError, WorkbookLocked
from core.invoice.model import Invoice, LineItem
from core.records import Records, describe_difference
from core.settings import Settings
from core.stores.ledger import Finals
from core.stores.records import Record, RecordQuery, Target
from core.stores.workbook import StagedChange
from core.studio import Studio
from storage.pending import SqlPending
from storage.workbook import Workbook

BOTH: tuple[Target, ...] = ("database", "workbook")


def invoice(vendor: str, number: str = "R-1") -> Invoice:
    """A small invoice of ``vendor``."""
    line = LineItem(description="Rope", quantity=Decimal("2.5"), unit_price=Decimal("4.00"), total_price=Decimal(10))
    return Invoice(invoice_number=number, vendor_name=vendor, total_amount=Decimal("10.00"), line_items=(line,))


def open_studio(folder: Path) -> Studio:
    """The studio of a data folder."""
    return build_studio(Settings(data_dir=folder, DATABASE_URL=None))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio with a data folder of its own."""
    return open_studio(tmp_path / "data")


def in_workbook(studio: Studio, order_id: int) -> str | None:
    """The vendor of an order as the workbook tells it."""
    return Workbook(studio.workbook_path).get(order_id).values.vendor_name


def die(*_: object, **__: object) -> None:
    """The end of this process, at once."""
    os.kill(os.getpid(), signal.SIGKILL)


#: What is replaced by :func:`die`.
SEAMS = {
    "before the database": (SqlPending, "note"),
    "between": (Records, "_put_in_place"),
    "before the note goes": (SqlPending, "done"),
}
#: What is done, and what the workbook is then offered as.
VERBS: dict[str, tuple[Callable[[Studio], object], str]] = {
    "save": (lambda studio: studio.save(invoice("New", "R-2"), BOTH), "lacking"),
    "update": (lambda studio: studio.save(invoice("New"), BOTH, update=1), "outdated"),
    "delete": (lambda studio: studio.remove(1), "left over"),
}


def killed_at(seam: str, folder: Path, verb: Callable[[Studio], object]) -> None:
    """Another process does ``verb`` and is killed at ``seam``."""
    worker = os.fork()
    if worker == 0:
        try:
            setattr(*SEAMS[seam], die)
            verb(open_studio(folder))
        finally:
            os._exit(1)
    _, status = os.waitpid(worker, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


needs_fork = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")


@needs_fork
@pytest.mark.parametrize("seam", SEAMS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_kill_between_the_stores_leaves_nothing_that_is_not_offered(studio: Studio, seam: str, verb: str) -> None:
    """New orders, updates and deletions, killed at each seam: the offer says what differs, mending makes the two agree."""
    studio.save(invoice("Old"), BOTH)
    action, kind = VERBS[verb]
    killed_at(seam, studio.settings.data_dir, action)
    offered = studio.records.what_differs()
    assert [difference.kind for difference in offered] == ([kind] if seam == "between" else [])
    for difference in offered:
        assert f"Order {difference.order_id} " in describe_difference(difference)
        studio.records.mend(difference)
    assert studio.records.what_differs() == []
    held = {row.order_id for row in studio.search(RecordQuery()).rows}
    assert all(in_workbook(studio, order_id) == studio.record(order_id).values.vendor_name for order_id in held)
    assert Workbook(studio.workbook_path).last_id() == max(held, default=0)


@needs_fork
def test_random_kills_leave_nothing_that_is_not_offered(tmp_path: Path) -> None:
    """The short form of ``python -m benchmarks.kill_saves``."""
    told = kill_and_mend(tmp_path / "data", kills=4, seed=3)
    assert told.kills == 4
    assert told.silent == []
    assert told.after_mending == []


def refusing(error: BaseException, then: Callable[[], None] = lambda: None) -> type[Workbook]:
    """A workbook whose new state can be written but not put in its place."""

    class Refusing(Workbook):
        def staged(self, orders: Mapping[int, Record | None]) -> AbstractContextManager[StagedChange]:
            @contextmanager
            def held() -> Iterator[StagedChange]:
                with Workbook.staged(self, orders) as change:

                    def put() -> None:
                        then()
                        raise error

                    yield StagedChange(change.held, put)

            return held()

    return Refusing


def test_a_workbook_that_refuses_leaves_the_database_as_it_was(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person reads the workbook's own reason; nothing is left to mend."""
    first = studio.save(invoice("First"), BOTH)
    monkeypatch.setattr(studio.records, "_stores", stores_with(studio, refusing(WorkbookLocked("closed for today"))))
    with pytest.raises(WorkbookLocked, match="closed for today"):
        studio.save(invoice("Second"), BOTH, update=first.order_id)
    with pytest.raises(WorkbookLocked, match="closed for today"):
        studio.save(invoice("Third", "R-3"), BOTH)
    with pytest.raises(WorkbookLocked, match="closed for today"):
        studio.remove(first.order_id)
    assert studio.record(first.order_id).values.vendor_name == "First"
    assert studio.search(RecordQuery()).total == 1
    assert studio.records.what_differs() == []


def stores_with(studio: Studio, workbook: type[Workbook]) -> object:
    """The studio's stores with another workbook."""
    from dataclasses import replace

    return replace(studio.records._stores, workbook=workbook)


def test_a_database_that_cannot_take_back_leaves_a_note(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first error is what the person reads; the difference is offered and mended."""

    def full() -> None:
        def refuse(*_: object) -> None:
            raise StorageError("no room in the database")

        patch.setattr(studio._parts.orders, "remove", refuse)

    kept = studio.records._stores
    with monkeypatch.context() as patch:
        patch.setattr(studio.records, "_stores", stores_with(studio, refusing(StorageError("The disk is full."), full)))
        with pytest.raises(StorageError, match=r"^The disk is full\. The database has order 1"):
            studio.save(invoice("First"), BOTH)
    assert studio.records._stores is kept
    (difference,) = studio.records.what_differs()
    assert "Order 1 is not in the Excel workbook" in describe_difference(difference)
    studio.records.mend(difference)
    assert in_workbook(studio, 1) == "First"


def test_a_difference_can_be_left(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is not offered again."""
    monkeypatch.setattr(studio.records, "_put_in_place", lambda *_, **__: None)
    studio.save(invoice("First"), BOTH)
    (difference,) = studio.records.what_differs()
    studio.records.leave(difference)
    assert studio.records.what_differs() == []
    assert not studio.workbook_path.exists()


def test_saving_fills_the_target_that_lacks_it(studio: Studio) -> None:
    """What is stored in the database alone comes into the workbook as it is stored, and the other way round."""
    database_only = studio.save(invoice("First"), ("database",)).order_id
    workbook_only = studio.save(invoice("Second", "R-2"), ("workbook",)).order_id
    assert studio.records.lacking(database_only, BOTH) == ("workbook",)
    receipt = studio.records.fill(database_only, BOTH)
    assert in_workbook(studio, database_only) == "First"
    studio.records.fill(workbook_only, BOTH)
    assert studio.record(workbook_only).values.vendor_name == "Second"
    assert studio.records.lacking(workbook_only, BOTH) == ()
    studio.undo(receipt)
    assert studio.records.lacking(database_only, BOTH) == ("workbook",)
    assert studio.record(database_only).values.vendor_name == "First"


def test_a_record_is_deleted_where_it_is_held(studio: Studio) -> None:
    """Its rows leave the workbook too, and undo brings both back."""
    order_id = studio.save(invoice("First"), BOTH).order_id
    assert studio.records.holders(order_id) == BOTH
    receipt = studio.remove(order_id)
    assert Workbook(studio.workbook_path).last_id() == 0
    studio.undo(receipt)
    assert in_workbook(studio, order_id) == studio.record(order_id).values.vendor_name == "First"


def test_another_record_under_its_number_in_the_workbook_stays(studio: Studio) -> None:
    """A workbook from elsewhere may have a record of its own there."""
    order_id = studio.save(invoice("First"), ("database",)).order_id
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    other = Record(invoice("Other"), "reviewed", order_id, created_at=long_ago, updated_at=long_ago)
    Workbook(studio.workbook_path).save(other)
    assert studio.records.holders(order_id) == ("database",)
    studio.remove(order_id)
    assert in_workbook(studio, order_id) == "Other"


# --- the ledger ----------------------------------------------------------------------------------------------------


@pytest.fixture
def read(studio: Studio) -> str:
    """A run whose vendor was read as “Read”."""
    from tests.contract.test_ledger import STARTED, extraction

    found = extraction(values=invoice("Read"), confidences={"vendor_name": 0.8, "invoice_number": 0.9})
    studio._parts.ledger.keep_run("r1", found, STARTED)
    return "r1"


def learnt(studio: Studio) -> dict[str, bool]:
    """What calibration learns from: whether each reviewed value was changed."""
    return {value.path: value.changed for value in studio._parts.ledger.reviewed_values()}


def test_undo_reaches_the_ledger(studio: Studio, read: str) -> None:
    """What calibration learns from, and what counts as reviewed, is as before the save."""
    receipt = studio.save(invoice("Corrected"), BOTH, run_id=read)
    assert learnt(studio) == {"vendor_name": True, "invoice_number": False}
    studio.undo(receipt)
    assert learnt(studio) == {}
    assert studio._parts.ledger.finals(read) is None


def test_undo_of_a_second_save_leaves_the_first_ones_values(studio: Studio, read: str) -> None:
    """The finals of the first save stand again, with its order."""
    first = studio.save(invoice("Read"), ("database",), run_id=read)
    second = studio.save(invoice("Corrected"), ("database",), run_id=read, update=first.order_id)
    studio.undo(second)
    assert learnt(studio) == {"vendor_name": False, "invoice_number": False}
    finals = studio._parts.ledger.finals(read)
    assert isinstance(finals, Finals)
    assert (finals.order_id, finals.values["vendor_name"]) == (first.order_id, "Read")


def test_a_correction_is_a_fact_that_undo_answers(studio: Studio, read: str) -> None:
    """Who, when, path, from, to and why; nothing is taken away."""
    receipt = studio.save(invoice("Corrected"), ("database",), run_id=read)
    studio.undo(receipt)
    facts = studio._parts.ledger.changes(receipt.order_id)
    assert [(fact.path, fact.before, fact.after, fact.why) for fact in facts] == [
        ("vendor_name", "Read", "Corrected", "saved"),
        ("vendor_name", "Corrected", "Read", "undone"),
    ]
    assert all(fact.who and fact.run_id == read and fact.at.tzinfo for fact in facts)


def test_a_record_of_no_run_has_its_facts_too(studio: Studio) -> None:
    """A record that was typed, then corrected in Records."""
    first = studio.save(invoice("Typed"), ("database",))
    receipt = studio.save(invoice("Better"), ("database",), update=first.order_id)
    studio.undo(receipt)
    told = [(fact.before, fact.after, fact.why) for fact in studio._parts.ledger.changes(first.order_id)]
    assert told == [("Typed", "Better", "saved"), ("Better", "Typed", "undone")]


def test_record_and_ledger_are_written_as_one(studio: Studio, read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the ledger refuses, no record is stored either."""

    def refuse(*_: object) -> None:
        raise StorageError("the ledger is tired")

    monkeypatch.setattr(studio._parts.ledger, "keep_final", refuse)
    with pytest.raises(StorageError, match="tired"):
        studio.save(invoice("Corrected"), BOTH, run_id=read)
    assert studio.search(RecordQuery()).total == 0
    assert studio.records.what_differs() == []
    assert not studio.workbook_path.exists()


# --- a full disk ---------------------------------------------------------------------------------------------------


def in_another_process(work: Callable[[], object]) -> str:
    """The sentence of the StorageError with which ``work`` ends in a process of its own; empty for none."""
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        try:
            work()
        except StorageError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(worker, 0)
    with os.fdopen(reading) as told:
        return told.read()


@needs_fork
def test_a_workbook_without_room_changes_nothing(studio: Studio) -> None:
    """A real refusal in mid-write: its reason is told, the database has nothing of it, no temporary file stays."""
    import resource

    studio.save(invoice("First"), BOTH)
    with zipfile.ZipFile(studio.workbook_path, "a") as archive:
        archive.writestr("xl/media/image1.png", os.urandom(4_000_000))

    def save() -> None:
        opened = open_studio(studio.settings.data_dir)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
        opened.save(invoice("Second", "R-2"), BOTH)

    assert "free disk space" in in_another_process(save)
    assert studio.search(RecordQuery()).total == 1
    assert studio.records.what_differs() == []
    assert not list(studio.workbook_path.parent.glob(".invoice_database.xlsx.*.tmp"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; skips where this account may mount none."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("a small disk can be mounted only as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


@needs_fork
@pytest.mark.parametrize("room", range(0, 140_000, 20_000))
def test_a_full_disk_leaves_nothing_half(small_disk: Path, room: int) -> None:
    """With ever more room left, from none to enough: a save is whole, or as if it had not been, or offered to be mended."""
    studio = open_studio(small_disk)
    first = studio.save(invoice("First"), BOTH).order_id
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(bytes(max(0, free - room)))
    error = in_another_process(lambda: open_studio(small_disk).save(invoice("Second"), BOTH, update=first))
    filler.unlink()
    offered = studio.records.what_differs()
    told = {studio.record(first).values.vendor_name, in_workbook(studio, first)}
    assert len(told) == 1 or [difference.order_id for difference in offered] == [first]
    assert not error or told == {"First"} or offered
    assert error or told == {"Second"}
    for difference in offered:
        studio.records.mend(difference)
    assert in_workbook(studio, first) == studio.record(first).values.vendor_name
