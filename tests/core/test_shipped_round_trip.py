"""A document of each type that ships goes through the studio: known, read, corrected, saved to both stores, found, taken away; and it stands beside
invoices in a comparison."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from core.comparison.row import Row
from core.entrypoints.bootstrap import build_studio
from core.events import RunFinished
from core.extraction import Extraction, PageRef
from core.recipe import AUTO, Recipe
from core.settings import Settings
from core.stores.records import RecordQuery
from core.studio import Studio
from samples.typed import MAKERS

AUTOMATIC = Recipe(name="by itself", type_name=AUTO)
SHEETS = {
    "receipt": ("ReceiptHeader", "ReceiptDetail"),
    "purchase_order": ("PurchaseOrderHeader", "PurchaseOrderDetail"),
    "delivery_note": ("DeliveryNoteHeader", "DeliveryNoteDetail"),
}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with empty stores."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    yield made
    made.close()


def read(studio: Studio, kind: str) -> Extraction:
    """A made document of ``kind``, its type left to the pages."""
    document = studio.open(MAKERS[kind](7, "en").data, f"{kind}.pdf")
    *_, last = studio.extract(document, None, AUTOMATIC)
    assert isinstance(last, RunFinished)
    return last.extraction


@pytest.mark.parametrize("kind", MAKERS)
def test_a_document_of_each_type_goes_through_both_stores(studio: Studio, kind: str) -> None:
    """What a person corrected is what the database, the workbook and the exports have, in the types that Excel counts with."""
    found = read(studio, kind)
    assert found.type_name == kind
    own = found.type
    row = found.values.line_items[0].model_copy(update={"description": "=Corrected", "quantity": Decimal("2.5")})
    rows = (row, *found.values.line_items[1:])
    values = found.values.model_copy(update={"line_items": rows, own.identifier: "C-0815"})
    order_id = studio.save(values, ("database", "workbook"), extraction=found).order_id

    assert studio.record(order_id).values == values
    for query in (RecordQuery(text="C-0815"), RecordQuery(type_name=kind, sort=own.identifier)):
        assert [row.order_id for row in studio.search(query).rows] == [order_id]

    book = openpyxl.load_workbook(studio.workbook_path)
    header, detail = (book[name] for name in SHEETS[kind])
    told = dict(zip((cell.value for cell in header[1]), (cell.value for cell in header[2]), strict=True))
    assert "C-0815" in told.values()
    day = getattr(values, own.issued_on)
    assert isinstance(day, date)
    assert datetime(day.year, day.month, day.day) in told.values()
    cells = [cell for line in detail.iter_rows(min_row=2) for cell in line]
    assert detail.max_row == 1 + len(rows)
    assert 2.5 in [cell.value for cell in cells]
    assert [cell.data_type for cell in cells if cell.value == "=Corrected"] == ["s"]

    everything = RecordQuery(type_name=kind)
    (record,) = json.loads(studio.export(everything, "json"))
    assert "C-0815" in json.dumps(record)
    with zipfile.ZipFile(io.BytesIO(studio.export(everything, "csv"))) as files:
        assert any("C-0815" in files.read(name).decode("utf-8-sig") for name in files.namelist())


def test_a_comparison_reads_each_document_as_what_it_is(studio: Studio) -> None:
    """With one recipe for all, beside one that takes every document for an invoice."""
    rows = [
        Row(studio.open(make(7, "en").data, f"{kind}.pdf").sha256, f"{kind}.pdf", (PageRef(1),))
        for kind, make in MAKERS.items()
    ]
    begun = studio.comparison.begin(rows, [AUTOMATIC, Recipe(name="as invoices")])
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        cells = studio.comparison.cells(studio.comparison.get(begun))
        if len(cells) == 2 * len(rows) and not any(cell.state in ("waiting", "running") for cell in cells.values()):
            break
        time.sleep(0.01)
    read_as = {place: cell.result.extraction.type_name for place, cell in cells.items() if cell.result}
    assert [read_as[at, 0] for at in range(len(rows))] == list(MAKERS)
    assert [read_as[at, 1] for at in range(len(rows))] == ["invoice"] * len(rows)
