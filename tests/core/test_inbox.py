"""The Inbox: what becomes of what comes in, until it is saved, rejected or cleared away; and that nothing of it is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pymupdf
import pytest
from sqlalchemy import update

from core.entrypoints.bootstrap import build_studio
from core.errors import StorageError
from core.extraction import Extraction, PageRef
from core.inbox.taken import describe_again
from core.settings import Settings
from core.stores.inbox import InboxItem, InboxQuery
from core.stores.records import RecordQuery
from core.studio import Studio
from storage.database import open_database
from storage.tables import JOBS
from tests.browser.papers import PASSWORD, invoice_pdf
from tests.conftest import SampleFile
from tests.core.test_archives import zipped
from tests.core.test_one_save import refusing, stores_with

ROOT = Path(__file__).parents[2]


@cache
def paper(number: str, pages: int = 1, password: str | None = None) -> bytes:
    """A made-up invoice; the same bytes for the same number."""
    return invoice_pdf(number, pages, password)


def extraction_of(studio: Studio, item: InboxItem) -> Extraction:
    """What the run of an item gave, once its job has ended."""
    wait(studio, lambda: (job := studio.job(item.run_id or "")) is not None and not job.active)
    job = studio.job(item.run_id or "")
    assert job
    assert job.extraction
    return job.extraction


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of threads, in a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="threads"))
    yield made
    made.close()


def wait(studio: Studio, until: Callable[[], bool] | None = None) -> None:
    """Wait until nothing is under way (or something is so)."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (until or studio.inbox.is_idle)():
            return
        time.sleep(0.02)
    raise AssertionError("it does not come to an end")


def items(studio: Studio) -> dict[str, InboxItem]:
    """All items by name."""
    return {item.name: item for item in studio.inbox.search(InboxQuery(size=1000)).rows}


def taken(studio: Studio, *files: tuple[str, bytes]) -> dict[str, InboxItem]:
    """What became of files once all is done that needs nobody."""
    studio.inbox.take_in(files)
    wait(studio)
    return items(studio)


def test_a_page_of_text_is_read_on_arrival(studio: Studio) -> None:
    """Its row says type, vendor, number, amount and doubts, not only the file's name."""
    found = taken(studio, ("a.pdf", paper("A-1")))["a.pdf"]
    assert (found.state, found.type_name, found.vendor, found.number) == (
        "approved",
        "invoice",
        "Woodshed Supplies Ltd",
        "A-1",
    )
    assert (str(found.total), found.currency, found.doubts, found.page_count) == ("120.00", "GBP", 0, 1)
    assert found.run_id
    assert found.seconds > 0
    assert studio.runs()[0].run_id == found.run_id


def test_several_pages_wait_for_somebody_unless_xml_speaks_for_them(studio: Studio, einvoice_pdf: SampleFile) -> None:
    """There is something to pick; an e-invoice is read whole."""
    with pymupdf.open(stream=einvoice_pdf.data) as document:
        document.new_page()
        longer = document.tobytes()
    found = taken(studio, ("two.pdf", paper("B-1", pages=2)), ("e.pdf", longer))
    assert (found["two.pdf"].state, found["two.pdf"].run_id) == ("waiting", None)
    assert found["two.pdf"].sentence == "2 pages: choose which to read."
    assert found["e.pdf"].number == einvoice_pdf.truth["invoice_number"]


@pytest.mark.parametrize(("wish", "read"), [("all", ["one.pdf", "two.pdf"]), ("none", [])])
def test_what_is_read_on_arrival_is_a_setting(studio: Studio, wish: str, read: list[str]) -> None:
    """All, only where nothing is to pick, or none."""
    studio.configure(read_on_arrival=wish)
    found = taken(studio, ("one.pdf", paper("C-1")), ("two.pdf", paper("C-2", pages=2)))
    assert [name for name, item in found.items() if item.run_id] == read
    studio.inbox.run([item.item_id for item in found.values()])
    wait(studio)
    assert all(item.run_id for item in items(studio).values())


def test_a_doubtful_one_says_its_gravest_doubt(studio: Studio) -> None:
    """And how many there are."""
    document = pymupdf.open()
    page = document.new_page()
    for place, line in enumerate(
        ("INVOICE", "Invoice number: D-1", "Net: 100.00 EUR", "VAT 19%: 19.00 EUR", "Total: 121.00 EUR")
    ):
        page.insert_text((72, 72 + 24 * place), line)
    found = taken(studio, ("d.pdf", document.tobytes()))["d.pdf"]
    assert found.state == "needs review"
    assert found.doubts > 1
    assert found.worst == "Invoice date was not found on the document."


