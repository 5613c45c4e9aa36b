"""Kills at any moment of saving to both stores: what differs afterwards is offered to be mended, and mended.

``python -m benchmarks.kill_saves [KILLS]`` (200 by default; not on Windows)."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.entrypoints.bootstrap import build_studio
from core.errors import RecordMissing
from core.invoice.model import Invoice, LineItem
from core.settings import Settings
from core.stores.receipt import SaveReceipt
from core.stores.records import Record, RecordQuery, Target
from core.studio import Studio
from storage.workbook import Workbook

BOTH: tuple[Target, ...] = ("database", "workbook")
#: A kill falls within so many seconds of work; a save takes some of them.
LONGEST = 0.25
#: Kills in one data folder, before the next begins a new one (to compare every order takes longer the more there are).
AT_ONE_PLACE = 10


@dataclass(slots=True)
class Told:
    """What the kills left: how many of them a difference, and the orders that differed unsaid or after mending."""

    kills: int = 0
    differing: int = 0
    silent: list[int] = field(default_factory=list)
    after_mending: list[int] = field(default_factory=list)


def kill_and_mend(folder: Path, kills: int, seed: int = 1) -> Told:
    """Kill so many processes that save, correct, undo and delete in ``folder``, looking after each what differs."""
    chance, told = random.Random(seed), Told()
    for number in range(kills):
        place = folder / str(number // AT_ONE_PLACE)
        _killed_worker(place, chance)
        studio = _open(place)
        told.kills += 1
        differing = _differing(studio)
        offered = studio.records.what_differs()
        told.differing += bool(differing)
        told.silent += sorted(differing - {difference.order_id for difference in offered})
        for difference in offered:
            studio.records.mend(difference)
        told.after_mending += sorted(_differing(studio))
    return told


def _open(folder: Path) -> Studio:
    return build_studio(Settings(data_dir=folder, DATABASE_URL=None))


def _killed_worker(folder: Path, chance: random.Random) -> None:
    """A process of its own that works until it is killed."""
    ready, told = os.pipe()
    seed = chance.random()
    worker = os.fork()
    if worker == 0:
        try:
            _work(_open(folder), random.Random(seed), told)
        finally:
            os._exit(1)
    os.close(told)
    os.read(ready, 1)
    os.close(ready)
    time.sleep(chance.uniform(0, LONGEST))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _work(studio: Studio, chance: random.Random, ready: int) -> None:
    """Save, correct, undo and delete until killed."""
    receipts: list[SaveReceipt] = []
    os.write(ready, b"r")
    while True:
        what = chance.random()
        if what < 0.4 or not receipts:
            receipts.append(studio.save(_invoice(chance), BOTH))
        elif what < 0.7:
            receipts.append(studio.save(_invoice(chance), BOTH, update=receipts[-1].order_id))
        elif what < 0.85:
            studio.undo(receipts.pop())
        else:
            with suppress(RecordMissing):
                studio.remove(receipts[-1].order_id)
            receipts.clear()


def _invoice(chance: random.Random) -> Invoice:
    number = chance.randrange(10**6)
    return Invoice(
        invoice_number=f"K-{number}", vendor_name=f"Vendor {number}", line_items=(LineItem(description="Rope"),)
    )


def _differing(studio: Studio) -> set[int]:
    """The orders that database and workbook do not tell alike."""
    listed = studio.search(RecordQuery(size=10_000)).rows
    stored = {row.order_id: studio.record(row.order_id) for row in listed}
    book = Workbook(studio.workbook_path)
    rows = {order_id: _in(book, order_id) for order_id in range(1, max(book.last_id(), *stored, 0) + 1)}
    return {order_id for order_id, order in rows.items() if _value(order) != _value(stored.get(order_id))}


def _in(book: Workbook, order_id: int) -> Record | None:
    try:
        return book.get(order_id)
    except RecordMissing:
        return None


def _value(order: Record | None) -> tuple[Invoice, str] | None:
    return (order.values, order.status) if order else None


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(kill_and_mend(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 200))
