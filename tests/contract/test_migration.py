"""A database that an earlier version wrote is brought to the newest one with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select

from core.invoice.model import Invoice, LineItem
from core.stores.records import RecordQuery
from storage import database as opening
from storage.database import Database
from storage.orders import SqlOrders
from storage.tables import RUNS

#: What version 0002 stored of one order that was read by a run, and of one without a run. Amounts are text in SQLite.
ROWS = """
INSERT INTO runs VALUES ('r1', 'd1', 'a.pdf', '[[1, 0]]', '2024-03-01 12:00:00', 1.5, 'rules', 'approved', 'de', 'default',
  'x', '{}', '[]', 0, '[]', '{}', NULL, 'credit note');
INSERT INTO sales_order_header VALUES (7, 'R-1', '2024-02-01', '2024-02-29', '2024-03-31', 'K-9', 'Café Olé', 'Nordwind KG',
  'Hafen 1, 20457 Hamburg', 'Tor 2', '100.00', '19.00', '119.00', 'EUR', 'reviewed', '2024-03-01 12:30:00',
  '2024-03-02 08:00:00');
INSERT INTO sales_order_detail VALUES (7, 1, 'Lamp', '2', '50.00', '100.00', '2024-03-01 12:30:00');
INSERT INTO order_origin VALUES (7, 'd1', '[[1, 90]]', '1', 'r1');
INSERT INTO order_search VALUES (7, 'r-1', 'nordwind kg', 'cafe ole', 'r-1 nordwind kg cafe ole', 'nordwindkg|r1');
INSERT INTO sales_order_header (order_id, status, created_at, updated_at)
  VALUES (8, 'approved', '2024-03-03 12:30:00', '2024-03-03 12:30:00');
INSERT INTO order_origin VALUES (8, NULL, '[]', '', NULL);
INSERT INTO order_search (order_id, haystack) VALUES (8, '');
"""


#: Runs of version 0007: one whose record was saved, from the cache; one of whose readers was asked anew; one of nothing.
RUNS_0007 = """
INSERT INTO runs VALUES ('r1', 'd1', 'a.pdf', '[]', '2024-03-01 12:00:00', 1.5, 'rules', 'approved', 'de', 'default', 'x', '{}',
  '[{"step": "extract", "cached": true}, {"step": "ocr", "cached": false}]', 1, '[]', '{}', NULL, NULL);
INSERT INTO runs VALUES ('r2', 'd2', 'a.pdf', '[]', '2024-03-01 12:00:00', 1.5, 'rules', 'approved', 'de', 'default', 'x', '{}',
  '[{"step": "extract", "cached": true}, {"step": "extract", "cached": false}]', 1, '[]', '{}', NULL, NULL);
INSERT INTO runs VALUES ('r3', 'd3', 'a.pdf', '[]', '2024-03-01 12:00:00', 1.5, 'rules', 'approved', 'de', 'default', 'x', '{}',
  '[{"step": "ocr", "cached": true}]', 1, '[]', '{}', NULL, NULL);
