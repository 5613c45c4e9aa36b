"""One document side by side: what agrees, what is right, and which lines belong together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from core.comparison.alignment import align
from core.comparison.sheet import SheetRow, compare_readings
from core.extraction import Extraction
from core.invoice.document_type import LINE_ITEMS
from core.invoice.model import Invoice, LineItem
from core.recipe import Recipe
from core.stores.comparisons import Vote
from samples.generate import make_sample
from samples.invoices import Wishes

TRUTH = make_sample(1, "en", wishes=Wishes(lines=3, rates=1, vendor=0)).truth


def reading(**values: Any) -> Extraction:
    """A reading of a made-up document."""
    return Extraction(
        document="d", name="a.pdf", pages=(), recipe=Recipe(), values=Invoice(**values), extractor="rules"
    )


def item(description: str, total: str, quantity: str | None = "1") -> LineItem:
    """A line."""
    return LineItem(
        description=description, quantity=Decimal(quantity) if quantity else None, total_price=Decimal(total)
    )


def row_of(rows: tuple[SheetRow, ...], path: str) -> SheetRow:
    """The row of a path."""
    return next(row for row in rows if row.path == path)


def rights(row: SheetRow) -> list[bool | None]:
    """Right or wrong by recipe."""
    return [entry.right if entry else None for entry in row.entries]


def vote(path: str, value: str | None) -> Vote:
    """A vote on the made-up document."""
    return Vote("d", path, value, None, "c", datetime(2026, 1, 1, tzinfo=UTC))


def test_values_agree_by_their_kind_and_not_by_the_letter() -> None:
    """12.5 is 12.50, a name may differ in punctuation, a number may not."""
    one = reading(total_amount=Decimal("12.5"), vendor_name="Paper Mill, Ltd.", invoice_number="A-1")
    other = reading(total_amount=Decimal("12.50"), vendor_name="Paper Mill Ltd", invoice_number="A-11")
    rows = compare_readings([one, other])
    assert row_of(rows, "total_amount").agreed
    assert row_of(rows, "vendor_name").agreed
    assert not row_of(rows, "invoice_number").agreed


def test_a_missing_value_disagrees_and_a_failed_recipe_does_not() -> None:
    """A recipe without any result says nothing about a field."""
    one, empty = reading(currency="EUR"), reading()
    assert not row_of(compare_readings([one, empty]), "currency").agreed
    assert row_of(compare_readings([one, None]), "currency").agreed


def test_truth_says_what_is_right_and_what_was_made_up() -> None:
    """A value where the page has none is wrong; none there is right."""
    assert TRUTH["meta"]["visible"]["shipping_address"] == "absent"
    good, bad = reading(invoice_number=TRUTH["invoice_number"]), reading(invoice_number="0", shipping_address="Here")
    rows = compare_readings([good, bad], TRUTH)
    assert rights(row_of(rows, "invoice_number")) == [True, False]
    assert rights(row_of(rows, "shipping_address")) == [True, False]


def test_without_truth_the_vote_decides_and_else_the_majority() -> None:
    """Two of three are a majority, one of two is none; a vote goes before both."""
    readings = [reading(currency=code) for code in ("EUR", "EUR", "USD")]
    row = row_of(compare_readings(readings), "currency")
    assert (row.basis, rights(row)) == ("majority", [True, True, False])
    row = row_of(compare_readings(readings, votes=[vote("currency", "USD")]), "currency")
    assert (row.basis, rights(row)) == ("vote", [False, False, True])
    row = row_of(compare_readings(readings[1:]), "currency")
    assert (row.basis, rights(row)) == (None, [None, None])


def test_a_vote_can_be_that_nothing_is_there() -> None:
    """Then the recipe without a value is right."""
    readings = [reading(due_date=date(2026, 1, 2)), reading()]
    row = row_of(compare_readings(readings, votes=[vote("due_date", None)]), "due_date")
    assert rights(row) == [False, True]
    assert not row.empty


def test_lines_are_aligned_whatever_their_place() -> None:
    """A line that one recipe missed or made up moves no other; what only one has stands after the line it follows."""
    first = reading(line_items=(item("Paper", "10"), item("Ink", "20"), item("Glue", "30")))
    second = reading(
        line_items=(item("Paper", "10"), item("Carried forward", "7"), item("Ink", "20"), item("Glue", "31"))
    )
    rows = [row for row in compare_readings([first, second]) if row.info.name == "description"]
    texts = [[entry.value if entry else None for entry in row.entries] for row in rows]
    assert texts == [["Paper", "Paper"], [None, "Carried forward"], ["Ink", "Ink"], ["Glue", "Glue"]]
    assert [row.line for row in rows] == [0, 1, 2, 3]
    assert [row.path for row in rows] == [f"line_items.{number}.description" for number in (0, 3, 1, 2)]


def test_lines_keep_their_number_when_a_later_recipe_is_put_in() -> None:
    """So a vote on a line stays with it."""
    first = [{"description": "Paper", "total_price": "10"}, {"description": "Ink", "total_price": "20"}]
    extra = [{"description": "Header", "total_price": None}, *first]
    assert [line.number for line in align(LINE_ITEMS, [first])] == [0, 1]
    assert [line.number for line in align(LINE_ITEMS, [first, extra])] == [2, 0, 1]


def test_true_lines_come_first_and_judge_the_cells() -> None:
    """A line that is not on the page is wrong in every cell it has."""
    lines = [LineItem(**line) for line in TRUTH["line_items"]]
    rows = compare_readings([reading(line_items=(*lines[:2], item("Made up", "1")))], TRUTH)
    assert rights(row_of(rows, "line_items.0.description")) == [True]
    assert rights(row_of(rows, "line_items.2.total_price")) == [False]
    assert rights(row_of(rows, "line_items.3.description")) == [False]
