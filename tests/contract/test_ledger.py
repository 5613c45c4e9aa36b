"""What the ledger keeps of documents, runs and field values, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from core.evidence import Box, Evidence
from core.extraction import Extraction, Finding, PageRef, Provenance, StepRecord
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.invoice.model import Invoice, LineItem
from core.recipe import Correction, Recipe
from core.stores.ledger import ReviewedValue
from core.stores.records import Record, RecordQuery
from storage.columns import Facts
from storage.database import Database
from storage.ledger import SqlLedger
from storage.orders import SqlOrders
from storage.tables import DOCUMENTS, FIELD_VALUES, RUNS

STARTED = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str, open_store: Callable[[str], Database]) -> Database:
    """An empty database."""
    return open_store(database_url)


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    """An empty ledger."""
    return SqlLedger(database)


def rows(database: Database, table: Any) -> list[dict[str, Any]]:
    """All rows of a table."""
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def extraction(**values: Any) -> Extraction:
    """A run's result with one line."""
    invoice = Invoice(
        invoice_number="R-1",
        total_amount="12.50",
        line_items=(LineItem(description="Lamp\x00", quantity="1", total_price="12.5"),),
    )
    base = {
        "document": "a" * 64,
        "name": "invoice.pdf",
        "pages": (PageRef(2, 90),),
        "recipe": Recipe(name="mine"),
        "values": invoice,
        "evidence": {"invoice_number": Evidence(2, (Box(0, 0, 1, 1),), "R-1", 1.0, "exact")},
        "provenance": {"invoice_number": Provenance("rules", "label", "Invoice no.")},
        "findings": (Finding("required", "warning", "No vendor was found. \ud800", ("vendor_name",)),),
        "confidences": {"invoice_number": 0.9, "total_amount": 0.25},
        "extractor": "rules",
        "steps": (StepRecord("load", "finished", 0.5), StepRecord("ocr", "finished", 1.25, True, "1 page")),
    }
    return Extraction.model_validate(base | values)


def values_of(database: Database) -> dict[str, dict[str, Any]]:
    """The field rows by path."""
    return {row["path"]: row for row in rows(database, FIELD_VALUES)}


def test_a_document_is_noted_once(ledger: SqlLedger, database: Database) -> None:
    """The same bytes again change nothing but the name."""
    ledger.keep_document("a" * 64, "scan.pdf", "application/pdf", 1000, 3)
    (first,) = rows(database, DOCUMENTS)
    ledger.keep_document("a" * 64, "invoice.pdf", "application/pdf", 1000, 3)
    assert rows(database, DOCUMENTS) == [first | {"name": "invoice.pdf"}]


def test_a_finding_keeps_by_how_much_a_sum_is_off(ledger: SqlLedger, database: Database) -> None:
    """A difference is a decimal, which JSON knows not: the run is kept nevertheless, its digits exact."""
    off = Finding("arithmetic", "error", "The lines do not add up.", ("subtotal",), difference=Decimal("0.10"))
    ledger.keep_run("r1", extraction(findings=(off,)), STARTED)
    (row,) = rows(database, RUNS)
    assert row["findings"][0]["difference"] == "0.10"


def test_a_run_is_a_row_with_all_its_facts(ledger: SqlLedger, database: Database) -> None:
    """Recipe, step times, cache hits, findings, confidences, seconds, verdict, extractor and error."""
    ledger.keep_run("r1", extraction(), STARTED, error="page 2 failed")
    (row,) = rows(database, RUNS)
    assert (row["started_at"], row["seconds"], row["cached_steps"]) == (STARTED, 1.75, 1)
    assert (row["extractor"], row["verdict"], row["error"]) == ("rules", "needs review", "page 2 failed")
    assert Recipe.model_validate(row["recipe"]) == Recipe(name="mine")
    assert row["recipe_digest"] == Recipe().digest
    assert row["pages"] == [[2, 90]]
    assert row["steps"][1] == {"step": "ocr", "state": "finished", "seconds": 1.25, "cached": True, "detail": "1 page"}
    assert row["findings"][0]["fields"] == ["vendor_name"]
    assert row["confidences"]["invoice_number"] == 0.9


