"""The cache on disk: bounded, shared by threads and processes, and never a reason to fail. Entries are raw bytes with
a checksum; nothing is ever unpickled, so a cache file that someone swapped cannot run code."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import diskcache
from filelock import FileLock

from core.errors import StorageError

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Bytes of the checksum in front of each entry.
_CHECKSUM = 4


class _RawDisk(diskcache.Disk):
    """Stores and fetches bytes as they are; anything pickled counts as absent."""

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """The entry's bytes, or ``None`` for an entry that is not raw bytes."""
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_BINARY):
            return None
        return super().fetch(mode, filename, value, read)


class DiskCache:
    """Implements :class:`core.cache.Cache` in ``folder``, holding at most about ``limit`` bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._store = self._opened()

    def get(self, key: str) -> bytes | None:
        """See :meth:`core.cache.Cache.get`; an entry whose checksum is wrong counts as absent."""
        entry = self._guarded(lambda store: store.get(key), None)
        if not isinstance(entry, bytes) or len(entry) < _CHECKSUM:
            return None
        checksum, data = entry[:_CHECKSUM], entry[_CHECKSUM:]
        return data if checksum == _checksum(data) else None

    def put(self, key: str, data: bytes) -> None:
        """See :meth:`core.cache.Cache.put`; what would fill more than half of the cache is not kept."""
        if len(data) * 2 <= self._limit:
            self._guarded(lambda store: store.set(key, _checksum(data) + data), False)

    def clear(self) -> None:
        """See :meth:`core.cache.Cache.clear`."""
        self._guarded(_emptied, 0)

    def count_before(self, moment: datetime) -> int:
        """See :meth:`core.cache.Cache.count_before`."""
        return self._guarded(lambda store: len(_older(store, moment)), 0)

    def drop_before(self, moment: datetime) -> None:
        """See :meth:`core.cache.Cache.drop_before`."""
        self._guarded(lambda store: _dropped(store, moment), 0)

    def size_bytes(self) -> int:
        """See :meth:`core.cache.Cache.size_bytes`."""
        return self._guarded(lambda store: int(store.volume()), 0)

    def close(self) -> None:
        """Close the connections of this thread."""
        self._store.close()

    def _guarded(self, work: Callable[[diskcache.Cache], T], otherwise: T) -> T:
        """``work``, or ``otherwise`` where the cache is busy, full or damaged (it then starts anew)."""
        store = self._store
        try:
            return work(store)
        except (diskcache.Timeout, OSError) as error:
            log.warning("the cache was passed over: %s", error)
        except sqlite3.Error as error:
            log.warning("the cache failed and is opened again: %s", error)
            self._renew(store)
        return otherwise

    def _renew(self, failed: diskcache.Cache) -> None:
        with self._lock:
            if self._store is failed:  # no other thread has done it meanwhile
                failed.close()
                self._store = self._opened(doubted=True)

    def _opened(self, doubted: bool = False) -> diskcache.Cache:
        """The cache in the folder; what cannot be read there is thrown away first. One process at a time decides, so
        that nobody throws away what another has just made anew. Raises StorageError for a folder that cannot be used."""
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder.with_name(f"{self._folder.name}.lock")):
                try:
                    return self._connected(doubted)
                except sqlite3.Error as error:
                    log.warning("the cache in %s cannot be read and is made anew: %s", self._folder, error)
                    shutil.rmtree(self._folder, ignore_errors=True)
                    return self._connected(doubted=False)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"The cache folder {self._folder} cannot be used: make it writable or choose another data folder."
            ) from error

    def _connected(self, doubted: bool) -> diskcache.Cache:
        database = self._folder / diskcache.core.DBNAME
        if doubted and database.exists():
            with closing(sqlite3.connect(database)) as connection:
                (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if answer != "ok":
                raise sqlite3.DatabaseError(answer)
        return diskcache.Cache(
            str(self._folder), disk=_RawDisk, size_limit=self._limit, eviction_policy="least-recently-used", timeout=10
        )


def _older(store: diskcache.Cache, moment: datetime) -> list[str]:
    """The keys of what was put before a moment."""
    with closing(sqlite3.connect(Path(store.directory) / diskcache.core.DBNAME, timeout=10)) as connection:
        rows = connection.execute("SELECT key FROM Cache WHERE store_time < ?", (moment.timestamp(),)).fetchall()
    return [row[0] for row in rows]


def _dropped(store: diskcache.Cache, moment: datetime) -> int:
    keys = _older(store, moment)
    for key in keys:
        store.delete(key, retry=True)
    _compact(store)
    return len(keys)


def _emptied(store: diskcache.Cache) -> int:
    """Without its entries, and without what they leave in the file of its database."""
    count = int(store.clear(retry=True))
    _compact(store)
    return count


def _compact(store: diskcache.Cache) -> None:
    with closing(sqlite3.connect(Path(store.directory) / diskcache.core.DBNAME, timeout=10)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM, "big")
