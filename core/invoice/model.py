"""The invoice's model: form, prompts, evidence, evaluation and export are drawn from it.

Every field is optional: what is not on the page is ``None``. A field's ``json_schema_extra`` says how it behaves (see
:class:`core.schema.fields.FieldInfo`); nobody keeps a list of field names by hand.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.schema.fields import FieldInfo, about, fields_of
from core.schema.values import Currency, Day, Number, Text


class LineItem(BaseModel):
    """One invoiced line, as printed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Text = Field(
        None,
        title="Description",
        description="What was sold, in the document's words; wrapped lines joined by a blank.",
        json_schema_extra=about("text", column="item_description"),
    )
    quantity: Number = Field(None, title="Quantity", description="How many units.", json_schema_extra=about("quantity"))
    unit_price: Number = Field(
        None, title="Unit price", description="Price of one unit, as printed.", json_schema_extra=about("money")
    )
    total_price: Number = Field(
        None,
        title="Line total",
        description="The line's amount, as printed.",
        json_schema_extra=about("money", column="line_total"),
    )


class Invoice(BaseModel):
    """An invoice or credit note as it stands on the page. Money is Decimal, dates are ISO, currency is ISO 4217."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    invoice_number: Text = Field(
        None,
        title="Invoice number",
        description="The document's own number.",
        json_schema_extra=about("identifier", "Document", required=True),
    )
    invoice_date: Day = Field(
        None,
        title="Invoice date",
        description="The day the document was issued.",
        json_schema_extra=about("date", "Document", required=True),
    )
    due_date: Day = Field(
        None,
        title="Due date",
        description="The day by which it is to be paid.",
        json_schema_extra=about("date", "Document"),
    )
    vendor_name: Text = Field(
        None,
        title="Vendor",
        description="Who issued the document and is to be paid.",
        json_schema_extra=about("name", "Parties", required=True),
    )
    customer_name: Text = Field(
        None, title="Customer", description="Who is invoiced.", json_schema_extra=about("name", "Parties")
    )
    billing_address: Text = Field(
        None,
        title="Billing address",
        description="The customer's address (street, postcode, town), without the name; parts joined by a comma.",
        json_schema_extra=about("address", "Parties"),
    )
    shipping_address: Text = Field(
        None,
        title="Shipping address",
        description="Where the goods go, where the document says so.",
        json_schema_extra=about("address", "Parties"),
    )
    order_date: Day = Field(
        None, title="Order date", description="The day of the order.", json_schema_extra=about("date", "Reference")
    )
    customer_id: Text = Field(
        None,
        title="Customer no.",
        description="The number under which the vendor keeps the customer.",
        json_schema_extra=about("identifier", "Reference"),
    )
    subtotal: Number = Field(
        None,
        title="Subtotal",
        description="The sum before tax, as printed.",
        json_schema_extra=about("money", "Amounts"),
    )
    tax: Number = Field(
        None,
        title="Tax",
        description="The tax amount (all rates together).",
        json_schema_extra=about("money", "Amounts"),
    )
    total_amount: Number = Field(
        None,
        title="Total",
        description="The invoice's grand total including tax, before anything already paid.",
        json_schema_extra=about("money", "Amounts", required=True),
    )
    currency: Currency = Field(
        None,
        title="Currency",
        description="ISO 4217 code of the amounts.",
        json_schema_extra=about("currency", "Amounts"),
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
        json_schema_extra=about("money", "Payment"),
    )
    amount_due: Number = Field(
        None,
        title="Amount due",
        description="What is left to pay of the total.",
        json_schema_extra=about("money", "Payment"),
    )


def payment_fields() -> tuple[FieldInfo, ...]:
    """The amounts of :class:`Payment`."""
    return fields_of(Payment)
