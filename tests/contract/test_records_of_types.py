"""Records of types that have no tables of their own: every store of orders keeps, finds, sorts and tells them as it does invoices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import inspect

from core import document_types
from core.declared.building import build
from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.document_types import type_declared
from core.errors import RecordChanged, RecordMissing, StorageError
from core.extraction import PageRef
from core.invoice.model import Invoice
from core.stores.records import FieldFilter, Record, RecordQuery, RecordStore
from storage.database import Database, open_database
from storage.orders import SqlOrders
from tests.contract.test_orders import STORES, found_ids, invoice
from tests.core.declared.test_own_fields import ADDED
from tests.core.meter_bills import BILL, VALUES, Bill, Reading
from tests.doubles.orders import MemoryOrders

PAYSLIP = TypeDefinition(
    name="payslip",
    title="Payslip",
    fields=(
        FieldDefinition(name="employee", title="Employee", kind="name", required=True),
        FieldDefinition(name="number", title="Number", kind="identifier", required=True),
        FieldDefinition(name="paid_on", title="Paid on", kind="date"),
        FieldDefinition(name="net", title="Net", kind="money"),
    ),
    tables=(
        TableDefinition(
            name="parts", title="Parts", columns=(FieldDefinition(name="amount", title="Amount", kind="money"),)
        ),
    ),
)


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The studio knows a type that ships beside the invoice."""
    monkeypatch.setattr(document_types, "SHIPPED", (*document_types.SHIPPED, BILL))


