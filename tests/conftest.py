"""Small documents made for the tests, each with its truth. Made once a session, from fixed seeds."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from samples.design import make_design
from samples.generate import Sample, make_sample
from samples.invoices import Wishes, make_invoice
from samples.layout import draw
from samples.scan import Scan, multi_page_tiff, pictures
from storage import database
from tests.mock_models import MockModels, lacking, serving

# Threads in place of worker processes, which take seconds to start: tests/core/test_worker_processes.py has those.
os.environ.setdefault("STUDIO_WORKERS", "threads")

#: Opens ``encrypted_pdf``.
PASSWORD = "s3same"


@pytest.fixture(scope="session", autouse=True)
def ready_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new SQLite database of this process begins as a copy of a migrated one: migrating takes 0.3 s, and hundreds of tests
    open one."""
    ready = tmp_path_factory.mktemp("ready") / "studio.db"
    database.open_database(f"sqlite:///{ready}").close()
    begin = database._use_wal

    def copied(path: Path) -> None:
        if not path.exists():
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
                shutil.copyfile(ready, fresh)
                fresh.chmod(0o600)
                with contextlib.suppress(FileExistsError):
                    os.link(fresh, path)  # of two threads the first
                fresh.unlink()
        begin(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_use_wal", copied)
        yield


@pytest.fixture(scope="session")
def mock_server() -> Iterator[MockModels]:
    """The server that plays the providers of models; skips where it is not installed."""
    if reason := lacking():
        pytest.skip(reason)
    with serving() as mock:
        yield mock


@pytest.fixture
def mock_models(mock_server: MockModels, monkeypatch: pytest.MonkeyPatch) -> MockModels:
    """The server, with nothing programmed, and every provider of the environment led to it."""
    mock_server.reset()
    for name, value in mock_server.environment().items():
        monkeypatch.setenv(name, value)
    return mock_server


@dataclass(frozen=True)
class SampleFile:
    """A document on disk. ``truths`` holds the truth of each invoice in it, in page order."""

    path: Path
    truths: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def truth(self) -> dict[str, Any]:
        """The truth of the only (or first) invoice."""
        return self.truths[0]


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's documents lie."""
    return tmp_path_factory.mktemp("samples")


def _keep(folder: Path, name: str, data: bytes, *samples: Sample) -> SampleFile:
    path = folder / name
    path.write_bytes(data)
    return SampleFile(path, tuple(sample.truth for sample in samples))


def _english() -> Sample:
    wishes = Wishes(lines=4, vendor=0)
    return make_sample(1, "en", wishes=wishes, header="plain", facts="list", table="ruled", face="helv", bold="hebo")


@pytest.fixture(scope="session")
def digital_pdf(sample_folder: Path) -> SampleFile:
    """One English page with a text layer."""
    sample = _english()
    return _keep(sample_folder, "digital.pdf", sample.data, sample)


@pytest.fixture(scope="session")
def einvoice_pdf(sample_folder: Path) -> SampleFile:
    """One German page with its Factur-X XML inside."""
    sample = make_sample(2, "de", einvoice=True, wishes=Wishes(lines=3), header="letter")
    return _keep(sample_folder, "einvoice.pdf", sample.data, sample)


@pytest.fixture(scope="session")
def scan_png(sample_folder: Path) -> SampleFile:
    """A clean scan of one English page, a little skewed; there is no text layer."""
    sample = make_sample(
        3,
        "en",
        wishes=Wishes(lines=3, vendor=0),
        scan=Scan(dpi=120, skew=0.4, blur=0, noise=0, shading=0, quality=0),
        header="plain",
        facts="list",
        table="ruled",
        face="helv",
        bold="hebo",
    )
    return _keep(sample_folder, "scan.png", sample.data, sample)


@pytest.fixture(scope="session")
def two_page_pdf(sample_folder: Path) -> SampleFile:
    """One Dutch invoice whose table goes on to a second page."""
    sample = make_sample(4, "nl", wishes=Wishes(lines=26), header="plain", table="ruled")
    return _keep(sample_folder, "two-pages.pdf", sample.data, sample)


@pytest.fixture(scope="session")
def multipage_tiff(sample_folder: Path, two_page_pdf: SampleFile) -> SampleFile:
    """The pages of ``two_page_pdf`` as the frames of one TIFF."""
    path = sample_folder / "frames.tiff"
    path.write_bytes(multi_page_tiff(pictures(two_page_pdf.data, dpi=110)))
    return SampleFile(path, two_page_pdf.truths)


@pytest.fixture(scope="session")
def encrypted_pdf(sample_folder: Path) -> SampleFile:
    """``digital_pdf`` locked with PASSWORD."""
    sample = _english()
    with pymupdf.open(stream=sample.data) as document:
        data = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=PASSWORD, owner_pw=f"{PASSWORD}-owner")
    return _keep(sample_folder, "encrypted.pdf", data, sample)


@pytest.fixture(scope="session")
def two_invoices_pdf(sample_folder: Path) -> SampleFile:
    """Two one-page invoices in one file: an English one on page 1, a French one on page 2."""
    english = _english()
    french = make_sample(5, "fr", wishes=Wishes(lines=3), header="centred", table="zebra")
    with pymupdf.open(stream=english.data) as document, pymupdf.open(stream=french.data) as second:
        document.insert_pdf(second)
        data = document.tobytes(garbage=3, deflate=True)
    return _keep(sample_folder, "two-invoices.pdf", data, english, french)


@pytest.fixture(scope="session")
def pdf_of_pages(sample_folder: Path) -> Path:
    """A PDF of 60 pages, to see that only what is asked for is drawn."""
    invoice = make_invoice(6, "en")
    with pymupdf.open(stream=draw(invoice, make_design(6, invoice)).data()) as one, pymupdf.open() as document:
        for _ in range(60):
            document.insert_pdf(one)
        path = sample_folder / "sixty.pdf"
        path.write_bytes(document.tobytes(garbage=4, deflate=True))
    return path
