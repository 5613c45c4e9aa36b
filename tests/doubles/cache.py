"""Caches for tests: one in memory, and one that keeps nothing."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import datetime


class NoCache:
    """Keeps nothing: every run is done anew."""

    def get(self, key: str) -> bytes | None:
        """Always ``None``."""
        return None

    def put(self, key: str, data: bytes) -> None:
        """Does nothing."""

    def clear(self) -> None:
        """Does nothing."""

    def count_before(self, moment: datetime) -> int:
        """Always 0."""
        return 0

    def drop_before(self, moment: datetime) -> None:
        """Does nothing."""

    def size_bytes(self) -> int:
        """Always 0."""
        return 0


class MemoryCache:
    """Keeps up to ``limit`` bytes in this process, for as long as it lives."""

    def __init__(self, limit: int = 64_000_000) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._put_at: dict[str, float] = {}

    def get(self, key: str) -> bytes | None:
        """See :meth:`Cache.get`."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, data: bytes) -> None:
        """See :meth:`Cache.put`; what is larger than the limit is not kept."""
        with self._lock:
            self._size += len(data) - len(self._kept.pop(key, b""))
            self._kept[key], self._put_at[key] = data, time.time()
            while self._size > self._limit:
                self._size -= len(self._kept.popitem(last=False)[1])

    def clear(self) -> None:
        """See :meth:`Cache.clear`."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def count_before(self, moment: datetime) -> int:
        """See :meth:`Cache.count_before`."""
        with self._lock:
            return sum(self._put_at[key] < moment.timestamp() for key in self._kept)

    def drop_before(self, moment: datetime) -> None:
        """See :meth:`Cache.drop_before`."""
        with self._lock:
            for key in [key for key in self._kept if self._put_at[key] < moment.timestamp()]:
                self._size -= len(self._kept.pop(key))

    def size_bytes(self) -> int:
        """See :meth:`Cache.size_bytes`."""
        with self._lock:
            return self._size
