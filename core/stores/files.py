"""Documents and small JSON texts, on disk or where other hosts find them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Files(Protocol):
    """Bytes by content and small JSON drafts by key, written atomically."""

    joins: bool
    """Whether JSON texts join a transaction of the database that is under way; else they are kept before it begins."""

    def keep(self, data: bytes) -> str:
        """Keep a document's bytes; gives their SHA-256 (hex)."""

    def load(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256``. Raises RecordMissing."""

    def forget(self, sha256: str) -> None:
        """Drop a document's bytes; nothing happens where there are none."""

    def documents(self) -> Iterator[str]:
        """The SHA-256 of everything that is kept by its content."""

    def kinds(self) -> list[str]:
        """The kinds under which JSON texts are kept."""

    def keys(self, kind: str) -> list[str]:
        """The keys of a kind."""

    def keep_json(self, kind: str, key: str, text: str, lasting: bool = True) -> None:
        """Keep a JSON text under a kind (``run``, ``draft``) and a key of letters, digits, ``-`` and ``_``. What is not ``lasting``
        is written quicker, and a power cut may cost it."""

    def load_json(self, kind: str, key: str) -> str | None:
        """The text kept so, or ``None``."""

    def forget_json(self, kind: str, key: str) -> None:
        """Drop it; nothing happens where there is none."""
