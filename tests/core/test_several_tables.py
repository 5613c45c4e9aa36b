"""A type with several tables: all of them are edited, measured and compared, and what tells documents of a type apart is its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core import document_types
from core.comparison.sheet import compare_readings
from core.document_types import USUAL
from core.evaluation.cases import Case
from core.evaluation.outcome import compare
from core.evaluation.report import Report, ScoredCase
from core.evaluation.scoring import score_case, type_of_truth
from core.extraction import Extraction, PageRef
from core.extraction_json import plain
from core.judgement import judge
from core.recipe import Recipe
from core.records import describe_duplicate
from core.review.before import before, put_back
from core.review.edits import Edits, differences, edits_from, read_edits, rows_of
from core.stores.receipt import SaveReceipt
from core.stores.records import Duplicate, Record
from storage.keys import haystack, match_key
from tests.core.meter_bills import BILL, PAGE, VALUES, Reading, Tax

READINGS, TAXES = BILL.tables


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The studio knows the type."""
    monkeypatch.setattr(document_types, "SHIPPED", (*document_types.SHIPPED, BILL))


def parse(path: str, text: str) -> object:
    """Every text is a number."""
    return Decimal(text)


def truth(**more: Any) -> dict[str, Any]:
    """The truth of the bill, with all its values visible."""
    shown: dict[str, Any] = {info.name: True for info in BILL.header}
    for table in BILL.tables:
        shown[table.name] = [{c.name: True for c in table.columns} for _ in BILL.rows(VALUES, table)]
    return {"document_type": BILL.name, **plain(VALUES.model_dump()), "meta": {"visible": shown}, **more}


# --- edits ---------------------------------------------------------------------------------------------------------


def test_cells_of_every_table_are_edited() -> None:
    """Each where its path says."""
    edits = Edits()
    edits.set_text(VALUES, "taxes.0.amount", "5.41")
    edits.set_text(VALUES, "readings.1.used", "34")
    edits.set_text(VALUES, "taxes.1.rate", "19")
    now = read_edits(VALUES, edits, parse).values
    assert now.taxes == (Tax(rate=Decimal(7), amount=Decimal("5.41")), Tax(rate=Decimal(19)))
    assert now.readings == (VALUES.readings[0], Reading(meter="M-2", used=Decimal(34)))
    assert [title for title, _, _ in differences(VALUES, now)] == ["Reading 2 used", "Tax 1 amount", "Tax 2 rate"]


def test_a_row_put_into_one_table_moves_nothing_in_another() -> None:
    """What was confirmed stays with its own rows."""
    edits = Edits(confirmed={"readings.0.used", "taxes.0.rate"})
    edits.insert_row(VALUES, TAXES, 0, {"rate": "19"})
    assert edits.confirmed == {"readings.0.used", "taxes.1.rate"}
    assert edits.rows(VALUES, READINGS) == rows_of(VALUES, READINGS)
    assert [row["rate"] for row in edits.rows(VALUES, TAXES)] == ["19", "7"]


def test_what_was_put_into_a_second_table_is_taken_back() -> None:
    """With the row that was added for it."""
    edits = Edits()
    was = before(edits, VALUES, "taxes.1.amount")
    edits.set_text(VALUES, "taxes.1.amount", "9")
    put_back(edits, VALUES, was)
    assert edits.tables == {}


def test_edits_and_records_of_any_type_survive_as_json() -> None:
    """Their values are of their own model again."""
    record = Record(VALUES, "reviewed", 7)
    edits = Edits(saved=VALUES, receipt=SaveReceipt(7, ("database",), {"database": None}, {"database": record}))
    edits.set_text(VALUES, "taxes.0.amount", "6")
    again = edits_from(edits.to_json())
    assert again == edits
    assert again.saved == VALUES
    assert again.receipt is not None
    assert again.receipt.stored["database"] == record


# --- measured and compared -----------------------------------------------------------------------------------------


