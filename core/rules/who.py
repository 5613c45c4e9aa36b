"""The parties of a document: what the rules find of whoever sends it and whoever gets it."""

from __future__ import annotations

from typing import Any

from core.rules.extractor import draft_invoice
from core.rules.reading import Reading

_FIELDS = ("vendor_name", "vendor_tax_id", "customer_name", "billing_address", "customer_tax_id")


def read_parties(reading: Reading) -> dict[str, Any]:
    """Names, addresses and tax ids, by field: those that were found."""
    values = draft_invoice(reading).values
    return {name: values[name] for name in _FIELDS if name in values}
