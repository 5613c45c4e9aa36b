"""What every store of orders does: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import RecordChanged, RecordMissing, StorageError
from core.extraction import PageRef
from core.invoice.model import Invoice, LineItem, TaxLine
from core.stores.records import FieldFilter, Record, RecordQuery, RecordStore
from storage.database import Database
from storage.orders import SqlOrders
from tests.doubles.orders import MemoryOrders

STORES = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=STORES)
def orders(request: pytest.FixtureRequest, tmp_path: Path, open_store: Callable[[str], Database]) -> RecordStore:
    """Each store, empty."""
    if request.param == "memory":
        return MemoryOrders()
    sqlite = f"sqlite:///{tmp_path / 'studio.db'}"
    return SqlOrders(open_store(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")))


def invoice(number: str | None = "R-1", vendor: str | None = "Nordwind Söhne KG", **values: object) -> Invoice:
    """An invoice with two lines; ``values`` replace its own."""
    items = (
        LineItem(description="Lamp\n=SUM(A1)", quantity="2", unit_price="50.0375", total_price="100.08"),
        LineItem(description=None, quantity="1.500", unit_price=None, total_price="-0.10"),
    )
    base = {
        "invoice_number": number,
        "vendor_name": vendor,
        "customer_name": "Café Olé",
        "invoice_date": "2024-02-29",
        "subtotal": "99.98",
        "total_amount": "118.980",
        "currency": "EUR",
        "line_items": items,
    }
    return Invoice.model_validate(base | values)


def stored(orders: RecordStore, what: Invoice | None = None, **told: object) -> Record:
    """An order put into the store."""
    told = {"status": "reviewed", "order_id": orders.reserve_id()} | told
    order = Record(what or invoice(), **told)  # type: ignore[arg-type]
    orders.add(order)
    return order


def found_ids(orders: RecordStore, **query: object) -> list[int]:
    """The ids of a search's page, as listed."""
    return [row.order_id for row in orders.search(RecordQuery(**query)).rows]  # type: ignore[arg-type]


def test_an_order_comes_back_as_it_was_saved(orders: RecordStore) -> None:
    """Amounts to the last zero, dates, lines in order, its document, pages and run."""
    moment = datetime(2024, 3, 1, 12, 30, tzinfo=UTC)
    pages = (PageRef(3), PageRef(1, 90))
    order = stored(orders, document="a" * 64, pages=pages, run_id="r1", created_at=moment, updated_at=moment)
    held = orders.get(order.order_id or 0)
    assert held == order
    assert str(held.values.total_amount) == "118.980"
    assert [str(item.quantity) for item in held.values.line_items] == ["2", "1.500"]


@pytest.mark.parametrize("amount", ["0.1", "123456789012345.0123456789", "-0.00000001", "1E+3"])
def test_amounts_are_exact(orders: RecordStore, amount: str) -> None:
    """No amount passes through a binary fraction."""
    order = stored(orders, invoice(total_amount=amount))
    assert orders.get(order.order_id or 0).values.total_amount == Decimal(amount)


def test_an_empty_invoice_can_be_stored(orders: RecordStore) -> None:
    """What is not on the page stays null."""
    order = stored(orders, Invoice())
    assert orders.get(order.order_id or 0).values == Invoice()


def test_ids_are_new_and_not_below_the_floor(orders: RecordStore) -> None:
    """The next id passes what is stored and what the caller asks for."""
    assert orders.reserve_id() == 1
    assert orders.reserve_id(10) == 10
    assert orders.reserve_id(5) == 11
    stored(orders, order_id=40)
    assert orders.reserve_id() == 41


def test_an_id_is_not_stored_twice(orders: RecordStore) -> None:
    """A second order under one id is refused whole."""
    order = stored(orders)
    with pytest.raises(StorageError):
        orders.add(replace(order, values=invoice("other")))
    assert orders.get(order.order_id or 0).values.invoice_number == "R-1"


def test_an_update_replaces_header_and_lines(orders: RecordStore) -> None:
    """Old lines are gone, the time it was made at stays, search knows the new texts."""
    order = stored(orders, created_at=datetime(2024, 1, 1, tzinfo=UTC))
    orders.update(replace(order, values=invoice("R-2", line_items=()), created_at=None))
    held = orders.get(order.order_id or 0)
    assert (held.values.invoice_number, held.values.line_items) == ("R-2", ())
    assert held.created_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert found_ids(orders, text="r-1") == []
    assert found_ids(orders, text="r-2") == [order.order_id]


