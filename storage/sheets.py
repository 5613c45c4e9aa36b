"""The sheets of a workbook of orders, two for invoices and as many for each other type: their columns, an order as rows, and rows
as an order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal, get_args

from core.invoice.document_type import INVOICE, LINE_ITEMS, TAXES
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
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
        Column("PurchaseOrderNumber", "text", 22),
        Column("VendorTaxID", "text", 18),
        Column("CustomerTaxID", "text", 18),
        Column("IBAN", "text", 28),
        Column("PaymentTerms", "text", 36),
        Column("Discount", "money", 14),
        Column("Shipping", "money", 14),
        Column("Rounding", "money", 14),
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
        Column("ArticleNumber", "text", 18),
        Column("Unit", "text", 10),
        Column("TaxRate", "quantity", 10),
        Column("Discount", "money", 14),
    ),
)
TAX = Layout(
    "SalesOrderTax",
    (
        Column("OrderID", "number", 10),
        Column("LineNumber", "number", 12),
        Column("Rate", "quantity", 10),
        Column("Base", "money", 14),
        Column("Amount", "money", 14),
    ),
)
#: What the kinds of fields are called, and letters of a cell that a sentence shows.
_CALLED, _SHOWN = {"money": "amount", "quantity": "number"}, 60
#: The sheets that every workbook has; those of further tables come with their first rows.
LAYOUTS = (HEADER, DETAIL)


def _titles(layout: Layout, infos: Sequence[FieldInfo]) -> dict[str, str]:
    """Each field's title in a sheet: that of the database column ``customer_id`` is ``CustomerID``."""
    titles = {title.lower(): title for title in layout.titles}
    return {info.name: titles[info.column.replace("_", "")] for info in infos}


HEADER_TITLES = _titles(HEADER, INVOICE.header)
#: The columns that the sheets of every type have beside its fields, in front of these and behind them.
_FRONT, _BEHIND = (HEADER.columns[0],), (Column("Status", "text", 14), *HEADER.columns[15:18])
_OF_LINES = DETAIL.columns[:2]
#: The version in which a person had declared the type, or what they added to it, as the record was made.
_VERSION = Column("TypeVersion", "number", 12)
_WIDTHS: Mapping[Kind, int] = {"date": 12, "money": 14, "quantity": 12, "text": 28}
_LONGEST_NAME = 31


@dataclass(frozen=True)
class Sheets:
    """The sheets of a type: one a record, and one for each of its tables, by the table's name. ``titles`` and the titles of
    ``columns`` say which column a field has."""

    kind: DocumentType
    header: Layout
    tables: Mapping[str, Layout]
    titles: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """All of them, the records' first."""
        return (self.header, *self.tables.values())


_OF_INVOICES = Sheets(
    INVOICE,
    HEADER,
    {LINE_ITEMS.name: DETAIL, TAXES.name: TAX},
    HEADER_TITLES,
    {LINE_ITEMS.name: _titles(DETAIL, LINE_ITEMS.columns), TAXES.name: _titles(TAX, TAXES.columns)},
)


@lru_cache(maxsize=256)
def sheets_of(kind: DocumentType) -> Sheets:
    """The sheets that records of a type are kept in: of a receipt ``ReceiptHeader`` and ``ReceiptDetail``, and a sheet named by
    its table for each further one. What a person added to a type that ships stands to the right of its columns."""
    if kind.extends:
        return _with_added(sheets_of(kind.extends), kind)
    if kind is INVOICE:
        return _OF_INVOICES
    behind = (*_BEHIND, _VERSION) if kind.definition else _BEHIND
    titles = _titles_of(kind.header, {column.title for column in (*_FRONT, *behind)})
    columns = {table.name: _titles_of(table.columns, {column.title for column in _OF_LINES}) for table in kind.tables}
    fields = tuple(_column(info, titles[info.name]) for info in kind.header)
    header = Layout(_name(kind.name, "header"), (*_FRONT, *fields, *behind))
    layouts = {}
    for table in kind.tables:
        cells = tuple(_column(info, columns[table.name][info.name]) for info in table.columns)
        name = _name(kind.name, "detail" if table is kind.main_table else table.name)
        layouts[table.name] = Layout(name, (*_OF_LINES, *cells))
    return Sheets(kind, header, layouts, titles, columns)


def _with_added(base: Sheets, kind: DocumentType) -> Sheets:
    titles = _titles_of(kind.added, {*base.header.titles, _VERSION.title})
    own = (_column(info, titles[info.name]) for info in kind.added)
    header = Layout(base.header.name, (*base.header.columns, *own, _VERSION))
    tables, columns = {}, {}
    for table in kind.tables:
        layout, added = base.tables[table.name], kind.added_columns(table)
        named = _titles_of(added, set(layout.titles))
        cells = (_column(info, named[info.name]) for info in added)
        tables[table.name] = Layout(layout.name, (*layout.columns, *cells))
        columns[table.name] = {**base.columns[table.name], **named}
    return Sheets(kind, header, tables, {**base.titles, **titles}, columns)


