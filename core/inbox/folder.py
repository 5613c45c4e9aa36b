"""A watched folder: what is laid into it comes into the Inbox, and lies in ``done`` or ``failed`` afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.documents.archives import is_archive
from core.documents.formats import media_type_of
from core.errors import DocumentError
from core.inbox.inbox import Inbox
from core.inbox.taken import describe_again
from core.settings import Limits
from core.stores.place import Place, Placed

#: The folders in it for what was taken, and for what was not.
DONE, FAILED = "done", "failed"
#: Files that are taken at one look: the next takes the others.
MOST_AT_A_LOOK = 200
#: How files end that somebody is still writing.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".!ut", ".lock")
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What one look did: files that were taken, and the sentence of each that was not, by its path."""

    taken: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


class WatchedFolder:
    """Takes what lies in a place and did not change since the look before. A folder in it is one batch, a mail or
    a zip another, other files come one by one. Kept in the Inbox first and moved away then: what a kill leaves between is found again, known by its bytes, and
    only moved. One process at a time looks into a place."""

    def __init__(self, place: Place, inbox: Inbox, limits: Callable[[], Limits]) -> None:
        self._place = place
        self._inbox = inbox
        self._limits = limits
        self._seen: dict[str, Placed] = {}

    def look(self) -> Found:
        """Take what is there. Raises StorageError where the place or the Inbox does not answer."""
        files = [file for file in self._place.files() if _is_wanted(file.path)]
        before, self._seen = self._seen, {file.path: file for file in files}
        taken: list[str] = []
        failed: list[tuple[str, str]] = []
        for name, unit in _units(files):
            if all(before.get(file.path) == file for file in unit):
                self._take(name, unit, taken, failed)
        return Found(tuple(taken), tuple(failed))

    def waits(self) -> bool:
        """Whether something lay there at the last look that was not taken yet."""
        return bool(self._seen)

    def _take(self, name: str, unit: Sequence[Placed], taken: list[str], failed: list[tuple[str, str]]) -> None:
        good: list[Placed] = []
        digest = hashlib.sha256(name.encode())
        holds_archive = False
        for file in unit:
            data = b""
            if not (trouble := self._too_large(file)):
                data = self._place.read(file.path)
                trouble = _refusal(data, PurePosixPath(file.path).name)
            if trouble:
                self._fail(file, trouble)
                failed.append((file.path, trouble))
            else:
                good.append(file)
                holds_archive |= is_archive(data)
                digest.update(f"{file.path}\0".encode() + hashlib.sha256(data).digest())
        if not good:
            return
        # Of a batch the id tells whether it was taken: what is packed is known by its bytes only once it is unpacked.
        batch_id = digest.hexdigest()[:32] if name or holds_archive else ""
        if batch_id and self._inbox.report(batch_id):
            told = dict.fromkeys((file.path for file in good), "It was taken before.")
        else:
            again = self._inbox.take_in(self._bytes_of(good), name, batch_id=batch_id).again
            told = {path: describe_again(path, item) for path, item in again}
        for file in good:
            moved = self._place.move(file.path, DONE)
            if sentence := told.get(file.path, told.get(PurePosixPath(file.path).name)):
                self._place.write(f"{moved}.txt", f"{sentence}\n")
            self._seen.pop(file.path, None)
            taken.append(file.path)

    def _bytes_of(self, files: Sequence[Placed]) -> Iterator[tuple[str, bytes]]:
        """One after another: all of them may be more than fits into memory."""
        return ((PurePosixPath(file.path).name, self._place.read(file.path)) for file in files)

    def _too_large(self, file: Placed) -> str:
        limits = self._limits()
        most = max(limits.file_megabytes, limits.unpacked_megabytes)
        if file.size <= most * _MEGABYTE:
            return ""
        return (
            f"It has {file.size / 1e6:.0f} MB and the limit is {most} MB: split it, or raise the limit in the settings."
        )

    def _fail(self, file: Placed, sentence: str) -> None:
        moved = self._place.move(file.path, FAILED)
        self._place.write(f"{moved}.txt", f"{sentence}\n")
        self._seen.pop(file.path, None)


def _refusal(data: bytes, name: str) -> str:
    """Why a file cannot come into the Inbox; empty where it can. What is wrong with a document inside says its row."""
    if not data:
        return f"{name}: the file is empty: check that it was saved or downloaded completely."
    if is_archive(data):
        return ""
    try:
        media_type_of(data, name)
    except DocumentError as error:
        return str(error)
    return ""


def _units(files: Sequence[Placed]) -> Iterator[tuple[str, Sequence[Placed]]]:
    """What is taken together: the files of each folder under its name, and every other file by itself."""
    folders: dict[str, list[Placed]] = {}
    for file in files:
        first, _, rest = file.path.partition("/")
        folders.setdefault(first if rest else "", []).append(file)
    loose = folders.pop("", [])[:MOST_AT_A_LOOK]
    for file in loose:
        yield "", [file]
    yield from folders.items()


def _is_wanted(path: str) -> bool:
    parts = path.split("/")
    if parts[0] in (DONE, FAILED) or any(part.startswith((".", "~$")) for part in parts):
        return False
    return not path.lower().endswith(_UNFINISHED) and parts[-1] not in ("Thumbs.db", "desktop.ini")
