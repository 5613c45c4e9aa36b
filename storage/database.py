"""The database: opened, brought to its newest version, and its failures told in our own words."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, FromClause, create_engine, event, inspect, select, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from core.errors import DatabaseUnavailable, StorageError
from storage.private import make_private_file

#: Seconds that a write waits for another process's.
BUSY_SECONDS = 30

_MIGRATIONS = Path(__file__).parent / "migrations"
#: The key of PostgreSQL's advisory lock under which one process migrates (any constant of our own).
_MIGRATION_LOCK = 7_205_111


class Database:
    """One database, for several threads. Made by :func:`open_database`."""

    def __init__(self, engine: Engine, place: str) -> None:
        """``place`` says where it is, for error sentences: never with a password."""
        self._engine = engine
        self._place = place
        self.dialect = engine.dialect.name
        self._thread = threading.local()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the data; inside :meth:`write` its own. Raises DatabaseUnavailable."""
        if joined := self._writing():
            yield joined
            return
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A connection for single questions, each of which sees what is there when it is asked: on PostgreSQL quicker than :meth:`read`,
        which begins and ends a transaction. Inside :meth:`write` its own. Raises DatabaseUnavailable."""
        if self.dialect == "sqlite" or self._writing():
            with self.read() as connection:
                yield connection
            return
        with self._told(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def write(self, lock: int | None = None, lasting: bool = True) -> Iterator[Connection]:
        """A transaction: committed at the end, undone on any error. One begun by this thread inside another joins it, so
        that several stores are written as one. Those with the same ``lock`` never run side by side (on SQLite no two do).
        What means nothing once the machine has crashed (not ``lasting``) does not wait for the disk.
        Raises DatabaseUnavailable, StorageError."""
        with self._joined(lasting) as connection:
            if lock is not None and self.dialect == "postgresql":
                connection.execute(select(text("pg_advisory_xact_lock(:key)")).params(key=lock))
            yield connection

    @contextmanager
    def _joined(self, lasting: bool) -> Iterator[Connection]:
        if joined := self._writing():
            yield joined
            return
        options = {"immediate": True, "lasting": lasting}
        with self._told(), self._engine.connect().execution_options(**options) as connection, connection.begin():
            if not lasting and self.dialect == "postgresql":
                connection.execute(text("SET LOCAL synchronous_commit TO OFF"))
            self._thread.connection = connection
            try:
                yield connection
            finally:
                self._thread.connection = None

    def _writing(self) -> Connection | None:
        connection: Connection | None = getattr(self._thread, "connection", None)
        return connection

    def compact(self) -> None:
        """Write the database anew without what was deleted, and empty its log: no byte of that stays in its files. Raises
        DatabaseUnavailable, also where another process reads all the while."""
        with self._told():
            if self.dialect == "postgresql":
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM FULL"))
                return
            with closing(self._engine.raw_connection()) as raw:
                raw.cursor().execute("VACUUM")
                self._empty_log(raw.cursor())

    def _empty_log(self, cursor: Any) -> None:
        deadline = time.monotonic() + BUSY_SECONDS
        while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(
                    f"It is deleted, but another program is reading {self._place}: its log still has copies. Do it again later."
                )
            time.sleep(0.1)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Our errors in place of the database's, without their causes: those may quote the URL or a person's data."""
        try:
            yield
        except DBAPIError as error:
            raise self._error(error) from None
        except SQLAlchemyError as error:
            raise StorageError(f"The database refused this ({type(error).__name__}): nothing was changed.") from None

    def _error(self, error: DBAPIError) -> StorageError:
        what = str(error.orig)
        if "no such module: fts5" in what:
            return DatabaseUnavailable(
                "This Python's SQLite was built without FTS5, by which records are found: run the studio with another Python "
                "(python.org's, conda's and those of Linux distributions have it), or name a PostgreSQL in DATABASE_URL."
            )
        if "locked" in what:
            return DatabaseUnavailable(f"The database {self._place} is busy with another program's work: try again.")
        if "not a database" in what or "malformed" in what:
            return DatabaseUnavailable(
                f"The database {self._place} is damaged or is no database: put a sound copy in its place or move it away."
            )
        if "full" in what:
            return DatabaseUnavailable(f"There is no room left for the database {self._place}: free some disk space.")
        if type(error).__name__ in ("IntegrityError", "DataError"):
            return StorageError("The database refused the record (an id used twice, or a value too large).")
        if self.dialect == "sqlite":
            return DatabaseUnavailable(
                f"The database {self._place} cannot be opened or written: check that its folder exists and is writable."
            )
        return DatabaseUnavailable(
            f"The database {self._place} does not answer: check that the server runs and that DATABASE_URL is right."
        )