def test_an_update_leaves_what_hangs_on_the_order_alone(
    database_url: str, open_store: Callable[[str], Database]
) -> None:
    """Another program's rows that name an order by its key, and go with it, outlive every save of it."""
    database = open_store(database_url)
    orders = SqlOrders(database)
    order = stored(orders)
    cascade = "REFERENCES sales_order_header (order_id) ON DELETE CASCADE"
    with database.write() as connection:
        connection.exec_driver_sql(f"CREATE TABLE payments (order_id BIGINT NOT NULL {cascade}, reference TEXT)")
        connection.exec_driver_sql(f"INSERT INTO payments VALUES ({order.order_id}, 'transfer 1')")
    orders.update(replace(order, values=invoice("R-2")))
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT reference FROM payments").scalars().all() == ["transfer 1"]
    orders.remove(order.order_id or 0)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT reference FROM payments").scalars().all() == []


def test_a_save_that_saw_an_older_version_changes_nothing(orders: RecordStore) -> None:
    """The second of two who opened the same record is told, and gets the record as the first left it."""
    opened = orders.get(stored(orders).order_id or 0)
    orders.update(replace(opened, values=invoice("R-2")))
    with pytest.raises(RecordChanged, match="was changed since you opened it") as told:
        orders.update(replace(opened, values=invoice("R-3")))
    held = orders.get(opened.order_id or 0)
    assert held.values.invoice_number == "R-2"
    assert (told.value.held, told.value.held.version) == (held, held.version)
    orders.update(replace(held, values=invoice("R-3")))
    assert orders.get(opened.order_id or 0).values.invoice_number == "R-3"


def test_every_save_is_another_version(orders: RecordStore) -> None:
    """The first is 1; a save that names none is one as well; an order brought back is the version it was."""
    opened = orders.get(stored(orders).order_id or 0)
    orders.update(replace(opened, version=None))
    second = orders.get(opened.order_id or 0)
    orders.remove(opened.order_id or 0)
    orders.add(second)
    assert (opened.version, second.version, orders.get(opened.order_id or 0).version) == (1, 2, 2)


def test_a_credit_note_and_what_is_left_to_pay_are_kept(orders: RecordStore) -> None:
    """The document's type and what is paid of it come back, also after an update, and stand in the list."""
    paid = {"paid_amount": Decimal("20.00"), "amount_due": Decimal("98.980")}
    order = stored(orders, invoice(**paid), document_type="credit note")
    orders.update(replace(order, values=invoice("R-2", **paid), version=None))
    held = orders.get(order.order_id or 0)
    assert (held.document_type, held.values) == ("credit note", invoice("R-2", **paid))
    assert str(held.values.amount_due) == "98.980"
    (row,) = orders.search(RecordQuery()).rows
    assert (row.document_type, row.value("amount_due")) == ("credit note", Decimal("98.980"))


#: What many invoices do not print: each field, and a table that has no columns of its own in the database.
FURTHER = {
    "purchase_order_number": "PO-77",
    "vendor_tax_id": "DE123456789",
    "customer_tax_id": "ATU12345678",
    "iban": "DE02120300000000202051",
    "payment_terms": "30 days net; 2 % in 10 days",
    "discount": "5.00",
    "shipping": "4.900",
    "rounding": "-0.02",
    "paid_amount": "20.00",
    "amount_due": "98.98",
    "line_items": (
        LineItem(description="Lamp", article_number="A-1", unit="pcs", tax_rate="19", discount="1.50"),
        LineItem(),
    ),
    "taxes": (TaxLine(rate="7", base="10.00", amount="0.70"), TaxLine(amount="1.900")),
}


def test_what_many_invoices_do_not_print_comes_back_too(orders: RecordStore) -> None:
    """Every further field, cell and row of the table of taxes, to the last zero; an update leaves none behind."""
    order = stored(orders, invoice(**FURTHER))
    held = orders.get(order.order_id or 0)
    assert held.values == invoice(**FURTHER)
    assert (str(held.values.shipping), str(held.values.taxes[1].amount)) == ("4.900", "1.900")
    assert [record.values for record in orders.each(RecordQuery())] == [held.values]
    fewer = invoice(taxes=(TaxLine(base="3.00"),), iban="FR7630006000011234567890189")
    orders.update(replace(order, values=fewer))
    assert orders.get(order.order_id or 0).values == fewer
    orders.remove(order.order_id or 0)
    stored(orders, order_id=order.order_id)
    assert orders.get(order.order_id or 0).values == invoice()


