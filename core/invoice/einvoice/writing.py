"""E-invoices written of records: CII and UBL XML by EN 16931, and a PDF that carries the first (Factur-X, ZUGFeRD)."""

from __future__ import annotations

import copy
import logging
from typing import Literal

from core.errors import EInvoiceLacking
from core.invoice.einvoice.terms import terms_of
from core.invoice.model import Invoice
from core.stores.records import Record

Form = Literal["cii", "ubl"]
_FLAVORS = {"cii": "factur-x", "ubl": "ubl-2.1"}


def write_xml(invoice: Invoice, form: Form, *, credit_note: bool) -> bytes:
    """The invoice as XML, valid by the schema of its form. Raises EInvoiceLacking with what the standard demands and the
    invoice does not say."""
    told = terms_of(invoice, credit_note=credit_note)
    if told.lacking:
        raise EInvoiceLacking(told.lacking)
    from facturx import generate_xml, xml_check_xsd

    _quiet()
    flavor = _FLAVORS[form]
    # The library writes into what it is given. Its schematron check would ask a server: our tests run the same rules.
    terms = copy.deepcopy(told.terms)
    xml = _mended(generate_xml(terms, flavor=flavor, level="en16931", check_xsd=False, check_schematron=False))
    try:
        xml_check_xsd(xml, flavor=flavor, level="en16931" if form == "cii" else "autodetect")
    except Exception as error:  # it raises nothing more special
        why = " ".join(str(error).split()).rpartition("problem: ")[2][:200]
        raise EInvoiceLacking([f"values that the schema takes ({why})"]) from error
    return xml


def _mended(xml: bytes) -> bytes:
    """What the library leaves to be desired: it marks an element without content as nil, which the schema forbids, and writes UBL's
    rounding in euros, whatever the invoice is in."""
    from lxml import etree

    root = etree.fromstring(xml)
    for element in root.iter():
        element.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}nil", None)
    currency = root.findtext("{*}DocumentCurrencyCode")
    for amount in root.iterfind(".//{*}PayableRoundingAmount"):
        amount.set("currencyID", currency)
    etree.cleanup_namespaces(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def write_record(record: Record, form: Form) -> bytes:
    """A saved record as XML. Raises EInvoiceLacking, also for what is no invoice."""
    if not isinstance(record.values, Invoice):
        raise EInvoiceLacking(record_lacks(record))
    return write_xml(record.values, form, credit_note=_is_credit_note(record))


def record_lacks(record: Record) -> tuple[str, ...]:
    """What :func:`write_record` would lack."""
    if not isinstance(record.values, Invoice):
        return (f"the values of an invoice ({record.type.title.lower()} has no e-invoice)",)
    return tuple(terms_of(record.values, credit_note=_is_credit_note(record)).lacking)


def _is_credit_note(record: Record) -> bool:
    return record.document_type == "credit note"


def _quiet() -> None:
    """The library tells every step of every file, and with what is in it."""
    logging.getLogger("factur-x").setLevel(logging.CRITICAL)


def embed_xml(pdf: bytes, xml: bytes) -> bytes:
    """``pdf`` with the XML inside, as Factur-X has it. Raises EInvoiceLacking where the PDF takes none."""
    from facturx import generate_from_binary

    _quiet()
    try:
        carrying: bytes = generate_from_binary(
            pdf,
            xml,
            flavor="factur-x",
            level="en16931",
            check_xsd=False,
            check_schematron=False,
            afrelationship="alternative",
        )
    except Exception as error:
        raise EInvoiceLacking([f"a PDF that takes the XML ({' '.join(str(error).split())[:160]})"]) from error
    return carrying
