"""Records that are the same or nearly: SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.extraction import PageRef
from core.receipt.model import Receipt
from core.stores.records import Record
from storage.database import Database
from storage.orders import SqlOrders
from tests.contract.test_orders import invoice


@pytest.fixture
def orders(database_url: str, open_store: Callable[[str], Database]) -> SqlOrders:
    """An empty store of each kind."""
    return SqlOrders(open_store(database_url))


def found(orders: SqlOrders) -> dict[tuple[int, int], set[str]]:
    """Which two are the same, by what."""
    return {(twins.first, twins.second): set(twins.signs) for twins in orders.twins().rows}


def test_the_same_and_the_nearly_same_are_found_with_why(orders: SqlOrders) -> None:
    """The same file; vendor and number; sent again under another number; a photo with another spelling; and nothing else."""
    known = (invoice("R-1001"), invoice("r 1001", total_amount="1.00"), invoice("R-2002"))
    photo = invoice("R-1001", "Nordwlnd Sohne K6")
    other = invoice("R-9", "Somebody else", total_amount="7.00")
    for number, values in enumerate((*known, photo, other), 1):
        orders.add(Record(values, "reviewed", number))
    assert found(orders) == {
        (1, 2): {"number"},
        (1, 3): {"amount", "lines"},
        (1, 4): {"look"},
    }
    page = (PageRef(1),)
    orders.add(Record(Receipt(vendor_name="A"), "reviewed", 6, document="d" * 64, pages=page))
    orders.add(Record(Receipt(vendor_name="B"), "reviewed", 7, document="d" * 64, pages=(PageRef(1, 90),)))
    assert found(orders)[6, 7] == {"document"}
    assert orders.twins(page=1, size=3).rows[0].first == 1
    assert orders.twins(page=0, size=1).total == 4


def test_two_that_were_set_apart_are_not_told_again(orders: SqlOrders) -> None:
    """Whichever is named first; changed and deleted records are known as they are now."""
    for number in (1, 2, 3):
        orders.add(Record(invoice("R-1001"), "reviewed", number))
    orders.set_apart(3, 1, "Ada")
    orders.set_apart(1, 3, "Bob")
    assert set(found(orders)) == {(1, 2), (2, 3)}
    orders.set_apart(1, 3, "Ada", apart=False)
    assert len(found(orders)) == 3
    orders.update(replace(orders.get(2), values=invoice("R-5", "Other", total_amount="5.00")))
    assert set(found(orders)) == {(1, 3)}
    orders.remove(3)
    assert found(orders) == {}


def test_a_long_series_is_told_once_each(orders: SqlOrders) -> None:
    """Thirty alike are no four hundred and thirty-five pairs."""
    orders.add_all(Record(invoice("R-1001"), "reviewed", number) for number in range(1, 31))
    assert orders.twins().total == 29
