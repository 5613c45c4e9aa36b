"""The bank statement as a document type."""

from __future__ import annotations

from pathlib import Path

from core.schema.document_type import DocumentType, Table
from tests.core.newcomers.bank_statement.model import BankStatement, Booking

TYPE = DocumentType(
    name="bank_statement",
    title="Bank statement",
    titles="Bank statements",
    model=BankStatement,
    tables=(
        Table(
            name="bookings",
            model=Booking,
            title="Bookings",
            description="the bookings in page order",
            row_title="Booking",
            anchors=("text", "booked"),
            choosing=("booked", "booked_on", "text"),
            rightmost="booked",
        ),
    ),
    identifier="account",
    issuer="bank",
    issued_on="closed_on",
    total="after",
    duplicate_key=("account", "closed_on"),
    list_columns=("bank", "account", "closed_on", "after"),
    searched=("account", "bank"),
    words=Path(__file__).with_name("words.toml"),
    rules="tests.core.newcomers.bank_statement.rules",
)
