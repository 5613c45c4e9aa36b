"""The receipt's model. What an invoice has too is called as there, so that whoever reads either finds it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.schema.fields import about
from core.schema.values import Currency, Day, Number, Text


class BoughtItem(BaseModel):
    """One thing that was bought, as printed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Text = Field(
        None,
        title="Description",
        description="What was bought, in the receipt's words; wrapped lines joined by a blank.",
        json_schema_extra=about("text"),
    )
    quantity: Number = Field(None, title="Quantity", description="How many units.", json_schema_extra=about("quantity"))
    unit: Text = Field(
        None,
        title="Unit",
        description="What the quantity counts, as printed (pcs, kg, l).",
        json_schema_extra=about("name"),
    )
    unit_price: Number = Field(
        None, title="Unit price", description="Price of one unit, as printed.", json_schema_extra=about("money")
    )
    total_price: Number = Field(
        None, title="Line total", description="The line's amount, as printed.", json_schema_extra=about("money")
    )


class ReceiptTax(BaseModel):
    """One row of the table of taxes: what one rate makes of its base."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Number = Field(
        None, title="Rate", description="The rate in percent, such as 19.", json_schema_extra=about("quantity")
    )
    base: Number = Field(
        None,
        title="Taxable amount",
        description="The sum that the rate is taken of.",
        json_schema_extra=about("money"),
    )
    amount: Number = Field(None, title="Tax", description="The tax at this rate.", json_schema_extra=about("money"))


class Receipt(BaseModel):
    """A till receipt as it stands on paper. Money is Decimal, dates are ISO, currency is ISO 4217."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vendor_name: Text = Field(
        None,
        title="Merchant",
        description="The shop, as printed at the top.",
        json_schema_extra=about("name", "Merchant", required=True),
    )
    vendor_address: Text = Field(
        None,
        title="Merchant's address",
        description="The shop's address (street, postcode, town), without the name; parts joined by a comma.",
        json_schema_extra=about("address", "Merchant"),
    )
    vendor_tax_id: Text = Field(
        None,
        title="Merchant's tax id",
        description="The shop's VAT or tax number.",
        json_schema_extra=about("identifier", "Merchant"),
    )
    receipt_number: Text = Field(
        None,
        title="Receipt number",
        description="The number of this receipt, not of a till, a terminal or a card.",
        json_schema_extra=about("identifier", "Receipt"),
    )
    receipt_date: Day = Field(
        None,
        title="Date",
        description="The day of the purchase.",
        json_schema_extra=about("date", "Receipt", required=True),
    )
    receipt_time: Text = Field(
        None,
        title="Time",
        description="The time of day, as printed.",
        json_schema_extra=about("identifier", "Receipt"),
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
        description="The tax amount (all rates together), also where it is included in the prices.",
        json_schema_extra=about("money", "Amounts"),
    )
    tip: Number = Field(
        None, title="Tip", description="The tip that was added.", json_schema_extra=about("money", "Amounts")
    )
    rounding: Number = Field(
        None,
        title="Rounding",
        description="By how much the total was rounded (below zero: down).",
        json_schema_extra=about("money", "Amounts"),
    )
    total_amount: Number = Field(
        None,
        title="Total",
        description="What was to be paid, including tax; not the cash that was given.",
        json_schema_extra=about("money", "Amounts", required=True),
    )
    currency: Currency = Field(
        None,
        title="Currency",
        description="ISO 4217 code of the amounts.",
        json_schema_extra=about("currency", "Amounts"),
    )
    payment_method: Text = Field(
        None,
        title="Paid by",
        description="How it was paid, as printed (cash, the card's name).",
        json_schema_extra=about("name", "Payment"),
    )
    line_items: tuple[BoughtItem, ...] = Field((), title="Items", description="What was bought, in page order.")
    taxes: tuple[ReceiptTax, ...] = Field((), title="Taxes", description="The table of taxes, a row a rate.")