def test_listings_sort_and_filter_by_what_an_order_is_and_is_owed(orders: RecordStore) -> None:
    """Amounts due sort as numbers, the empty ones last; a type leaves the others out of list, count and export."""
    for amount, kind in ((None, None), ("9.5", "invoice"), ("-30", "credit note"), ("100", "invoice")):
        stored(orders, invoice(amount_due=amount), document_type=kind)
    assert found_ids(orders, sort="amount_due", descending=False) == [3, 2, 4, 1]
    assert found_ids(orders, sort="amount_due") == [4, 2, 3, 1]
    assert found_ids(orders, sort="document_type", descending=False) == [3, 2, 4, 1]
    invoices = RecordQuery(document_type="invoice", text="nordwind", sort="vendor_name", descending=False)
    assert [row.order_id for row in orders.search(invoices).rows] == [2, 4]
    assert orders.search(invoices).total == 2
    assert [order.order_id for order in orders.each(invoices)] == [2, 4]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2024-01-31", None, [3, 2]),
        (None, "2024-01-31", [2, 1]),
        ("2024-01-31", "2024-01-31", [2]),
        ("2024-02-02", "2024-01-01", []),
        (None, None, [4, 3, 2, 1]),
    ],
)
def test_a_range_of_invoice_dates_has_both_its_ends(
    orders: RecordStore, first: str | None, last: str | None, found: list[int]
) -> None:
    """First and last day are in it; an order without a date is in no range."""
    for day in ("2024-01-01", "2024-01-31", "2024-02-01", None):
        stored(orders, invoice(invoice_date=day))
    ends = tuple(date.fromisoformat(end) if end else None for end in (first, last))
    assert found_ids(orders, invoiced=ends) == found
    assert orders.search(RecordQuery(invoiced=ends, text="nordwind")).total == len(found)  # type: ignore[arg-type]


def test_a_range_of_saves_ends_before_its_last_moment(orders: RecordStore) -> None:
    """The last save counts, to the moment and whatever zone the range is told in."""
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    for hours in range(3):
        stored(orders, created_at=noon - timedelta(days=9), updated_at=noon + timedelta(hours=hours))
    assert found_ids(orders, saved=(noon + timedelta(hours=1), None)) == [3, 2]
    assert found_ids(orders, saved=(noon, noon + timedelta(hours=1))) == [1]
    there = timezone(timedelta(hours=5))
    assert found_ids(orders, saved=(None, (noon + timedelta(hours=2)).astimezone(there))) == [2, 1]


def test_a_removed_order_is_gone(orders: RecordStore) -> None:
    """Neither got nor found nor counted, and no duplicate any more."""
    order = stored(orders, document="a" * 64)
    orders.remove(order.order_id or 0)
    with pytest.raises(RecordMissing):
        orders.get(order.order_id or 0)
    assert orders.search(RecordQuery()).total == 0
    assert orders.duplicates("a" * 64, (), invoice()) == []


@pytest.mark.parametrize("verb", ["get", "remove"])
def test_a_missing_order_is_told(orders: RecordStore, verb: str) -> None:
    """An id that nothing has is an error of ours with the id in it."""
    with pytest.raises(RecordMissing, match="99"):
        getattr(orders, verb)(99)


def test_an_update_of_a_missing_order_is_told(orders: RecordStore) -> None:
    """Nothing is made by an update."""
    with pytest.raises(RecordMissing):
        orders.update(Record(invoice(), "reviewed", 99))


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("nordwind", True),
        ("SOHNE  nord", True),
        ("cafe ole", True),
        ("-77", True),
        ("R-77 olé", True),
        ("westwind", False),
        ("%", False),
        ("_", False),
        ("' OR 1=1 --", False),
        ("\x00", True),
    ],
)
def test_search_finds_parts_of_number_vendor_and_customer(orders: RecordStore, text: str, hit: bool) -> None:
    """Every word must be found somewhere; accents and case do not matter and no character means anything else."""
    order = stored(orders, invoice("R-77"))
    assert found_ids(orders, text=text) == ([order.order_id] if hit else [])


def test_search_finds_an_order_by_its_id(orders: RecordStore) -> None:
    """An id, with or without #, finds its order beside the numbers that hold it."""
    first = stored(orders, order_id=77)
    second = stored(orders, invoice("R-77"), order_id=5)
    assert found_ids(orders, text="77") == [first.order_id, second.order_id]
    assert found_ids(orders, text="#77") == [first.order_id]


