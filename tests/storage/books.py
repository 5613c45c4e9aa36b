"""Workbooks and orders for the workbook's tests."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl

from core.invoice.model import Invoice, LineItem
from core.stores.records import Record
from storage.workbook import Workbook

HEADER = [
    "OrderID",
    "InvoiceNumber",
    "OrderDate",
    "InvoiceDate",
    "DueDate",
    "CustomerID",
    "CustomerName",
    "VendorName",
    "BillingAddress",
    "ShippingAddress",
    "SubTotal",
    "Tax",
    "TotalAmount",
    "Currency",
    "Status",
    "CreatedAt",
    "UpdatedAt",
    "DocumentType",
    "PaidAmount",
    "AmountDue",
    "PurchaseOrderNumber",
    "VendorTaxID",
    "CustomerTaxID",
    "IBAN",
    "PaymentTerms",
    "Discount",
    "Shipping",
    "Rounding",
]
DETAIL = ["OrderID", "LineNumber", "ItemDescription", "Quantity", "UnitPrice", "LineTotal", "CreatedAt"]
DETAIL += ["ArticleNumber", "Unit", "TaxRate", "Discount"]
MOMENT = datetime(2024, 3, 1, 12, 30, 15, tzinfo=UTC)


def order(order_id: int, lines: int = 2, **values: Any) -> Record:
    """An order with so many lines; ``values`` replace those of its invoice."""
    items = tuple(
        LineItem(description=f"Part {n} of {order_id}", quantity="1.5", unit_price="0.0375", total_price="10.10")
        for n in range(1, lines + 1)
    )
    told = {"invoice_number": f"R-{order_id}", "vendor_name": "Nordwind & Söhne <KG>", "line_items": items}
    told |= {"invoice_date": date(2024, 2, 29), "total_amount": "-1234.50", "currency": "EUR"}
    return Record(Invoice.model_validate(told | values), "reviewed", order_id, created_at=MOMENT, updated_at=MOMENT)


def rows(book: Workbook, sheet: str) -> list[tuple[Any, ...]]:
    """A sheet's rows as openpyxl reads them."""
    return list(openpyxl.load_workbook(book.path)[sheet].iter_rows(values_only=True))


def line_owners(book: Workbook) -> list[Any]:
    """Column A of the lines' sheet, without its title."""
    return [row[0] for row in rows(book, "SalesOrderDetail")[1:]]


def changed_by_a_person(book: Workbook, change: Callable[[openpyxl.Workbook], None]) -> None:
    """Open, change and save the workbook as a person would."""
    opened = openpyxl.load_workbook(book.path)
    change(opened)
    opened.save(book.path)


def parts(book: Workbook) -> dict[str, bytes]:
    """The package's parts."""
    with zipfile.ZipFile(book.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(book: Workbook, change: Callable[[str, bytes], bytes]) -> None:
    """Change the package's parts byte by byte."""
    held = parts(book)
    with zipfile.ZipFile(book.path, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, change(name, data))
