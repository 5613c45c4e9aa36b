"""Everything that the studio keeps as one file, written while it runs, and back from it.

A save holds the workbook's lock until database and workbook agree, so what is copied under that lock agrees. Files come before
the rows that speak of them, so they are copied after the database, and put in place before it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sqlalchemy.engine import make_url

from core.atomic import BY_UMASK, PRIVATE, StagedFile
from core.errors import StorageError
from storage.database import BUSY_SECONDS, newest_version, open_database
from storage.private import make_private, make_private_file
from storage.workbook import Workbook

_MANIFEST, _DATABASE, _DUMP, _WORKBOOK, _DATA = "backup.json", "studio.db", "studio.dump", "workbook.xlsx", "data/"
#: What of the data folder is no part of a backup: what can be worked out again, the database (which is copied otherwise), and locks.
_NOT_KEPT = ("cache", "evaluation", "studio.db", "studio.db-wal", "studio.db-shm")
_LITTER = (".lock", ".tmp")
#: By table, how the greatest version of its rows is asked for, and how all are raised: running processes look at these.
_VERSIONS = {
    "settings": ("SELECT COALESCE(MAX(version), 0) FROM settings", "UPDATE settings SET version = version + ?"),
    "vendors": ("SELECT COALESCE(MAX(version), 0) FROM vendors", "UPDATE vendors SET version = version + ?"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a studio keeps things: its data folder, its database and its workbook."""

    data_dir: Path
    url: str
    workbook: Path


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. ``version`` is the database's."""

    at: str
    version: str
    dialect: str
    files: int


