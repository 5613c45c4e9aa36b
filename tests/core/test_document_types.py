"""Documents of any type: what is generic works for a type that nobody coded for, and what was kept before is read."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from core import document_types
from core.extraction import Extraction, PageRef, Provenance
from core.judgement import judge
from core.llm.reply import fields_so_far
from core.matching import find_evidence
from core.recipe import Recipe
from core.review import review
from core.review.edits import Edits, edits_from, read_edits
from core.review.stops import stops
from core.schema.path import Path as FieldPath
from core.schema.path import cell_path
from core.stores.records import Record
from tests.core.meter_bills import BILL, PAGE, VALUES

KEPT = Path(__file__).with_name("kept")
TODAY = date(2026, 5, 31)


@pytest.fixture
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The studio knows the type."""
    monkeypatch.setattr(document_types, "SHIPPED", (*document_types.SHIPPED, BILL))


def read() -> Extraction:
    """A bill as a model might have read it."""
    evidence = find_evidence(VALUES, [PAGE], {})
    known = {path: Provenance("some-model", "model", score=0.85) for path, _, _ in BILL.walk(VALUES)}
    return Extraction(
        document="0" * 64,
        name="bill.pdf",
        pages=(PageRef(1),),
        recipe=Recipe(),
        type_name=BILL.name,
        values=VALUES,
        evidence=evidence,
        provenance=known,
        page_texts=(PAGE,),
    )


@pytest.mark.parametrize("text", ["contract", "readings.0.used", "readings.12.meter"])
def test_a_path_is_a_value_that_its_text_names(text: str) -> None:
    """What is stored stays the text."""
    assert str(FieldPath.parse(text)) == text


def test_a_path_says_where_it_leads() -> None:
    """A header field, or table, row and column."""
    assert FieldPath.parse("contract") == FieldPath("contract")
    assert FieldPath.parse("readings.3.used") == ("used", "readings", 3)
    assert cell_path("readings", 3, "used") == "readings.3.used"


@pytest.mark.parametrize("text", ["readings.0", "readings.x.used", "readings.-1.used", "a.1.b.c"])
def test_what_is_no_path_is_refused(text: str) -> None:
    """Also where a program or a page sends it."""
    with pytest.raises(KeyError):
        FieldPath.parse(text)


@pytest.mark.usefixtures("bills")
def test_values_of_any_type_are_found_on_the_page() -> None:
    """Header values, the last place where it is meant, and the cells of a row together."""
    found = find_evidence(VALUES, [PAGE], {})
    assert set(found) == {path for path, _, _ in BILL.walk(VALUES)}
    deposit, to_pay = (word.box for word in PAGE.words if word.text == "82.50")
    assert found["to_pay"].boxes[0] == to_pay != deposit
    assert found["readings.1.used"].boxes[0].y0 == found["readings.1.meter"].boxes[0].y0


@pytest.mark.usefixtures("bills")
def test_a_document_of_any_type_is_judged_and_reviewed() -> None:
    """The general checks look at its fields; the walk asks by its own titles; an edit is read as its field's kind."""
    judged = judge(read(), today=TODAY)
    assert not [finding for finding in judged.findings if finding.severity == "error"]
    edits = Edits()
    edits.set_text(VALUES, "readings.1.used", "34")
    edits.set_text(VALUES, "contract", "")
    now = read_edits(VALUES, edits, lambda path, text: Decimal(text)).values
    assert now.readings[1].used == Decimal(34)
    reviewed = review(judged, now, today=TODAY)
    assert set(reviewed.was) == {"readings.1.used", "contract"}
    assert [stop.path for stop in stops(reviewed.extraction) if stop.kind == "missing"] == ["contract"]
    assert BILL.title_of("readings.1.used") == "Reading 2 used"


@pytest.mark.usefixtures("bills")
def test_a_kept_run_of_any_type_comes_back_as_it_was() -> None:
    """Its values are of its own model again."""
    again = Extraction.model_validate_json(read().model_dump_json())
    assert again == read()
    assert again.type is BILL


@pytest.mark.usefixtures("bills")
def test_the_fields_of_a_reply_are_shown_while_it_arrives() -> None:
    """Whatever the document's type calls its table."""
    reply = json.dumps({BILL.key: {"contract": "C-1", "readings": [{"meter": "M-9", "used": "4"}]}})
    assert fields_so_far(reply, BILL) == {"contract": "C-1", "readings.0.meter": "M-9", "readings.0.used": "4"}


def test_a_type_that_is_not_here_is_named() -> None:
    """A run of another version of the studio is not mistaken for an invoice."""
    kept = json.loads((KEPT / "run_of_0.1.0.json").read_text(encoding="utf-8"))
    with pytest.raises(ValidationError, match="no document type “payslip”"):
        Extraction.model_validate({**kept, "type_name": "payslip"})


def test_a_run_kept_by_the_first_version_is_an_invoice() -> None:
    """It names no type."""
    text = (KEPT / "run_of_0.1.0.json").read_text(encoding="utf-8")
    assert "type_name" not in json.loads(text)
    kept = Extraction.model_validate_json(text)
    assert kept.type.name == "invoice"
    assert kept.value_at("line_items.0.quantity") is not None
    again = judge(kept.model_copy(update={"findings": ()}), today=TODAY)
    assert again.confidences.keys() == kept.confidences.keys()


def test_what_was_kept_as_paid_beside_an_invoice_is_among_its_values() -> None:
    """Of a run and of a record in a draft, also where they call the values an invoice."""
    kept = json.loads((KEPT / "run_of_0.1.0.json").read_text(encoding="utf-8"))
    paid = {"paid_amount": "20.00", "amount_due": "99.00"}
    again = Extraction.model_validate({**kept, "payment": paid})
    assert (str(again.values.paid_amount), str(again.values.amount_due)) == ("20.00", "99.00")
    record = {"invoice": {"invoice_number": "R-1"}, "status": "reviewed", "payment": {**paid, "paid_amount": None}}
    held = TypeAdapter(Record).validate_python(record)
    assert (held.values.invoice_number, held.values.paid_amount, str(held.values.amount_due)) == ("R-1", None, "99.00")


def test_a_draft_kept_by_the_first_version_is_taken_up() -> None:
    """With its texts, its lines, what was confirmed and what was saved."""
    kept = Extraction.model_validate_json((KEPT / "run_of_0.1.0.json").read_text(encoding="utf-8"))
    edits = edits_from(json.loads((KEPT / "draft_of_0.1.0.json").read_text(encoding="utf-8")))
    assert edits.text_at(kept.values, "customer_id") == "K-77"
    assert edits.text_at(kept.values, "line_items.0.quantity") == "5"
    assert edits.confirmed == {"vendor_name"}
    assert edits.saved == kept.values
    assert edits.receipt is not None
    assert edits.receipt.order_id == 1
