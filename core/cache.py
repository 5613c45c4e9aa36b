"""The contract of the cache: results by content. A key names everything that decides the result (digests of bytes,
recipe and code), so an entry never becomes wrong; it may vanish at any time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Cache(Protocol):
    """Bytes by key. Safe for several threads. A cache that fails answers as an empty one: it never raises."""

    def get(self, key: str) -> bytes | None:
        """What was put under ``key``, or ``None``."""

    def put(self, key: str, data: bytes) -> None:
        """Keep ``data``; the entries not used for longest make room."""

    def clear(self) -> None:
        """Forget everything."""

    def count_before(self, moment: datetime) -> int:
        """How many entries were put before a moment."""

    def drop_before(self, moment: datetime) -> None:
        """Forget those."""

    def size_bytes(self) -> int:
        """How much is kept, in bytes."""
