"""The two sheets of a workbook of orders: their columns, an order as rows, and rows as an order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Literal, get_args

from core import document_types
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.invoice.model import Invoice, LineItem, Payment, payment_fields
from core.schema.values import is_amount
from core.stores.records import Record, Status

Kind = Literal["number", "text", "date", "money", "quantity", "moment"]
#: A row's values by column title: str, int, Decimal, date, datetime or None.
Row = Mapping[str, Any]
#: Of a number with more decimals than this the digits count that a spreadsheet keeps, the rest is its binary noise.
_LONG_FRACTION, _SPREADSHEET = 10, Context(prec=15)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how its values look, and its width in characters."""

    title: str
    kind: Kind
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet's name and columns."""

    name: str
    columns: tuple[Column, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns' titles in order."""
        return tuple(column.title for column in self.columns)

    def kind_of(self, title: str) -> Kind:
        """The kind of the column ``title``. Raises KeyError for none."""
        return {column.title: column.kind for column in self.columns}[title]


HEADER = Layout(
    "SalesOrderHeader",
    (
        Column("OrderID", "number", 10),
        Column("InvoiceNumber", "text", 18),
        Column("OrderDate", "date", 12),
        Column("InvoiceDate", "date", 12),
        Column("DueDate", "date", 12),
        Column("CustomerID", "text", 14),
        Column("CustomerName", "text", 28),
        Column("VendorName", "text", 28),
        Column("BillingAddress", "text", 36),
        Column("ShippingAddress", "text", 36),
        Column("SubTotal", "money", 14),
        Column("Tax", "money", 14),
        Column("TotalAmount", "money", 14),
        Column("Currency", "text", 10),
        Column("Status", "text", 14),
        Column("CreatedAt", "moment", 20),
        Column("UpdatedAt", "moment", 20),
        # Others read the columns above by their place: new ones come after them.
        Column("DocumentType", "text", 14),
        Column("PaidAmount", "money", 14),
        Column("AmountDue", "money", 14),
    ),
)
DETAIL = Layout(
    "SalesOrderDetail",
    (
        Column("OrderID", "number", 10),
        Column("LineNumber", "number", 12),
        Column("ItemDescription", "text", 48),
        Column("Quantity", "quantity", 12),
        Column("UnitPrice", "money", 14),
        Column("LineTotal", "money", 14),
        Column("CreatedAt", "moment", 20),
    ),
)
LAYOUTS = (HEADER, DETAIL)


def _title(column: str) -> str:
    """``customer_id`` as ``CustomerID``: a database column's name as its sheet's title."""
    titles = {title.lower(): title for layout in LAYOUTS for title in layout.titles}
    return titles[column.replace("_", "")]


HEADER_TITLES = {info.name: _title(info.column) for info in INVOICE.header}
_PAYMENT_TITLES = {info.name: _title(info.column) for info in payment_fields()}
_ITEM_TITLES = {info.name: _title(info.column) for info in LINE_ITEMS.columns}


def header_row(order: Record) -> Row:
    """The order's row in SalesOrderHeader. Times that it lacks are now."""
    now = datetime.now(UTC)
    values = {title: getattr(order.values, name) for name, title in HEADER_TITLES.items()}
    values |= {title: getattr(order.payment, name) for name, title in _PAYMENT_TITLES.items()}
    told = {"OrderID": order.order_id, "Status": order.status, "DocumentType": order.document_type}
    return values | told | {"CreatedAt": order.created_at or now, "UpdatedAt": order.updated_at or now}


def detail_rows(order: Record) -> list[Row]:
    """The order's rows in SalesOrderDetail, lines numbered from 1."""
    made = order.created_at or datetime.now(UTC)
    return [
        {title: getattr(item, name) for name, title in _ITEM_TITLES.items()}
        | {"OrderID": order.order_id, "LineNumber": number, "CreatedAt": made}
        for number, item in enumerate(INVOICE.rows(order.values, LINE_ITEMS), 1)
    ]


def order_of(header: Row, details: Sequence[Row]) -> Record:
    """The order that these rows tell. What a person typed into a cell and cannot be its value counts as empty."""
    invoice = {name: _value(info.kind, header[HEADER_TITLES[name]]) for name, info in _fields(INVOICE.header)}
    details = sorted(details, key=lambda row: _value("quantity", row["LineNumber"]) or Decimal(0))
    items = [
        LineItem(**{name: _value(info.kind, row[_ITEM_TITLES[name]]) for name, info in _fields(LINE_ITEMS.columns)})
        for row in details
    ]
    order_id, status = _value("quantity", header["OrderID"]), header["Status"]
    known: Status = status if status in get_args(Status) else "reviewed"
    times = (moment_of(header["CreatedAt"]), moment_of(header["UpdatedAt"]))
    kind = header["DocumentType"] if header["DocumentType"] in document_types.kinds() else None
    paid = Payment(
        **{name: _value(info.kind, header[_PAYMENT_TITLES[name]]) for name, info in _fields(payment_fields())}
    )
    values = Invoice(**invoice, **{LINE_ITEMS.name: tuple(items)})
    return Record(values, known, int(order_id), None, (), None, *times, kind, paid)


def _fields(infos: Any) -> list[tuple[str, Any]]:
    return [(info.name, info) for info in infos]


def _value(kind: str, cell: Any) -> Any:
    if cell is None:
        return None
    if kind in ("money", "quantity"):
        return _number(cell)
    if kind == "date":
        return cell.date() if isinstance(cell, datetime) else cell if isinstance(cell, date) else _iso_date(str(cell))
    text = str(cell)
    return text if kind != "currency" or re.fullmatch(r"\s*[A-Za-z]{3}\s*", text) else None


def _number(cell: Any) -> Decimal | None:
    """The number; a formula's 0.30000000000000004 as the 0.3 that a spreadsheet shows."""
    try:
        number = Decimal(str(cell).strip())
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_LONG_FRACTION:
        number = _SPREADSHEET.plus(number).normalize()
    return number if is_amount(number) else None


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def moment_of(cell: Any) -> datetime | None:
    """The moment, in UTC, that a cell tells; ``None`` for another value."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC)
    return datetime(cell.year, cell.month, cell.day, tzinfo=UTC) if isinstance(cell, date) else None
