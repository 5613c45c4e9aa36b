"""Records as files to take away: Excel, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from core.errors import StorageError
from core.invoice.model import Invoice, LineItem
from core.stores.records import Record
from storage import exports
from storage.exports import export_orders
from storage.workbook import Workbook

MOMENT = datetime(2024, 3, 1, 12, 30, 15, tzinfo=UTC)


def orders(count: int = 2, vendor: str | None = "Müller, “Söhne”") -> Iterator[Record]:
    """So many orders with two lines each."""
    for number in range(1, count + 1):
        items = (LineItem(description="=1+1", quantity="2", total_price="-5.00"), LineItem())
        invoice = Invoice(
            invoice_number=f"R-{number}",
            vendor_name=vendor,
            invoice_date=date(2024, 2, 29),
            total_amount="-0.10",
            line_items=items,
        )
        yield Record(invoice, "reviewed", number, created_at=MOMENT, updated_at=MOMENT)


def tables(data: bytes) -> dict[str, list[list[str]]]:
    """The tables of a CSV export, by file name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }


def test_a_workbook_export_is_a_workbook_of_ours(tmp_path: Path) -> None:
    """The same sheets, formats and values; it can be saved into."""
    path = tmp_path / "export.xlsx"
    path.write_bytes(export_orders(orders(3), "xlsx"))
    assert [Workbook(path).get(order.order_id or 0) for order in orders(3)] == list(orders(3))
    sheet = openpyxl.load_workbook(path)["SalesOrderHeader"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet["M4"].value) == ("A2", "A1:AB4", -0.1)


def test_an_export_of_nothing_has_the_titles() -> None:
    """No match is no error."""
    assert openpyxl.load_workbook(io.BytesIO(export_orders(iter(()), "xlsx")))["SalesOrderDetail"].max_row == 1
    assert [len(rows) for rows in tables(export_orders(iter(()), "csv")).values()] == [1, 1]
    assert json.loads(export_orders(iter(()), "json")) == []


def test_csv_tables_have_every_row() -> None:
    """Two files with the mark by which Excel knows UTF-8; amounts plain, days ISO, empty cells empty."""
    data = export_orders(orders(), "csv")
    found = tables(data)
    assert list(found) == ["sales_order_header.csv", "sales_order_detail.csv"]
    row = dict(zip(*found["sales_order_header.csv"][:2], strict=True))
    assert (row["VendorName"], row["InvoiceDate"], row["TotalAmount"]) == ("Müller, “Söhne”", "2024-02-29", "-0.10")
    assert (row["DueDate"], row["CreatedAt"]) == ("", "2024-03-01 12:30:15")
    assert len(found["sales_order_detail.csv"]) == 1 + 4
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(archive.read(name).startswith(b"\xef\xbb\xbf") for name in archive.namelist())


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        *((text, f"'{text}") for text in ("=1+1", "+1", "-1", "@x", "＝1+1")),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("a;=1+1;", "a;'=1+1;"),
        ("a; -1, b-c", "a;' -1, b-c"),
    ],
)
def test_csv_text_is_never_a_formula(text: str, marked: str) -> None:
    """An apostrophe stands before what a spreadsheet program would run, also behind what it may take for a separator."""
    invoice = Invoice.model_construct(vendor_name=text, line_items=())
    found = tables(export_orders(iter([Record(invoice, "reviewed", 1)]), "csv"))
    row = dict(zip(*found["sales_order_header.csv"], strict=True))
    assert row["VendorName"] == marked


def test_json_has_exact_amounts() -> None:
    """Amounts are texts with every digit, dates ISO, what is missing null."""
    first = json.loads(export_orders(orders(1), "json"))[0]
    assert (first["order_id"], first["status"]) == (1, "reviewed")
    assert (first["invoice"]["total_amount"], first["invoice"]["due_date"]) == ("-0.10", None)
    assert first["invoice"]["line_items"][0] == {
        "description": "=1+1",
        "quantity": "2",
        "unit_price": None,
        "total_price": "-5.00",
        **dict.fromkeys(("article_number", "unit", "tax_rate", "discount")),
    }


def test_broken_characters_never_stop_an_export() -> None:
    """Half characters of a broken text layer are left out or replaced."""
    for form in ("xlsx", "csv", "json"):
        assert export_orders(orders(1, "A\ud800\x00\x0bB"), form)


def test_an_unknown_form_is_refused() -> None:
    """The forms there are, in the sentence."""
    with pytest.raises(StorageError, match="xlsx, csv, json"):
        export_orders(orders(), "pdf")


def test_more_lines_than_a_sheet_has_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is cut off silently."""
    monkeypatch.setattr(exports, "MOST_ROWS", 8)
    with pytest.raises(StorageError, match="CSV"):
        export_orders(orders(4), "xlsx")


def test_every_export_says_what_a_document_is_and_what_is_due(tmp_path: Path) -> None:
    """Type, paid amount and amount due stand right of the columns that there were, as numbers in Excel."""
    paid = {"paid_amount": Decimal("0.04"), "amount_due": Decimal("-0.06"), "iban": "DE02120300000000202051"}
    known = [
        replace(order, document_type="credit note", values=order.values.model_copy(update=paid)) for order in orders(1)
    ]
    told = {"DocumentType": "credit note", "PaidAmount": "0.04", "AmountDue": "-0.06"}
    heads, row = tables(export_orders(iter(known), "csv"))["sales_order_header.csv"]
    assert (heads[16], dict(zip(heads[17:20], row[17:20], strict=True))) == ("UpdatedAt", told)
    assert dict(zip(heads, row, strict=True))["IBAN"] == "DE02120300000000202051"
    sheet = openpyxl.load_workbook(io.BytesIO(export_orders(iter(known), "xlsx")))["SalesOrderHeader"]
    assert [cell.value for cell in sheet[2]][17:20] == ["credit note", 0.04, -0.06]
    (one,) = json.loads(export_orders(iter(known), "json"))
    assert (one["document_type"], one["paid_amount"], one["amount_due"]) == ("credit note", "0.04", "-0.06")
