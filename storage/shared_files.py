"""Documents and JSON texts where hosts share no disk: in the database, or the documents at an address of an object store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Protocol

from sqlalchemy import delete, select

from core.errors import RecordMissing, StorageError
from storage.database import Database, insert_new, insert_or_replace
from storage.tables import KEPT_BYTES, KEPT_TEXTS

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,120}")
_GONE = "This document is no longer kept here: drop the file in again."
#: Letters that no database keeps, and what stands for them: JSON knows the same letter otherwise.
_NO_TEXT = re.compile("[\ud800-\udfff]")


class Blobs(Protocol):
    """Bytes by their SHA-256."""

    def put(self, sha256: str, data: bytes) -> None:
        """Keep bytes; those that are there stay."""

    def get(self, sha256: str) -> bytes | None:
        """The bytes, or ``None``."""

    def drop(self, sha256: str) -> None:
        """Drop them; nothing happens where there are none."""

    def names(self) -> Iterator[str]:
        """The SHA-256 of all."""


class TableBlobs:
    """Bytes as rows of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, sha256: str, data: bytes) -> None:
        """See :class:`Blobs`."""
        with self._database.look() as connection:
            if connection.execute(select(KEPT_BYTES.c.sha256).where(KEPT_BYTES.c.sha256 == sha256)).first():
                return
        with self._database.write() as connection:
            connection.execute(insert_new(connection, KEPT_BYTES).values(sha256=sha256, data=data))

    def get(self, sha256: str) -> bytes | None:
        """See :class:`Blobs`."""
        with self._database.look() as connection:
            found = connection.execute(select(KEPT_BYTES.c.data).where(KEPT_BYTES.c.sha256 == sha256)).scalar()
        return None if found is None else bytes(found)

    def drop(self, sha256: str) -> None:
        """See :class:`Blobs`."""
        with self._database.write() as connection:
            connection.execute(delete(KEPT_BYTES).where(KEPT_BYTES.c.sha256 == sha256))

    def names(self) -> Iterator[str]:
        """See :class:`Blobs`."""
        with self._database.look() as connection:
            return iter(list(connection.execute(select(KEPT_BYTES.c.sha256)).scalars()))


class AddressBlobs:
    """Bytes at an address that fsspec knows (``s3://bucket/folder``, ``file:///mnt/shared``), ``ab/cd/abcd…`` below it."""

    def __init__(self, address: str) -> None:
        """Raises StorageError for an address that cannot be used here."""
        from fsspec.core import url_to_fs

        try:
            self._system, self._root = url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise StorageError(f"STUDIO_BLOBS names a store that cannot be used here: {error}.") from None

    def put(self, sha256: str, data: bytes) -> None:
        """See :class:`Blobs`. Raises StorageError."""
        path = self._path(sha256)
        try:
            if self._system.exists(path) and self._system.size(path) == len(data):
                return
            self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
            if "file" in self._protocols():  # others show an object once it is whole
                self._system.pipe_file(f"{path}.part", data)
                self._system.mv(f"{path}.part", path)
            else:
                self._system.pipe_file(path, data)
        except Exception as error:
            raise _unreachable(error) from error

    def get(self, sha256: str) -> bytes | None:
        """See :class:`Blobs`. Raises StorageError where the store does not answer."""
        try:
            data: bytes = self._system.cat_file(self._path(sha256))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _unreachable(error) from error
        return data

    def drop(self, sha256: str) -> None:
        """See :class:`Blobs`. Raises StorageError."""
        try:
            self._system.rm_file(self._path(sha256))
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unreachable(error) from error

    def names(self) -> Iterator[str]:
        """See :class:`Blobs`. Raises StorageError."""
        try:
            found = self._system.find(self._root) if self._system.exists(self._root) else []
        except Exception as error:
            raise _unreachable(error) from error
        return (name for path in found if _SHA256.fullmatch(name := path.rpartition("/")[2]))

    def _path(self, sha256: str) -> str:
        return f"{self._root.rstrip('/')}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _protocols(self) -> tuple[str, ...]:
        named: Any = self._system.protocol
        return (named,) if isinstance(named, str) else tuple(named)


def _unreachable(error: Exception) -> StorageError:
    return StorageError(f"The store of documents (STUDIO_BLOBS) does not answer ({type(error).__name__}): try again.")


class SharedFiles:
    """Implements :class:`core.stores.files.Files`: documents in ``blobs``, JSON texts in the database."""

    joins = True

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def keep(self, data: bytes) -> str:
        """See :meth:`core.stores.files.Files.keep`. Raises StorageError."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._blobs.put(sha256, data)
        return sha256

    def load(self, sha256: str) -> bytes:
        """See :meth:`core.stores.files.Files.load`. Bytes that are no longer those are as good as missing."""
        if not _SHA256.fullmatch(sha256):
            raise RecordMissing("A document's id is the 64 hexadecimal digits of its SHA-256.")
        data = self._blobs.get(sha256)
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            raise RecordMissing(_GONE)
        return data

    def forget(self, sha256: str) -> None:
        """See :meth:`core.stores.files.Files.forget`."""
        self._blobs.drop(sha256)

    def documents(self) -> Iterator[str]:
        """See :meth:`core.stores.files.Files.documents`."""
        return self._blobs.names()

    def kinds(self) -> list[str]:
        """See :meth:`core.stores.files.Files.kinds`."""
        with self._database.look() as connection:
            return sorted(connection.execute(select(KEPT_TEXTS.c.kind).distinct()).scalars())

    def keys(self, kind: str) -> list[str]:
        """See :meth:`core.stores.files.Files.keys`."""
        with self._database.look() as connection:
            return sorted(connection.execute(select(KEPT_TEXTS.c.key).where(KEPT_TEXTS.c.kind == kind)).scalars())

    def keep_json(self, kind: str, key: str, text: str, lasting: bool = True) -> None:
        """See :meth:`core.stores.files.Files.keep_json`. Raises StorageError for another kind or key."""
        if not _NAME.fullmatch(kind) or not _NAME.fullmatch(key) or kind == "documents":
            raise StorageError("A key may hold letters, digits, - and _ only.")
        kept = _NO_TEXT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
        with self._database.write(lasting=lasting) as connection:
            insert_or_replace(connection, KEPT_TEXTS, {"kind": kind, "key": key, "text": kept})

    def load_json(self, kind: str, key: str) -> str | None:
        """See :meth:`core.stores.files.Files.load_json`."""
        mine = (KEPT_TEXTS.c.kind == kind) & (KEPT_TEXTS.c.key == key)
        with self._database.look() as connection:
            return connection.execute(select(KEPT_TEXTS.c.text).where(mine)).scalar()

    def forget_json(self, kind: str, key: str) -> None:
        """See :meth:`core.stores.files.Files.forget_json`."""
        mine = (KEPT_TEXTS.c.kind == kind) & (KEPT_TEXTS.c.key == key)
        with self._database.write() as connection:
            connection.execute(delete(KEPT_TEXTS).where(mine))
