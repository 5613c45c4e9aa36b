"""Deletion on request: what a vendor or a document left anywhere in the data folder is gone from its very bytes."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from core.accuracy.accuracy import Choice
from core.call import Call
from core.comparison.row import Row
from core.entrypoints.bootstrap import build_studio
from core.errors import NotAllowed, RecordMissing, StudioError
from core.extraction import Extraction, PageRef
from core.forgetting.forgetting import Reached
from core.notation.mention import Mention
from core.person import Person
from core.preferences import FRESH
from core.prompt import Example, Prompt
from core.recipe import Redaction
from core.settings import Settings
from core.stores.inbox import InboxQuery
from core.stores.records import RecordQuery
from core.studio import Studio
from samples.generate import Sample, make_sample
from samples.invoices import Wishes
from storage import erasure
from storage.tables import CALLS, COMPARISON_CELLS, METADATA, WEBHOOK_DELIVERIES
from tests.conftest import SampleFile
from tests.core.test_history import wait_for

GOES = "Harrow & Finch Joinery Ltd"


def sample(seed: int, vendor: int) -> Sample:
    """A page of a vendor."""
    return make_sample(
        seed,
        "en",
        wishes=Wishes(lines=2, vendor=vendor),
        header="plain",
        facts="list",
        table="ruled",
        face="helv",
        bold="hebo",
    )


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path / "data"))
    yield made
    made.close()


def read_and_save(studio: Studio, data: bytes, name: str) -> tuple[Extraction, str, int]:
    """Into both stores, reviewed, so that it teaches something; gives what was read, the run and the record."""
    document = studio.open(data, name)
    run_id = studio.start(document.sha256, [PageRef(1)])
    wait_for(studio, run_id)
    read = studio.job(run_id).extraction  # type: ignore[union-attr]
    assert read is not None
    better = read.values.model_copy(update={"customer_id": "K-1"})
    receipt = studio.save(better, ("database", "workbook"), run_id=run_id, extraction=read, status="reviewed")
    return read, run_id, receipt.order_id


def files_with(folder: Path, *words: str) -> list[str]:
    """The files whose bytes have one of the words, in any case; packed ones are looked into."""

    def said(data: bytes) -> bool:
        return any(word.lower().encode() in data.lower() for word in words)

    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        datas = [path.read_bytes()]
        if datas[0].startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                datas += [archive.read(name) for name in archive.namelist()]
        if any(said(data) for data in datas):
            found.append(str(path.relative_to(folder)))
    return found


def spread(studio: Studio, goes: bytes, stays: bytes) -> tuple[Extraction, Extraction, int, int]:
    """One vendor's document and another's, left in every place there is."""
    read, run_id, order = read_and_save(studio, goes, "Harrow May.pdf")
    other, other_run, other_order = read_and_save(studio, stays, "other.pdf")
    picture = studio._parts.files.keep(b"a picture of Harrow & Finch Joinery Ltd")
    sent = {"text": f"An invoice of {GOES}", "picture": picture}
    calls = studio._parts.calls
    calls.keep_call(Call("c1", datetime.now(UTC), "openai", "m", "extract", sent=sent), run_id, read.document)
    # An example of the one in a question about the other.
    calls.keep_call(
        Call("c2", datetime.now(UTC), "openai", "m", "extract", sent={"text": f"{GOES}, and the rest"}), other_run
    )
    example = Example(name=GOES, text=f"From {GOES}", reply=json.dumps({"vendor_name": GOES}), vendor=GOES)
    studio._parts.prompts.add(Prompt(name="mine", system="s {schema}", user="u {document}", examples=(example,)))
    studio.configure(redaction=Redaction(names=(GOES, "Somebody Else")))
    for number in (order, other_order):
        studio.accuracy.library.keep(studio.record(number))
    studio.keep_draft(run_id, {"note": GOES})
    studio.keep_desk("d1", {"documents": [{"sha256": read.document, "name": "Harrow May.pdf"}]})
    rows = [Row(each.document, each.name, (PageRef(1),)) for each in (read, other)]
    job = studio.comparison.begin(rows, [studio.defaults.recipe, studio.defaults.known_recipes()["page-only"]], GOES)
    measured = studio.accuracy.start(Choice("cases"), ["default"])
    for each in (job, measured):
        wait_for_job(studio, each)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("Harrow again.pdf", goes + b"\n% Harrow & Finch Joinery Ltd")
        archive.writestr("other.pdf", stays)
    studio.inbox.take_in([("post.zip", buffer.getvalue())], "Harrow & Finch Joinery Ltd, May")
    wait_until_idle(studio)
    studio.inbox.take_in([("Harrow May.pdf", goes)], "again")
    wait_until_idle(studio)
    return read, other, order, other_order


def wait_for_job(studio: Studio, job_id: str) -> None:
    for _ in range(600):
        jobs = studio._parts.queue
        if not any(job_id in request.job_id for kind in ("comparison", "evaluation") for request in jobs.active(kind)):
            return
        time.sleep(0.05)
    raise AssertionError("a job did not end")


def wait_until_idle(studio: Studio) -> None:
    for _ in range(600):
        if studio.inbox.is_idle():
            return
        time.sleep(0.05)
    raise AssertionError("the Inbox did not come to rest")


def test_a_vendor_is_gone_from_every_byte(studio: Studio) -> None:
    """Documents, records, workbook, runs, sent texts, examples, choices, cases, measurements, comparisons, archive, cache: the name
    stands in no file any more, and what was another vendor's is as it was."""
    goes, stays = sample(1, 0).data, sample(7, 1).data
    read, other, order, other_order = spread(studio, goes, stays)
    folder = studio.settings.data_dir
    assert len(files_with(folder, "Harrow", "HarrowFinch")) > 8
    before = studio.record(other_order)
    bill = sum(1 for _ in studio._parts.calls.rows(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)))
    ada = studio.by(Person("Ada", "admin", "typed"))
    found = ada.forgetting.of_name("harrow & FINCH joinery")
    assert {"documents", "records", "runs", "test cases", "measurements"} <= set(found.counts)
    assert found.counts["records"] == 1
    assert other.document not in found.belongings.documents
    done = ada.forgetting.forget(found)
    assert done.left == ()
    studio.close()
    assert files_with(folder, "Harrow & Finch", "Harrow &amp; Finch", "harrowfinch", "Joinery") == []
    assert not (folder / "files" / "documents" / read.document[:2] / read.document[2:4] / read.document).exists()
    with pytest.raises(RecordMissing):
        studio.record(order)
    assert replace_version(studio.record(other_order)) == replace_version(before)
    assert studio.document(other.document).page_count == 1
    sheet = openpyxl.load_workbook(studio.workbook_path)["SalesOrderHeader"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2) if row[0].value] == [other_order]
    rows = list(studio._parts.calls.rows(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)))
    assert len(rows) == bill
    time.sleep(FRESH)
    assert studio.defaults.redaction.names == ("Somebody Else",)
    [event] = [event for event in studio.history.latest() if event.action == "forgotten"]
    assert (event.who, event.document, event.order_id) == ("Ada", None, None)
    assert event.told["records"] == 1
    assert studio.history.of_document(read.document) == []
    assert studio.history.of_record(order) == []
    assert studio.history.of_document(other.document)
    kept = studio.comparison.latest()[0]
    assert [row["document"] for row in kept.rows] == [other.document]