def open_database(url: str) -> Database:
    """The database at ``url`` (SQLite or PostgreSQL), migrated to the newest version; a SQLite file is made where there
    is none. Raises DatabaseUnavailable, which never shows the URL's password."""
    target = _read_url(url)
    engine = _engine(target)
    database = Database(engine, _place(target))
    try:
        if database.dialect == "sqlite":
            _use_wal(Path(target.database or ""))
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def insert_new(connection: Connection, table: Any) -> Any:
    """An insert that leaves a row with the same key as it is."""
    return _insert(connection, table).on_conflict_do_nothing()


def insert_or_replace(connection: Connection, table: Any, row: Mapping[str, Any]) -> None:
    """Insert a row, in place of the one with the same key."""
    keys = [column.name for column in table.primary_key.columns]
    rest = {name: value for name, value in row.items() if name not in keys}
    fresh = _insert(connection, table).values(**row)
    connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=rest))


def _insert(connection: Connection, table: Any) -> Any:
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as quiet_insert

        return quiet_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgres_insert

    return postgres_insert(table)


def clock_of(connection: Connection) -> float:
    """What time it is, in seconds since the epoch, by the one clock that all processes on the database share: its server's, or
    that of the machine where the file is."""
    if connection.dialect.name == "sqlite":
        return time.time()
    now: float = connection.execute(text("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS float8)")).scalar_one()
    return now


def _read_url(url: str) -> URL:
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUnavailable(
            "DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/database."
        ) from None
    if target.drivername in ("postgres", "postgresql"):
        target = target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailable("DATABASE_URL names another kind of database: SQLite and PostgreSQL can be used.")
    if target.get_backend_name() == "sqlite" and target.database in (None, "", ":memory:"):
        raise DatabaseUnavailable("DATABASE_URL names no file: write sqlite:///path/to/studio.db.")
    return target


def _place(target: URL) -> str:
    if target.get_backend_name() == "sqlite":
        return str(target.database)
    return f"“{target.database or ''}” at {target.host or 'this machine'}"


def _engine(target: URL) -> Engine:
    sqlite = target.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"timeout": BUSY_SECONDS} if sqlite else {"connect_timeout": 10}
    try:
        engine = create_engine(target, connect_args=options, pool_pre_ping=not sqlite, hide_parameters=True)
    except (NoSuchModuleError, ImportError, ArgumentError):
        raise DatabaseUnavailable(
            "DATABASE_URL names a driver that is not installed: write postgresql:// or sqlite:///."
        ) from None
    if sqlite:
        engine.dialect.statement_compiler = _Hinting
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


class _Hinting(SQLiteCompiler):
    """Passes on which index a query asks for (``INDEXED BY``), which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """The hint as it stands."""
        return text


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, DDL included
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A write takes its lock at once: a lock taken in mid-transaction fails instead of waiting.
    options = connection.get_execution_options()
    if options.get("immediate"):
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options['lasting'] else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")


def _use_wal(path: Path) -> None:
    """Readers never wait for a writer. The mode stays in the file; switching does not wait by itself."""
    deadline = time.monotonic() + BUSY_SECONDS
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_private_file(path)
        while True:
            try:
                connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
                try:
                    connection.execute("PRAGMA journal_mode = WAL").fetchone()
                finally:
                    connection.close()
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
    except sqlite3.DatabaseError as error:
        damaged = "not a database" in str(error) or "malformed" in str(error)
        advice = (
            "is damaged or is no database: put a sound copy in its place or move it away."
            if damaged
            else "cannot be opened or written: check that its folder exists and is writable."
        )
        raise DatabaseUnavailable(f"The database {path} {advice}") from None
    except OSError:
        raise DatabaseUnavailable(f"The database's folder {path.parent} cannot be made: choose another.") from None


def _migrate(database: Database) -> None:
    """Bring the tables to the newest version. One process does it, the others wait for it."""
    newest = newest_version()
    with database.read() as connection:
        if _version(connection) == newest:
            return
    with database.write(lock=_MIGRATION_LOCK) as connection:
        found = _version(connection)
        if found is not None and found > newest:
            raise DatabaseUnavailable("The database belongs to a newer version of the studio: update the studio.")
        if found != newest:
            _upgrade(connection)


def newest_version() -> str:
    """The version that the migrations lead to: file names begin with it, so that Alembic is imported only to migrate."""
    return max(path.stem.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
