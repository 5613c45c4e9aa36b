"""A watched folder: what is laid into it comes into the Inbox once, whatever happens to who watches it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import StorageError
from core.inbox.folder import WatchedFolder
from core.settings import Settings
from core.studio import Studio
from storage.addresses import AddressPlace
from tests.core.mail_files import eml
from tests.core.test_inbox import ROOT, items, paper, wait


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of threads, in a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path / "data", DATABASE_URL=None, workers="threads", libreoffice="none"))
    yield made
    made.close()


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """The folder."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    return folder


def watched(studio: Studio, address: object) -> WatchedFolder:
    """The folder at an address, watched."""
    return WatchedFolder(AddressPlace(str(address)), studio.inbox, lambda: studio.defaults.limits)


def tree(folder: Path) -> list[str]:
    """All files in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_taken_once_it_no_longer_changes(studio: Studio, incoming: Path) -> None:
    """Somebody may still be writing it."""
    folder = watched(studio, incoming)
    (incoming / "a.pdf").write_bytes(paper("W-1")[:500])
    assert folder.look().taken == ()
    (incoming / "a.pdf").write_bytes(paper("W-1"))
    assert folder.look().taken == ()
    assert folder.look().taken == ("a.pdf",)
    wait(studio)
    assert {name: item.number for name, item in items(studio).items()} == {"a.pdf": "W-1"}
    assert tree(incoming) == ["done/a.pdf"]
    assert (folder.look().taken, folder.waits()) == ((), False)


def test_what_cannot_be_taken_lies_in_failed_with_its_sentence(studio: Studio, incoming: Path) -> None:
    """And holds up no other; what is unfinished, hidden or a link stays where it is."""
    for name, data in {
        "a.xyz": b"???",
        "empty.pdf": b"",
        "b.pdf": paper("W-2"),
        "c.pdf.part": b"x",
        ".hidden": b"x",
    }.items():
        (incoming / name).write_bytes(data)
    (incoming / "link.pdf").symlink_to("/etc/hostname")
    folder = watched(studio, incoming)
    folder.look()
    found = folder.look()
    assert (found.taken, [path for path, _ in found.failed]) == (("b.pdf",), ["a.xyz", "empty.pdf"])
    assert tree(incoming) == [
        ".hidden",
        "c.pdf.part",
        "done/b.pdf",
        "failed/a.xyz",
        "failed/a.xyz.txt",
        "failed/empty.pdf",
        "failed/empty.pdf.txt",
        "link.pdf",
    ]
    assert (incoming / "failed/a.xyz.txt").read_text().startswith("a.xyz: this kind of file is not read here")


def test_a_folder_is_a_batch_and_so_is_a_mail(studio: Studio, incoming: Path) -> None:
    """By its name, and by its subject; an emptied folder goes."""
    (incoming / "march/deep").mkdir(parents=True)
    (incoming / "march/a.pdf").write_bytes(paper("W-3"))
    (incoming / "march/deep/b.pdf").write_bytes(paper("W-4"))
    (incoming / "mail.eml").write_bytes(bytes(eml("Invoices", files=[("c.pdf", paper("W-5"), "application/pdf")])))
    folder = watched(studio, incoming)
    folder.look()
    folder.look()
    wait(studio)
    assert {report.batch.name: report.count for report in studio.inbox.reports()} == {"march": 2, "Invoices": 1}
    assert not (incoming / "march").exists()
    assert tree(incoming) == ["done/mail.eml", "done/march/a.pdf", "done/march/deep/b.pdf"]


def test_what_came_before_is_told_and_nothing_is_read_twice(studio: Studio, incoming: Path) -> None:
    """Neither a file nor a mail nor a folder; nothing in done is overwritten."""
    folder = watched(studio, incoming)
    mail = bytes(eml("Invoices", files=[("c.pdf", paper("W-8"), "application/pdf")]))
    for _ in range(2):
        (incoming / "march").mkdir()
        (incoming / "march/a.pdf").write_bytes(paper("W-6"))
        (incoming / "b.pdf").write_bytes(paper("W-7"))
        (incoming / "mail.eml").write_bytes(mail)
        folder.look()
        folder.look()
        wait(studio)
    assert sorted(item.number for item in items(studio).values()) == ["W-6", "W-7", "W-8"]
    assert sorted((report.batch.name, report.count) for report in studio.inbox.reports()) == [
        ("Invoices", 1),
        ("march", 1),
    ]
    assert "done/b (2).pdf.txt" in tree(incoming)
    assert (incoming / "done/b (2).pdf.txt").read_text().startswith("“b.pdf” came before")


def test_an_address_works_like_a_folder(studio: Studio) -> None:
    """Any that fsspec knows; one that needs a package says which."""
    import fsspec

    address = f"memory://{uuid.uuid4().hex}"
    system = fsspec.filesystem("memory")
    system.pipe_file(f"{address}/a.pdf", paper("W-9"))
    folder = watched(studio, address)
    folder.look()
    assert folder.look().taken == ("a.pdf",)
    assert system.exists(f"{address}/done/a.pdf")
    with pytest.raises(StorageError, match=r"“s3” cannot be used here: pip install s3fs"):
        AddressPlace("s3://bucket/folder")


def test_the_command_takes_what_lies_there(
    incoming: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, where that is asked for; two watchers of one folder there are not."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path / "data"))
    (incoming / "a.pdf").write_bytes(paper("W-10"))
    (incoming / "b.xyz").write_bytes(b"?")
    assert main(["inbox", str(incoming), "--once", "--every", "0.05"]) == 1
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "a.pdf: taken.",
        "b.xyz: this kind of file is not read here: add a PDF, PNG, JPEG, TIFF, WebP, BMP, Word or Excel file, or a mail.",
    ]
    assert main(["inbox", "--once"]) == 1
    assert "Name a folder" in capsys.readouterr().err


_WATCHER = """
import os, sys, signal
from pathlib import Path
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.watching import Watch
from core.settings import Settings
from storage.addresses import AddressPlace
moments = int(sys.argv[3])
move = AddressPlace.move
def dying(self, path, folder):
    global moments
    moments -= 1
    if moments == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(self, path, folder)