def replace_version(record: object) -> object:
    """A record without how often it was written."""
    from dataclasses import replace

    return replace(record, version=1)  # type: ignore[type-var]


def test_one_document_goes_and_its_vendors_others_stay(studio: Studio) -> None:
    """By its SHA-256: nothing of it is left, its vendor is still known by the other."""
    first, run_id, _ = read_and_save(studio, sample(1, 0).data, "first.pdf")
    second, _, other_order = read_and_save(studio, sample(5, 0).data, "second.pdf")
    number = first.values.invoice_number  # type: ignore[attr-defined]
    assert files_with(studio.settings.data_dir, first.document, run_id, number)
    studio.forgetting.forget(studio.forgetting.of_document(first.document))
    studio.close()
    assert files_with(studio.settings.data_dir, first.document, run_id, number) == []
    assert studio.record(other_order).document == second.document
    assert [vendor.documents for vendor in studio.memory.all()] == [1]
    with pytest.raises(RecordMissing):
        studio.document(first.document)
    with pytest.raises(RecordMissing):
        studio.forgetting.of_document(first.document)


def share_strings(path: Path) -> None:
    """Write the texts of a workbook's cells as Excel does: in a table of their own, each cell with its number."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts: list[bytes] = []

    def shared(match: re.Match[bytes]) -> bytes:
        texts.append(match[2])
        return b'<c%b t="s"><v>%d</v></c>' % (match[1].replace(b' t="inlineStr"', b""), len(texts) - 1)

    for name in [name for name in parts if name.startswith("xl/worksheets/")]:
        cell = rb"<c\b([^>]*)><is>(<t[^>]*>.*?</t>)</is></c>"
        parts[name] = re.sub(cell, shared, parts[name], flags=re.S)
    items = b"".join(b"<si>%b</si>" % text for text in texts)
    parts["xl/sharedStrings.xml"] = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%b</sst>' % items
    )
    relation = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        b'Target="sharedStrings.xml"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)
    kind = (
        b'<Override PartName="/xl/sharedStrings.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", kind)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_every_table_that_knows_a_document_is_reached() -> None:
    """A table that is added with a document's, a run's or a record's id has to say how its rows go."""
    reached = {*erasure._OF_DOCUMENTS, *erasure._OF_RUNS, *erasure._OF_ORDERS}
    below = {table for table in METADATA.sorted_tables for key in table.foreign_keys if key.column.table in reached}
    changed = {CALLS, COMPARISON_CELLS}
    known = {"document", "run_id", "order_id", "sha256"}
    missed = [
        table.name
        for table in METADATA.sorted_tables
        if known & {column.name for column in table.c}
        if table not in reached | below | changed
    ]
    assert missed == []


