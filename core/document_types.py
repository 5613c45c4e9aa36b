"""The document types there are, by name. To add one that ships, make its package and name it here."""

from __future__ import annotations

from collections.abc import Mapping

from core.invoice.document_type import INVOICE
from core.schema.document_type import DocumentType

SHIPPED: Mapping[str, DocumentType] = {found.name: found for found in (INVOICE,)}


def type_named(name: str) -> DocumentType:
    """The type called ``name``. Raises ValueError with a sentence where there is none."""
    if name not in SHIPPED:
        raise ValueError(f"There is no document type “{name}” here: it may come from another version of the studio.")
    return SHIPPED[name]
