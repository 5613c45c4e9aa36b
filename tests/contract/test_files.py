"""What the files store does with bytes and JSON texts, and with hostile keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import RecordMissing, StorageError
from core.stores.files import Files
from storage.database import Database
from storage.files import FileStore
from storage.shared_files import AddressBlobs, SharedFiles, TableBlobs


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """An empty store."""
    return FileStore(tmp_path / "files")


@pytest.fixture(params=["folder", "sqlite", "address", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_files(request: pytest.FixtureRequest, tmp_path: Path, open_store: Callable[[str], Database]) -> Files:
    """An empty store of each kind: a folder, a database, a database with documents at an address."""
    if request.param == "folder":
        return FileStore(tmp_path / "files")
    sqlite = f"sqlite:///{tmp_path / 'studio.db'}"
    database = open_store(request.getfixturevalue("postgres_url") if request.param == "postgres" else sqlite)
    address = request.param == "address"
    return SharedFiles(database, AddressBlobs(f"file://{tmp_path / 'blobs'}") if address else TableBlobs(database))


def test_every_store_keeps_documents_and_texts_alike(any_files: Files) -> None:
    """Bytes by content, texts by kind and key; what is dropped is gone, what was never there is missing."""
    sha256 = any_files.keep(b"%PDF-1.7")
    assert sha256 == any_files.keep(b"%PDF-1.7") == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert any_files.load(sha256) == b"%PDF-1.7"
    assert list(any_files.documents()) == [sha256]
    any_files.forget(sha256)
    any_files.forget(sha256)
    assert list(any_files.documents()) == []
    for missing in (sha256, "../../etc/passwd", "0" * 63 + "\n"):
        with pytest.raises(RecordMissing):
            any_files.load(missing)
    any_files.keep_json("draft", "run-1_a", '{"a": 1}')
    any_files.keep_json("draft", "run-1_a", '{"a": "ä\ud800"}', lasting=False)
    kept = any_files.load_json("draft", "run-1_a")
    assert kept
    assert json.loads(kept) == {"a": "ä\ud800"}
    assert any_files.load_json("run", "run-1_a") is None
    any_files.keep_json("run", "r2", "{}")
    assert (any_files.kinds(), any_files.keys("draft"), any_files.keys("none")) == (["draft", "run"], ["run-1_a"], [])
    any_files.forget_json("draft", "run-1_a")
    any_files.forget_json("draft", "run-1_a")
    assert any_files.load_json("draft", "run-1_a") is None
    for kind, key in (("documents", "a"), ("run", "../a"), ("run", "a\n")):
        with pytest.raises(StorageError):
            any_files.keep_json(kind, key, "{}")


def test_a_store_that_does_not_answer_says_so(tmp_path: Path) -> None:
    """Also an address that nobody here can use; no address is quoted whole."""
    with pytest.raises(StorageError, match="STUDIO_BLOBS names a store that cannot be used"):
        AddressBlobs("nowhere://bucket/folder")
    (tmp_path / "blobs").write_text("a file in the way")
    blobs = AddressBlobs(f"file://{tmp_path / 'blobs'}")
    with pytest.raises(StorageError, match="does not answer"):
        blobs.put("0" * 64, b"x")


def test_documents_are_kept_by_their_content(files: FileStore, tmp_path: Path) -> None:
    """The same bytes are kept once, in two levels of folders."""
    sha256 = files.keep(b"%PDF-1.7")
    assert sha256 == files.keep(b"%PDF-1.7") == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert files.load(sha256) == b"%PDF-1.7"
    kept = [path.relative_to(tmp_path / "files") for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == [Path("documents") / sha256[:2] / sha256[2:4] / sha256]


def test_a_changed_document_counts_as_missing(files: FileStore, tmp_path: Path) -> None:
    """Bytes that are no longer those are never handed out; keeping them again repairs it."""
    sha256 = files.keep(b"invoice")
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(b"changed!")
    with pytest.raises(RecordMissing, match="again"):
        files.load(sha256)
    files.keep(b"invoice")
    assert files.load(sha256) == b"invoice"


@pytest.mark.parametrize("sha256", ["", "0" * 64, "../../etc/passwd", "A" * 64, "0" * 63 + "\n"])
def test_a_document_that_was_never_kept_is_missing(files: FileStore, sha256: str) -> None:
    """Unknown and hostile ids are answered alike."""
    with pytest.raises(RecordMissing):
        files.load(sha256)


def test_json_texts_are_kept_by_kind_and_key(files: FileStore) -> None:
    """Kept, replaced, dropped; one kind knows nothing of another."""
    files.keep_json("draft", "run-1_a", '{"a": 1}')
    files.keep_json("draft", "run-1_a", '{"a": "ä\ud800"}')
    assert files.load_json("draft", "run-1_a") == '{"a": "ä\ud800"}'
    assert files.load_json("run", "run-1_a") is None
    files.forget_json("draft", "run-1_a")
    files.forget_json("draft", "run-1_a")
    assert files.load_json("draft", "run-1_a") is None


def test_only_what_must_last_is_waited_for(files: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft is on the disk when it is kept; how long pages took is not worth the wait."""
    waited: list[int] = []
    monkeypatch.setattr("os.fsync", waited.append)
    files.keep_json("pages-read", "a", "1.5", lasting=False)
    assert (waited, files.load_json("pages-read", "a")) == ([], "1.5")
    files.keep_json("draft", "a", "{}")
    assert waited


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../draft", "a/b", "a\\b", "a.b", "C:x", "a\x00", "a\n", "x" * 300, "ä"]
)
@pytest.mark.parametrize("place", ["kind", "key"])
def test_hostile_keys_are_refused(files: FileStore, tmp_path: Path, key: str, place: str) -> None:
    """Nothing is read or written outside the folder."""
    kind, name = (key, "k") if place == "kind" else ("draft", key)
    with pytest.raises(StorageError, match="letters"):
        files.keep_json(kind, name, "{}")
    with pytest.raises(StorageError):
        files.load_json(kind, name)
    assert not list(tmp_path.rglob("*.json"))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """One sentence that says what to check."""
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="data folder"):
        FileStore(tmp_path / "files").keep(b"invoice")