def test_search_by_status(orders: RecordStore) -> None:
    """Only the orders of the status asked for are listed and counted."""
    stored(orders, status="approved")
    reviewed = stored(orders)
    page = orders.search(RecordQuery(status="reviewed"))
    assert (page.total, [row.order_id for row in page.rows]) == (1, [reviewed.order_id])


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("order_id", [1, 2, 3, 4]),
        ("total_amount", [3, 1, 2, 4]),
        ("vendor_name", [2, 1, 3, 4]),
        ("invoice_number", [2, 1, 3, 4]),
        ("invoice_date", [1, 2, 3, 4]),
        ("currency", [1, 3, 2, 4]),
    ],
)
def test_listings_sort_by_value_with_empty_ones_last(orders: RecordStore, sort: str, ascending: list[int]) -> None:
    """Amounts sort as numbers, names as people read them, equal ones by id; what is empty comes last either way."""
    stored(orders, invoice("b", "äpfel", total_amount="9.5", invoice_date="2024-01-01", currency="EUR"))
    stored(orders, invoice("A", "Ananas", total_amount="100", invoice_date="2024-01-02", currency="USD"))
    stored(orders, invoice("C", "Zitrone", total_amount="-3", invoice_date="2024-02-01", currency="EUR"))
    stored(orders, Invoice())
    assert found_ids(orders, sort=sort, descending=False) == ascending
    empty = [] if sort == "order_id" else [4]
    known = [order_id for order_id in ascending if order_id not in empty]
    listed = found_ids(orders, sort=sort, descending=True)
    assert listed[len(known) :] == empty
    assert [order.order_id for order in orders.each(RecordQuery(sort=sort, descending=True))] == listed


def test_an_unknown_sort_is_refused(orders: RecordStore) -> None:
    """A sort from a tampered address is an error of ours, not SQL."""
    with pytest.raises(StorageError, match="sorted"):
        orders.search(RecordQuery(sort="order_id; DROP TABLE runs"))


def test_pages_follow_each_other(orders: RecordStore) -> None:
    """Every order is on one page; the total counts all; a page behind the end is empty."""
    for number in range(7):
        stored(orders, invoice(f"R-{number}"))
    pages = [found_ids(orders, page=page, size=3) for page in range(4)]
    assert pages == [[7, 6, 5], [4, 3, 2], [1], []]
    assert orders.search(RecordQuery(page=9)).total == 7


def test_each_gives_whole_orders_of_all_pages(orders: RecordStore) -> None:
    """An export has every match with its lines, in the listing's order."""
    for number in range(5):
        stored(orders, invoice(f"R-{number}"))
    found = list(orders.each(RecordQuery(size=2, descending=False)))
    assert [order.values.invoice_number for order in found] == [f"R-{number}" for number in range(5)]
    assert all(len(order.values.line_items) == 2 for order in found)


@pytest.mark.parametrize(
    ("number", "vendor", "same"),
    [
        ("R-1", "Nordwind Söhne KG", True),
        ("r 1", "NORDWIND, SOHNE K.G.", True),
        ("R-2", "Nordwind Söhne KG", False),
        ("R-1", "Südwind", False),
        ("R-1", None, False),
        (None, "Nordwind Söhne KG", False),
    ],
)
def test_the_same_invoice_is_noticed(orders: RecordStore, number: str | None, vendor: str | None, same: bool) -> None:
    """The same vendor's same number, however it is written."""
    order = stored(orders)
    found = orders.duplicates("b" * 64, (), invoice(number, vendor))
    assert [(d.order_id, d.reason, d.target) for d in found] == (
        [(order.order_id, "values", "database")] if same else []
    )


def test_the_same_document_is_noticed_by_its_pages(orders: RecordStore) -> None:
    """Another group of pages of one file is another invoice; a turned page is the same."""
    first = stored(orders, invoice("R-5"), document="a" * 64, pages=(PageRef(1), PageRef(2)))
    stored(orders, invoice("R-6"), document="a" * 64, pages=(PageRef(3),))
    turned = (PageRef(2, 90), PageRef(1))
    found = orders.duplicates("a" * 64, turned, invoice("R-5"))
    assert [(d.order_id, d.reason, d.known["invoice_number"]) for d in found] == [(first.order_id, "document", "R-5")]


def test_what_databases_refuse_is_left_out(orders: RecordStore) -> None:
    """NUL and half characters of a broken text layer never stop a save."""
    order = stored(orders, invoice("R\x00-9\ud800", "Vend\x00or"))
    assert (orders.get(order.order_id or 0).values.invoice_number or "").startswith("R")
    assert found_ids(orders, text="vendor") == [order.order_id]


