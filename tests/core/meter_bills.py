"""A document type that nobody coded for: a bill for what went through meters, to try out what is meant for any type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from core.schema.document_type import DocumentType, Table
from core.schema.fields import about
from core.schema.values import Day, Number, Text
from tests.core.typeset import page_of


class Reading(BaseModel):
    """One meter reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meter: Text = Field(None, title="Meter", json_schema_extra=about("identifier"))
    used: Number = Field(None, title="Used", json_schema_extra=about("quantity"))


class Tax(BaseModel):
    """What one rate comes to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Number = Field(None, title="Rate", json_schema_extra=about("quantity"))
    amount: Number = Field(None, title="Amount", json_schema_extra=about("money"))


class Bill(BaseModel):
    """A bill for what went through meters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contract: Text = Field(None, title="Contract", json_schema_extra=about("identifier", "Bill", required=True))
    read_on: Day = Field(None, title="Read on", json_schema_extra=about("date", "Bill"))
    to_pay: Number = Field(None, title="To pay", json_schema_extra=about("money", "Bill"))
    readings: tuple[Reading, ...] = Field((), title="Readings")
    taxes: tuple[Tax, ...] = Field((), title="Taxes")


BILL = DocumentType(
    name="meter bill",
    title="Meter bill",
    titles="Meter bills",
    model=Bill,
    tables=(
        Table(
            "readings",
            Reading,
            "Readings",
            "the meters in page order",
            "Reading",
            anchors=("meter",),
            choosing=("meter", "used"),
        ),
        Table("taxes", Tax, "Taxes", "the taxes by rate", "Tax", anchors=("amount",), choosing=("amount", "rate")),
    ),
    identifier="contract",
    issued_on="read_on",
    duplicate_key=("contract", "read_on"),
    list_columns=("contract", "read_on", "to_pay"),
    searched=("contract",),
    last_meant=frozenset({"to_pay"}),
)
VALUES = Bill(
    contract="C-4711",
    read_on=date(2026, 3, 1),
    to_pay=Decimal("82.50"),
    readings=(Reading(meter="M-1", used=Decimal(120)), Reading(meter="M-2", used=Decimal(33))),
    taxes=(Tax(rate=Decimal(7), amount=Decimal("5.40")),),
)
PAGE = page_of("Contract C-4711 read on 2026-03-01\nM-1 120\nM-2 33\nVAT 7 5.40\nDeposit 82.50\nTo pay 82.50")