def test_each_bad_file_has_one_sentence_and_holds_up_nobody(studio: Studio) -> None:
    """Broken, empty, locked, of another kind."""
    found = taken(
        studio,
        ("broken.pdf", b"%PDF-1.4 nothing"),
        ("empty.pdf", b""),
        ("locked.pdf", paper("E-1", password=PASSWORD)),
        ("letter.docx", zipped({"[Content_Types].xml": b""})),
        ("good.pdf", paper("E-2")),
    )
    assert found["good.pdf"].state == "approved"
    bad = {name: item for name, item in found.items() if name != "good.pdf"}
    assert {item.state for item in bad.values()} == {"failed"}
    for name, item in bad.items():
        assert item.sentence.startswith(f"{name}: "), item.sentence
        assert item.sentence.endswith(".")


def test_a_zip_becomes_the_files_in_it(studio: Studio) -> None:
    """In its order, each with the way to it, in a batch of the zip's name; a bad zip stays, with its sentence."""
    inside = {f"march/{number}.pdf": paper(f"F-{number}") for number in (1, 2)}
    found = taken(
        studio,
        ("papers.zip", zipped({**inside, "note.txt": b"hello"})),
    )
    assert list(found) == ["1.pdf", "2.pdf", "note.txt"]
    assert [item.within for item in found.values()] == ["papers.zip/march", "papers.zip/march", "papers.zip"]
    assert [item.state for item in found.values()] == ["approved", "approved", "failed"]
    (report,) = studio.inbox.reports()
    assert (report.batch.name, report.count, report.unseen, report.active) == ("papers.zip", 3, 2, 0)
    bad = taken(studio, ("bad.zip", b"PK\x03\x04 nothing"))["bad.zip"]
    assert (bad.state, bad.sentence) == ("failed", "bad.zip: this zip cannot be unpacked: make it again.")


def test_a_portfolio_and_the_documents_in_it_are_items(studio: Studio) -> None:
    """As deep as files in files are followed."""
    inner = pymupdf.open(stream=paper("G-1"))
    inner.embfile_add("inner.pdf", paper("G-2"), filename="inner.pdf")
    outer = pymupdf.open(stream=paper("G-3"))
    outer.embfile_add("middle.pdf", inner.tobytes(), filename="middle.pdf")
    found = taken(studio, ("outer.pdf", outer.tobytes()))
    assert {(name, item.within, item.number) for name, item in found.items()} == {
        ("outer.pdf", "", "G-3"),
        ("middle.pdf", "outer.pdf", "G-1"),
        ("inner.pdf", "outer.pdf/middle.pdf", "G-2"),
    }


def test_a_file_seen_before_is_said_at_once(studio: Studio) -> None:
    """It is no second item and is not read again, also under another name and in a zip; the batch remembers it."""
    first = taken(studio, ("a.pdf", paper("H-1")))["a.pdf"]
    again = studio.inbox.take_in([("b.pdf", paper("H-1")), ("c.pdf", paper("H-2"))])
    assert [(name, item.item_id) for name, item in again.again] == [("b.pdf", first.item_id)]
    assert "“b.pdf” came before as “a.pdf”" in describe_again(*again.again[0])
    found = taken(studio, ("z.zip", zipped({"x.pdf": paper("H-1"), "y.pdf": paper("H-3")})))
    assert set(found) == {"a.pdf", "c.pdf", "y.pdf"}
    assert studio.inbox.reports()[0].batch.again == ("x.pdf",)
    assert sum(run.document == first.document for run in studio.runs()) == 1


def test_a_file_that_was_saved_before_there_was_an_inbox_says_its_record(studio: Studio) -> None:
    """It is not read again."""
    *_, last = studio.extract(studio.open(paper("I-1"), "a.pdf"))
    order = studio.save(last.extraction.values, ("database",), extraction=last.extraction).order_id  # type: ignore[union-attr]
    before = len(studio.runs())
    found = taken(studio, ("a.pdf", paper("I-1")))["a.pdf"]
    assert (found.state, found.order_id, found.number) == ("saved", order, "I-1")
    assert len(studio.runs()) == before


def test_saving_undoing_and_deleting_elsewhere_are_seen(studio: Studio) -> None:
    """In the Studio by its run, in Records by its number."""
    found = taken(studio, ("a.pdf", paper("J-1")))["a.pdf"]
    read = extraction_of(studio, found)
    values = read.values
    receipt = studio.save(values, ("database", "workbook"), run_id=found.run_id, extraction=read)
    assert (items(studio)["a.pdf"].state, items(studio)["a.pdf"].order_id) == ("saved", receipt.order_id)
    changed = values.model_copy(update={"vendor_name": "Another Ltd"})
    studio.save(changed, ("database",), update=receipt.order_id)
    assert items(studio)["a.pdf"].vendor == "Another Ltd"
    studio.remove(receipt.order_id, ("workbook",))
    assert items(studio)["a.pdf"].state == "saved"
    removed = studio.remove(receipt.order_id)
    assert (items(studio)["a.pdf"].state, items(studio)["a.pdf"].order_id) == ("approved", None)
    studio.undo(removed)
    assert items(studio)["a.pdf"].state == "saved"


