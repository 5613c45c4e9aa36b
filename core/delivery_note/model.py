"""The delivery note's model. What an invoice has too is called as there: the vendor sends, the customer gets the goods."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.schema.fields import about
from core.schema.values import Day, Number, Text


class DeliveredItem(BaseModel):
    """One delivered line, as printed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_number: Text = Field(
        None,
        title="Article no.",
        description="The number under which the sender lists the article.",
        json_schema_extra=about("identifier"),
    )
    description: Text = Field(
        None,
        title="Description",
        description="What is delivered, in the note's words; wrapped lines joined by a blank.",
        json_schema_extra=about("text", required=True),
    )
    batch_number: Text = Field(
        None, title="Batch no.", description="The batch or lot of the goods.", json_schema_extra=about("identifier")
    )
    quantity: Number = Field(
        None,
        title="Quantity",
        description="How many units are delivered.",
        json_schema_extra=about("quantity", required=True),
    )
    unit: Text = Field(
        None,
        title="Unit",
        description="What the quantity counts, as printed (pcs, kg).",
        json_schema_extra=about("name"),
    )
    weight: Number = Field(
        None, title="Weight", description="The line's weight, as printed.", json_schema_extra=about("quantity")
    )


class DeliveryNote(BaseModel):
    """A delivery note as it stands on the page; dates are ISO."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    delivery_note_number: Text = Field(
        None,
        title="Delivery note number",
        description="The note's own number.",
        json_schema_extra=about("identifier", "Delivery", required=True),
    )
    delivery_date: Day = Field(
        None,
        title="Delivery date",
        description="The day of the delivery; the day of the note where it says no other.",
        json_schema_extra=about("date", "Delivery", required=True),
    )
    order_number: Text = Field(
        None,
        title="Order number",
        description="The number of the order that is delivered.",
        json_schema_extra=about("identifier", "Delivery"),
    )
    order_date: Day = Field(
        None, title="Order date", description="The day of the order.", json_schema_extra=about("date", "Delivery")
    )
    customer_id: Text = Field(
        None,
        title="Customer no.",
        description="The number under which the sender keeps the customer.",
        json_schema_extra=about("identifier", "Delivery"),
    )
    vendor_name: Text = Field(
        None,
        title="Sender",
        description="Who sends the goods and wrote the note.",
        json_schema_extra=about("name", "Parties", required=True),
    )
    customer_name: Text = Field(
        None,
        title="Recipient",
        description="Who gets the goods.",
        json_schema_extra=about("name", "Parties", required=True),
    )
    shipping_address: Text = Field(
        None,
        title="Delivery address",
        description="Where the goods go (street, postcode, town), without the name; parts joined by a comma.",
        json_schema_extra=about("address", "Parties"),
    )
    carrier: Text = Field(
        None, title="Carrier", description="Who carries the goods.", json_schema_extra=about("name", "Transport")
    )
    delivery_terms: Text = Field(
        None,
        title="Delivery terms",
        description="Who pays for and answers for the way, such as DAP Ghent.",
        json_schema_extra=about("name", "Transport"),
    )
    packages: Number = Field(
        None,
        title="Packages",
        description="How many packages there are.",
        json_schema_extra=about("quantity", "Transport"),
    )
    gross_weight: Number = Field(
        None,
        title="Gross weight",
        description="What all weighs with its packing, as printed.",
        json_schema_extra=about("quantity", "Transport"),
    )
    line_items: tuple[DeliveredItem, ...] = Field((), title="Lines", description="The delivered lines, in page order.")