RESERVE = """
import sys
from storage.database import open_database
from storage.orders import SqlOrders
orders = SqlOrders(open_database(sys.argv[1]))
print(*[orders.reserve_id() for _ in range(30)])
"""


def test_two_processes_open_a_new_database_and_never_share_an_id(empty_database_url: str) -> None:
    """Both migrate at the same moment; 2 x 30 ids are 60."""
    command = [sys.executable, "-c", RESERVE, empty_database_url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ids = [int(word) for process in running for word in process.communicate(timeout=60)[0].split()]
    assert sorted(ids) == list(range(1, 61))


def test_records_are_narrowed_by_any_field_that_ships(orders: RecordStore) -> None:
    """Words of any text, accents and case aside; amounts and days in a range; nothing at all; several at once."""
    one = stored(
        orders, invoice("R-1", billing_address="Straße 5\nKÖLN", iban="DE89 3704", tax="19.00", due_date="2024-03-31")
    )
    two = stored(orders, invoice("R-2", billing_address="Hafen 1, Hamburg", tax="-3.5", total_amount="7.00"))
    three = stored(orders, invoice("R-3", "Über & Söhne", currency=None))
    ids = [each.order_id for each in (one, two, three)]

    def found(*wanted: FieldFilter, **query: object) -> list[int]:
        return found_ids(orders, fields=wanted, descending=False, **query)

    assert found(FieldFilter("billing_address", "koln strasse")) == [ids[0]]
    assert found(FieldFilter("iban", "3704")) == [ids[0]]
    assert found(FieldFilter("tax", first=Decimal(-4), last=Decimal(0))) == [ids[1]]
    assert found(FieldFilter("due_date", last=date(2024, 3, 31))) == [ids[0]]
    assert found(FieldFilter("due_date", empty=True)) == ids[1:]
    assert found(FieldFilter("due_date", empty=True, of_types=("receipt",))) == []
    assert found(FieldFilter("due_date", empty=True), FieldFilter("currency", "eur")) == [ids[1]]
    assert found(FieldFilter("vendor_name", "uber sohne")) == [ids[2]]
    assert found(vendor="nordwind sohne") == ids[:2]
    assert found(total=(Decimal(7), Decimal("7.0"))) == [ids[1]]
    orders.update(replace(one, values=invoice("R-1", billing_address="Bonn")))
    assert found(FieldFilter("billing_address", "koln")) == []
    assert found_ids(orders, sort="billing_address", descending=False) == [ids[0], ids[1], ids[2]]
    page = orders.search(RecordQuery(columns=("iban", "tax"), sort="tax")).rows
    assert [row.value("tax") for row in page] == [Decimal("-3.5"), None, None]


def test_records_are_narrowed_by_how_they_were_read_and_who_did_what(
    database_url: str, open_store: Callable[[str], Database]
) -> None:
    """Of every type; a gate that approves is nobody's review."""
    from core.receipt.model import Receipt
    from core.stores.trail import TrailEvent
    from storage.ledger import SqlLedger
    from storage.trail import SqlTrail
    from tests.contract.test_ledger import STARTED, extraction

    database = open_store(database_url)
    orders, ledger, trail = SqlOrders(database), SqlLedger(database), SqlTrail(database)
    ledger.keep_run("r1", extraction(), STARTED)
    for number, values in ((1, invoice()), (2, Receipt(vendor_name="Shop")), (3, invoice("R-3"))):
        orders.add(Record(values, "reviewed", number, run_id="r1" if number < 3 else None))
    ada, gate = ("Ada", "typed"), ("the studio", "studio")
    trail.add(
        [
            TrailEvent("saved", *ada, order_id=1),
            TrailEvent("approved", *ada, order_id=2),
            TrailEvent("saved", *gate, order_id=3),
            TrailEvent("approved", *gate, order_id=3, by="gate"),
        ]
    )
    recipe = extraction().recipe.name
    assert found_ids(orders, recipe=recipe) == [2, 1]
    assert found_ids(orders, recipe="another") == []
    assert found_ids(orders, who="Ada") == [2, 1]
    assert found_ids(orders, who="Ada", did="saved") == [1]
    assert found_ids(orders, who="Ada", did="reviewed") == [2]
    assert found_ids(orders, who="the studio", did="reviewed") == []
    assert orders.choices("recipe") == [recipe]
    assert orders.choices("who") == ["Ada", "the studio"]
