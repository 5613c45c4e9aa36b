"""The rules extractor: it reads documents of every type whose words or rules it has, with no model."""

from __future__ import annotations

from collections.abc import Sequence

from core.declared.extractor import read_declared
from core.evidence import PageText
from core.extractor import Availability, Extracted, Request
from core.invoice.document_type import INVOICE
from core.rules.extractor import NAME, read_invoice
from core.rules.of_type import read_of_type
from core.schema.document_type import DocumentType


class RulesExtractor:
    """Reads documents by labels, geometry and arithmetic, with no model, no key and no network."""

    name = NAME
    streams = False

    def availability(self) -> Availability:
        """Always usable: it needs nothing but the words."""
        return Availability(True, "Reads labels, layout and tables; offline.")

    def reads(self, kind: DocumentType) -> bool:
        """Invoices, what ships with a file of its words, and whatever a person declared."""
        return kind is INVOICE or kind.words is not None or kind.definition is not None

    def extract(self, request: Request) -> Extracted | None:
        """The document on the chosen pages. What the page does not print is ``None``."""
        return self.read(request.read(), request.type)

    def read(self, pages: Sequence[PageText], kind: DocumentType) -> Extracted | None:
        """The document of a kind on these pages."""
        if kind.definition:
            return read_declared(tuple(pages), kind.definition)
        return read_invoice(tuple(pages)) if kind is INVOICE else read_of_type(tuple(pages), kind)
