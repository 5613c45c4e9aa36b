"""The bank statement's model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.schema.fields import about
from core.schema.values import Day, Number, Text


class Booking(BaseModel):
    """One booking."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    booked_on: Day = Field(None, title="Date", json_schema_extra=about("date", required=True))
    text: Text = Field(None, title="Text", json_schema_extra=about("text"))
    booked: Number = Field(None, title="Amount", json_schema_extra=about("money", required=True))


class BankStatement(BaseModel):
    """A statement of a bank account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: Text = Field(None, title="Account", json_schema_extra=about("identifier", "Account", required=True))
    bank: Text = Field(None, title="Bank", json_schema_extra=about("name", "Account"))
    closed_on: Day = Field(None, title="Closing date", json_schema_extra=about("date", "Account"))
    before: Number = Field(None, title="Opening balance", json_schema_extra=about("money", "Balances"))
    after: Number = Field(None, title="Closing balance", json_schema_extra=about("money", "Balances"))
    bookings: tuple[Booking, ...] = Field((), title="Bookings")
