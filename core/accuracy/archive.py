"""Case folders as a zip, and back. A zip from outside may be hostile: every name is checked before anything is written,
and no entry is unpacked further than it may be."""

from __future__ import annotations

import io
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.documents import FORMATS, Document
from core.errors import CaseError, StudioError
from core.evaluation.cases import load_case
from core.settings import Limits

#: The most that a truth may have, in bytes, and that an archive may list.
TRUTH_BYTES, MOST_ENTRIES = 4_000_000, 20_000
TRUTH = "truth.json"
#: Opens a document by its bytes and its name within the person's limits.
Look = Callable[[bytes, str], Document]
#: A case's name: it becomes a folder's.
_CASE_ID = re.compile(r"[^\W_][\w.\- ]{0,99}")
_MEGABYTE = 1_000_000
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)


@dataclass(slots=True)
class Imported:
    """What an import did, by case id: ``refused`` has a sentence on why for each case that was left out."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of one case: the document's suffix and bytes, and the truth's bytes."""

    document: str
    data: bytes
    truth: bytes


def pack(folders: Sequence[Path]) -> bytes:
    """A zip of case folders, each with its document and truth."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in folders:
            for path in sorted(folder.iterdir()):
                if path.name == TRUTH or _is_document(path.name):
                    archive.write(path, f"{folder.name}/{path.name}")
    return out.getvalue()


def unpack(data: bytes, into: Path, limits: Limits, look: Look, *, replace: bool = False) -> Imported:
    """Put the cases of a zip into the folder ``into``; ones that are there already are kept unless ``replace``.
    A case that cannot be used, one whose document ``look`` cannot open among them, is left out with the reason. Raises CaseError for what is no zip of cases, or a dangerous
    one; nothing is written then."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE as error:
        raise CaseError("This file cannot be read as a zip: make it again and import it once more.") from error
    with archive:
        found = _cases_in(archive)
        if not found:
            raise CaseError(
                "This zip holds no cases: each is a folder with document.pdf (or a picture) and truth.json."
            )
        try:
            return _put(archive, found, into, limits, look, replace)
        except OSError as error:
            raise CaseError(
                f"The data folder cannot be written ({error.strerror}): check its rights and the free disk space."
            ) from error


def _cases_in(archive: zipfile.ZipFile) -> dict[str, list[zipfile.ZipInfo]]:
    """The entries that belong to cases, by case id. Raises CaseError for names that lead out of their folder."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise CaseError(f"This zip lists {len(entries):,} files and the limit is {MOST_ENTRIES:,}: split it.")
    found: dict[PurePosixPath, list[zipfile.ZipInfo]] = {}
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", entry.filename):
            raise CaseError("This zip names places outside its own folders: it was not imported.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise CaseError("This zip holds links in place of files: it was not imported.")
        if entry.is_dir() or "__MACOSX" in path.parts or not (path.name == TRUTH or _is_document(path.name)):
            continue
        found.setdefault(path.parent, []).append(entry)
    with_truth = {parent: files for parent, files in found.items() if any(_name(file) == TRUTH for file in files)}
    cases: dict[str, list[zipfile.ZipInfo]] = {}
    for parent, files in with_truth.items():
        if parent.name in cases:
            raise CaseError(f"This zip holds two cases of the name “{parent.name}”: rename one of them.")
        cases[parent.name] = files
    return cases


def _put(
    archive: zipfile.ZipFile,
    cases: dict[str, list[zipfile.ZipInfo]],
    into: Path,
    limits: Limits,
    look: Look,
    replace: bool,
) -> Imported:
    done = Imported()
    left = limits.unpacked_megabytes * _MEGABYTE
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".import-") as stage:
        for case_id, entries in cases.items():
            try:
                files = _read(archive, case_id, entries, limits)
                left -= len(files.data) + len(files.truth)
                if left < 0:
                    raise CaseError(f"the zip unpacks to more than {limits.unpacked_megabytes} MB: split it.")
                staged = _stage(Path(stage) / case_id, files, look)
            except StudioError as error:
                done.refused[case_id] = str(error)
                if left < 0:
                    break
                continue
            _move(staged, into / case_id, done, replace)
    return done


def _read(archive: zipfile.ZipFile, case_id: str, entries: Sequence[zipfile.ZipInfo], limits: Limits) -> _Files:
    if not _CASE_ID.fullmatch(case_id) or case_id.endswith((".", " ")):
        raise CaseError("a case's folder is named by letters, digits, blanks, dots and dashes.")
    documents = [entry for entry in entries if _name(entry) != TRUTH]
    if len(documents) != 1:
        raise CaseError("a case has one document.pdf or one picture beside its truth.json.")
    truth = next(entry for entry in entries if _name(entry) == TRUTH)
    return _Files(
        _name(documents[0]).lower(),
        _unpacked(archive, documents[0], limits.file_megabytes * _MEGABYTE),
        _unpacked(archive, truth, TRUTH_BYTES),
    )


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of an entry, whatever size it claims."""
    if entry.flag_bits & 1:
        raise CaseError("the zip is locked by a password: make one without.")
    try:
        with archive.open(entry) as file:
            data = file.read(most + 1)
    except _UNREADABLE as error:
        raise CaseError(f"{_name(entry)} is damaged in the zip.") from error
    if len(data) > most:
        raise CaseError(f"{_name(entry)} has more than {most / _MEGABYTE:.0f} MB, which is the limit.")
    return data


def _stage(folder: Path, files: _Files, look: Look) -> Path:
    """The case written and tried out. Raises a StudioError where it cannot be used."""
    look(files.data, files.document)
    folder.mkdir()
    (folder / files.document).write_bytes(files.data)
    (folder / TRUTH).write_bytes(files.truth)
    load_case(folder)
    return folder


def _move(staged: Path, target: Path, done: Imported, replace: bool) -> None:
    if not target.exists():
        staged.rename(target)
        done.added.append(target.name)
    elif _contents(target) == _contents(staged):
        done.unchanged.append(target.name)
    elif replace:
        shutil.rmtree(target)
        staged.rename(target)
        done.replaced.append(target.name)
    else:
        done.refused[target.name] = "there is another case of this name: choose to replace it, or rename one of them."


def _contents(folder: Path) -> dict[str, bytes]:
    return dict(_each_file(folder))


def _each_file(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.iterdir():
        if path.is_file():
            yield path.name, path.read_bytes()


def _is_document(name: str) -> bool:
    path = PurePosixPath(name)
    return path.stem.lower() == "document" and path.suffix.lower() in FORMATS


def _name(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename.replace("\\", "/")).name
