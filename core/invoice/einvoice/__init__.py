"""The e-invoice extractor: the XML that Factur-X, ZUGFeRD and XRechnung files carry, and that FatturaPA, ebInterface and
Facturae files are, is the invoice, exact and free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.errors import ExtractionError
from core.extraction import Finding, Provenance
from core.extractor import Availability, Extracted, Request
from core.invoice.document_type import INVOICE
from core.invoice.einvoice.cii import CII
from core.invoice.einvoice.ebinterface import EBINTERFACE
from core.invoice.einvoice.facturae import FACTURAE
from core.invoice.einvoice.fatturapa import FATTURAPA
from core.invoice.einvoice.orderx import ORDER_X
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.text import text_of
from core.invoice.einvoice.ubl import UBL
from core.invoice.einvoice.values import Values, adjusted
from core.invoice.einvoice.xml import looks_like_invoice, parse_invoice, raw_text
from core.invoice.like import from_invoice
from core.purchase_order.document_type import TYPE as PURCHASE_ORDER
from core.schema.document_type import DocumentType

SYNTAXES: dict[str, Syntax] = {
    "cii": CII,
    "ubl": UBL,
    "fatturapa": FATTURAPA,
    "ebinterface": EBINTERFACE,
    "facturae": FACTURAE,
    "order-x": ORDER_X,
}


class EInvoiceExtractor:
    """Reads the invoice XML embedded in a PDF, or a bare XML file. Never asks for the page's words."""

    name = "einvoice"
    streams = False

    def availability(self) -> Availability:
        """Always usable."""
        return Availability(True, "XML of Factur-X, ZUGFeRD, XRechnung, Peppol, FatturaPA, ebInterface and Facturae.")

    def reads(self, kind: DocumentType) -> bool:
        """Invoices, and orders where they are asked for."""
        return kind is INVOICE or kind is PURCHASE_ORDER

    def extract(self, request: Request) -> Extracted | None:
        """The invoice of the first readable invoice XML, or the order of the first order's; ``None`` where there is none.

        Raises ExtractionError (with the XML as ``raw``) when there is one and none can be read.
        """
        broken: ExtractionError | None = None
        for attachment in request.document.attachments():
            if not looks_like_invoice(attachment.data):
                continue
            try:
                if request.type is INVOICE:
                    return read_einvoice(attachment.data, attachment.name)
                if found := read_order(attachment.data, attachment.name):
                    return found
            except ExtractionError as error:
                broken = broken or error
        if broken:
            raise broken
        return None


def read_einvoice(data: bytes, name: str) -> Extracted:
    """The invoice in XML ``data``, its values authoritative; a finding for each that could not be read. Raises
    ExtractionError where none can."""
    found, root = parse_invoice(data, name)
    syntax, values = SYNTAXES[found], Values()
    read, charges = syntax.read(root, values), tuple(syntax.charges(root))
    invoice = adjusted(read, charges).model_copy(update=syntax.payment(root, read.total_amount)._asdict())
    if all(value is None for _, _, value in INVOICE.walk(invoice)):
        why = values.findings[0].message if values.findings else "its fields are empty."
        raise ExtractionError(f"Nothing in the invoice XML {name} can be read: {why}", raw_text(data))
    known = Provenance("einvoice", rule=f"{syntax.title} XML {name}", score=1.0, exact=True)
    provenance = {path: known for path, _, value in INVOICE.walk(invoice) if value is not None}
    provenance |= {path: replace(known, derived=True, exact=False) for path in values.derived}
    return Extracted(
        invoice,
        raw_text(data),
        provenance,
        syntax.language(root),
        exact=True,
        findings=(*values.findings, *_of_encoding(data)),
        document_type=syntax.kind(root, invoice.total_amount),
        charges=charges,
    )


def read_order(data: bytes, name: str) -> Extracted | None:
    """The purchase order in the XML of an order, its values authoritative; ``None`` for the XML of an invoice. Raises ExtractionError
    as :func:`read_einvoice`."""
    if SYNTAXES[parse_invoice(data, name)[0]] is not ORDER_X:
        return None
    read = read_einvoice(data, name)
    order = from_invoice(read.values, PURCHASE_ORDER)
    known = next(iter(read.provenance.values()))
    provenance = {path: known for path, _, value in PURCHASE_ORDER.walk(order) if value is not None}
    told = PURCHASE_ORDER.told_kinds[0]
    findings = tuple(finding for finding in read.findings if finding.check != "document_type")
    return replace(read, values=order, provenance=provenance, document_type=told, findings=findings)


def _of_encoding(data: bytes) -> Iterator[Finding]:
    """A note where the XML is not in the encoding that it names."""
    text, encoding = text_of(data)
    if encoding:
        named = "UTF-8" if encoding == "utf-8" else "Windows-1252"
        yield Finding(
            "format", "info", f"The invoice XML names another encoding than it is in: it was read as {named}."
        )
    elif "\ufffd" in text:
        yield Finding("format", "warning", "Some letters of the invoice XML are damaged and were read as “\ufffd”.")