def test_every_field_is_a_row_as_extracted(ledger: SqlLedger, database: Database) -> None:
    """Header and lines, with confidence, the rule, and whether it stands on the page; empty ones too."""
    ledger.keep_run("r1", extraction(), STARTED)
    kept = values_of(database)
    assert len(kept) == len(INVOICE.header) + len(LINE_ITEMS.columns)
    number = kept["invoice_number"]
    assert (number["extracted"], number["confidence"], number["rule"]) == ("R-1", 0.9, "label")
    assert (number["found_on_page"], number["changed"], number["final"]) == (True, None, None)
    assert (kept["total_amount"]["extracted"], kept["total_amount"]["found_on_page"]) == ("12.50", False)
    assert (kept["vendor_name"]["extracted"], kept["vendor_name"]["found_on_page"]) == (None, None)
    assert kept["line_items.0.description"]["extracted"] == "Lamp"


def test_final_values_stand_beside_the_extracted(ledger: SqlLedger, database: Database) -> None:
    """Changed or not is decided by value: 12.5 is 12.50; an added line has rows of its own."""
    ledger.keep_run("r1", extraction(), STARTED)
    items = (LineItem(description="Lamp", quantity="1.0", total_price="13"), LineItem(description="Freight"))
    ledger.keep_final("r1", 7, Invoice(invoice_number="R-1", total_amount="12.5", vendor_name="V", line_items=items))
    kept = values_of(database)
    changed = {path for path, row in kept.items() if row["changed"]}
    assert changed == {"vendor_name", "line_items.0.total_price", "line_items.1.description"}
    assert {row["order_id"] for row in kept.values()} == {7}
    assert (kept["total_amount"]["extracted"], kept["total_amount"]["final"]) == ("12.50", "12.5")
    assert kept["invoice_number"]["confidence"] == 0.9


def test_a_second_save_replaces_the_final_values(ledger: SqlLedger, database: Database) -> None:
    """A line that was deleted ends as null, changed where something had been extracted."""
    ledger.keep_run("r1", extraction(), STARTED)
    ledger.keep_final("r1", 7, extraction().values)
    ledger.keep_final("r1", 7, Invoice(invoice_number="R-1"))
    kept = values_of(database)
    assert (kept["line_items.0.quantity"]["final"], kept["line_items.0.quantity"]["changed"]) == (None, True)
    assert kept["line_items.0.unit_price"]["changed"] is False


def test_final_values_of_an_unknown_run_are_kept(ledger: SqlLedger, database: Database) -> None:
    """A run from before the database was changed does not stop a save."""
    ledger.keep_final("gone", None, Invoice(invoice_number="R-1"))
    assert values_of(database)["invoice_number"]["final"] == "R-1"


def test_runs_are_listed_latest_first(ledger: SqlLedger) -> None:
    """As many as asked for; a run kept twice is one."""
    for number in range(4):
        ledger.keep_run(f"r{number}", extraction(), STARTED + timedelta(minutes=number))
    ledger.keep_run("r3", extraction(name="again.pdf"), STARTED + timedelta(minutes=3))
    listed = ledger.runs(limit=3)
    assert [(run.run_id, run.name) for run in listed] == [
        ("r3", "again.pdf"),
        ("r2", "invoice.pdf"),
        ("r1", "invoice.pdf"),
    ]
    assert (listed[0].started_at, listed[0].recipe_name, listed[0].cached_steps) == (
        STARTED + timedelta(minutes=3),
        "mine",
        1,
    )


def reviewed(ledger: SqlLedger, database: Database, run_id: str, final: Invoice, status: str = "reviewed") -> None:
    """A run of :func:`extraction` whose record a person saved as ``final``."""
    orders = SqlOrders(database)
    order = Record(final, status, orders.reserve_id(), run_id=run_id, created_at=STARTED, updated_at=STARTED)  # type: ignore[arg-type]
    orders.add(order)
    ledger.keep_run(run_id, extraction(), STARTED)
    ledger.keep_final(run_id, order.order_id, final)


def test_reviewed_values_say_what_a_person_changed(ledger: SqlLedger, database: Database) -> None:
    """Only values with a confidence, of records that a person reviewed: an approved one nobody looked at."""
    read = extraction().values
    reviewed(ledger, database, "r1", read.model_copy(update={"total_amount": Decimal("21.50")}))
    reviewed(ledger, database, "r2", read, "approved")
    assert list(ledger.reviewed_values()) == [
        ReviewedValue("invoice_number", 0.9, False),
        ReviewedValue("total_amount", 0.25, True),
    ]


