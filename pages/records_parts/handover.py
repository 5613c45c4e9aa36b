"""A stored record on its way back to the Studio: what was corrected here must not be overwritten there unseen."""

from __future__ import annotations

from pydantic import BaseModel

from core.document_types import type_of
from core.review.edits import Edits, as_text, rows_of
from core.stores.records import Record
from pages.shared.frame import get_studio
from pages.shared.session import get_edits, keep_edits


def hand_over(order: Record, run_id: str, extracted: BaseModel) -> None:
    """Let the Studio's form open with the stored values as the person's edits of ``extracted``, to be saved over the
    same order. Edits stay where the order still is what the Studio saved last. Raises StorageError."""
    assert order.order_id is not None
    studio, edits = get_studio(), get_edits(run_id)
    receipt = edits.receipt
    if receipt and receipt.order_id == order.order_id and receipt.stored and not studio.records.changed_since(receipt):
        return
    take_values(edits, extracted, order.values)
    edits.receipt, edits.saved = studio.records.receipt_of(order.order_id), None
    keep_edits(run_id, edits)


def take_values(edits: Edits, extracted: BaseModel, stored: BaseModel) -> None:
    """Make ``stored`` what ``edits`` say of ``extracted``. Drawn boxes stay with the values that do not change."""
    kind = type_of(stored)
    for info in kind.header:
        text = as_text(getattr(stored, info.name))
        if edits.text_at(extracted, info.name) != text:
            edits.set_text(extracted, info.name, text)
    for table in kind.tables:
        rows = rows_of(stored, table)
        if edits.rows(extracted, table) != rows:
            edits.set_rows(extracted, table, rows)
            edits.forget_drawn(table)
            edits.revision += 1
