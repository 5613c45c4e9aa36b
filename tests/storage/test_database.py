"""How databases are opened, migrated, and how their failures are told."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.errors import DatabaseUnavailable
from core.stores.records import RecordQuery
from storage import database as opening
from storage.database import newest_version, open_database
from storage.orders import SqlOrders
from storage.tables import METADATA

HEADER = (
    "order_id invoice_number order_date invoice_date due_date customer_id customer_name vendor_name billing_address "
    "shipping_address subtotal tax total_amount currency status created_at updated_at "
    "purchase_order_number vendor_tax_id customer_tax_id iban payment_terms discount shipping rounding paid_amount amount_due"
)
DETAIL = "order_id line_number item_description quantity unit_price line_total created_at "
DETAIL += "article_number unit tax_rate discount"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database may be made."""
    return tmp_path / "new folder" / "studio.db"


@pytest.mark.parametrize(("table", "columns"), [("sales_order_header", HEADER), ("sales_order_detail", DETAIL)])
def test_the_order_tables_have_the_named_columns(path: Path, table: str, columns: str) -> None:
    """These, in this order, and no others: other programs read them."""
    open_database(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        assert [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] == columns.split()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")  # the amounts' index is an expression
def test_migrations_lead_to_the_tables_that_queries_use(path: Path) -> None:
    """No column was added to one and forgotten in the other."""
    database = open_database(f"sqlite:///{path}")
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, METADATA)
    database.close()
    assert [change for change in found if "index" not in change[0] and not _is_full_text(change)] == []


def _is_full_text(change: tuple[object, ...]) -> bool:
    """Whether it is about the tables that SQLite's own full-text index keeps."""
    return change[0] == "remove_table" and str(change[1]).startswith("record_words")


def test_the_newest_version_is_alembics_head() -> None:
    """File names begin with their revision, in order."""
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == newest_version()


def test_sqlite_is_opened_for_many_readers_and_one_writer(path: Path) -> None:
    """WAL in the file; foreign keys are kept."""
    database = open_database(f"sqlite:///{path}")
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_amounts_are_readable_text_in_sqlite(path: Path) -> None:
    """Whoever opens the file sees 12.50, and SQL can still add it up."""
    from decimal import Decimal

    from core.invoice.model import Invoice
    from core.stores.records import Record

    database = open_database(f"sqlite:///{path}")
    SqlOrders(database).add(Record(Invoice(total_amount=Decimal("12.50")), "reviewed", 1))
    database.close()
    with sqlite3.connect(path) as connection:
        row = connection.execute("SELECT total_amount, SUM(total_amount) FROM sales_order_header").fetchone()
    assert row == ("12.50", 12.5)


def test_a_database_of_a_newer_studio_is_left_alone(path: Path) -> None:
    """An old program does not touch what it does not know."""
    open_database(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnavailable, match="newer version"):
        open_database(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_told(path: Path) -> None:
    """It is left as it is."""
    path.parent.mkdir()
    path.write_bytes(b"not a database, but a letter\n" * 200)
    with pytest.raises(DatabaseUnavailable, match="damaged or is no database"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in the way of the folder."""
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="folder"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'studio.db'}")


def test_damage_while_in_use_is_told(path: Path) -> None:
    """A database that breaks under a running studio is one clear sentence."""
    database = open_database(f"sqlite:///{path}")
    database.close()
    path.with_name("studio.db-wal").unlink(missing_ok=True)
    path.write_bytes(b"x" * 8192)
    with pytest.raises(DatabaseUnavailable, match="damaged"):
        SqlOrders(database).search(RecordQuery())


def test_a_busy_database_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that never ends its write is named as the cause; reading goes on."""
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.1)
    orders = SqlOrders(open_database(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match="busy"):
            orders.reserve_id()
        assert orders.search(RecordQuery()).total == 0
    assert orders.reserve_id() == 1


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:pa55word@127.0.0.1:1/studio",
        "postgres://user:pa55word@127.0.0.1:1/studio",
        "postgresql://user:pa55word@127.0.0.1:nonsense/studio",
        "mysql://user:pa55word@localhost/studio",
        "postgresql+nodriver://user:pa55word@localhost/studio",
        "pa55word",
        "sqlite://",
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(url: str) -> None:
    """One sentence that says what to check; the password stands nowhere, the traceback included."""
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL") as caught:
        open_database(url)
    assert "pa55word" not in "".join(traceback.format_exception(caught.value, chain=True))


def test_a_sqlite_without_its_full_text_search_is_named(path: Path) -> None:
    """The one sentence says what is missing and what to do, in place of one about folders."""
    database = open_database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable, match="built without FTS5"), database.write() as connection:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE t USING fts5_that_is_not_there(words)")
    database.close()