@pytest.fixture(params=STORES)
def orders(request: pytest.FixtureRequest, tmp_path: Path, open_store: Callable[[str], Database]) -> RecordStore:
    """Each store, empty."""
    if request.param == "memory":
        return MemoryOrders()
    sqlite = f"sqlite:///{tmp_path / 'studio.db'}"
    return SqlOrders(open_store(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")))


def stored(orders: RecordStore, what: object, **told: object) -> Record:
    """A record put into the store."""
    told = {"status": "reviewed", "order_id": orders.reserve_id()} | told
    record = Record(what, **told)  # type: ignore[arg-type]
    orders.add(record)
    return record


def bill(contract: str | None, day: int = 1, to_pay: str | None = "82.50") -> Bill:
    """A bill of one reading."""
    amount = Decimal(to_pay) if to_pay else None
    return Bill(contract=contract, read_on=date(2026, 3, day), to_pay=amount, readings=(Reading(meter="M-1"),))


def payslip(number: str, employee: str, net: str | None = "1000.00") -> object:
    """A payslip with one part, of the declared type."""
    kind = build(PAYSLIP)
    values = {
        "employee": employee,
        "number": number,
        "net": net,
        "paid_on": "2026-03-31",
        "parts": [{"amount": "5.00"}],
    }
    return kind.model.model_validate(values)


def test_a_record_of_any_type_comes_back_as_it_was_saved(orders: RecordStore) -> None:
    """Header and every table, amounts to the last zero, and where it came from."""
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    told = {"document": "a" * 64, "pages": (PageRef(3), PageRef(1, 90)), "run_id": "r1", "document_type": "meter bill"}
    record = stored(orders, VALUES, created_at=moment, updated_at=moment, **told)
    held = orders.get(record.order_id or 0)
    assert held == record
    assert (held.type, held.version) == (BILL, 1)
    assert str(held.values.to_pay) == "82.50"
    empty = stored(orders, Bill(), created_at=moment, updated_at=moment)
    assert orders.get(empty.order_id or 0) == empty


def test_a_record_of_a_declared_type_brings_its_type(orders: RecordStore) -> None:
    """As it was declared when the document was read: a later version of it changes nothing."""
    record = stored(orders, payslip("P-1", "Ada"))
    held = orders.get(record.order_id or 0)
    assert held.values == record.values
    assert held.type.definition == PAYSLIP


def test_it_is_changed_in_place_and_by_the_version_that_was_seen(orders: RecordStore) -> None:
    """Old values and rows are gone; who saw an older version is told."""
    record = stored(orders, VALUES)
    held = orders.get(record.order_id or 0)
    orders.update(replace(held, values=bill("C-9"), status="approved"))
    now = orders.get(record.order_id or 0)
    assert (now.values, now.status, now.version, now.created_at) == (bill("C-9"), "approved", 2, held.created_at)
    with pytest.raises(RecordChanged):
        orders.update(replace(held, values=bill("C-8")))
    orders.remove(record.order_id or 0)
    with pytest.raises(RecordMissing):
        orders.get(record.order_id or 0)
    with pytest.raises(RecordMissing):
        orders.remove(record.order_id or 0)


def test_a_document_read_as_another_type_stays_one_record(orders: RecordStore) -> None:
    """From an invoice to a bill and back, under its number."""
    record = stored(orders, invoice(paid_amount="1", taxes=[{"amount": "1"}]))
    orders.update(replace(orders.get(record.order_id or 0), values=VALUES))
    held = orders.get(record.order_id or 0)
    assert (held.values, held.version) == (VALUES, 2)
    assert orders.search(RecordQuery()).total == 1
    orders.update(replace(held, values=invoice("R-2")))
    assert orders.get(record.order_id or 0).values == invoice("R-2")


def test_numbers_are_given_once_over_all_types(orders: RecordStore) -> None:
    """Also past one that was stored by hand."""
    stored(orders, VALUES, order_id=40)
    assert orders.reserve_id() == 41
    stored(orders, invoice(), order_id=50)
    assert orders.reserve_id() == 51


def test_records_of_all_types_stand_in_one_list(orders: RecordStore) -> None:
    """Each value under the column that plays its part; sorted by it, empty ones last."""
    stored(orders, invoice("R-5", total_amount="90.00", invoice_date="2026-03-02"))
    stored(orders, bill("C-1", 3, "82.50"))
    stored(orders, bill("A-2", 1, None), status="approved")
    page = orders.search(RecordQuery(sort="invoice_number", descending=False))
    assert [(row.order_id, row.value("invoice_number")) for row in page.rows] == [(3, "A-2"), (2, "C-1"), (1, "R-5")]
    assert [row.type.name for row in page.rows] == ["meter bill", "meter bill", "invoice"]
    assert [row.value("invoice_date") for row in page.rows][:2] == [date(2026, 3, 1), date(2026, 3, 3)]
    assert page.rows[0].value("vendor_name") is None
    assert found_ids(orders, sort="invoice_date") == [2, 1, 3]
    assert found_ids(orders, sort="order_id", descending=False) == [1, 2, 3]
    assert found_ids(orders, sort="status", descending=False) == [3, 1, 2]
    assert found_ids(orders, sort="vendor_name", descending=False) == [1, 2, 3]
    assert found_ids(orders, sort="updated_at") in ([3, 2, 1], [3, 1, 2])
    assert [record.order_id for record in orders.each(RecordQuery(sort="invoice_date"))] == [2, 1, 3]
    assert found_ids(orders, sort="order_id", size=2, page=1) == [1]
    assert orders.search(RecordQuery(size=2)).total == 3
    with pytest.raises(StorageError):
        orders.search(RecordQuery(sort="colour"))


def test_one_type_is_listed_and_sorted_by_its_own_fields(orders: RecordStore) -> None:
    """Texts as people read them, amounts as numbers, days in order; the others are left out of list, count and export."""
    stored(orders, invoice())
    for number, (name, net) in enumerate((("émile", "9.50"), ("Zoe", "100.00"), ("Ada", None)), 1):
        stored(orders, payslip(f"P-{number}", name, net))
    slips = {"type_name": "payslip"}
    assert found_ids(orders, **slips, sort="employee", descending=False) == [4, 2, 3]
    assert found_ids(orders, **slips, sort="net") == [3, 2, 4]
    assert found_ids(orders, **slips, sort="net", descending=False) == [2, 3, 4]
    assert found_ids(orders, **slips) == [4, 3, 2]
    assert found_ids(orders, **slips, sort="amount_due", descending=False) == [2, 3, 4]
    assert orders.search(RecordQuery(type_name="payslip")).total == 3
    assert [record.order_id for record in orders.each(RecordQuery(type_name="payslip", sort="employee"))] == [3, 2, 4]
    assert found_ids(orders, type_name="invoice") == [1]
    (row,) = orders.search(RecordQuery(text="zoe")).rows
    assert (row.value("employee"), row.value("net"), row.value("vendor_name")) == ("Zoe", Decimal("100.00"), "Zoe")


def test_search_and_filters_reach_every_type(orders: RecordStore) -> None:
    """By the texts that its type names, its number, status, kind and day."""
    stored(orders, invoice("R-1"), document_type="invoice")
    stored(orders, bill("C-77", 9), document_type="meter bill", status="needs review")
    stored(orders, invoice("R-3"), document_type="invoice")
    assert found_ids(orders, text="c-77") == [2]
    assert found_ids(orders, text="r-1") == [1]
    assert found_ids(orders, text="2") == [2]
    assert found_ids(orders, status="needs review") == [2]
    assert found_ids(orders, document_type="meter bill") == [2]
    assert found_ids(orders, document_type="invoice") == [3, 1]
    assert found_ids(orders, invoiced=(date(2026, 3, 9), date(2026, 3, 9))) == [2]
    assert found_ids(orders, saved=(datetime(2100, 1, 1, tzinfo=UTC), None)) == []


def test_the_same_document_and_the_same_values_are_noticed(orders: RecordStore) -> None:
    """The document whatever it was read as, the values among records of the type."""
    first = stored(orders, VALUES, document="a" * 64, pages=(PageRef(1),))
    stored(orders, invoice("C-4711"), document="b" * 64, pages=(PageRef(1),))
    same = orders.duplicates("c" * 64, (), VALUES.model_copy(update={"contract": "c 4711"}))
    assert [(d.order_id, d.reason, d.type) for d in same] == [(first.order_id, "values", BILL)]
    assert same[0].known == {"contract": "C-4711", "read_on": "2026-03-01"}
    as_invoice = orders.duplicates("a" * 64, (PageRef(1),), Invoice())
    assert [(d.order_id, d.reason) for d in as_invoice] == [(1, "document")]
    assert [d.order_id for d in orders.duplicates("b" * 64, (PageRef(1),), Bill())] == [2]
    assert orders.duplicates(None, (), Bill()) == []


def test_a_new_type_needs_no_table_of_its_own(tmp_path: Path) -> None:
    """What is stored of a type that nobody coded for stands in tables that were there before."""
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as connection:
        before = inspect(connection).get_table_names()
    stored(SqlOrders(database), payslip("P-1", "Ada"))
    with database.read() as connection:
        assert inspect(connection).get_table_names() == before


def added_invoice(number: str, cost_centre: str | None, freight: str | None = None) -> object:
    """An invoice with what a person added to it."""
    told = {"invoice_number": number, "vendor_name": "Birch", "cost_centre": cost_centre, "freight": freight}
    line = {"description": "Oak", "project": f"P-{number}", "weight": "2.5"}
    return type_declared(ADDED).model.model_validate({**told, "line_items": [line]})


def test_an_invoice_with_fields_of_a_persons_own_comes_back_with_them(orders: RecordStore) -> None:
    """And with the version they were added in, changed and changed back to one without."""
    later = type_declared(ADDED.model_copy(update={"version": 2, "fields": ADDED.fields[:1], "checks": ()}))
    first = stored(orders, added_invoice("R-1", "4711-B", "12.40"))
    second = stored(orders, later.model.model_validate({"cost_centre": "Ärzte 1"}))
    plain = stored(orders, invoice("R-8"))
    assert [orders.get(order_id(each)).values for each in (first, second, plain)] == [
        first.values,
        second.values,
        plain.values,
    ]
    assert orders.get(order_id(second)).type.extension == later.extension
    orders.update(replace(first, values=Invoice(invoice_number="R-1")))
    assert orders.get(order_id(first)).type is document_types.USUAL
    orders.update(replace(first, values=second.values))
    assert orders.get(order_id(first)).values == second.values
    assert [each.values for each in orders.each(RecordQuery(descending=False))] == [
        second.values,
        second.values,
        plain.values,
    ]


def test_records_are_found_and_sorted_by_a_field_of_a_persons_own(orders: RecordStore) -> None:
    """Added to the invoice or of a type of theirs: by its words, as a range of amounts or days; in a list of one type and of all."""
    one = stored(orders, added_invoice("R-1", "Ärzte 7", "12.40"))
    two = stored(orders, added_invoice("R-2", "Bau 9", "100.00"))
    none = stored(orders, added_invoice("R-3", None))
    slip = stored(orders, payslip("P-1", "Ada Lovelace", "900.00"))
    plain = stored(orders, invoice("R-9"))
    ids = {each: order_id(each) for each in (one, two, none, slip, plain)}

    def found(wanted: FieldFilter, **query: object) -> list[int]:
        return found_ids(orders, fields=(wanted,), descending=False, **query)

    assert found(FieldFilter("cost_centre", "arzte")) == [ids[one]]
    assert found(FieldFilter("cost_centre", "arzte 9")) == []
    assert found(FieldFilter("cost_centre")) == sorted(ids.values())
    assert found(FieldFilter("freight", first=Decimal("12.4"), last=Decimal(99))) == [ids[one]]
    assert found(FieldFilter("freight", first=Decimal("12.41")), document_type=None) == [ids[two]]
    assert found(FieldFilter("net", last=Decimal(900))) == [ids[slip]]
    assert found(FieldFilter("net", last=Decimal(900)), type_name="payslip") == [ids[slip]]
    assert found(FieldFilter("employee", "love ada")) == [ids[slip]]
    assert found(FieldFilter("paid_on", first=date(2026, 3, 31), last=date(2026, 3, 31))) == [ids[slip]]
    assert found(FieldFilter("paid_on", first=date(2026, 4, 1))) == []
    for kind in (None, "invoice"):
        query = RecordQuery(type_name=kind, sort="freight", added=("cost_centre", "freight"))
        page = orders.search(query).rows
        assert [row.order_id for row in page][:2] == [ids[two], ids[one]]
        assert (page[1].value("cost_centre"), page[1].value("freight")) == ("Ärzte 7", Decimal("12.40"))
        assert [each.order_id for each in orders.each(query)] == [row.order_id for row in page]
    assert found_ids(orders, text="arzte") == [ids[one]]
    with pytest.raises(StorageError):
        orders.search(RecordQuery(sort="freight"))


def order_id(record: Record) -> int:
    """The id under which it is stored."""
    assert record.order_id is not None
    return record.order_id
