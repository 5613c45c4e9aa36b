"""Locks, damage, two processes at once, a kill in mid-save: no state but whole files."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import RecordMissing, StorageError, WorkbookDamaged, WorkbookLocked
from storage.workbook import Workbook
from tests.storage.books import line_owners, order, parts, rows


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """A workbook that does not exist yet."""
    return Workbook(tmp_path / "folder" / "invoice_database.xlsx")


@pytest.mark.parametrize("owner", ["~$invoice_database.xlsx", ".~lock.invoice_database.xlsx#"])
def test_a_workbook_open_elsewhere_is_not_saved(book: Workbook, owner: str) -> None:
    """Excel's and LibreOffice's own lock files are honoured; reading goes on."""
    book.save(order(1))
    book.path.with_name(owner).touch()
    with pytest.raises(WorkbookLocked, match="close it"):
        book.save(order(2))
    with pytest.raises(WorkbookLocked):
        book.remove(1)
    assert book.last_id() == 1


def damaged_forms(whole: bytes) -> dict[str, bytes]:
    """Ways in which a workbook is none."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    middle = len(whole) // 2
    return {
        "empty": b"",
        "text": b"OrderID;InvoiceNumber\n",
        "cut": whole[:middle],
        "flipped": whole[: middle - 50] + bytes(100) + whole[middle + 50 :],
        "zip": stream.getvalue(),
        "protected": b"\xd0\xcf\x11\xe0" + bytes(600),
    }


@pytest.mark.parametrize("form", sorted(damaged_forms(b"")))
def test_a_damaged_workbook_is_told_and_left_as_it_is(book: Workbook, form: str) -> None:
    """Every verb says so, and none writes."""
    for number in range(30):
        book.save(order(number + 1))
    damaged = damaged_forms(book.path.read_bytes())[form]
    book.path.write_bytes(damaged)
    for verb in (lambda: book.save(order(99)), lambda: book.get(1), lambda: book.remove(1)):
        with pytest.raises((WorkbookDamaged, RecordMissing)):
            verb()
    assert book.path.read_bytes() == damaged


def test_a_mutated_workbook_is_read_or_told(book: Workbook) -> None:
    """Tags cut, doubled and spliced into the XML: every outcome is a result or one of our errors."""
    book.save(order(1))
    whole, chance = parts(book), random.Random(5)
    pieces = [b"<", b">", b'"', b"<row", b"<c ", b"NaN", b"1e999", b't="s"', b"&x;", b"\xff", b"", b"<f>", b"-1"]
    for _ in range(150):
        name = chance.choice(sorted(whole))
        at, cut = chance.randrange(len(whole[name])), chance.choice([0, 1, 20])
        mutated = whole[name][:at] + chance.choice(pieces) + whole[name][at + cut :]
        with zipfile.ZipFile(book.path, "w") as archive:
            for part, data in whole.items():
                archive.writestr(part, mutated if part == name else data)
        for verb in (lambda: book.get(1), lambda: book.save(order(2)), lambda: book.duplicates(order(1).values)):
            with contextlib.suppress(StorageError):
                verb()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_a_shared_workbook_stays_shared(book: Workbook, mode: int) -> None:
    """Its mode is as it was after a save and after a deletion; a new one has what the account's umask leaves."""
    umask = os.umask(0o022)
    try:
        book.save(order(1))
    finally:
        os.umask(umask)
    assert book.path.stat().st_mode & 0o777 == 0o644
    book.path.chmod(mode)
    book.save(order(2))
    book.remove(1)
    assert book.path.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few accounts make links")
def test_a_link_to_a_workbook_stays_a_link(book: Workbook, tmp_path: Path) -> None:
    """What is saved stands in the workbook that it leads to, under that one's lock and refusals."""
    link = tmp_path / "link.xlsx"
    link.symlink_to(book.path)
    Workbook(link).save(order(1))
    assert link.is_symlink()
    assert book.last_id() == 1
    book.path.with_name(f"~${book.path.name}").touch()
    with pytest.raises(WorkbookLocked):
        Workbook(link).save(order(2))


def test_what_a_killed_save_left_is_taken_away(book: Workbook) -> None:
    """By the next save, which holds the lock of all that write it; nothing of a person's goes."""
    book.save(order(1))
    left = [book.path.with_name(f".{book.path.name}.{end}") for end in ("abc123_x", "0a1b2c3d.tmp")]
    theirs = [book.path.with_name(name) for name in (f".{book.path.name}.backup.tmp", f"{book.path.name}.bak")]
    for path in (*left, *theirs):
        path.touch()
    book.save(order(2))
    assert not [path for path in left if path.exists()]
    assert all(path.exists() for path in theirs)


SAVE = """
import sys
from pathlib import Path
from core.invoice.model import Invoice, LineItem
from core.stores.records import Record
from storage.database import open_database
from storage.orders import SqlOrders
from storage.workbook import Workbook
path, url, name, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
orders, book = SqlOrders(open_database(url)), Workbook(path)
for number in range(count):
    order_id = orders.reserve_id(book.last_id() + 1)
    item = LineItem(description=f"{name} {number}")
    order = Record(Invoice(invoice_number=f"{name}-{number}", line_items=(item, item)), "reviewed", order_id)
    orders.add(order)
    book.save(order)
    print(order_id, flush=True)
"""


def saver(book: Workbook, url: str, name: str, count: int) -> subprocess.Popen[str]:
    """A process that saves so many orders into the workbook and the database, and prints the id of each one saved."""
    command = [sys.executable, "-c", SAVE, str(book.path), url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_lose_nothing(book: Workbook, database_url: str, open_store: Callable[[str], Any]) -> None:
    """2 x 15 saves at the same time into one workbook and one database: 30 orders, 60 lines, in both."""
    from core.stores.records import RecordQuery
    from storage.orders import SqlOrders

    running = [saver(book, database_url, name, 15) for name in ("a", "b")]
    ids = {int(line) for process in running for line in process.communicate(timeout=120)[0].split()}
    assert len(ids) == 30
    assert {row[0] for row in rows(book, "SalesOrderHeader")[1:]} == ids
    assert sorted(line_owners(book)) == sorted([*ids, *ids])
    stored = list(SqlOrders(open_store(database_url)).each(RecordQuery()))
    assert {order.order_id for order in stored} == ids
    assert {order.values.invoice_number for order in stored} == {f"{n}-{i}" for n in "ab" for i in range(15)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_during_a_save_leaves_a_whole_file(book: Workbook, tmp_path: Path) -> None:
    """Whenever the process dies, the workbook opens and has every order that was reported as saved."""
    saved: set[int] = set()
    for attempt in range(4):
        process = saver(book, f"sqlite:///{tmp_path / 'kill.db'}", str(attempt), 10_000)
        assert process.stdout is not None
        saved.add(int(process.stdout.readline()))
        time.sleep(0.05 + 0.07 * attempt)
        process.send_signal(signal.SIGKILL)
        saved |= {int(line) for line in process.communicate()[0].split()}
        assert saved <= {row[0] for row in rows(book, "SalesOrderHeader")[1:]}
    book.save(order(100_000))
    assert book.last_id() == 100_000