def test_every_table_is_scored() -> None:
    """The first as ever, another under its own name; a wrong cell and a made-up row count."""
    wrong = VALUES.model_copy(update={"taxes": (Tax(rate=Decimal(7), amount=Decimal(9)), Tax(rate=Decimal(19)))})
    score = score_case(truth(), plain(wrong.model_dump()))
    counts = {name: (count.tp, count.fp, count.fn) for name, count in score.counts.items()}
    assert counts["item.used"] == (2, 0, 0)
    assert counts["item.taxes.amount"] == (0, 1, 1)
    assert counts["item.taxes.rate"] == (1, 1, 0)
    assert (score.items_right, score.items_scorable) == (2, 3)
    assert score.header_exact
    fields = Report((ScoredCase(Case("a", truth(), None), score),)).fields
    assert list(fields) == [
        *(info.name for info in BILL.header),
        "item.meter",
        "item.used",
        "item.taxes.rate",
        "item.taxes.amount",
    ]


def test_every_table_is_compared_value_by_value() -> None:
    """What is missing knows where it stands in the truth."""
    found = compare(truth(), {**plain(VALUES.model_dump()), "taxes": []})
    assert {value.name: value.truth_path for value in found.misses} == {
        "item.taxes.rate": "taxes.0.rate",
        "item.taxes.amount": "taxes.0.amount",
    }
    assert found.right["readings.1.used"]


def test_every_table_stands_in_a_comparison() -> None:
    """Lines under what each table calls its rows."""
    read = Extraction(
        document="0" * 64, name="bill.pdf", pages=(PageRef(1),), recipe=Recipe(), type_name=BILL.name, values=VALUES
    )
    other = read.model_copy(update={"values": VALUES.model_copy(update={"taxes": (Tax(rate=Decimal(7)),)})})
    sheet = {row.path: row for row in compare_readings([read, other], truth())}
    assert sheet["taxes.0.amount"].title == "Tax 1 · Amount"
    assert [entry and entry.right for entry in sheet["taxes.0.amount"].entries] == [True, False]
    assert sheet["readings.1.used"].title == "Reading 2 · Used"
    assert sheet["contract"].title == "Contract"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, BILL),
        ({"document_type": "other"}, USUAL),
        ({"document_type": "invoice"}, USUAL),
        ({"document_type": None, "meta": {"visible": {}, "type": "meter bill"}}, BILL),
        ({"document_type": None}, USUAL),
        ({"meta": {"visible": {"vendor_name": True}}}, USUAL),
    ],
)
def test_a_case_says_of_which_type_it_is(told: dict[str, Any], expected: Any) -> None:
    """By its document type, where its fields are of that; by the older ``meta.type``; else it is an invoice."""
    assert type_of_truth(truth(**told)) is expected


def test_a_case_is_read_as_its_type() -> None:
    """By a recipe that does not say itself what it reads; that of an invoice stays as it was."""
    case = Case("a", truth(), None)
    assert case.read_with(Recipe()).type_name == BILL.name
    assert case.read_with(Recipe(type_name="invoice")).type_name == "invoice"
    recipe = Recipe()
    assert Case("b", {"meta": {"visible": {}}}, None).read_with(recipe) is recipe


# --- what tells documents apart ------------------------------------------------------------------------------------


def test_two_bills_are_the_same_by_their_types_own_fields() -> None:
    """Numbers, days and texts; nothing is the same where one of them is missing."""
    same = VALUES.model_copy(update={"contract": "c 4711", "to_pay": None})
    assert match_key(VALUES) == match_key(same) == "c4711|2026-03-01"
    assert match_key(VALUES.model_copy(update={"read_on": None})) is None
    assert haystack(VALUES) == "c-4711"


def test_a_duplicate_is_told_by_its_types_own_words() -> None:
    """The title, the number, who issued it, and what else tells."""
    known = {"contract": "C-4711", "read_on": "2026-03-01"}
    bill = Duplicate(3, "values", "database", known, None, BILL)
    assert describe_duplicate(bill) == "Meter bill C-4711 2026-03-01 is already stored as order 3."
    invoice = Duplicate(4, "values", "database", {"vendor_name": "Acme", "invoice_number": "R-1"}, None)
    assert describe_duplicate(invoice) == "Invoice R-1 of Acme is already stored as order 4."
    assert describe_duplicate(replace(bill, reason="document")) == "This document is already stored as order 3."


def test_all_rows_are_judged() -> None:
    """Cells of a second table have their confidence too."""
    read = Extraction(
        document="0" * 64,
        name="bill.pdf",
        pages=(PageRef(1),),
        recipe=Recipe(),
        type_name=BILL.name,
        values=VALUES,
        page_texts=(PAGE,),
    )
    assert "taxes.0.amount" in judge(read, today=date(2026, 5, 31)).confidences
