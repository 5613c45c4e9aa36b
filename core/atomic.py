"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType

#: What a new file of ours may be to others: nothing.
PRIVATE = 0o600
#: What a new file of the person's may be: what the person's own umask leaves of this.
BY_UMASK = 0o666


class StagedFile:
    """A file's new content, already on the disk under a name of its own beside it, until :meth:`put` gives it the file's
    place. Leaving it as a context manager without that drops it. A link is followed; a file that exists keeps its mode."""

    def __init__(self, path: Path, data: bytes, mode: int = PRIVATE, lasting: bool = True) -> None:
        """Writes ``data``; ``mode`` is for a file that is new. What is not ``lasting`` is not waited for: a power cut may cost it.
        Raises OSError, with nothing left behind."""
        self.path = real_path(path)
        self._lasting = lasting
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with open(self._temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
                if self.path.exists():
                    _keep_rights(self.path, self._temporary)
                file.write(data)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
        except BaseException:
            self.drop()
            raise

    def put(self) -> None:
        """Give it the file's place, for good. Raises OSError: the file is as it was then."""
        self._temporary.replace(self.path)
        if self._lasting:
            _make_durable(self.path.parent)

    def drop(self) -> None:
        """Take it away; nothing happens after :meth:`put`."""
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> StagedFile:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.drop()


def write_atomically(path: Path, data: bytes, lasting: bool = True) -> None:
    """Write ``data`` to ``path`` so that a kill at any moment leaves the old file or the new one, whole; so does a power cut
    where it is ``lasting``."""
    with StagedFile(path, data, lasting=lasting) as staged:
        staged.put()


def real_path(path: Path) -> Path:
    """Where ``path`` leads, links followed; it need not exist."""
    return Path(os.path.realpath(path))


def drop_left_over(path: Path) -> None:
    """Take away what killed writers of ``path`` left beside it. The caller holds the lock of all its writers."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.([a-z0-9_]{{8}}|[0-9a-f]{{8}}\.tmp)")
    with suppress(OSError):
        for entry in path.parent.iterdir():
            if ours.fullmatch(entry.name) and not entry.is_symlink():
                with suppress(OSError):  # a folder, or not ours to take away
                    entry.unlink()


def _keep_rights(old: Path, new: Path) -> None:
    """Owner, mode and access list of ``old`` for ``new``, as far as this account may give them."""
    held = old.stat()
    if hasattr(os, "chown") and (held.st_uid, held.st_gid) != ((now := new.stat()).st_uid, now.st_gid):
        with suppress(OSError):
            os.chown(new, held.st_uid, held.st_gid)
    with suppress(OSError):
        shutil.copystat(old, new)


def _make_durable(folder: Path) -> None:
    """A new name survives a power cut only when its folder is on the disk too."""
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
