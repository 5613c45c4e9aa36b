"""Hosts that share a database and no disk: what one takes in another reads, and what lies on one disk alone is said."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.entrypoints.api.caller import Caller
from core.entrypoints.api.models import ExtractRequest
from core.entrypoints.api.tasks import Tasks
from core.entrypoints.bootstrap import build_studio, take_over_files
from core.errors import EncryptedDocument, QueueUnavailable, StorageError
from core.events import RunFinished
from core.extraction import PageRef
from core.jobs.redis import RedisPasswords, connect
from core.person import STUDIO
from core.settings import Settings
from core.stores.records import RecordQuery
from core.studio import Studio
from storage.database import open_database
from storage.seal import SqlSeal
from storage.tables import SEALS
from tests.conftest import PASSWORD, SampleFile
from tests.hosts.servers import ROOT, RedisServer


def host(tmp_path: Path, name: str, **more: object) -> Settings:
    """The settings of a host with a disk of its own."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    asked = {"DATABASE_URL": url, "blobs": "database", "workers": "threads", **more}
    return Settings(data_dir=tmp_path / name, **asked)  # type: ignore[arg-type]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Studio, Studio]]:
    """Two hosts."""
    made = build_studio(host(tmp_path, "one")), build_studio(host(tmp_path, "two", has_workbook=False))
    yield made
    for studio in made:
        studio.close()


def read(studio: Studio, sha256: str) -> str:
    """Read a document's first page; gives the run."""
    run = studio.start(sha256, [PageRef(1)])
    deadline = time.monotonic() + 30
    while (job := studio.progress(run)) and job.active:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return run


def test_what_one_host_took_in_another_reads_and_a_third_sees(
    two: tuple[Studio, Studio], tmp_path: Path, digital_pdf: SampleFile
) -> None:
    """Bytes, result, draft and desk; nothing of it lies in either data folder."""
    one, other = two
    sha256 = one.open(digital_pdf.data, "a.pdf").sha256
    run = read(other, sha256)
    other.keep_draft(run, {"a": 1})
    job = one.job(run)
    assert job
    assert job.extraction
    assert job.extraction.values.invoice_number == digital_pdf.truth["invoice_number"]
    assert one.draft(run) == {"a": 1}
    assert one.kept_bytes(sha256) == digital_pdf.data
    assert not [*(tmp_path / "one" / "files").rglob("*"), *(tmp_path / "two" / "files").rglob("*")]


def test_a_host_without_the_workbook_says_so_and_leaves_what_goes_there_to_the_other(
    two: tuple[Studio, Studio], digital_pdf: SampleFile
) -> None:
    """A save is refused with a sentence and changes nothing; a task's record is saved by the host that has it, once."""
    one, other = two
    run = read(other, other.open(digital_pdf.data, "a.pdf").sha256)
    job = other.job(run)
    assert job
    assert job.extraction
    with pytest.raises(StorageError, match="kept on another host"):
        other.save(job.extraction.values, ("database", "workbook"), run_id=run, extraction=job.extraction)
    assert other.search(RecordQuery()).rows == ()
    here, there = (Tasks(Caller(studio, STUDIO, None), studio.access.store) for studio in (one, other))
    document = there.bring(digital_pdf.data, "a.pdf")[0].document_id
    task = there.begin(ExtractRequest(document_id=document, save=["database", "workbook"]), None)
    deadline = time.monotonic() + 30
    while there.info(there.task(task.task_id)).status != "done":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    there.settle()
    assert other.search(RecordQuery()).total == 0
    here.settle()
    there.settle()
    (row,) = one.search(RecordQuery()).rows
    assert there.info(there.task(task.task_id)).order_id == row.order_id
    assert one.workbook_path.exists()


def test_a_result_that_a_lost_worker_had_kept_is_not_worked_out_again(
    two: tuple[Studio, Studio], digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It died between result and end: no model is asked again, nothing is kept twice."""
    one, _ = two
    run = read(one, one.open(digital_pdf.data, "a.pdf").sha256)
    store = one._parts.queue._store  # type: ignore[attr-defined]
    request = store.get(run).request
    monkeypatch.setattr(one._runs.pipeline, "run", lambda *_: pytest.fail("it was read again"))
    (event,) = one.handlers()["run"](request, lambda: False)
    assert isinstance(event, RunFinished)


def test_what_a_data_folder_kept_is_taken_over(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """From one host to many: documents, results, what waits in the Inbox."""
    alone = host(tmp_path, "one", blobs="")
    studio = build_studio(alone)
    sha256 = studio.open(digital_pdf.data, "a.pdf").sha256
    run = read(studio, sha256)
    studio.close()
    with pytest.raises(StorageError, match="STUDIO_BLOBS"):
        take_over_files(alone)
    assert take_over_files(host(tmp_path, "one")) >= 3
    other = build_studio(host(tmp_path, "two"))
    assert other.kept_bytes(sha256) == digital_pdf.data
    assert other.job(run)
    other.close()


def test_redis_with_sqlite_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Two writers on one file gain nothing, and hosts share none."""
    with pytest.raises(QueueUnavailable, match="they need a PostgreSQL database"):
        build_studio(host(tmp_path, "one", REDIS_URL="redis://127.0.0.1:1/0"))


def test_an_empty_address_of_redis_is_none(tmp_path: Path) -> None:
    """Containers pass variables on that nobody set."""
    assert host(tmp_path, "one", REDIS_URL="").redis_url is None


def test_without_redis_nothing_of_it_is_imported(tmp_path: Path) -> None:
    """The embedded default is what it was."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom core.entrypoints.bootstrap import build_studio\nfrom core.settings import Settings\n"
        f"build_studio(Settings(data_dir=Path({str(tmp_path)!r}), DATABASE_URL=None, REDIS_URL=None, workers='threads')).close()\n"
        "assert not {'celery', 'kombu', 'redis', 'fsspec', 'cryptography.fernet'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_password_goes_to_the_workers_sealed(redis: RedisServer, tmp_path: Path, encrypted_pdf: SampleFile) -> None:
    """Redis has the seal and not the key, the database the key and not the seal; without either nobody knows it."""
    database = open_database(f"sqlite:///{tmp_path / 'studio.db'}")
    passwords = RedisPasswords(redis.url, SqlSeal(database).key)
    sha256 = "a" * 64
    assert passwords(sha256) is None
    passwords.give(sha256, PASSWORD)
    assert RedisPasswords(redis.url, SqlSeal(database).key)(sha256) == PASSWORD
    key = f"studio:password:{sha256}"
    assert PASSWORD.encode() not in connect(redis.url).get(key)
    assert 0 < connect(redis.url).ttl(key) <= 3600
    with database.read() as connection:
        assert len(connection.execute(select(SEALS)).all()) == 1
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    assert RedisPasswords(redis.url, SqlSeal(other).key)(sha256) is None
    studio = build_studio(host(tmp_path, "one"))
    studio._shelf._tell, studio._shelf._told = passwords.give, passwords
    opened = studio.open(encrypted_pdf.data, "locked.pdf", PASSWORD)
    there = build_studio(host(tmp_path, "two"))
    with pytest.raises(EncryptedDocument):
        there.document(opened.sha256)
    there._shelf._told = passwords
    assert there.document(opened.sha256).page_count == opened.page_count
    for each in (studio, there):
        each.close()
    database.close()
    other.close()
