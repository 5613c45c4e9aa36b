"""The purchase order's model. What an invoice has too is called as there: the vendor is who delivers, the customer who orders."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.schema.fields import about
from core.schema.values import Currency, Day, Number, Text


class OrderedItem(BaseModel):
    """One ordered line, as printed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_number: Text = Field(
        None,
        title="Article no.",
        description="The number of the article, the vendor's or the buyer's.",
        json_schema_extra=about("identifier"),
    )
    description: Text = Field(
        None,
        title="Description",
        description="What is ordered, in the order's words; wrapped lines joined by a blank.",
        json_schema_extra=about("text"),
    )
    quantity: Number = Field(None, title="Quantity", description="How many units.", json_schema_extra=about("quantity"))
    unit: Text = Field(
        None,
        title="Unit",
        description="What the quantity counts, as printed (pcs, h, kg).",
        json_schema_extra=about("name"),
    )
    unit_price: Number = Field(
        None, title="Unit price", description="Price of one unit, as printed.", json_schema_extra=about("money")
    )
    total_price: Number = Field(
        None, title="Line total", description="The line's amount, as printed.", json_schema_extra=about("money")
    )


class PurchaseOrder(BaseModel):
    """A purchase order as it stands on the page. Money is Decimal, dates are ISO, currency is ISO 4217."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order_number: Text = Field(
        None,
        title="Order number",
        description="The order's own number.",
        json_schema_extra=about("identifier", "Order", required=True),
    )
    order_date: Day = Field(
        None,
        title="Order date",
        description="The day the order was written.",
        json_schema_extra=about("date", "Order", required=True),
    )
    delivery_date: Day = Field(
        None,
        title="Delivery date",
        description="The day by which it is to be delivered.",
        json_schema_extra=about("date", "Order"),
    )
    customer_name: Text = Field(
        None,
        title="Buyer",
        description="Who orders and wrote the document.",
        json_schema_extra=about("name", "Parties", required=True),
    )
    billing_address: Text = Field(
        None,
        title="Buyer's address",
        description="The buyer's address (street, postcode, town), without the name; parts joined by a comma.",
        json_schema_extra=about("address", "Parties"),
    )
    vendor_name: Text = Field(
        None,
        title="Vendor",
        description="Who is to deliver, to whom the order is addressed.",
        json_schema_extra=about("name", "Parties", required=True),
    )
    vendor_address: Text = Field(
        None,
        title="Vendor's address",
        description="The vendor's address, without the name.",
        json_schema_extra=about("address", "Parties"),
    )
    shipping_address: Text = Field(
        None,
        title="Delivery address",
        description="Where the goods go, where the document says so.",
        json_schema_extra=about("address", "Parties"),
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
        None, title="Total", description="What the order comes to in all.", json_schema_extra=about("money", "Amounts")
    )
    currency: Currency = Field(
        None,
        title="Currency",
        description="ISO 4217 code of the amounts.",
        json_schema_extra=about("currency", "Amounts"),
    )
    line_items: tuple[OrderedItem, ...] = Field((), title="Lines", description="The ordered lines, in page order.")
