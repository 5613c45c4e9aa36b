"""The review desk's acts: what is done in a walk goes into the edits, and nobody's goes under."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.evidence import Box
from core.extraction import Extraction, Finding
from core.invoice.model import Invoice, LineItem
from core.notation.typed import parse_value
from core.review import Reviewed
from core.review.edits import Edits
from core.review.stake import stake
from core.reviewing.acts import Act, Clash, acts_of, carry_out, merge
from core.reviewing.walk import walk_of
from tests.core.test_stops import GIVEN, read

LINES = (LineItem(description="Plank", quantity=Decimal(4)), LineItem(description="Hinge", quantity=Decimal(10)))
READ = read(GIVEN.model_copy(update={"line_items": LINES}))


def parse(path: str, text: str, extraction: Extraction = READ) -> object:
    """Typed text as a value."""
    return parse_value(extraction.type.field_of(path), text, extraction.own_notation)


def test_what_was_typed_stands_in_our_notation_with_its_place() -> None:
    """A browser tells places as fractions of the page."""
    told = [
        {
            "do": "set",
            "path": "total_amount",
            "text": "1,200.5",
            "was": "14.50",
            "place": {"page": 1, "at": [0.1, 0.2, 0.3, 0.4]},
        }
    ]
    edits = Edits()
    assert carry_out(edits, READ, acts_of(told, {1: (100, 200)}), parse) == []
    assert edits.texts == {"total_amount": "1200.5"}
    assert edits.drawn["total_amount"].boxes == (Box(10, 40, 30, 80),)


def test_what_is_no_act_of_this_document_is_left_out() -> None:
    """Whatever a browser sends."""
    told = [
        None,
        {"do": "drop tables"},
        {"do": "set", "path": "total_amount"},
        {"do": "set", "path": "no_such_field", "text": "x", "was": ""},
        {"do": "set", "path": "line_items.99.quantity", "text": "1", "was": ""},
        {"do": "set", "path": "total_amount", "text": "1", "was": "", "place": {"page": 7, "at": [0, 0, 1, 1]}},
        {"do": "yes", "paths": ["no_such_field"]},
    ]
    edits = Edits()
    carry_out(edits, READ, acts_of(told, {1: (100, 200)}), parse)
    assert edits == Edits()
    assert acts_of("nothing", {}) == []


def test_a_yes_and_a_value_that_was_offered_are_kept_as_such() -> None:
    """So that the trail and the status can tell."""
    edits = Edits()
    carry_out(
        edits,
        READ,
        [Act("yes", paths=("due_date", "check:language")), Act("set", "subtotal", "12.00", taken=True)],
        parse,
    )
    assert edits.confirmed == {"due_date", "check:language"}
    assert edits.proposed == {"subtotal": "12.00"}


def test_a_value_that_somebody_else_changed_since_stays_and_is_told() -> None:
    """The later one may then take either; another value of the same document is taken."""
    edits = Edits()
    carry_out(edits, READ, [Act("set", "total_amount", "99.00", "14.50")], parse)
    later = [Act("set", "total_amount", "15.00", "14.50"), Act("set", "vendor_name", "Acme Ltd", "Acme")]
    assert carry_out(edits, READ, later, parse) == [Clash("total_amount", "Total", "99.00", "15.00")]
    assert edits.texts == {"total_amount": "99.00", "vendor_name": "Acme Ltd"}
    assert carry_out(edits, READ, [Act("set", "total_amount", "15.00", "99.00")], parse) == []


def test_the_edits_of_two_windows_come_together_field_by_field() -> None:
    """Cells of the same table too; what both changed stays as the other has it."""
    base, mine, theirs = Edits(), Edits(), Edits()
    mine.set_text(READ.values, "vendor_name", "Mine")
    mine.set_text(READ.values, "line_items.0.quantity", "5")
    mine.set_text(READ.values, "total_amount", "1.00")
    mine.confirmed.add("due_date")
    theirs.set_text(READ.values, "line_items.1.quantity", "11")
    theirs.set_text(READ.values, "total_amount", "2.00")
    merged, clashes = merge(base, mine, theirs, READ)
    assert clashes == [Clash("total_amount", "Total", "2.00", "1.00")]
    assert merged.texts == {"vendor_name": "Mine", "total_amount": "2.00"}
    assert [row["quantity"] for row in merged.tables["line_items"]] == ["5", "11"]
    assert merged.confirmed == {"due_date"}


def test_the_walk_goes_through_a_table_column_by_column() -> None:
    """The header comes first."""
    unsure = {"line_items.0.quantity": 0.1, "line_items.1.description": 0.1, "vendor_name": 0.1}
    doubtful = read(READ.values, confidences=unsure)
    walk = walk_of(doubtful, Edits(), Reviewed(doubtful, {}), {})
    assert [stop["path"] for stop in walk["stops"]] == [
        "vendor_name",
        "line_items.1.description",
        "line_items.0.quantity",
    ]
    assert walk["tables"][0]["rows"][1][0]["text"] == "Hinge"


@pytest.mark.parametrize(("about", "expected"), [({}, 0.0), ({"confidences": {"total_amount": 0.6}}, 5.8)])
def test_the_stake_is_the_amount_times_the_doubt(about: dict[str, dict[str, float]], expected: float) -> None:
    """Nothing where nothing is asked."""
    assert stake(read(**about)) == pytest.approx(expected)


def test_a_document_without_an_amount_has_a_stake_too() -> None:
    """It is as likely wrong as any other."""
    found = Finding("language", "warning", "No language is known.")
    assert stake(read(Invoice(vendor_name="Acme"), findings=(found,))) > 100
