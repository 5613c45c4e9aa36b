"""Records of a type that is no invoice, on the Records page and through the studio: listed, narrowed to, opened, corrected,
saved to both stores, taken back and found again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import document_types
from core.document_types import USUAL, type_declared
from core.errors import RecordMissing
from core.extraction import Extraction, PageRef
from core.invoice.model import Invoice
from core.recipe import Recipe
from core.records import About, describe_duplicate
from core.stores.records import RecordQuery
from core.studio import Studio
from pages.records_parts.query import columns, title_of_column
from storage.workbook import Workbook
from tests.contract.test_records_of_types import PAYSLIP, payslip
from tests.core.declared.test_own_fields import ADDED
from tests.core.meter_bills import BILL, PAGE, VALUES
from tests.pages.test_records_page import open_page, said

BOTH = ("database", "workbook")


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The studio knows a type that ships beside the invoice."""
    kinds = (*document_types.SHIPPED, BILL)
    monkeypatch.setattr(document_types, "SHIPPED", kinds)
    monkeypatch.setattr("core.declared.shelf.SHIPPED", kinds)


def read() -> Extraction:
    """The bill as it was read."""
    return Extraction(
        document="d" * 64,
        name="bill.pdf",
        pages=(PageRef(1),),
        recipe=Recipe(type_name=BILL.name),
        type_name=BILL.name,
        values=VALUES,
        page_texts=(PAGE,),
        document_type="meter bill",
    )


def listed(app: AppTest) -> dict[str, list[str]]:
    """The list's columns, by name, with their cells as text."""
    return {str(name): [str(cell) for cell in app.dataframe[0].value[name]] for name in app.dataframe[0].value}


# --- through the studio --------------------------------------------------------------------------------------------


def test_a_bill_is_saved_to_both_stores_and_taken_back(studio: Studio) -> None:
    """Under one number; what the ledger has as final goes with it."""
    from datetime import UTC, datetime

    studio._parts.ledger.keep_run("run1", read(), datetime.now(UTC))
    receipt = studio.save(VALUES, BOTH, run_id="run1", extraction=read())
    book = Workbook(studio.workbook_path, studio.types.types)
    assert studio.record(receipt.order_id).values == book.get(receipt.order_id).values == VALUES
    changed = VALUES.model_copy(update={"to_pay": Decimal("90.00")})
    again = studio.save(changed, BOTH, run_id="run1", extraction=read(), update=receipt.order_id)
    assert book.get(receipt.order_id).values == changed
    finals = studio._parts.ledger.finals("run1")
    assert finals is not None
    assert finals.values["to_pay"] == "90.00"
    studio.undo(again)
    assert studio.record(receipt.order_id).values == book.get(receipt.order_id).values == VALUES
    studio.undo(receipt)
    with pytest.raises(RecordMissing):
        studio.record(receipt.order_id)
    with pytest.raises(RecordMissing):
        book.get(receipt.order_id)


def test_the_same_bill_is_told_where_it_is_stored(studio: Studio) -> None:
    """In the database or the workbook alone; an invoice with that number is another document."""
    receipt = studio.save(VALUES, BOTH)
    for target in BOTH:
        (found,) = studio.duplicates(None, VALUES, (target,))
        assert (
            describe_duplicate(found) == f"Meter bill C-4711 2026-03-01 is already stored as order {receipt.order_id}."
        )
    assert studio.duplicates(None, Invoice(invoice_number="C-4711", vendor_name="x"), BOTH) == []


def test_what_differs_and_is_deleted_is_of_any_type(studio: Studio) -> None:
    """Deleting takes it out of both stores, undo brings it back to both."""
    receipt = studio.save(VALUES, BOTH)
    assert studio.records.holders(receipt.order_id) == BOTH
    gone = studio.remove(receipt.order_id)
    assert studio.search(RecordQuery()).total == 0
    studio.undo(gone)
    assert studio.record(receipt.order_id).values == VALUES
    assert Workbook(studio.workbook_path, studio.types.types).get(receipt.order_id).values == VALUES
    assert studio.records.what_differs() == []


