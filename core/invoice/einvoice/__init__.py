"""The e-invoice extractor: the XML that Factur-X, ZUGFeRD and XRechnung files carry is the invoice, exact and free."""

from __future__ import annotations

from typing import Any

from core.errors import ExtractionError
from core.extraction import Provenance
from core.extractor import Availability, Extracted, Request
from core.invoice.document_type import INVOICE
from core.invoice.einvoice.charges import cii_charges, ubl_charges
from core.invoice.einvoice.cii import read_cii
from core.invoice.einvoice.kind import document_type_of, payment_of
from core.invoice.einvoice.ubl import read_ubl
from core.invoice.einvoice.values import Values
from core.invoice.einvoice.xml import looks_like_invoice, parse_invoice, raw_text
from core.schema.document_type import DocumentType

_READERS = {"cii": read_cii, "ubl": read_ubl}
_CHARGES = {"cii": cii_charges, "ubl": ubl_charges}
_SYNTAX_NAMES = {"cii": "UN/CEFACT CII", "ubl": "UBL"}


class EInvoiceExtractor:
    """Reads the invoice XML embedded in a PDF, or a bare XML file. Never asks for the page's words."""

    name = "einvoice"
    streams = False

    def availability(self) -> Availability:
        """Always usable."""
        return Availability(True, "Factur-X, ZUGFeRD and XRechnung XML.")

    def reads(self, kind: DocumentType) -> bool:
        """Invoices only."""
        return kind is INVOICE

    def extract(self, request: Request) -> Extracted | None:
        """The invoice of the first readable invoice XML; ``None`` where there is none.

        Raises ExtractionError (with the XML as ``raw``) when there is one and none can be read.
        """
        broken: ExtractionError | None = None
        for attachment in request.document.attachments():
            if not looks_like_invoice(attachment.data):
                continue
            try:
                return read_einvoice(attachment.data, attachment.name)
            except ExtractionError as error:
                broken = broken or error
        if broken:
            raise broken
        return None


def read_einvoice(data: bytes, name: str) -> Extracted:
    """The invoice in XML ``data``, its values authoritative; a finding for each that could not be read. Raises
    ExtractionError where none can."""
    syntax, root = parse_invoice(data, name)
    values = Values()
    invoice = _READERS[syntax](root, values)
    if all(value is None for _, _, value in INVOICE.walk(invoice)):
        why = values.findings[0].message if values.findings else "its fields are empty."
        raise ExtractionError(f"Nothing in the invoice XML {name} can be read: {why}", raw_text(data))
    known = Provenance("einvoice", rule=f"{_SYNTAX_NAMES[syntax]} XML {name}", score=1.0, exact=True)
    provenance = {path: known for path, _, value in INVOICE.walk(invoice) if value is not None}
    charges, findings = tuple(_CHARGES[syntax](root)), tuple(values.findings)
    return Extracted(
        invoice,
        raw_text(data),
        provenance,
        _language(root),
        exact=True,
        findings=findings,
        document_type=document_type_of(root, invoice.total_amount),
        payment=payment_of(root, invoice.total_amount),
        charges=charges,
    )


def _language(root: Any) -> str | None:
    """The document's language where the XML names it."""
    named = root.findtext("ExchangedDocument/LanguageID") or root.get("languageID") or ""
    code = named.strip()[:2].lower()
    return code if code.isalpha() else None