def test_text_that_excel_shares_between_cells_goes_too(studio: Studio) -> None:
    """A spreadsheet program keeps texts in a table of its own, where a deleted row leaves them."""
    read_and_save(studio, sample(1, 0).data, "first.pdf")
    path = studio.workbook_path
    share_strings(path)
    assert b"Harrow" in zipfile.ZipFile(path).read("xl/sharedStrings.xml")
    studio.forgetting.forget(studio.forgetting.of_name(GOES))
    assert files_with(path.parent, "Harrow") == []
    assert openpyxl.load_workbook(path)["SalesOrderHeader"]["A1"].value == "OrderID"


def test_a_document_that_nobody_read_is_found_by_its_own_text(studio: Studio) -> None:
    """What only lies on the desk counts; a scan that nobody read is told of."""
    document = studio.open(sample(1, 0).data, "lies here.pdf")
    found = studio.forgetting.of_name(GOES)
    assert found.documents == ((document.sha256, "lies here.pdf"),)


def test_a_scan_that_nobody_read_is_told_of(studio: Studio, scan_png: SampleFile) -> None:
    """Nobody knows what stands on it."""
    studio.open(scan_png.data, "scan.png")
    assert studio.forgetting.of_name("Nobody At All").unread == 1


def test_only_an_admin_deletes_for_good(studio: Studio) -> None:
    """The verbs refuse a reviewer."""
    reviewer = studio.by(Person("Bob", "reviewer", "signed in"))
    with pytest.raises(NotAllowed):
        reviewer.forgetting.of_name(GOES)
    with pytest.raises(NotAllowed):
        reviewer.forgetting.forget(Reached(name=GOES))


@pytest.mark.parametrize("text", ["HARROW & FINCH", "Harrow-Finch GmbH", "of harrow  finch.", "Hárrow & Finch"])
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    """In any case, with other signs between, with accents."""
    assert Mention("Harrow & Finch").holds(text)


def test_a_name_is_whole_words() -> None:
    """Ann is not Anna; a name in a script without spaces is found inside a line; two letters mean nobody."""
    assert not Mention("Ann").holds("Anna and Joanne")
    assert Mention("山田商店").holds("株式会社山田商店御中")
    assert Mention("Straße 1").cut("An der Strasse 1, links") == "An der …, links"
    assert Mention("Ann Lee").cut_json({"names": ["Ann Lee", "Bo"], "n": 1}) == {"names": ["Bo"], "n": 1}
    with pytest.raises(StudioError):
        Mention("&!")


def test_the_command_asks_and_deletes(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``forget --name`` says what goes, and does nothing without a yes."""
    from core.entrypoints.cli import main

    read_and_save(studio, sample(1, 0).data, "first.pdf")
    studio.close()
    monkeypatch.setenv("STUDIO_DATA_DIR", str(studio.settings.data_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main(["forget", "--name", GOES]) == 1
    assert studio.search(RecordQuery()).total == 1
    assert main(["forget", "--name", GOES, "--yes"]) == 0
    assert "no file of the data folder any more" in capsys.readouterr().out
    assert studio.search(RecordQuery()).total == 0
    assert studio.inbox.search(InboxQuery()).total == 0


def test_what_a_person_wrote_beside_the_records_is_told_and_left(studio: Studio, tmp_path: Path) -> None:
    """A sheet of their own in the workbook, wherever that is, is theirs: the file is named."""
    book = tmp_path / "elsewhere" / "mine.xlsx"
    studio.configure(workbook_path=book)
    read_and_save(studio, sample(1, 0).data, "first.pdf")
    held = openpyxl.load_workbook(book)
    held.create_sheet("Notes")["A1"] = f"call {GOES}"
    held.save(book)
    done = studio.forgetting.forget(studio.forgetting.of_name(GOES))
    assert done.left == (str(book),)
    assert openpyxl.load_workbook(book)["Notes"]["A1"].value == f"call {GOES}"


def test_what_other_programs_are_told_goes_too(studio: Studio) -> None:
    """A message that waits to be sent, by its document or its record's number; one about another record waits on."""
    read, _, order = read_and_save(studio, sample(1, 0).data, "first.pdf")
    now = datetime.now(UTC)
    told = {
        "document": {"data": {"document": read.document}},
        "record": {"data": {"order_id": order}},
        "other": {"order_id": 99},
    }
    database = studio._parts.erasure._database  # type: ignore[attr-defined]
    blank = {"webhook_id": "w", "event": "record.saved", "state": "waiting", "attempts": 0, "tries": []}
    with database.write() as connection:
        for name, body in told.items():
            row = {**blank, "delivery_id": name, "body": json.dumps(body), "created_at": now, "next_at": now}
            connection.execute(WEBHOOK_DELIVERIES.insert().values(row))
    studio.forgetting.forget(studio.forgetting.of_document(read.document))
    with database.read() as connection:
        assert connection.execute(WEBHOOK_DELIVERIES.select()).scalars().all() == ["other"]
