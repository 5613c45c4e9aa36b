"""A saved record: what it keeps of its document, and what happens where two people save it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.errors import RecordChanged
from core.extraction import Extraction
from core.invoice.model import Invoice
from core.recipe import Recipe
from core.records import About
from core.settings import Settings
from core.studio import Studio

PAID = {"paid_amount": Decimal("20.00"), "amount_due": Decimal("99.00")}


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio with empty stores."""
    return build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))


def invoice(number: str = "R-1", **values: object) -> Invoice:
    """A small invoice."""
    return Invoice.model_validate(
        {"invoice_number": number, "vendor_name": "Nordwind", "total_amount": "119.00"} | values
    )


def credit_note() -> Extraction:
    """A credit note of which something is paid, as a run read it."""
    what = {"document": "d" * 64, "name": "a.pdf", "pages": (), "recipe": Recipe(), "values": invoice(**PAID)}
    return Extraction.model_validate(what | {"document_type": "credit note"})


def test_both_stores_keep_what_the_document_is_and_what_is_due(studio: Studio) -> None:
    """As it was read; a later correction of other values leaves it; the person may change it."""
    both = ("database", "workbook")
    order_id = studio.save(invoice(**PAID), both, extraction=credit_note()).order_id
    studio.save(invoice("R-2", **PAID), both, update=order_id)
    receipt = studio.save(invoice("R-3", **PAID), both, update=order_id)
    for held in receipt.stored.values():
        assert held is not None
        assert (held.values, held.document_type) == (invoice("R-3", **PAID), "credit note")
    studio.save(invoice("R-3"), both, update=order_id, about=About("invoice"))
    assert (studio.record(order_id).document_type, studio.record(order_id).values) == ("invoice", invoice("R-3"))


def test_a_corrected_type_outlives_a_later_save_of_the_same_reading(studio: Studio) -> None:
    """The Studio's form has no field for it; another reading of the document says it anew."""
    order_id = studio.save(invoice(), ("database",), run_id="1" * 32, extraction=credit_note()).order_id
    corrected = About("receipt")
    studio.save(invoice(), ("database",), run_id="1" * 32, update=order_id, about=corrected)
    studio.save(invoice("R-2"), ("database",), run_id="1" * 32, extraction=credit_note(), update=order_id)
    held = studio.record(order_id)
    assert (held.values.invoice_number, held.document_type) == ("R-2", "receipt")
    studio.save(invoice("R-2"), ("database",), run_id="2" * 32, extraction=credit_note(), update=order_id)
    assert studio.record(order_id).document_type == "credit note"


def test_a_save_of_the_type_alone_that_broke_off_is_noticed(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workbook still has the old one, until it is mended."""
    both = ("database", "workbook")
    order_id = studio.save(invoice(), both).order_id
    with monkeypatch.context() as patch:
        patch.setattr(studio.records, "_put_in_place", lambda *_, **__: None)  # as if killed there
        studio.save(invoice(), both, update=order_id, about=About("credit note"))
    (found,) = studio.records.what_differs()
    assert found.kind == "outdated"
    studio.records.mend(found)
    assert studio.records.what_differs() == []


def test_the_later_of_two_is_told_what_the_earlier_changed(studio: Studio) -> None:
    """Nothing is saved over a change that was not seen, in neither store; seen, it may be."""
    both = ("database", "workbook")
    order_id = studio.save(invoice(), both).order_id
    opened = studio.record(order_id)
    studio.save(invoice(vendor_name="Südwind"), both, update=order_id, seen=opened)
    with pytest.raises(RecordChanged) as told:
        studio.save(invoice("R-9"), both, update=order_id, seen=opened)
    assert "Vendor was “Nordwind” and is now “Südwind”" in str(told.value)
    assert told.value.held.values.vendor_name == "Südwind"
    assert studio.record(order_id).values.invoice_number == "R-1"
    studio.save(invoice("R-9"), both, update=order_id, seen=studio.record(order_id))
    assert studio.record(order_id).values.invoice_number == "R-9"
