"""A prediction compared value by value says the same as the scores do, and where."""

from __future__ import annotations

from typing import Any

from core.evaluation import score_case
from core.evaluation.outcome import compare
from samples.generate import make_sample
from samples.invoices import Wishes

TRUTH = make_sample(1, "en", wishes=Wishes(lines=3, rates=1, vendor=0)).truth


def prediction(**changes: Any) -> dict[str, Any]:
    """The truth as if it had been read, with some fields changed."""
    return {name: value for name, value in TRUTH.items() if name != "meta"} | changes


def test_what_was_read_as_printed_is_right() -> None:
    """Every value, line by line, and nothing is missing."""
    found = compare(TRUTH, prediction())
    assert not found.wrong
    assert not found.missing
    assert found.right["line_items.2.total_price"]


def test_wrong_and_missing_values_are_told_apart() -> None:
    """A wrong name is no wrong amount, number or date; an empty date is missing; an invented address is wrong."""
    assert TRUTH["meta"]["visible"]["shipping_address"] == "absent"
    found = compare(
        TRUTH, prediction(vendor_name="Somebody", invoice_number="1", due_date=None, shipping_address="Here")
    )
    assert set(found.wrong) == {"vendor_name", "invoice_number", "shipping_address"}
    assert found.wrong_critical == ["invoice_number"]
    assert found.missing == ["due_date"]


def test_lines_are_followed_where_they_stand() -> None:
    """A line in between that is not on the page does not make the others wrong."""
    invented = {"description": "Subtotal carried forward", "quantity": None, "unit_price": None, "total_price": "9"}
    lines = TRUTH["line_items"]
    found = compare(TRUTH, prediction(line_items=[lines[0], invented, *lines[1:]]))
    assert set(found.wrong) == {"line_items.1.description", "line_items.1.total_price"}


def test_a_line_that_was_not_read_is_missing_cell_by_cell() -> None:
    """And the counts are those of the scores."""
    wrong = prediction(line_items=TRUTH["line_items"][:2], total_amount="1.00", currency=None)
    found, score = compare(TRUTH, wrong), score_case(TRUTH, wrong)
    assert found.missing.count("item.total_price") == 1
    assert sum(found.right.values()) == sum(count.tp for count in score.counts.values())
    assert len(found.wrong) == sum(count.fp for count in score.counts.values())
    assert len(found.wrong) + len(found.missing) == sum(count.fn for count in score.counts.values())
