"""The invoice: the one schema that form, prompts, evidence, evaluation and export are drawn from.

Every field is optional: what is not on the page is ``None``. Another document type is another model.
A field's ``json_schema_extra`` says how it behaves (see :class:`FieldInfo`); nobody keeps a list of
field names by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

FieldKind = Literal["identifier", "date", "name", "address", "money", "quantity", "currency", "text"]

#: The digits that a number may have before its point, and in all; more is a barcode or an attack, never an amount. Python
#: adds and compares decimals of so many digits exactly, and every store keeps them.
MOST_WHOLE_DIGITS, MOST_DIGITS = 15, 28
TOO_LONG = f"a number has at most {MOST_WHOLE_DIGITS} digits before the point and {MOST_DIGITS} in all"


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _strip(value: str | None) -> str | None:
    return value.strip() if value is not None else None


def is_amount(number: Decimal) -> bool:
    """Whether ``number`` can stand in an invoice: finite, and not longer than any amount, quantity or price is."""
    _, digits, exponent = number.as_tuple()
    return (
        isinstance(exponent, int)
        and number.adjusted() < MOST_WHOLE_DIGITS
        and max(len(digits), -exponent) <= MOST_DIGITS
    )


class TooLong(ValueError):
    """A number that cannot stand in an invoice."""


def fitting(number: Decimal) -> Decimal:
    """``number`` itself. Raises TooLong where it can be no amount."""
    if not is_amount(number):
        raise TooLong(TOO_LONG if number.is_finite() else "an amount must be a finite number")
    return number


def _sensible(value: Decimal | None) -> Decimal | None:
    return None if value is None else fitting(value)


def _currency_code(value: str | None) -> str | None:
    if value is None:
        return None
    code = value.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("a currency is a three-letter ISO 4217 code such as EUR")
    return code


Text = Annotated[str | None, BeforeValidator(_blank_to_none), AfterValidator(_strip)]
Number = Annotated[Decimal | None, BeforeValidator(_blank_to_none), AfterValidator(_sensible)]
Day = Annotated[date | None, BeforeValidator(_blank_to_none)]
Currency = Annotated[str | None, BeforeValidator(_blank_to_none), AfterValidator(_currency_code)]


def _about(kind: FieldKind, group: str = "", *, required: bool = False, column: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "group": group, "required": required, "column": column}


class LineItem(BaseModel):
    """One invoiced line, as printed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Text = Field(
        None,
        title="Description",
        description="What was sold, in the document's words; wrapped lines joined by a blank.",
        json_schema_extra=_about("text", column="item_description"),
    )
    quantity: Number = Field(
        None, title="Quantity", description="How many units.", json_schema_extra=_about("quantity")
    )
    unit_price: Number = Field(
        None, title="Unit price", description="Price of one unit, as printed.", json_schema_extra=_about("money")
    )
    total_price: Number = Field(
        None,
        title="Line total",
        description="The line's amount, as printed.",
        json_schema_extra=_about("money", column="line_total"),
    )


