"""Vendors in memory, on SQLite and on PostgreSQL: what was put is there, and a change is noticed by others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.stores.vendors import Anchor, ColumnHead, DateOrder, Vendor, VendorRule, Vendors, Wanted
from storage.database import Database
from storage.vendors import SqlVendors
from tests.doubles.vendors import MemoryVendors


@pytest.fixture(params=["memory", "database"])
def vendors(request: pytest.FixtureRequest, database_url: str, open_store: Callable[[str], Database]) -> Vendors:
    """Each kind of store."""
    return MemoryVendors() if request.param == "memory" else SqlVendors(open_store(database_url))


RULES = tuple(
    VendorRule(habit, "trial", 1)
    for habit in (
        Wanted("vendor_name", "Zed", 0.4),
        Anchor("invoice_number", "ourmark", "Our mark", nth=1),
        DateOrder(True),
        ColumnHead("quantity", "menge", "Menge"),
    )
)
ZED = Vendor("1", "Zed", (("tax", "X1"),), (("iban", "Y2"),), ((1, 2),), RULES, ("r1",), 1, True, (RULES[0].habit,))


def test_a_vendor_is_kept_whole(vendors: Vendors) -> None:
    """With every kind of rule."""
    vendors.put(ZED)
    vendors.put(Vendor("2", "alpha"))
    assert vendors.all() == [Vendor("2", "alpha"), ZED]


def test_every_change_is_noticed(vendors: Vendors) -> None:
    """Also that a vendor was forgotten."""
    seen = [vendors.version()]
    for vendor in (ZED, Vendor("1", "Zed")):
        vendors.put(vendor)
        seen.append(vendors.version())
    vendors.remove("1")
    seen.append(vendors.version())
    assert len(set(seen)) == len(seen)
    assert vendors.all() == []
