"""One process of a host looks into the watched folder, whichever has its lock."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.inbox.folder import Found, WatchedFolder
from core.studio import Studio
from storage.addresses import AddressPlace


class Watch:
    """The watched folder of a studio."""

    def __init__(self, studio: Studio, address: str) -> None:
        """Raises StorageError for an address that cannot be used."""
        from filelock import FileLock

        self._folder = WatchedFolder(AddressPlace(_absolute(address)), studio.inbox, lambda: studio.defaults.limits)
        key = hashlib.sha256(_absolute(address).encode()).hexdigest()[:16]
        self._lock = FileLock(studio.settings.data_dir / f".watched-{key}.lock", timeout=0, thread_local=False)

    def holds(self) -> bool:
        """Whether this process is the one that looks; the system gives the lock back where one is killed."""
        from filelock import Timeout

        if not self._lock.is_locked:
            try:
                self._lock.acquire()
            except Timeout:
                return False
        return True

    def look(self) -> Found:
        """Take what is there, unless another process does. Raises StorageError."""
        return self._folder.look() if self.holds() else Found()

    def waits(self) -> bool:
        """See :meth:`core.inbox.folder.WatchedFolder.waits`."""
        return self._folder.waits()

    def close(self) -> None:
        """Look no more."""
        self._lock.release()


def _absolute(address: str) -> str:
    return address if "://" in address else str(Path(address).expanduser().resolve())