def write_backup(place: Place, target: Path) -> Backup:
    """Write everything into one zip at ``target``, whole or not at all, for this account alone. Raises StorageError."""
    if target.resolve().is_relative_to(place.data_dir.resolve()):
        raise StorageError("Write the backup to a place outside the data folder, best on another disk.")
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        make_private_file(beside)
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1, allowZip64=True) as archive:
            made = _pack(place, archive, beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise StorageError(
            f"The backup cannot be written ({error.strerror}): check the place and its free room."
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    return made


def _pack(place: Place, archive: zipfile.ZipFile, beside: Path) -> Backup:
    dialect = make_url(place.url).get_backend_name()
    copy = beside.with_name(f"{beside.name}.db")
    book = Workbook(place.workbook)
    try:
        with book.held() if place.workbook.exists() else ExitStack():
            _copy_database(place.url, copy)
            if place.workbook.exists():
                archive.write(place.workbook, _WORKBOOK)
        archive.write(copy, _DATABASE if dialect == "sqlite" else _DUMP)
    finally:
        for name in (copy, *copy.parent.glob(f"{copy.name}-*")):
            name.unlink(missing_ok=True)
    count = 0
    for path in _kept_files(place):
        with suppress(FileNotFoundError):  # a draft that was dropped meanwhile
            archive.write(path, _DATA + path.relative_to(place.data_dir).as_posix())
            count += 1
    made = Backup(datetime.now(UTC).isoformat(timespec="seconds"), newest_version(), dialect, count)
    told = {"at": made.at, "version": made.version, "dialect": dialect, "files": count}
    archive.writestr(_MANIFEST, json.dumps(told | {"workbook": _place_in(place)}))
    return made


def _place_in(place: Place) -> str:
    """Where the workbook is: within the data folder, which may be another when it is put back, or anywhere else."""
    book, folder = place.workbook.absolute(), place.data_dir.absolute()
    return str(book.relative_to(folder) if book.is_relative_to(folder) else book)


def _kept_files(place: Place) -> Iterator[Path]:
    for path in sorted(place.data_dir.rglob("*")):
        first = path.relative_to(place.data_dir).parts[0]
        if first in _NOT_KEPT or path.name.endswith(_LITTER) or path.absolute() == place.workbook.absolute():
            continue
        if path.is_file() and not path.is_symlink():
            yield path


def _copy_database(url: str, copy: Path) -> None:
    target = make_url(url)
    make_private_file(copy)
    if target.get_backend_name() == "sqlite":
        _copy_sqlite(Path(target.database or ""), copy)
        return
    _postgres(url, ("pg_dump", "--format=custom", "--no-owner", f"--file={copy}"))


def _copy_sqlite(source: Path, target: Path) -> None:
    """One state of a database that is in use, into another that may be: as one transaction of that."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as held,
            closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as other,
        ):
            held.backup(other)
    except sqlite3.Error as error:
        raise StorageError(f"The database cannot be copied ({error}): try again when less is going on.") from None


def _postgres(url: str, command: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where no list of processes shows it."""
    target = make_url(url)
    if shutil.which(command[0]) is None:
        raise StorageError(
            f"{command[0]} of PostgreSQL is not installed here: install its client programs, and try again."
        )
    plain = target.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603
        [*command, f"--dbname={plain}"],
        env=os.environ | ({"PGPASSWORD": str(target.password)} if target.password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StorageError(
            f"{command[0]} did not come to its end: {done.stderr.strip().splitlines()[-1:] or 'no reason given'}."
        )


# --- back from it --------------------------------------------------------------------------------------------------


def read_backup(file: Path) -> tuple[Backup, Path]:
    """What a backup is, and where its workbook was. Raises StorageError for another file, or one of a newer version."""
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(_MANIFEST))
            made = Backup(told["at"], told["version"], told["dialect"], told["files"])
            workbook = Path(told["workbook"])
    except FileNotFoundError:
        raise StorageError(f"There is no file {file}: check the path.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError):
        raise StorageError(f"{file.name} is no backup of the studio, or it is damaged.") from None
    if made.version > newest_version():
        raise StorageError(
            f"{file.name} was made by a newer version of the studio: update the studio, then restore it."
        )
    return made, workbook


def restore_backup(file: Path, place: Place) -> Backup:
    """Put everything back as it was at the time of the backup; what came since is gone. All of it is unpacked and looked through
    before anything is replaced. Raises StorageError: everything is as it was then."""
    made, workbook = read_backup(file)
    if made.dialect != make_url(place.url).get_backend_name():
        raise StorageError(
            f"This backup is of a {made.dialect} database, and this studio uses another: set DATABASE_URL to one."
        )
    make_private(place.data_dir)
    new = place.data_dir / f".restore-{secrets.token_hex(4)}.tmp"
    target = place.data_dir / workbook  # an absolute one stays where it was
    try:
        _unpack(file, new)
        if made.dialect == "sqlite":
            _make_ready(new / _DATABASE, Path(make_url(place.url).database or ""))
        with Workbook(target).held(), _swapped(new / "data", new / "before", place.data_dir):
            _put_database(place.url, new)
            if (new / _WORKBOOK).exists():
                with StagedFile(target, (new / _WORKBOOK).read_bytes(), BY_UMASK) as staged:
                    staged.put()
            else:
                target.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"The data folder cannot be written ({error.strerror}): check its rights and free room."
        ) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return made


def _unpack(file: Path, folder: Path) -> None:
    """Every file of the backup, whole: what is damaged, or would lie elsewhere, is refused."""
    folder.mkdir(mode=0o700)
    (folder / "data").mkdir()
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                parts = PurePosixPath(entry.filename).parts
                if ".." in parts or entry.filename.startswith("/") or "\\" in entry.filename:
                    raise StorageError(f"{file.name} is no backup of the studio: it names files outside of itself.")
                path = folder.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as packed, open(path, "xb", opener=_private) as unpacked:
                    shutil.copyfileobj(packed, unpacked)
    except (zipfile.BadZipFile, EOFError):
        raise StorageError(f"{file.name} is damaged: nothing was changed. Take another backup.") from None


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE)


def _make_ready(new: Path, held: Path) -> None:
    """Bring an unpacked database to this version, and its counts of changes beyond those that running processes know."""
    with closing(sqlite3.connect(new)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StorageError("The database in this backup is damaged: nothing was changed. Take another backup.")
    open_database(f"sqlite:///{new}").close()
    known = dict.fromkeys(_VERSIONS, 0)
    if held.exists():
        with closing(sqlite3.connect(held, timeout=BUSY_SECONDS)) as connection, suppress(sqlite3.Error):
            for table in known:
                known[table] = connection.execute(_VERSIONS[table][0]).fetchone()[0]
    with closing(sqlite3.connect(new)) as connection, connection:
        for table, version in known.items():
            connection.execute(_VERSIONS[table][1], (version,))


def _put_database(url: str, new: Path) -> None:
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        path = Path(target.database or "")
        make_private_file(path)
        _copy_sqlite(new / _DATABASE, path)
        return
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
    _postgres(url, ("pg_restore", *options, str(new / _DUMP)))
    open_database(url).close()


@contextmanager
def _swapped(new: Path, before: Path, data_dir: Path) -> Iterator[None]:
    """The folders of ``new`` in their places, those that were there aside; back again where what follows fails."""
    before.mkdir()
    kept = [path for path in data_dir.iterdir() if path.name not in _NOT_KEPT and not path.name.startswith(".")]
    moved: list[tuple[Path, Path]] = []
    try:
        for path in kept:
            if path.suffix not in (".xlsx", ".lock"):
                _move(path, before / path.name, moved)
        for path in list(new.iterdir()):
            _move(path, data_dir / path.name, moved)
        yield
    except BaseException:
        for source, target in reversed(moved):
            target.replace(source)
        raise


def _move(source: Path, target: Path, moved: list[tuple[Path, Path]]) -> None:
    source.replace(target)
    moved.append((source, target))
