"""Items that the break between two pages splits."""

from __future__ import annotations

from tests.core.rules.table_pages import page, plain, read

HEADER = ("Description", "Qty", "Price", "Amount")
WRENCH = ("Torque wrench", "2", "75.00", "150.00")
SUM = (None, None, "Subtotal", "200.00")
WHOLE = [("Torque wrench", "2", "75", "150"), ("Socket set with extension bars", "1", "50", "50")]


def test_a_description_goes_on_below_a_repeated_heading() -> None:
    """The numbers stand on the first page, the second line of the text on the next."""
    first = page([HEADER, WRENCH, ("Socket set with", "1", "50.00", "50.00")])
    second = page([HEADER, ("extension bars",), (), SUM], number=2)
    assert plain(read(first, second)) == WHOLE


def test_a_description_goes_on_without_a_heading() -> None:
    """What heads the page is no text of the item."""
    first = page([HEADER, WRENCH, ("Socket set with", "1", "50.00", "50.00")])
    second = page([("Harrow Tools Ltd", None, None, "page two"), ("extension bars",), (), SUM], number=2)
    assert plain(read(first, second)) == WHOLE


def test_a_description_begins_on_the_page_before() -> None:
    """The first line of the text ends the first page; its numbers stand on the next."""
    first = page([HEADER, WRENCH, ("Socket set with",)])
    second = page([HEADER, ("extension bars", "1", "50.00", "50.00"), (), SUM], number=2)
    assert plain(read(first, second)) == WHOLE


def test_the_next_item_is_not_joined_to_the_one_before_the_break() -> None:
    """Both begin in capitals."""
    first = page([HEADER, WRENCH, ("Spare parts",)])
    second = page([HEADER, ("Socket set", "1", "50.00", "50.00"), (), SUM], number=2)
    assert [row[0] for row in plain(read(first, second))][1] == "Socket set"