INSERT INTO field_values VALUES ('r1', 'total_amount', 7, '10', '12', 0.9, NULL, NULL, TRUE);
INSERT INTO field_values VALUES ('r1', 'currency', 7, 'EUR', 'EUR', 0.9, NULL, NULL, FALSE);
INSERT INTO field_values VALUES ('r1', 'invoice_number', 7, 'R-1', 'R-1', 0.9, NULL, NULL, FALSE);
INSERT INTO field_values VALUES ('r1', 'customer_id', 7, NULL, NULL, NULL, NULL, NULL, FALSE);
INSERT INTO field_values VALUES ('r2', 'currency', NULL, 'EUR', NULL, 0.9, NULL, NULL, NULL);
"""


def write_version(url: str, version: str, rows: str) -> None:
    """Make the database as that version left it, with these rows."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for statement in rows.split(";\n")[:-1]:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_orders_of_an_earlier_version_keep_every_value(
    empty_database_url: str, open_store: Callable[[str], Database]
) -> None:
    """Header, lines, origin, times and search are as they were; the type is the run's; the first version is stored."""
    write_version(empty_database_url, "0002", ROWS)
    orders = SqlOrders(open_store(empty_database_url))
    held = orders.get(7)
    assert held.values == Invoice(
        invoice_number="R-1",
        order_date=date(2024, 2, 1),
        invoice_date=date(2024, 2, 29),
        due_date=date(2024, 3, 31),
        customer_id="K-9",
        customer_name="Café Olé",
        vendor_name="Nordwind KG",
        billing_address="Hafen 1, 20457 Hamburg",
        shipping_address="Tor 2",
        subtotal=Decimal("100.00"),
        tax=Decimal("19.00"),
        total_amount=Decimal("119.00"),
        currency="EUR",
        line_items=(LineItem(description="Lamp", quantity="2", unit_price="50.00", total_price="100.00"),),
    )
    assert (held.status, held.document, held.run_id, held.pages[0].rotation) == ("reviewed", "d1", "r1", 90)
    assert (held.document_type, held.version) == ("credit note", 1)
    assert [row.order_id for row in orders.search(RecordQuery()).rows] == [8, 7]
    assert [row.order_id for row in orders.search(RecordQuery(text="nordwind")).rows] == [7]
    orders.update(held)
    assert orders.get(7).version == 2
    assert orders.get(8).document_type is None


#: What version 0013 stored of an order of which something is paid.
ROWS_0013 = """
INSERT INTO sales_order_header (order_id, invoice_number, total_amount, status, created_at, updated_at)
  VALUES (7, 'R-1', '119.00', 'reviewed', '2024-03-01 12:30:00', '2024-03-02 08:00:00');
INSERT INTO sales_order_detail VALUES (7, 1, 'Lamp', '2', '50.00', '100.00', '2024-03-01 12:30:00');
INSERT INTO order_origin (order_id, document, pages, page_key, paid_amount, amount_due, version)
  VALUES (7, 'd1', '[[1, 0]]', '1', '20.00', '99.00', 3);
INSERT INTO order_search (order_id, haystack) VALUES (7, 'r-1');
"""


def test_what_was_paid_and_due_beside_an_order_is_among_its_values(
    empty_database_url: str, open_store: Callable[[str], Database]
) -> None:
    """To the last zero, and lists are sorted by it as before."""
    write_version(empty_database_url, "0013", ROWS_0013)
    orders = SqlOrders(open_store(empty_database_url))
    held = orders.get(7)
    lamp = LineItem(description="Lamp", quantity="2", unit_price="50.00", total_price="100.00")
    amounts = {"total_amount": "119.00", "paid_amount": "20.00", "amount_due": "99.00"}
    assert held.values == Invoice(invoice_number="R-1", line_items=(lamp,), **amounts)  # type: ignore[arg-type]
    assert (str(held.values.amount_due), held.version) == ("99.00", 3)
    assert [row.value("amount_due") for row in orders.search(RecordQuery(sort="amount_due")).rows] == [Decimal("99.00")]


def test_runs_of_an_earlier_version_say_what_the_bill_asks_of_them(
    empty_database_url: str, open_store: Callable[[str], Database]
) -> None:
    """Whether the cache gave them, and how many values a person left and changed: null where nobody saved one."""
    write_version(empty_database_url, "0007", RUNS_0007)
    columns = (RUNS.c.run_id, RUNS.c.from_cache, RUNS.c.right_values, RUNS.c.wrong_values)
    with open_store(empty_database_url).read() as connection:
        found = [tuple(row) for row in connection.execute(select(*columns).order_by(RUNS.c.run_id))]
    assert found == [("r1", True, 2, 1), ("r2", False, None, None), ("r3", False, None, None)]
