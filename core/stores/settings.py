"""The person's choices, shared by every process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class SettingsStore(Protocol):
    """The person's choices as one text with a version, which grows with each change. Shared by every process."""

    def version(self) -> int:
        """The version that is kept; 0 for none. Quick."""

    def load(self) -> tuple[int, str | None]:
        """Version and text; 0 and ``None`` where none is kept."""

    def change(self, write: Callable[[str | None], str]) -> tuple[int, str]:
        """Keep what ``write`` makes of the text that is kept, in one transaction: nobody else changes it meanwhile. Gives what
        is kept then. Raises StorageError, and what ``write`` raises; nothing is changed then."""