class Invoice(BaseModel):
    """An invoice or credit note as it stands on the page. Money is Decimal, dates are ISO, currency is ISO 4217."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    invoice_number: Text = Field(
        None,
        title="Invoice number",
        description="The document's own number.",
        json_schema_extra=_about("identifier", "Document", required=True),
    )
    invoice_date: Day = Field(
        None,
        title="Invoice date",
        description="The day the document was issued.",
        json_schema_extra=_about("date", "Document", required=True),
    )
    due_date: Day = Field(
        None,
        title="Due date",
        description="The day by which it is to be paid.",
        json_schema_extra=_about("date", "Document"),
    )
    vendor_name: Text = Field(
        None,
        title="Vendor",
        description="Who issued the document and is to be paid.",
        json_schema_extra=_about("name", "Parties", required=True),
    )
    customer_name: Text = Field(
        None, title="Customer", description="Who is invoiced.", json_schema_extra=_about("name", "Parties")
    )
    billing_address: Text = Field(
        None,
        title="Billing address",
        description="The customer's address (street, postcode, town), without the name; parts joined by a comma.",
        json_schema_extra=_about("address", "Parties"),
    )
    shipping_address: Text = Field(
        None,
        title="Shipping address",
        description="Where the goods go, where the document says so.",
        json_schema_extra=_about("address", "Parties"),
    )
    order_date: Day = Field(
        None, title="Order date", description="The day of the order.", json_schema_extra=_about("date", "Reference")
    )
    customer_id: Text = Field(
        None,
        title="Customer no.",
        description="The number under which the vendor keeps the customer.",
        json_schema_extra=_about("identifier", "Reference"),
    )
    subtotal: Number = Field(
        None,
        title="Subtotal",
        description="The sum before tax, as printed.",
        json_schema_extra=_about("money", "Amounts"),
    )
    tax: Number = Field(
        None,
        title="Tax",
        description="The tax amount (all rates together).",
        json_schema_extra=_about("money", "Amounts"),
    )
    total_amount: Number = Field(
        None,
        title="Total",
        description="The invoice's grand total including tax, before anything already paid.",
        json_schema_extra=_about("money", "Amounts", required=True),
    )
    currency: Currency = Field(
        None,
        title="Currency",
        description="ISO 4217 code of the amounts.",
        json_schema_extra=_about("currency", "Amounts"),
    )
    line_items: tuple[LineItem, ...] = Field((), title="Line items", description="The invoiced lines, in page order.")


class Payment(BaseModel):
    """What of a document's total is paid already and what is left, as the document says. It stands beside the invoice, not
    in it: neither is part of what an extractor is asked for and measured by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    paid_amount: Number = Field(
        None,
        title="Paid",
        description="What was paid before the document was issued, such as a deposit.",
        json_schema_extra=_about("money", "Payment"),
    )
    amount_due: Number = Field(
        None,
        title="Amount due",
        description="What is left to pay of the total.",
        json_schema_extra=_about("money", "Payment"),
    )


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What the rest of the house needs to know of one field of a model.

    ``kind`` decides widget, format and matching; ``group`` the form's section; ``column`` the database column.
    """

    name: str
    title: str
    description: str
    kind: FieldKind
    group: str
    required: bool
    column: str


@cache
def fields_of(model: type[BaseModel]) -> tuple[FieldInfo, ...]:
    """The scalar fields of ``model`` in order (line items are not among them)."""
    found = []
    for name, info in model.model_fields.items():
        about = info.json_schema_extra
        if isinstance(about, dict):
            found.append(
                FieldInfo(
                    name,
                    info.title or name,
                    info.description or "",
                    about["kind"],  # type: ignore[arg-type]
                    str(about["group"]),
                    bool(about["required"]),
                    str(about["column"] or name),
                )
            )
    return tuple(found)


def header_fields() -> tuple[FieldInfo, ...]:
    """The header fields of :class:`Invoice`."""
    return fields_of(Invoice)


def payment_fields() -> tuple[FieldInfo, ...]:
    """The amounts of :class:`Payment`."""
    return fields_of(Payment)


def item_fields() -> tuple[FieldInfo, ...]:
    """The cells of :class:`LineItem`."""
    return fields_of(LineItem)


def item_path(index: int, cell: str) -> str:
    """The path of one line-item cell, such as ``line_items.0.quantity`` (index from 0)."""
    return f"line_items.{index}.{cell}"


def field_of(path: str) -> FieldInfo:
    """The field that ``path`` names (``total_amount``, ``line_items.3.quantity``). Raises KeyError if there is none."""
    name = path.rsplit(".", 1)[-1]
    for info in item_fields() if path.startswith("line_items.") else header_fields():
        if info.name == name:
            return info
    raise KeyError(path)


def title_of(path: str) -> str:
    """What a path is called: ``Total``, or ``Line 2 quantity``."""
    info = field_of(path)
    if not path.startswith("line_items."):
        return info.title
    return f"Line {int(path.split('.')[1]) + 1} {info.title.lower()}"


def walk(invoice: Invoice) -> Iterator[tuple[str, FieldInfo, Any]]:
    """Every scalar of ``invoice`` as (path, field, value), header first, then the lines in order."""
    for info in header_fields():
        yield info.name, info, getattr(invoice, info.name)
    for index, item in enumerate(invoice.line_items):
        for info in item_fields():
            yield item_path(index, info.name), info, getattr(item, info.name)


def value_at(invoice: Invoice, path: str) -> Any:
    """The value at ``path``; ``None`` where the line does not exist. Raises AttributeError for an unknown field."""
    if not path.startswith("line_items."):
        return getattr(invoice, path)
    _, index, cell = path.split(".")
    position = int(index)
    return getattr(invoice.line_items[position], cell) if position < len(invoice.line_items) else None


def with_value(invoice: Invoice, path: str, value: Any) -> Invoice:
    """A copy of ``invoice`` with ``value`` (validated) at ``path``. Raises IndexError for a line that does not exist."""
    data = invoice.model_dump()
    if path.startswith("line_items."):
        _, index, cell = path.split(".")
        items = [dict(item) for item in data["line_items"]]
        items[int(index)][cell] = value
        data["line_items"] = items
    else:
        data[path] = value
    return Invoice.model_validate(data)