# --- on the page ---------------------------------------------------------------------------------------------------


def test_records_of_all_types_are_listed_together_and_one_type_by_itself(studio: Studio) -> None:
    """In one list by the part that a value plays; narrowed to a type by that type's own fields."""
    studio.save(
        Invoice(invoice_number="R-1", vendor_name="Acme", currency="EUR"), ("database",), about=About("invoice")
    )
    studio.save(VALUES, ("database",), about=About("meter bill"))
    app = open_page()
    assert listed(app)["invoice_number"] == ["C-4711", "R-1"]
    assert listed(app)["vendor_name"] == ["", "Acme"]
    app = open_page(type="meter bill", sort="invoice_date")
    assert listed(app)["contract"] == ["C-4711"]
    assert listed(app)["to_pay"] == ["82.50"]
    assert "vendor_name" not in listed(app)
    assert list(app.selectbox(key="sort").options)[:4] == ["Order", "Contract", "Read on", "To pay"]
    assert listed(open_page(type="invoice"))["invoice_number"] == ["R-1"]


def test_a_list_is_narrowed_by_a_field_that_a_person_declared(studio: Studio) -> None:
    """A range of amounts of a type of theirs, the words of a field that they added to invoices, which is a column to sort by;
    it is offered only once it is declared."""
    assert "Cost centre" not in next(box for box in open_page().selectbox if box.key == "field").options
    studio.types.keep(PAYSLIP)
    studio.types.keep(ADDED)
    for number, net in (("P-1", "900.00"), ("P-2", "1100.00")):
        studio.save(payslip(number, "Ada", net), ("database",))
    for centre in ("4711-B", "4712-B"):
        studio.save(type_declared(ADDED).model(cost_centre=centre), ("database",))
    assert listed(open_page(field="Net", least="1000"))["order_id"] == ["2"]
    assert listed(open_page(field="Net", most="1000", type="payslip"))["net"] == ["900.00"]
    assert listed(open_page(field="Cost centre", holds="4712"))["cost_centre"] == ["4712-B"]
    assert listed(open_page(sort="Cost centre", order="descending"))["cost_centre"][:2] == ["4712-B", "4711-B"]
    app = open_page(field="Cost centre", holds="9999")
    app.button(key="records_clear").click().run()
    assert len(listed(app)["order_id"]) == 4


def test_a_record_says_its_type_where_the_document_does_not(studio: Studio) -> None:
    """In the list of all types."""
    studio.save(VALUES, BOTH, extraction=read().model_copy(update={"document_type": None}))
    assert listed(open_page())["document_type"] == ["meter bill"]


def test_a_bill_is_opened_and_corrected(studio: Studio) -> None:
    """Its own fields and both its tables; nothing that only invoices have."""
    number = studio.save(VALUES, BOTH, status="needs review", about=About("meter bill")).order_id
    app = open_page(record=str(number))
    labels = [field.label for field in app.text_input]
    assert "Contract *" in labels
    assert "Amount due" not in labels
    assert {"##### Readings", "##### Taxes"} <= {text.value for text in app.markdown}
    contract = next(field for field in app.text_input if field.label == "Contract *")
    contract.set_value("C-4712").run()
    app.button(key="record_save").click().run()
    assert not app.exception
    held = studio.record(number)
    assert (held.values.contract, held.status) == ("C-4712", "reviewed"), said(app)
    assert Workbook(studio.workbook_path, studio.types.types).get(number).values.contract == "C-4712"


def test_the_columns_of_a_list_are_its_types(tmp_path: Path) -> None:
    """The most telling first, with the titles of its fields; what is due is known of invoices alone."""
    assert columns(BILL) == ("order_id", "contract", "read_on", "to_pay", "status", "updated_at", "document_type")
    assert [title_of_column(name, BILL) for name in columns(BILL)][:3] == ["Order", "Contract", "Read on"]
    assert columns()[:6] == ("order_id", "vendor_name", "invoice_number", "total_amount", "status", "invoice_date")
    assert set(columns()) >= {*USUAL.list_columns} - {"currency"} | {"amount_due"}
