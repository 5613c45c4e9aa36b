"""Undo takes back one's own save and nothing that somebody did after it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from pydantic import TypeAdapter

from core.entrypoints.bootstrap import build_studio
from core.errors import RecordMissing, StorageError
from core.invoice.model import Invoice, LineItem
from core.settings import Settings
from core.stores.receipt import SaveReceipt
from core.stores.records import Target
from core.studio import Studio

BOTH: tuple[Target, ...] = ("database", "workbook")


def invoice(vendor: str) -> Invoice:
    """A small invoice of ``vendor``."""
    line = LineItem(description="Rope", quantity=Decimal("2.5"), unit_price=Decimal("4.00"), total_price=Decimal(10))
    return Invoice(invoice_number="R-1", vendor_name=vendor, total_amount=Decimal("10.00"), line_items=(line,))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio with a data folder of its own."""
    return build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))


def test_an_unchanged_save_is_undone_in_both_targets(studio: Studio) -> None:
    """Database and workbook are as before; a receipt kept as JSON does it as well."""
    order_id = studio.save(invoice("First"), BOTH).order_id
    receipt = studio.save(invoice("Second"), BOTH, update=order_id)
    kept = TypeAdapter(SaveReceipt)
    studio.undo(kept.validate_json(kept.dump_json(receipt)))
    assert studio.record(order_id).values.vendor_name == "First"


@pytest.mark.parametrize("targets", [("database",), BOTH])
def test_undo_refuses_to_lose_a_later_correction(studio: Studio, targets: tuple[Target, ...]) -> None:
    """A correction in Records stays, and the sentence says where to look."""
    receipt = studio.save(invoice("Mine"), targets)
    studio.save(invoice("Theirs"), targets, update=receipt.order_id)
    with pytest.raises(StorageError, match=r"changed since \(in Records\): undo would lose that"):
        studio.undo(receipt)
    assert studio.record(receipt.order_id).values.vendor_name == "Theirs"
    changed = studio.records.changed_since(receipt)
    assert changed is not None
    assert changed.values.vendor_name == "Theirs"


def test_undo_refuses_to_lose_a_correction_in_the_workbook(studio: Studio) -> None:
    """What a person typed into the workbook counts as a change; the database is left alone too."""
    receipt = studio.save(invoice("Mine"), BOTH)
    book = openpyxl.load_workbook(studio.workbook_path)
    heads = [cell.value for cell in book["SalesOrderHeader"][1]]
    book["SalesOrderHeader"].cell(2, heads.index("VendorName") + 1).value = "Typed"
    book.save(studio.workbook_path)
    with pytest.raises(StorageError, match="in the Excel workbook"):
        studio.undo(receipt)
    assert studio.record(receipt.order_id).values.vendor_name == "Mine"


def test_a_deletion_is_undone_and_a_save_of_what_was_deleted_is_not(studio: Studio) -> None:
    """Undo of an older save does not bring a deleted record back; undo of the deletion does."""
    saved = studio.save(invoice("Mine"), ("database",))
    removed = studio.remove(saved.order_id)
    with pytest.raises(StorageError, match="was deleted since"):
        studio.undo(saved)
    with pytest.raises(RecordMissing):
        studio.record(saved.order_id)
    studio.undo(removed)
    assert studio.record(saved.order_id).values.vendor_name == "Mine"


def test_a_receipt_notices_later_changes_only(studio: Studio) -> None:
    """Nothing changed: nothing is told."""
    receipt = studio.save(invoice("Mine"), BOTH)
    assert studio.records.changed_since(receipt) is None
    held = studio.records.receipt_of(receipt.order_id)
    studio.save(invoice("Theirs"), ("database",), update=receipt.order_id)
    assert studio.records.changed_since(held) is not None
    assert studio.records.changed_since(studio.records.receipt_of(receipt.order_id)) is None