def test_a_save_that_fails_leaves_the_item_as_it_was(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record and row are one, whether the workbook refuses or the ledger."""
    found = taken(studio, ("a.pdf", paper("K-1")))["a.pdf"]
    read = extraction_of(studio, found)

    def refuse(*_: object, **__: object) -> None:
        raise StorageError("no room")

    refused = (
        (studio._parts.ledger, "keep_final", refuse),
        (studio.records, "_stores", stores_with(studio, refusing(StorageError("no room")))),
    )
    for place, name, instead in refused:
        with monkeypatch.context() as patch:
            patch.setattr(place, name, instead)
            with pytest.raises(StorageError, match="no room"):
                studio.save(read.values, ("database", "workbook"), run_id=found.run_id, extraction=read)
        assert studio.search(RecordQuery()).total == 0
        assert (items(studio)["a.pdf"].state, items(studio)["a.pdf"].order_id) == ("approved", None)


def test_what_is_opened_in_the_studio_is_an_item_too(studio: Studio) -> None:
    """It waits there for somebody; a run begun there is followed, and pages read by themselves are items of their own."""
    document = studio.open(paper("L-1", pages=2), "a.pdf")
    studio.inbox.laid_on_desk(document)
    assert (items(studio)["a.pdf"].state, items(studio)["a.pdf"].active) == ("waiting", False)
    first = studio.start(document.sha256, [PageRef(1)])
    second = studio.start(document.sha256, [PageRef(2)])
    wait(studio)
    found = {item.run_id: item for item in studio.inbox.search(InboxQuery()).rows}
    assert set(found) == {first, second}
    assert found[first].number == "L-1"
    assert {item.state for item in found.values()} <= {"approved", "needs review"}
    again = studio.start(document.sha256, [PageRef(1)])
    wait(studio)
    assert {item.run_id for item in studio.inbox.search(InboxQuery()).rows} == {again, second}


def test_items_are_handed_out_rejected_taken_back_and_deleted(studio: Studio) -> None:
    """Several at once; what is saved is not rejected; deleting comes back by one click."""
    found = taken(studio, *((f"{number}.pdf", paper(f"M-{number}")) for number in range(3)))
    every = [item.item_id for item in found.values()]
    assert len(studio.inbox.assign(every, "  Ann  Lee ")) == 3
    assert studio.inbox.assign(every[:1], "Ann Lee") == []
    assert {item.who for item in items(studio).values()} == {"Ann Lee"}
    read = extraction_of(studio, found["0.pdf"])
    studio.save(read.values, ("database",), run_id=found["0.pdf"].run_id, extraction=read)
    assert [item.name for item in studio.inbox.reject(every, "not ours")] == ["1.pdf", "2.pdf"]
    assert (items(studio)["1.pdf"].state, items(studio)["1.pdf"].sentence) == ("rejected", "not ours")
    studio.inbox.take_back(every)
    assert (items(studio)["1.pdf"].state, items(studio)["1.pdf"].sentence) == ("approved", "")
    gone = studio.inbox.delete(every)
    assert items(studio) == {}
    assert studio.search(RecordQuery()).total == 1
    studio.inbox.put_back(gone)
    assert set(items(studio)) == set(found)


def test_what_failed_is_tried_again(studio: Studio) -> None:
    """By one click, all of it."""
    studio.configure(limits=studio.defaults.limits.model_copy(update={"pages": 1}))
    found = taken(studio, ("a.pdf", paper("N-1", pages=2)), ("b.pdf", b"%PDF nothing"))
    assert {item.state for item in found.values()} == {"failed"}
    studio.configure(limits=studio.defaults.limits.model_copy(update={"pages": 9}), read_on_arrival="all")
    assert len(studio.inbox.retry()) == 2
    wait(studio)
    assert (items(studio)["a.pdf"].number, items(studio)["b.pdf"].state) == ("N-1", "failed")


def test_another_recipe_reads_them_anew(studio: Studio) -> None:
    """A recipe that cannot be used fails with its sentence, and nothing hangs."""
    found = taken(studio, ("a.pdf", paper("O-1")))["a.pdf"]
    studio.inbox.run([found.item_id], recipe="page-only")
    wait(studio)
    again = items(studio)["a.pdf"]
    assert (again.recipe, again.state, again.run_id != found.run_id) == ("page-only", "approved", True)
    studio.inbox.run([found.item_id], read_as="no such type")
    wait(studio)
    assert items(studio)["a.pdf"].state == "failed"
    assert items(studio)["a.pdf"].sentence


def test_a_rejected_item_stays_rejected_whatever_its_job_says(studio: Studio) -> None:
    """The job that read it has no word any more."""
    studio.inbox.take_in([(f"{number}.pdf", paper(f"P-{number}")) for number in range(8)])
    chosen = [item.item_id for item in items(studio).values()]
    studio.inbox.reject(chosen, "no")
    wait(studio)
    time.sleep(0.3)
    assert {item.state for item in items(studio).values()} == {"rejected"}


def test_results_are_downloaded_as_saved_or_as_read(studio: Studio) -> None:
    """One table of both; what failed has none."""
    found = taken(studio, ("a.pdf", paper("Q-1")), ("b.pdf", paper("Q-2")), ("bad.pdf", b"%PDF"))
    read = extraction_of(studio, found["a.pdf"])
    corrected = read.values.model_copy(update={"vendor_name": "Corrected Ltd"})
    studio.save(corrected, ("database",), run_id=found["a.pdf"].run_id, extraction=read)
    told = json.loads(studio.export_results([item.item_id for item in found.values()], "json"))
    text = json.dumps(told)
    assert text.count("Corrected Ltd") == 1
    assert "Q-1" in text
    assert "Q-2" in text
    assert studio.export_results([found["a.pdf"].item_id], "xlsx").startswith(b"PK")


def test_a_job_that_died_twice_is_told_in_the_row(studio: Studio) -> None:
    """Its worker cannot say it; whoever looks after the rows does."""
    studio.configure(read_on_arrival="none")
    found = taken(studio, ("a.pdf", paper("R-1")))["a.pdf"]
    database = open_database(f"sqlite:///{studio.settings.data_dir / 'studio.db'}")
    studio.close()
    later = build_studio(studio.settings)
    later.inbox.run([found.item_id])
    wait(later)
    run = items(later)["a.pdf"]
    assert run.run_id
    with database.write() as connection:
        connection.execute(
            update(JOBS).where(JOBS.c.job_id == run.run_id).values(state="failed", error="It died twice.")
        )
    (later.settings.data_dir / "files" / "run" / f"{run.run_id}.json").unlink()
    later.inbox.began(run.document, [PageRef(1)], run.run_id)  # as if the row had never heard
    later.inbox.tend()
    assert (items(later)["a.pdf"].state, items(later)["a.pdf"].sentence) == ("failed", "It died twice.")
    database.close()
    later.close()


#: Takes in what the folder named last holds, and says how many are read until somebody ends it.
CHILD = """
import sys, time
from pathlib import Path
from core.entrypoints.bootstrap import build_studio
from core.errors import StorageError
from core.settings import Settings
from core.stores.inbox import InboxQuery
studio = build_studio(Settings(data_dir=Path(sys.argv[1]), DATABASE_URL=None, workers="threads"))
studio.inbox.take_in([(path.name, path.read_bytes()) for path in sorted(Path(sys.argv[2]).iterdir())])
while True:
    print(studio.inbox.counts(InboxQuery()).get("approved", 0), flush=True)
    time.sleep(0.01)
"""


def test_nothing_is_lost_or_read_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    """Killed in the middle of thirty files and a zip; the next process reads the rest, each once."""
    papers, data = tmp_path / "papers", tmp_path / "data"
    papers.mkdir()
    for number in range(30):
        (papers / f"{number:02}.pdf").write_bytes(paper(f"S-{number}"))
    (papers / "zz.zip").write_bytes(zipped({f"in{number}.pdf": paper(f"S-in-{number}") for number in range(5)}))
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(data), str(papers)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    for line in process.stdout:
        if int(line) >= 4:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    database = open_database(f"sqlite:///{data / 'studio.db'}")
    with database.write() as connection:  # half a minute later
        connection.execute(update(JOBS).values(lease=0.0))
    database.close()
    studio = build_studio(Settings(data_dir=data, DATABASE_URL=None, workers="threads"))
    before = studio.inbox.counts(InboxQuery()).get("approved", 0)
    studio.warm()
    wait(studio)
    found = studio.inbox.search(InboxQuery(size=100)).rows
    runs = studio.runs(200)
    studio.close()
    assert 4 <= before < 35
    numbers = {*(f"S-{number}" for number in range(30)), *(f"S-in-{number}" for number in range(5))}
    assert {item.number for item in found} == numbers
    assert len(found) == 35
    assert {item.state for item in found} == {"approved"}
    assert len(runs) == len({run.document for run in runs}) == 35