def test_reviewed_values_name_the_correction_then_in_force(ledger: SqlLedger, database: Database) -> None:
    """Only so can the shipped confidence be told again; lines that moved are left out."""
    correction = Correction(header_shift=-0.5, reviewed=300)
    confidences = {"invoice_number": 0.9, "line_items.0.total_price": 0.8}
    run = extraction(recipe=Recipe(correction=correction), confidences=confidences)
    reviewed(ledger, database, "r1", run.values)
    ledger.keep_run("r1", run, STARTED)
    order_id = SqlOrders(database).search(RecordQuery()).rows[0].order_id
    ledger.keep_final("r1", order_id, run.values)
    assert [value.path for value in ledger.reviewed_values()] == ["invoice_number", "line_items.0.total_price"]
    assert {value.correction for value in ledger.reviewed_values()} == {correction}
    ledger.keep_final("r1", order_id, run.values.model_copy(update={"line_items": ()}))
    assert [value.path for value in ledger.reviewed_values()] == ["invoice_number"]


def test_each_recipe_is_read_once_for_the_reviewed_values(
    ledger: SqlLedger, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once a value: a recipe is long, and many runs share one. Every run's own correction still counts."""
    read: list[object] = []
    convert = Facts.process_result_value
    monkeypatch.setattr(Facts, "process_result_value", lambda *told: read.append(told[1]) or convert(*told))
    other = Correction(header_shift=-0.5, reviewed=300)
    for number in range(6):
        reviewed(ledger, database, f"r{number}", extraction().values)
    ledger.keep_run("r9", extraction(recipe=Recipe(correction=other)), STARTED)
    order = Record(extraction().values, "reviewed", SqlOrders(database).reserve_id(), run_id="r9")
    SqlOrders(database).add(order)
    ledger.keep_final("r9", order.order_id, order.values)
    read.clear()
    found = list(ledger.reviewed_values())
    assert [value.correction for value in found].count(other) == 2
    assert len(found) == 14
    assert len(read) == 2


def test_confidences_of_before_they_were_probabilities_teach_nothing(ledger: SqlLedger, database: Database) -> None:
    """A run of an earlier studio, whose recipe knows no correction."""
    reviewed(ledger, database, "r1", extraction().values)
    recipe = Recipe().model_dump(mode="json", exclude={"correction"})
    with database.write() as connection:
        connection.execute(update(RUNS).values(recipe=recipe))
    assert list(ledger.reviewed_values()) == []


def judged(database: Database) -> list[tuple[object, ...]]:
    """What each run's row says of its values."""
    return [(row["run_id"], row["right_values"], row["wrong_values"]) for row in rows(database, RUNS)]


def test_a_run_counts_what_the_person_left_and_changed(ledger: SqlLedger, database: Database) -> None:
    """Nothing before a save; what was empty and stayed so is no value that was right; an undo takes the counts back."""
    ledger.keep_run("r1", extraction(), STARTED)
    assert judged(database) == [("r1", None, None)]
    read = extraction().values
    ledger.keep_final("r1", 7, read.model_copy(update={"total_amount": Decimal(13), "invoice_number": None}))
    assert judged(database) == [("r1", 3, 2)]
    ledger.keep_final("r1", 7, read)
    assert judged(database) == [("r1", 5, 0)]
    ledger.put_finals("r1", None, "undone")
    assert judged(database) == [("r1", None, None)]


def test_a_run_is_from_the_cache_where_all_its_extraction_was(ledger: SqlLedger, database: Database) -> None:
    """A cascade of which one reader was asked anew is not; pages from the cache alone are not either."""
    found, asked = (StepRecord("extract", "finished", 0.1, cached) for cached in (True, False))
    for number, steps in enumerate(
        ((found,), (found, found), (found, asked), (), (StepRecord("ocr", "finished", 1, True),))
    ):
        ledger.keep_run(f"r{number}", extraction(steps=steps), STARTED)
    assert [row["from_cache"] for row in rows(database, RUNS)] == [True, True, False, False, False]