AddressPlace.move = dying
studio = build_studio(Settings(data_dir=Path(sys.argv[1]), DATABASE_URL=None, workers="threads", libreoffice="none"))
studio.inbox._queueing.feed = studio.inbox._queueing.begin = lambda: None  # what a killed worker held is another test's
watch = Watch(studio, sys.argv[2])
watch.look(); watch.look()
"""


def test_a_kill_between_taking_and_moving_takes_nothing_twice(incoming: Path, tmp_path: Path) -> None:
    """kill -9 as each thing was taken and none, or some of it, moved: the next process goes on, and each document is there once."""
    (incoming / "a.pdf").write_bytes(paper("K-1"))
    (incoming / "mail.eml").write_bytes(bytes(eml("Invoices", files=[("c.pdf", paper("K-2"), "application/pdf")])))
    (incoming / "march").mkdir()
    for number in (3, 4):
        (incoming / f"march/{number}.pdf").write_bytes(paper(f"K-{number}"))
    data = tmp_path / "data"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for moment in (1, 2):
        killed = subprocess.run(
            [sys.executable, "-c", _WATCHER, str(data), str(incoming), str(moment)],
            cwd=ROOT,
            env=environment,
            timeout=60,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
    studio = build_studio(Settings(data_dir=data, DATABASE_URL=None, workers="threads", libreoffice="none"))
    studio.inbox.go_on()
    folder = watched(studio, incoming)
    folder.look()
    folder.look()
    end = time.monotonic() + 60
    while not studio.inbox.is_idle() and time.monotonic() < end:
        time.sleep(0.05)
    found = sorted(item.number for item in items(studio).values())
    batches = sorted((report.batch.name, report.count) for report in studio.inbox.reports())
    studio.close()
    assert found == ["K-1", "K-2", "K-3", "K-4"]
    assert batches == [("Invoices", 1), ("march", 2)]
    assert [path for path in tree(incoming) if not path.endswith(".txt")] == [
        "done/a.pdf",
        "done/mail.eml",
        "done/march/3.pdf",
        "done/march/4.pdf",
    ]
