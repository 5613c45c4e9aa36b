"""The invoice's model: form, prompts, evidence, evaluation and export are drawn from it.

Every field is optional: what is not on the page is ``None``. A field's ``json_schema_extra`` says how it behaves (see
:class:`core.schema.fields.FieldInfo`); nobody keeps a list of field names by hand.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.schema.fields import about
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
    article_number: Text = Field(
        None,
        title="Article no.",
        description="The number under which the vendor lists the article.",
        json_schema_extra=about("identifier", secondary=True),
    )
    unit: Text = Field(
        None,
        title="Unit",
        description="What the quantity counts, as printed (pcs, h, kg).",
        json_schema_extra=about("name", secondary=True),
    )
    tax_rate: Number = Field(
        None,
        title="Tax rate",
        description="The rate of the line's tax in percent, such as 19.",
        json_schema_extra=about("quantity", secondary=True),
    )
    discount: Number = Field(
        None,
        title="Discount",
        description="What is taken off the line, as an amount above zero.",
        json_schema_extra=about("money", secondary=True),
    )


class TaxLine(BaseModel):
    """One row of the table of taxes: what one rate makes of its base."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Number = Field(
        None,
        title="Rate",
        description="The rate in percent, such as 19.",
        json_schema_extra=about("quantity", secondary=True),
    )
    base: Number = Field(
        None,
        title="Taxable amount",
        description="The sum that the rate is taken of.",
        json_schema_extra=about("money", secondary=True),
    )
    amount: Number = Field(
        None, title="Tax", description="The tax at this rate.", json_schema_extra=about("money", secondary=True)
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
    vendor_tax_id: Text = Field(
        None,
        title="Vendor's VAT id",
        description="The vendor's VAT or tax number.",
        json_schema_extra=about("identifier", "Parties", secondary=True),
    )
    customer_tax_id: Text = Field(
        None,
        title="Customer's VAT id",
        description="The customer's VAT or tax number.",
        json_schema_extra=about("identifier", "Parties", secondary=True),
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
    purchase_order_number: Text = Field(
        None,
        title="Purchase order no.",
        description="The number of the customer's order.",
        json_schema_extra=about("identifier", "Reference", secondary=True),
    )
    subtotal: Number = Field(
        None,
        title="Subtotal",
        description="The sum before tax, as printed.",
        json_schema_extra=about("money", "Amounts"),
    )
    discount: Number = Field(
        None,
        title="Discount",
        description="What is taken off the whole document, as an amount above zero.",
        json_schema_extra=about("money", "Amounts", secondary=True),
    )
    shipping: Number = Field(
        None,
        title="Shipping and charges",
        description="What is charged for shipping and the like, beside the lines.",
        json_schema_extra=about("money", "Amounts", secondary=True),
    )
    tax: Number = Field(
        None,
        title="Tax",
        description="The tax amount (all rates together).",
        json_schema_extra=about("money", "Amounts"),
    )
    rounding: Number = Field(
        None,
        title="Rounding",
        description="By how much the total was rounded (below zero: down).",
        json_schema_extra=about("money", "Amounts", secondary=True),
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
    paid_amount: Number = Field(
        None,
        title="Paid",
        description="What was paid before the document was issued, such as a deposit.",
        json_schema_extra=about("money", "Payment", secondary=True),
    )
    amount_due: Number = Field(
        None,
        title="Amount due",
        description="What is left to pay of the total.",
        json_schema_extra=about("money", "Payment", secondary=True),
    )
    iban: Text = Field(
        None,
        title="IBAN",
        description="The account to pay to.",
        json_schema_extra=about("identifier", "Payment", secondary=True),
    )
    payment_terms: Text = Field(
        None,
        title="Payment terms",
        description="The sentence that says how and by when to pay, as printed.",
        json_schema_extra=about("text", "Payment", secondary=True),
    )
    line_items: tuple[LineItem, ...] = Field((), title="Line items", description="The invoiced lines, in page order.")
    taxes: tuple[TaxLine, ...] = Field((), title="Taxes", description="The table of taxes, a row a rate.")


def payment_of(values: BaseModel) -> dict[str, Any]:
    """The amounts paid and due of ``values``, ``None`` where they have none: how readers of our JSON know them from before they
    were fields of the invoice."""
    return {name: getattr(values, name, None) for name in ("paid_amount", "amount_due")}
