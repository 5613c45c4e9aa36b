"""Layouts of exports in both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.errors import LayoutError
from core.exporting.shelf import LayoutShelf
from storage.database import Database
from storage.layouts import SqlLayouts

MINE = b"name: mine\ntitle: Mine\ncolumns: [{title: No, value: '{invoice_number}'}]"


@pytest.fixture
def shelf(open_store: Callable[[str], Database], database_url: str) -> LayoutShelf:
    """The shelf over an empty database of each kind."""
    return LayoutShelf(SqlLayouts(open_store(database_url)))


def test_a_layout_is_kept_replaced_and_removed(shelf: LayoutShelf) -> None:
    """By its name; those that ship are there all the time."""
    ships = {layout.name for layout in shelf.layouts()}
    assert {"datev", "xero", "quickbooks"} <= ships
    shelf.take_in(MINE)
    shelf.take_in(MINE.replace(b"Mine", b"Ours"))
    assert (shelf.named("mine").title, shelf.own()) == ("Ours", {"mine"})
    shelf.remove("mine")
    assert {layout.name for layout in shelf.layouts()} == ships


def test_a_shipped_one_can_be_made_ones_own_and_given_back(shelf: LayoutShelf) -> None:
    """The one of one's own stands before it."""
    theirs = shelf.export("xero")
    shelf.take_in(theirs.replace("'429'", "'500'").encode())
    assert any(column.value == "500" for column in shelf.named("xero").columns)
    shelf.remove("xero")
    assert shelf.export("xero") == theirs
    with pytest.raises(LayoutError, match="no layout of your own"):
        shelf.remove("xero")


def test_a_name_that_no_record_has_is_refused(shelf: LayoutShelf) -> None:
    """As the layout is taken in, not as the file is made."""
    with pytest.raises(LayoutError, match="no record has “vendor”"):
        shelf.take_in(MINE.replace(b"{invoice_number}", b"{vendor}"))
    with pytest.raises(LayoutError, match="no layout “none”"):
        shelf.named("none")
