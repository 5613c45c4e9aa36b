"""Folders at any address that fsspec knows, from which files are taken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from core.errors import StorageError
from core.stores.place import Placed

#: What changes when a file does, by whichever name a system has it.
_STAMPS = ("mtime", "LastModified", "last_modified", "updated", "ETag", "created")
_MOST_NAMES = 10_000
#: What is to be installed for an address, by how it begins.
_NEEDED = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "sftp": "paramiko",
    "ssh": "paramiko",
    "az": "adlfs",
    "abfs": "adlfs",
    "smb": "smbprotocol",
}


class AddressPlace:
    """Implements :class:`core.stores.place.Place` for a path of this machine, or an address such as ``s3://bucket/folder``."""

    def __init__(self, address: str) -> None:
        """Raises StorageError for an address that cannot be used here."""
        from fsspec.core import url_to_fs

        protocol = address.partition("://")[0] if "://" in address else ""
        try:
            self._system, root = url_to_fs(address)
            self._root = str(root).rstrip("/")
            self._system.makedirs(self._root, exist_ok=True)
        except (ImportError, ValueError) as error:
            needed = f": pip install {_NEEDED[protocol]}" if protocol in _NEEDED else ""
            raise StorageError(f"Addresses of the kind “{protocol}” cannot be used here{needed}.") from error
        except Exception as error:
            raise _unreachable(error) from error
        self.name = PurePosixPath(self._root).name or "folder"

    def files(self) -> list[Placed]:
        """See :class:`core.stores.place.Place`. A link is no file: it may lead anywhere."""
        try:
            self._system.invalidate_cache()
            found = self._system.find(self._root, withdirs=False, detail=True)
        except Exception as error:
            raise _unreachable(error) from error
        return [
            Placed(path[len(self._root) :].lstrip("/"), int(about.get("size") or 0), _stamp(about))
            for path, about in sorted(found.items())
            if about.get("type") == "file" and not about.get("islink")
        ]

    def read(self, path: str) -> bytes:
        """See :class:`core.stores.place.Place`."""
        try:
            data: bytes = self._system.cat_file(self._full(path))
        except Exception as error:
            raise _unreachable(error) from error
        return data

    def move(self, path: str, folder: str) -> str:
        """See :class:`core.stores.place.Place`."""
        try:
            free = self._free(f"{folder}/{path}")
            self._system.makedirs(self._full(free).rpartition("/")[0], exist_ok=True)
            self._system.mv(self._full(path), self._full(free))
            parent = PurePosixPath(path).parent
            while str(parent) != ".":  # folders that are empty now
                with suppress(Exception):
                    self._system.rmdir(self._full(str(parent)))
                parent = parent.parent
        except Exception as error:
            raise _unreachable(error) from error
        return free

    def write(self, path: str, text: str) -> None:
        """See :class:`core.stores.place.Place`."""
        try:
            self._system.pipe_file(self._full(path), text.encode())
        except Exception as error:
            raise _unreachable(error) from error

    def _free(self, path: str) -> str:
        free = PurePosixPath(path)
        for number in range(2, _MOST_NAMES):
            if not self._system.exists(self._full(str(free))):
                return str(free)
            free = PurePosixPath(path).with_stem(f"{PurePosixPath(path).stem} ({number})")
        raise StorageError("There are too many files of one name.")

    def _full(self, path: str) -> str:
        return f"{self._root}/{path}"


def _stamp(about: dict[str, Any]) -> str:
    return next((str(about[name]) for name in _STAMPS if about.get(name) is not None), "")


def _unreachable(error: Exception) -> StorageError:
    return StorageError(f"The watched folder cannot be used ({type(error).__name__}): check its address and rights.")
