"""Runs of the studio as jobs: behind whom they wait, how long they may take, and that they outlive their process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.documents import Document
from core.entrypoints import bootstrap
from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.jobs.local import LocalQueue
from core.jobs.processes import ProcessQueue, plans_for
from core.jobs.queue import Job, JobRequest
from core.recipe import ModelChoice, Recipe
from core.settings import Limits, Settings
from core.studio import Studio
from storage.database import open_database
from storage.jobs import SqlJobs
from tests.conftest import PASSWORD, SampleFile

ASKING = Recipe(name="asking", extractors=("model",), models={"model": ModelChoice(prompt="invoice")})
#: Its pages are recognised, whatever text they have.
RECOGNISED = Recipe(name="always", ocr={"engine": "rapid"})  # type: ignore[arg-type]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of threads, in a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="threads"))
    yield made
    made.close()


def request_of(studio: Studio, run: str) -> JobRequest:
    """What was asked for a run."""
    database = open_database(f"sqlite:///{studio.settings.data_dir / 'studio.db'}")
    record = SqlJobs(database).get(run)
    database.close()
    assert record
    return record.request


def ended(studio: Studio, run: str) -> Job:
    """The run once it has ended."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        job = studio.job(run)
        if job is not None and not job.active:
            return job
        time.sleep(0.02)
    raise AssertionError("the run does not end")


def begun(studio: Studio, document: Document, recipe: Recipe | None = None) -> str:
    """A run of the first page."""
    return studio.start(document.sha256, [PageRef(1)], recipe, "desk")


def test_short_work_is_told_from_long(studio: Studio, digital_pdf: SampleFile, scan_png: SampleFile) -> None:
    """A text layer and what the cache knows are short; what is recognised is long; a model is waited for apart."""
    digital, scan = studio.open(digital_pdf.data, "a.pdf"), studio.open(scan_png.data, "scan.png")
    run = begun(studio, digital)
    assert (request_of(studio, run).lane, request_of(studio, run).owner) == ("short", "desk")
    assert request_of(studio, begun(studio, digital, ASKING)).lane == "asking"
    recognised = begun(studio, digital, RECOGNISED)
    studio.cancel(recognised)
    assert request_of(studio, recognised).lane == "long"
    first = begun(studio, scan)
    assert request_of(studio, first).lane == "long"
    assert ended(studio, first).state == "done"
    assert request_of(studio, begun(studio, scan)).lane == "short"


def test_many_pages_are_long_work(studio: Studio, pdf_of_pages: Path) -> None:
    """However they are read; and nobody looks at all of them for it."""
    document = studio.open(pdf_of_pages.read_bytes(), "sixty.pdf")
    run = studio.start(document.sha256, [PageRef(number) for number in range(1, 61)])
    studio.cancel(run)
    request = request_of(studio, run)
    assert (request.lane, request.size) == ("long", 60)


def test_the_longest_run_is_a_setting(studio: Studio, digital_pdf: SampleFile) -> None:
    """Ten minutes where nobody said otherwise."""
    document = studio.open(digital_pdf.data, "a.pdf")
    assert request_of(studio, begun(studio, document)).seconds == 600
    studio.configure(limits=Limits(run_seconds=30))
    assert request_of(studio, begun(studio, document)).seconds == 30


def test_a_run_that_waited_when_the_studio_ended_is_read_by_the_next(
    studio: Studio, digital_pdf: SampleFile, tmp_path: Path
) -> None:
    """It is found under its id, and read once the page is drawn."""
    studio.close()
    document = studio.open(digital_pdf.data, "a.pdf")
    run = begun(studio, document)  # nobody works any more
    later = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="threads"))
    waiting = later.job(run)
    assert waiting
    assert waiting.state == "queued"
    later.warm()
    job = ended(later, run)
    assert job.extraction
    assert job.extraction.values.invoice_number == digital_pdf.truth["invoice_number"]
    later.close()


def test_an_encrypted_document_is_opened_again_by_whoever_knows_its_password(
    studio: Studio, encrypted_pdf: SampleFile, digital_pdf: SampleFile, tmp_path: Path
) -> None:
    """A later process that does not know it says so, and the others go on."""
    studio.close()
    document = studio.open(encrypted_pdf.data, "locked.pdf", PASSWORD)
    locked, plain = begun(studio, document), begun(studio, studio.open(digital_pdf.data, "a.pdf"))
    later = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="threads"))
    later.warm()
    job = ended(later, locked)
    assert job.state == "failed"
    assert "password" in (job.error or "")
    assert ended(later, plain).state == "done"
    later.close()


@pytest.mark.parametrize(
    ("chosen", "there", "kind"),
    [
        ("auto", 2_700_000_000, LocalQueue),
        ("auto", 8_000_000_000, ProcessQueue),
        ("auto", None, LocalQueue),
        ("threads", 64_000_000_000, LocalQueue),
        ("processes", 1_000_000_000, ProcessQueue),
    ],
)
def test_little_memory_means_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, there: int | None, kind: type
) -> None:
    """By itself, or as the person says."""
    monkeypatch.setattr(bootstrap, "memory", lambda: there)
    studio = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers=chosen))  # type: ignore[arg-type]
    assert type(studio._parts.queue) is kind


@pytest.mark.parametrize(("processors", "readers", "share"), [(1, 1, 1), (2, 1, 2), (8, 2, 4), (16, 4, 4)])
def test_readers_share_the_processors(processors: int, readers: int, share: int) -> None:
    """No more of them than there is work for."""
    plans = [plan for plan in plans_for(processors) if "long" in plan.lanes]
    assert (len(plans), plans[0].threads) == (readers, share)
