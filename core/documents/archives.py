"""The files in a zip or a mail. One from outside may be hostile: nothing is unpacked further than it may be, and no name leads anywhere."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.documents.base import Attachment
from core.documents.formats import media_type_of
from core.documents.mail.parts import Mail, MailFile
from core.documents.mail.reading import is_mail, read_mail
from core.documents.members import MOST_DEEP
from core.errors import BrokenDocument, DocumentError, DocumentTooLarge, UnsupportedDocument
from core.settings import Limits

#: The most files that an archive may list: with all that lies in it.
MOST_ENTRIES = 5_000
_MEGABYTE = 1_000_000
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)
#: What systems leave in archives beside the files.
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
#: What stands in the zip of an Office document.
_OFFICE = frozenset(("[Content_Types].xml", "mimetype"))


@dataclass(frozen=True, slots=True)
class Packed:
    """A file out of an archive: ``within`` is the way to it (the archive, its folders, an archive in it). ``trouble`` says why it
    could not be taken out; it has no bytes then."""

    within: str
    file: Attachment
    depth: int = 1
    trouble: str = ""


def is_archive(data: bytes) -> bool:
    """Whether these are the bytes of a zip that is unpacked here (an Office document, which is one too, is not), or of a mail."""
    if is_mail(data):
        return True
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return not _OFFICE & set(archive.namelist())
    except _UNREADABLE:
        return True  # unpacking says what is wrong with it


def unpack_archive(data: bytes, name: str, limits: Limits) -> Iterator[Packed]:
    """The files in a zip or a mail and in those in it, one after another (the text of a mail only where no file of it is a document): none is larger than a file may be, and all together not more
    than a document may unpack to. A single file that cannot be taken out is among them with the reason. Raises a DocumentError
    where the whole cannot be, whatever was given before."""
    count = 0
    for packed in _Walk(name, limits).inside(data, name, 1):
        count += 1
        yield packed
    if not count:
        told = (
            "this mail holds no document and no text."
            if is_mail(data)
            else "this zip holds no files: check what was packed."
        )
        raise UnsupportedDocument(name, told)


class _Walk:
    """One way through an archive: what is left of what may be unpacked and listed."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._left = limits.unpacked_megabytes * _MEGABYTE
        self._entries = 0

    def inside(self, data: bytes, within: str, depth: int) -> Iterator[Packed]:
        """Each file in the zip or the mail ``data``."""
        if is_mail(data):
            yield from self._mail(read_mail(data, self._name, self._left), within, depth)
            return
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _UNREADABLE as error:
            raise BrokenDocument(self._name, "this zip cannot be unpacked: make it again.") from error
        with archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            self._entries += len(archive.infolist())
            if self._entries > MOST_ENTRIES:
                raise DocumentTooLarge(self._name, f"this zip lists more than {MOST_ENTRIES:,} files: split it.")
            for entry in entries:
                yield from self._file(archive, entry, within, depth)

    def _file(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, within: str, depth: int) -> Iterator[Packed]:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        folders = [part for part in path.parts[:-1] if part not in ("/", "..", ".")]
        place, name = "/".join([within, *folders]), path.name or "file"
        data = self._unpacked(archive, entry)
        if isinstance(data, str):
            yield Packed(place, Attachment(name, b""), depth, f"{name}: {data}")
        else:
            yield from self._given(name, data, place, depth)

    def _given(self, name: str, data: bytes, place: str, depth: int) -> Iterator[Packed]:
        """A file, or the files in it."""
        if not is_archive(data):
            yield Packed(place, Attachment(name, data), depth)
        elif depth >= MOST_DEEP:
            reason = f"it lies more than {MOST_DEEP} archives deep and was not unpacked: add it by itself."
            yield Packed(place, Attachment(name, b""), depth, f"{name}: {reason}")
        else:
            try:
                yield from self.inside(data, f"{place}/{name}", depth + 1)
            except BrokenDocument as error:
                yield Packed(place, Attachment(name, b""), depth, str(error).replace(self._name, name, 1))

    def _mail(self, mail: Mail, within: str, depth: int) -> Iterator[Packed]:
        """Each file of a mail; its text where none of them is a document."""
        has_document = False
        for file in mail.files:
            self._entries += 1
            if self._entries > MOST_ENTRIES:
                raise DocumentTooLarge(self._name, f"this mail holds more than {MOST_ENTRIES:,} files: split it.")
            for packed in self._mail_file(file, within, depth):
                has_document = has_document or _is_document(packed)
                yield packed
        if not has_document and (page := mail.page()):
            yield Packed(within, Attachment(f"{mail.name}.html", page), depth)

    def _mail_file(self, file: MailFile, within: str, depth: int) -> Iterator[Packed]:
        if file.mail is not None:
            yield from self._mail(file.mail, f"{within}/{file.name}", depth + 1)
        elif file.trouble or (reason := self._beyond(len(file.data))):
            yield Packed(within, Attachment(file.name, b""), depth, file.trouble or f"{file.name}: {reason}")
        else:
            yield from self._given(file.name, file.data, within, depth)

    def _beyond(self, size: int) -> str:
        """Why a file of so many bytes is not taken; empty where it is. Raises DocumentTooLarge."""
        if size > self._left:
            raise DocumentTooLarge(
                self._name,
                f"it unpacks to more than {self._limits.unpacked_megabytes} MB: split it, or raise the limit in the settings.",
            )
        if size > self._limits.file_megabytes * _MEGABYTE:
            return f"it has more than {self._limits.file_megabytes} MB, which is the limit: raise it in the settings."
        self._left -= size
        return ""

    def _unpacked(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | str:
        """The bytes of an entry, whatever size it claims, or why there are none. Raises DocumentTooLarge."""
        if entry.flag_bits & 1:
            return "it is locked by a password in its zip: unpack it and add it by itself."
        most = min(self._limits.file_megabytes * _MEGABYTE, self._left)
        try:
            with archive.open(entry) as file:
                data = file.read(most + 1)
        except _UNREADABLE:
            return "it is damaged in its zip: get it again from its sender."
        if len(data) > self._left:
            raise DocumentTooLarge(
                self._name,
                f"this zip unpacks to more than {self._limits.unpacked_megabytes} MB: split it, or raise the limit in the settings.",
            )
        if len(data) > most:
            return f"it has more than {self._limits.file_megabytes} MB, which is the limit: raise it in the settings."
        self._left -= len(data)
        return data


def _is_document(packed: Packed) -> bool:
    try:
        return not packed.trouble and bool(media_type_of(packed.file.data, packed.file.name))
    except DocumentError:
        return False


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file that somebody packed: no folder, no link, no litter."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return not (entry.is_dir() or is_link or _LITTER & set(parts) or (parts and parts[-1].startswith("._")))
