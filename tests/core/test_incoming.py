"""Records from workbooks of elsewhere, and between databases."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import StorageError
from core.invoice.model import Invoice, LineItem
from core.receipt.model import Receipt
from core.settings import Settings
from core.stores.records import RecordQuery
from core.studio import Studio
from storage.exports import export_orders


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path / "data", DATABASE_URL=None))
    yield made
    made.close()


def book(header: list[list[object]], detail: list[list[object]] = ()) -> bytes:  # type: ignore[assignment]
    """A workbook as somebody made it by hand."""
    made = openpyxl.Workbook()
    for name, rows in (("SalesOrderHeader", header), ("SalesOrderDetail", detail)):
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in [cell for cells in sheet.iter_rows() for cell in cells if str(cell.value).startswith("=")]:
            cell.data_type = "s"  # typed as a text
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def do(steps: Iterator[object]) -> None:
    """To its end."""
    for _ in steps:
        pass


def test_a_workbook_of_ones_own_comes_back_without_loss(studio: Studio) -> None:
    """Values to the last zero, lines, status, times and number, of every type; brought in twice nothing is twice; undone all is gone."""
    line = LineItem(description="Rope", quantity=Decimal("1.50"), total_price=Decimal("9.90"))
    studio.save(
        Invoice(invoice_number="R-1", vendor_name="Mill", tax=Decimal("1.10"), line_items=(line,)), ("database",)
    )
    studio.save(
        Receipt(vendor_name="Shop", receipt_number="7", receipt_date=date(2026, 3, 1), total_amount=Decimal("3.00")),
        ("database",),
        status="needs review",
    )
    before = list(studio._parts.orders.each(RecordQuery()))
    data = studio.export(RecordQuery(), "xlsx")
    assert [
        len(told) for told in (studio.bulk.look_into(data, "b.xlsx").new, studio.bulk.look_into(data, "b.xlsx").there)
    ] == [0, 2]
    for record in before:
        studio.remove(record.order_id or 0)
    incoming = studio.bulk.look_into(data, "b.xlsx")
    assert (len(incoming.new), incoming.there, incoming.not_understood, incoming.empty) == (2, (), (), ())
    do(studio.bulk.bring_in(incoming.new, "b.xlsx"))
    after = list(studio._parts.orders.each(RecordQuery()))
    assert [(each.order_id, each.values, each.status) for each in after] == [
        (each.order_id, each.values, each.status) for each in before
    ]
    for one, other in zip(after, before, strict=True):  # a workbook tells times to the millisecond
        assert one.created_at
        assert other.created_at
        assert abs(one.created_at - other.created_at) < timedelta(seconds=0.01)
    (batch,) = studio.bulk.latest()
    do(studio.bulk.undo(batch.batch_id))
    assert studio.search(RecordQuery()).total == 0


def test_a_sheet_made_by_hand_is_taken_as_far_as_it_goes(studio: Studio) -> None:
    """Missing columns, odd cells, rows without a number or with one twice, and text that looks like a formula: told, or data."""
    studio.save(Invoice(invoice_number="R-9", vendor_name="Known"), ("database",))
    header: list[list[object]] = [
        ["orderid", "VendorName", "InvoiceNumber", "TotalAmount", "InvoiceDate", "Mine"],
        [1, "=HYPERLINK(1)", "R-1", 12.5, date(2026, 3, 1), "x"],
        [2, "B", "R-2", "twelve", "2026-03-02", None],
        [None, "No number", "R-3", 1, None, None],
        [4, "C", "R-4", 1, None, None],
        [4, "C", "R-4", 1, None, None],
        [5, "known", "r9", 1, None, None],
    ]
    detail: list[list[object]] = [["OrderID", "LineNumber", "ItemDescription", "Quantity"], [2, 1, "<b>", "many"]]
    incoming = studio.bulk.look_into(book(header, detail), "own.xlsx")
    assert [record.values.invoice_number for record in incoming.new] == ["R-1", "R-2"]
    assert [place for place, _ in incoming.not_understood] == ["SalesOrderHeader, row 4", "SalesOrderHeader, OrderID 4"]
    assert [sentence for _, sentence in incoming.there] == ["Invoice R-9 of Known is already stored as order 1."]
    assert [sentence for _, sentence in incoming.empty] == [
        "TotalAmount: “twelve” is left empty, it is no amount.",
        "Line 1: Quantity: “many” is left empty, it is no number.",
    ]
    do(studio.bulk.bring_in(incoming.new, "own.xlsx"))
    first, second = (studio.record(number) for number in (3, 2))
    assert first.values.invoice_date == date(2026, 3, 1)
    assert first.values.vendor_name == "=HYPERLINK(1)"
    assert second.values.line_items[0].description == "<b>"
    assert studio.record(1).values.vendor_name == "Known"


def test_what_is_no_workbook_of_ours_is_said_to_be(studio: Studio) -> None:
    """One sentence, nothing changed."""
    other = openpyxl.Workbook()
    data = io.BytesIO()
    other.save(data)
    for given in (data.getvalue(), b"nothing"):
        with pytest.raises(StorageError):
            studio.bulk.look_into(given, "other.xlsx")


def test_records_go_to_another_database_and_back(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command line, with version and history; a number that is taken there is another one; done twice nothing is twice."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(studio.settings.data_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    order_id = studio.save(Invoice(invoice_number="R-1", vendor_name="Mill"), ("database",)).order_id
    studio.save(Invoice(invoice_number="R-2", vendor_name="Mill"), ("database",), update=order_id)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    assert main(["move", "--to", url, "--yes"]) == 0
    assert "1 new there, 0 there already" in capsys.readouterr().out
    other = build_studio(Settings(data_dir=tmp_path / "there", DATABASE_URL=url))
    assert other.record(order_id) == studio.record(order_id)
    assert other.record(order_id).version == 2
    told = [entry.what for entry in studio.history.of_record(order_id)]
    assert [entry.what for entry in other.history.of_record(order_id)] == told
    assert other.search(RecordQuery(text="r-2")).total == 1
    other.close()
    assert main(["move", "--to", url, "--yes"]) == 0
    assert "0 new there, 1 there already" in capsys.readouterr().out
    studio.remove(order_id)
    taken = studio.save(Invoice(invoice_number="R-8", vendor_name="Else"), ("database",), update=order_id)
    assert main(["move", "--from", url, "--yes"]) == 0
    assert "1 of the new get another number" in capsys.readouterr().out
    assert studio.record(taken.order_id).values.invoice_number == "R-8"
    assert studio.search(RecordQuery(text="r-2")).total == 1
    assert main(["move", "--from", url, "--yes"]) == 0
    assert "0 new there, 1 there already" in capsys.readouterr().out


def test_a_workbook_is_brought_in_by_the_command_line(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it would do stands first."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(studio.settings.data_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    from core.stores.records import Record

    path = tmp_path / "book.xlsx"
    path.write_bytes(
        export_orders(iter([Record(Invoice(invoice_number="R-1", vendor_name="A"), "reviewed", 3)]), "xlsx")
    )
    assert main(["load", str(path), "--yes"]) == 0
    assert "1 new, 0 there already, 0 not understood." in capsys.readouterr().out
    assert studio.record(3).values.vendor_name == "A"
