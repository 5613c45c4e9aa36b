"""Documents by their content and small JSON texts by key, as files in the data folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from core.atomic import write_atomically
from core.errors import RecordMissing, StorageError

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: A kind or key: no dot, slash or colon, so that it can be a file's name anywhere and never leaves its folder.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,120}")


class FileStore:
    """Implements :class:`core.stores.files.Files`: ``documents/ab/cd/abcd…`` and ``<kind>/<key>.json`` in ``folder``."""

    joins = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """See :meth:`core.stores.files.Files.keep`. Raises StorageError when the disk refuses."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._document(sha256)
        if not (path.is_file() and path.stat().st_size == len(data)):
            _write(path, data)
        return sha256

    def load(self, sha256: str) -> bytes:
        """See :meth:`core.stores.files.Files.load`. Bytes that are no longer those are as good as missing."""
        try:
            data = self._document(sha256).read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != sha256:
            raise RecordMissing("This document is no longer kept here: drop the file in again.")
        return data

    def forget(self, sha256: str) -> None:
        """See :meth:`core.stores.files.Files.forget`."""
        self._document(sha256).unlink(missing_ok=True)

    def documents(self) -> Iterator[str]:
        """See :meth:`core.stores.files.Files.documents`."""
        found = (self._folder / "documents").glob("??/??/*")
        return (path.name for path in found if _SHA256.fullmatch(path.name))

    def kinds(self) -> list[str]:
        """See :meth:`core.stores.files.Files.kinds`."""
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        return sorted(path.name for path in folders if path.is_dir() and path.name != "documents")

    def keys(self, kind: str) -> list[str]:
        """See :meth:`core.stores.files.Files.keys`."""
        return sorted(path.stem for path in self._json(kind, "any").parent.glob("*.json"))

    def keep_json(self, kind: str, key: str, text: str, lasting: bool = True) -> None:
        """See :meth:`core.stores.files.Files.keep_json`. Raises StorageError for another kind or key, or a full disk."""
        _write(self._json(kind, key), text.encode("utf-8", "surrogatepass"), lasting)

    def load_json(self, kind: str, key: str) -> str | None:
        """See :meth:`core.stores.files.Files.load_json`."""
        try:
            return self._json(kind, key).read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError):
            return None

    def forget_json(self, kind: str, key: str) -> None:
        """See :meth:`core.stores.files.Files.forget_json`."""
        self._json(kind, key).unlink(missing_ok=True)

    def _document(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise RecordMissing("A document's id is the 64 hexadecimal digits of its SHA-256.")
        return self._folder / "documents" / sha256[:2] / sha256[2:4] / sha256

    def _json(self, kind: str, key: str) -> Path:
        if not _NAME.fullmatch(kind) or not _NAME.fullmatch(key) or kind == "documents":
            raise StorageError("A key may hold letters, digits, - and _ only.")
        return self._folder / kind / f"{key}.json"


def _write(path: Path, data: bytes, lasting: bool = True) -> None:
    try:
        write_atomically(path, data, lasting)
    except OSError as error:
        raise StorageError(
            f"The data folder cannot be written ({error.strerror}): check its rights and the free disk space."
        ) from error