def joined(layouts: Iterable[Layout]) -> dict[str, Layout]:
    """One layout a sheet, by its name: the columns of the first that has it, and at their right those of the others. Versions of
    a type share a sheet."""
    found: dict[str, Layout] = {}
    for layout in layouts:
        before = found.setdefault(layout.name, layout)
        known = {title.casefold() for title in before.titles}
        more = tuple(column for column in layout.columns if column.title.casefold() not in known)
        found[layout.name] = Layout(before.name, (*before.columns, *more)) if more else before
    return found


def _titles_of(infos: Sequence[FieldInfo], taken: set[str]) -> dict[str, str]:
    """A title for each field that is none of those taken."""
    named = {info.name: "".join(word.capitalize() for word in info.column.split("_")) for info in infos}
    known = {title.casefold() for title in taken}
    return {name: f"{title}Field" if title.casefold() in known else title for name, title in named.items()}


def _column(info: FieldInfo, title: str) -> Column:
    kind: Kind = info.kind if info.kind in ("date", "money", "quantity") else "text"
    return Column(title, kind, max(_WIDTHS[kind], len(title) + 2))


def _name(kind: str, part: str) -> str:
    """A sheet's name, which has 31 letters at most: a longer one ends in a digest, so that no two types share one."""
    words = re.split(r"[\W_]+", f"{kind}_{part}")
    name = "".join(word.capitalize() for word in words)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 8]}{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def rows_of(order: Record) -> dict[Layout, list[Row]]:
    """The record's rows in each sheet of its type, in those of further tables than the main one where it has any."""
    sheets, main = sheets_of(order.type), order.type.main_table
    tables = {name: table_rows(order, name) for name in sheets.tables}
    kept = {sheets.tables[name]: rows for name, rows in tables.items() if rows or (main and name == main.name)}
    return {sheets.header: [header_row(order)], **kept}


def header_row(order: Record) -> Row:
    """The record's row in its header sheet. Times that it lacks are now."""
    now = datetime.now(UTC)
    values = {title: getattr(order.values, name) for name, title in sheets_of(order.type).titles.items()}
    told = {"OrderID": order.order_id, "Status": order.status, "DocumentType": order.document_type}
    if declared := order.type.declared:
        told[_VERSION.title] = declared.version
    return values | told | {"CreatedAt": order.created_at or now, "UpdatedAt": order.updated_at or now}


def version_in(header: Row) -> int | None:
    """The version of its type that a record's row tells."""
    number = _value("quantity", header.get(_VERSION.title))
    return int(number) if number is not None and number == int(number) else None


def table_rows(order: Record, table: str) -> list[Row]:
    """The record's rows in the sheet of a table, lines numbered from 1."""
    made = order.created_at or datetime.now(UTC)
    sheets, kind = sheets_of(order.type), order.type
    titles = sheets.columns[table]
    dated = {"CreatedAt": made} if "CreatedAt" in sheets.tables[table].titles else {}
    return [
        {title: getattr(item, name) for name, title in titles.items()}
        | {"OrderID": order.order_id, "LineNumber": number, **dated}
        for number, item in enumerate(kind.rows(order.values, kind.table(table)), 1)
    ]


def order_of(kind: DocumentType, header: Row, details: Mapping[str, Sequence[Row]]) -> Record:
    """The record that these rows tell, those of tables by the table's name. What a person typed into a cell and cannot be its
    value counts as empty."""
    sheets = sheets_of(kind)
    values: dict[str, Any] = {
        name: _value(info.kind, header[sheets.titles[name]]) for name, info in _fields(kind.header)
    }
    for table in kind.tables:
        rows = sorted(details[table.name], key=lambda row: _value("quantity", row["LineNumber"]) or Decimal(0))
        titles = sheets.columns[table.name]
        values[table.name] = tuple(
            table.model(**{name: _value(info.kind, row[titles[name]]) for name, info in _fields(table.columns)})
            for row in rows
        )
    order_id, status = _value("quantity", header["OrderID"]), header["Status"]
    known: Status = status if status in get_args(Status) else "reviewed"
    times = (moment_of(header["CreatedAt"]), moment_of(header["UpdatedAt"]))
    told = header["DocumentType"] if header["DocumentType"] in kind.told_kinds else None
    return Record(kind.model(**values), known, int(order_id), None, (), None, *times, told)


def unread_cells(sheets: Sheets, header: Row, details: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """A sentence for every cell that says something and cannot be its field's value."""
    rows = [("", header, sheets.titles, sheets.kind.header)]
    for table in sheets.kind.tables:
        for number, row in enumerate(details[table.name], 1):
            rows.append((f"{table.row_title} {number}: ", row, sheets.columns[table.name], table.columns))
    for where, row, titles, infos in rows:
        for info in infos:
            cell = row[titles[info.name]]
            if cell is not None and str(cell).strip() and _value(info.kind, cell) is None:
                yield f"{where}{titles[info.name]}: “{str(cell)[:_SHOWN]}” is left empty, it is no {_CALLED.get(info.kind, info.kind)}."


def _fields(infos: Any) -> list[tuple[str, Any]]:
    return [(info.name, info) for info in infos]


def value_of(info: FieldInfo, cell: Any) -> Any:
    """The value of a field that a cell tells; ``None`` for what cannot be one."""
    return _value(info.kind, cell)


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
